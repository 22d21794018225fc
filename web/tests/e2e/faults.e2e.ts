import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeMarket } from '../fake/market';
import { FakeServer } from '../fake/server';
import { launch, openPage, STATIC } from './browser';

let browser: Browser;
let market: FakeMarket;
let server: FakeServer;
let url: string;
let page: Page;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

beforeEach(async () => {
  market = new FakeMarket('NIFTY');
  server = new FakeServer(market, STATIC);
  url = await server.start();
});
afterEach(async () => {
  await page.context().close();
  await server.stop();
});

async function open(): Promise<void> {
  ({ page } = await openPage(browser, `${url}/chain/NIFTY`));
  await page.waitForSelector('.strike-row[data-atm=yes]');
}

const badge = (word: string, timeout = 15_000) =>
  page.waitForSelector(`.badge[data-word=${word}]`, { timeout });
const bid = () => page.textContent('.strike-row[data-place="50"] .call[data-figure=bid]');

/** Give a call a bid that nothing else has. */
function setBid(price: number): void {
  market.columns.bid[100] = price;
  server.publish([100]);
}

async function shows(text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      document.querySelector('.strike-row[data-place="50"] .call[data-figure=bid]')?.textContent ===
      wanted,
    text,
  );
}

describe('the page in trouble', () => {
  it('says DOWN when the server dies, counts down, and is right when it is back', async () => {
    await open();
    await badge('SIMULATED');
    await server.stop();
    await badge('DOWN', 2_000);
    await page.waitForSelector('.banner[data-word=DOWN]');
    await page.waitForSelector('.page[data-frozen]');
    await page.waitForSelector('.badge-note:has-text("retry in")');
    market.columns.bid[100] = 777.05;
    await server.start();
    await badge('SIMULATED');
    await shows('777.05');
    await page.waitForSelector('.banner', { state: 'detached' });
    setBid(778.1);
    await shows('778.10');
  });

  it('says STALE within five seconds of a silence, and returns', async () => {
    await open();
    await badge('SIMULATED');
    server.isMute = true;
    const began = Date.now();
    await badge('STALE', 6_000);
    expect(Date.now() - began).toBeLessThan(5_500);
    expect(await page.textContent('.banner')).toContain('no word from the server');
    server.isMute = false;
    server.dropSockets();
    await badge('SIMULATED');
    setBid(55.5);
    await shows('55.50');
  });

  it('says what the server says of the feed', async () => {
    await open();
    server.publishStatus('STALE', 'no tick for more than 5 s');
    await badge('STALE');
    expect(await page.textContent('.banner')).toContain('no tick for more than 5 s');
    server.publishStatus('DELAYED', 'ib is silent');
    await badge('DELAYED');
    server.publishStatus('CLOSED', 'the market has no session now');
    await badge('CLOSED');
    server.publishStatus('LIVE');
    await badge('SIMULATED');
  });

  it('polls where WebSockets are blocked, says DELAYED, and returns to the stream', async () => {
    server.isBlockingSockets = true;
    await open();
    await badge('DELAYED');
    market.columns.bid[100] = 91.35;
    await shows('91.35');
    expect(await page.textContent('.stat.spot .stat-value')).toBe('25,003.00');
    server.isBlockingSockets = false;
    await badge('SIMULATED', 30_000);
    setBid(92.4);
    await shows('92.40');
  });

  it('asks for the same again after each of twenty broken connections', async () => {
    await open();
    for (let turn = 0; turn < 20; turn++) {
      server.ops = [];
      server.dropSockets();
      await page.waitForFunction(() => document.querySelector('.badge-note')?.textContent);
      const deadline = Date.now() + 10_000;
      while (server.ops.filter((op) => op.op === 'subscribe').length < 4) {
        if (Date.now() > deadline) throw new Error(`turn ${turn}: ${JSON.stringify(server.ops)}`);
        await page.waitForTimeout(50);
      }
      const topics = server.ops.flatMap((op) => (op.topics as string[] | undefined) ?? []);
      expect(new Set(topics)).toEqual(
        new Set(['status', 'alerts', 'risk', 'chain/NIFTY', 'summary/NIFTY']),
      );
    }
    setBid(12.05);
    await shows('12.05');
    expect(await bid()).toBe('12.05');
  });
});
