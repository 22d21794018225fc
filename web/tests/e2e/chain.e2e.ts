import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COLUMNS, columnsOf } from '../../src/ui/columns';
import { FakeMarket } from '../fake/market';
import { FakeServer } from '../fake/server';
import { launch, openPage, readChain, STATIC } from './browser';

const TRADER = ['oi', 'volume', 'theta', 'delta', 'iv', 'last', 'bid', 'ask'];

let browser: Browser;
let market: FakeMarket;
let server: FakeServer;
let url: string;
let page: Page;
let errors: string[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(async () => {
  market = new FakeMarket('NIFTY');
  server = new FakeServer(market, STATIC);
  url = await server.start();
  ({ page, errors } = await openPage(browser, `${url}/chain/NIFTY`));
  await page.waitForSelector('.strike-row[data-atm=yes]');
});
afterEach(async () => {
  await page.context().close();
  await server.stop();
});

/** Change so many random contracts and send them in one frame. */
function tick(count: number): void {
  const rows = new Set<number>();
  while (rows.size < count) rows.add(Math.floor(market.random() * 2 * market.strikes));
  server.publish(market.change(rows));
}

/** Count cells in view that do not say what the server's figures say. */
async function wrongCells(): Promise<{ checked: number; wrong: string[] }> {
  await page.waitForTimeout(300);
  const { rows } = await readChain(page);
  const wrong: string[] = [];
  let checked = 0;
  for (const shown of rows) {
    for (const side of ['call', 'put'] as const) {
      const row = 2 * shown.place + (side === 'call' ? 0 : 1);
      for (const column of columnsOf(Object.keys(shown[side]))) {
        const field = { oi: 'open_interest' }[column.id] ?? column.id;
        const figures = market.columns[field as keyof typeof market.columns];
        const value = figures?.[row] ?? Number.NaN;
        const text = Number.isNaN(value) ? '–' : column.text(value);
        checked += 1;
        if (shown[side][column.id] !== text) {
          wrong.push(
            `${shown.strike} ${side} ${column.id}: ${shown[side][column.id]}, not ${text}`,
          );
        }
      }
    }
  }
  return { checked, wrong };
}

const word = () => page.textContent('.badge');

describe('the chain page', () => {
  it('shows what the server says, cell by cell, after thousands of changes', async () => {
    for (let turn = 0; turn < 100; turn++) {
      tick(40);
      await page.waitForTimeout(20);
    }
    const { checked, wrong } = await wrongCells();
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(400);
    expect(errors).toEqual([]);
  });

  it('has calls, strikes, puts, columns mirrored, the strike and the head always in view', async () => {
    const heads = await page.$$eval('.head-row .head-cell', (cells) =>
      cells.map((cell) => (cell as HTMLElement).dataset.column ?? 'strike'),
    );
    expect(heads).toEqual([...TRADER, 'strike', ...TRADER.toReversed()]);
    await page.setViewportSize({ width: 700, height: 700 });
    const inView = (selector: string) =>
      page.$eval(selector, (cell) => {
        const box = cell.getBoundingClientRect();
        return box.left >= -1 && box.right <= innerWidth + 1 && box.top >= 0;
      });
    for (const left of [0, 2_000]) {
      await page.$eval('.grid', (grid, to) => grid.scrollTo(to, 900), left);
      await page.waitForTimeout(100);
      expect(await inView('.head-cell.strike')).toBe(true);
      expect(await inView('.strike-row[data-place="40"] .cell.strike')).toBe(true);
    }
  });

  it('has a tab per expiry with its date, time left, vol and move', async () => {
    const tabs = await page.$$eval('.expiry', (all) => all.map((tab) => tab.textContent));
    expect(tabs).toHaveLength(3);
    expect(tabs[0]).toContain('Thu 26 Nov');
    expect(tabs[0]).toContain('12.0%±240');
    expect(tabs[0]).toMatch(/35h \d+m/);
    await page.keyboard.press(']');
    await page.waitForFunction(() => location.search === '?expiry=2026-12-03');
    await page.reload();
    await page.waitForSelector('.expiry:nth-child(2)[aria-selected=true]');
    await page.goBack();
    await page.waitForSelector('.expiry:nth-child(1)[aria-selected=true]');
  });

  it('follows spot when asked to, and only then', async () => {
    const atm = () => page.getAttribute('.strike-row[data-atm=yes]', 'data-place');
    const scrolled = () => page.$eval('.grid', (grid) => grid.scrollTop);
    const move = async (points: number) => {
      market.spot += points;
      tick(1);
      await page.waitForTimeout(250);
    };
    expect(await atm()).toBe('50');
    const before = await scrolled();
    await move(150);
    expect(await atm()).toBe('53');
    expect(await scrolled()).toBe(before + 3 * 22);
    await page.hover('.grid-body');
    await page.mouse.wheel(0, 300);
    await page.waitForSelector('.recentre');
    const there = await scrolled();
    await move(150);
    expect(await scrolled()).toBe(there);
    await page.focus('.grid');
    await page.keyboard.press('a');
    await page.waitForTimeout(200);
    expect(await scrolled()).toBe(before + 6 * 22);
  });

  it('shades in the money by the forward and puts the line where spot is', async () => {
    market.spot = 24_960;
    tick(1);
    await page.waitForTimeout(200);
    const shades = await page.$$eval('.strike-row', (rows) =>
      rows.map((row) => [
        Number((row as HTMLElement).dataset.place),
        (row as HTMLElement).dataset.itm,
      ]),
    );
    for (const [place, itm] of shades) {
      expect(itm).toBe(22_500 + Number(place) * 50 < 25_012 ? 'call' : 'put');
    }
    const line = await page.$eval('.spot-line', (element) => element.getBoundingClientRect().top);
    const below = await page.$eval(
      '.strike-row[data-place="50"]',
      (element) => element.getBoundingClientRect().top,
    );
    expect(Math.abs(line - below)).toBeLessThanOrEqual(2);
  });

  it('says why a figure is unknown, and its unit where it is known', async () => {
    market.lose(100, 1);
    market.lose(102, 5);
    server.publish([100, 102]);
    await page.waitForTimeout(300);
    const cell = (place: number, column: string) =>
      `.strike-row[data-place="${place}"] .call[data-figure=${column}]`;
    expect(await page.textContent(cell(50, 'iv'))).toBe('–');
    await page.hover(cell(50, 'iv'));
    expect(await page.textContent('[role=tooltip]')).toContain('NO_BID: nobody bids');
    await page.hover(cell(51, 'delta'));
    await page.waitForTimeout(100);
    expect(await page.textContent('[role=tooltip]')).toContain('BELOW_INTRINSIC');
    await page.hover(cell(50, 'bid'));
    await page.waitForTimeout(100);
    const note = await page.textContent('[role=tooltip]');
    expect(note).toContain('quote currency per unit of underlying');
    expect(note).toMatch(/quote \d\d:\d\d:\d\d\.\d{3} UTC, [\d.]+s old/);
    const heads = await page.$$eval('.head-cell[data-column]', (all) =>
      all.map((head) => (head as HTMLElement).title),
    );
    for (const [at, title] of heads.slice(0, TRADER.length).entries()) {
      expect(title).toContain(COLUMNS.find((one) => one.id === TRADER[at])?.unit);
    }
  });

  it('dims a stale side and marks it', async () => {
    market.columns.status[101] = 4;
    server.publish([101]);
    await page.waitForSelector('.strike-row[data-place="50"][data-stale=put]');
  });

  it('asks for a snapshot when a frame is lost, and is right again', async () => {
    tick(10);
    server.publish(market.change([100, 101]), 3);
    tick(20);
    await page.waitForTimeout(300);
    expect(server.ops.filter((op) => op.op === 'resync')).toHaveLength(1);
    expect((await wrongCells()).wrong).toEqual([]);
  });

  it('changes nothing while it is paused, and shows the newest afterwards', async () => {
    await page.keyboard.press(' ');
    await page.waitForTimeout(1_200);
    await page.evaluate(() => {
      const seen = window as unknown as { mutations: string[] };
      seen.mutations = [];
      new MutationObserver((all) => {
        for (const one of all) seen.mutations.push(one.target.textContent ?? '');
      }).observe(document.body, { characterData: true, childList: true, subtree: true });
    });
    for (let turn = 0; turn < 20; turn++) {
      market.spot += 30;
      tick(50);
      server.publishSummary();
      await page.waitForTimeout(100);
    }
    const seen = await page.evaluate(
      () => (window as unknown as { mutations: string[] }).mutations,
    );
    expect(seen).toEqual([]);
    await page.keyboard.press(' ');
    expect((await wrongCells()).wrong).toEqual([]);
  });

  it('asks for the rate that is chosen', async () => {
    await page.selectOption('.tool-choice select', '2');
    await page.waitForTimeout(200);
    const asked = server.ops.filter((op) => op.op === 'subscribe' && op.format === 'binary');
    expect(asked.at(-1)).toMatchObject({ rate: 2, topics: ['chain/NIFTY'] });
  });

  it('keeps the columns that were chosen', async () => {
    await page.keyboard.press('c');
    await page.click('.chip:has-text("Greeks")');
    await page.click('label:has-text("Vanna")');
    await page.keyboard.press('Escape');
    await page.reload();
    await page.waitForSelector('.strike-row[data-atm=yes]');
    const heads = await page.$$eval('.head-row .head-cell', (all) =>
      all.map((head) => (head as HTMLElement).dataset.column ?? 'strike'),
    );
    expect(heads.slice(0, 10)).toEqual([
      ...['theta', 'vega', 'gamma', 'delta', 'iv_bid', 'iv', 'iv_ask', 'bid', 'ask', 'vanna'],
    ]);
    const { wrong } = await wrongCells();
    expect(wrong).toEqual([]);
  });

  it('is used by keyboard alone', async () => {
    await page.focus('.grid');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'Home']) {
      await page.keyboard.press(key);
    }
    const active = () => page.getAttribute('.grid', 'aria-activedescendant');
    expect(await active()).toBe('cell-51-0');
    await page.keyboard.press('Control+End');
    expect(await active()).toBe('cell-99-16');
    await page.waitForSelector('#cell-99-16[data-cursor]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.panel.contract h2:has-text("27,450 put")');
    await page.keyboard.press('/');
    await page.waitForSelector('.symbols .search:focus');
    await page.keyboard.type('nif');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.symbols', { state: 'detached' });
    await page.keyboard.press('?');
    await page.waitForSelector('.help');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.help', { state: 'detached' });
    expect(errors.filter((error) => !error.includes('/ws/greeks'))).toEqual([]);
  });

  it('does not move while figures come', async () => {
    await page.evaluate(() => {
      const seen = window as unknown as { moved: string[] };
      seen.moved = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { sources } = entry as unknown as { sources: { node: Node | null }[] };
          // A figure with more digits begins further left in its cell: that is no movement.
          for (const { node } of sources) {
            if (node instanceof Element) seen.moved.push(`${node.className}: ${node.textContent}`);
          }
        }
      }).observe({ type: 'layout-shift', buffered: false });
    });
    for (let turn = 0; turn < 60; turn++) {
      tick(60);
      server.publishSummary();
      await page.waitForTimeout(50);
    }
    expect(await page.evaluate(() => (window as unknown as { moved: string[] }).moved)).toEqual([]);
  });

  it('draws the smile and the history', async () => {
    for (let turn = 0; turn < 4; turn++) {
      server.publishSummary();
      tick(5);
      await page.waitForTimeout(1_000);
    }
    const inked = await page.$$eval('.plot canvas', (all) =>
      all.map((one) => {
        const canvas = one as HTMLCanvasElement;
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
        const colours = new Set<number>();
        for (let at = 0; data && at < data.length; at += 4) {
          if ((data[at + 3] ?? 0) > 200) {
            colours.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
          }
        }
        return colours.size;
      }),
    );
    expect(inked).toHaveLength(3);
    for (const colours of inked) expect(colours).toBeGreaterThan(3);
  });

  it('frames the page by what the data are', async () => {
    expect(await page.getAttribute('.page', 'data-mode')).toBe('SIMULATED');
    expect(await word()).toBe('SIMULATED');
    expect(await page.$('.mode-word')).toBeNull(); // it would say the same beside it
    server.feed = 'replay:goog';
    server.publishLayout();
    server.publishStatus('STALE', 'no tick');
    await page.waitForSelector('.page[data-mode=RECORDED]');
    await page.waitForSelector('.mode-word:has-text("RECORDED")');
    expect(await word()).toBe('STALE');
    server.publishStatus('LIVE');
    await page.waitForSelector('.badge[data-word=RECORDED]');
  });
});
