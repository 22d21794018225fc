import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DataType, FeedLine } from '../../src/types/stream';
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
  server.feed = 'ib';
  url = await server.start();
  ({ page } = await openPage(browser, `${url}/chain/NIFTY`));
  await page.waitForSelector('.strike-row[data-atm=yes]');
});
afterEach(async () => {
  await page.context().close();
  await server.stop();
});

const line = (data_type: DataType): FeedLine => ({
  ...{ is_connected: true, data_type, lines_used: 96, lines_limit: 100 },
  notices: [
    { code: 2104, text: 'Market data farm connection is OK', at_us: 1_763_626_500_000_000 },
    { code: 10_167, text: 'Displaying delayed market data', at_us: 1_763_626_501_000_000 },
  ],
});

describe('the word for the data', () => {
  it('is that of the feed, and a banner says what is late', async () => {
    await page.waitForSelector('.badge[data-word=LIVE]');
    const cases: [DataType, string, string][] = [
      ['delayed', 'DELAYED', 'DELAYED DATA'],
      ['frozen', 'FROZEN', 'FROZEN DATA'],
      ['delayed-frozen', 'FROZEN', 'FROZEN DATA'],
      ['recorded', 'RECORDED', 'RECORDED'],
      ['simulated', 'SIMULATED', 'SIMULATED'],
    ];
    for (const [dataType, word, mode] of cases) {
      server.line = line(dataType);
      server.publishStatus('LIVE');
      await page.waitForSelector(`.badge[data-word=${word}]`);
      expect(await page.getAttribute('.page', 'data-mode')).toBe(mode);
      expect(await page.textContent('.top-bar')).not.toContain('LIVE');
      const isLate = word === 'DELAYED' || word === 'FROZEN';
      expect(await page.$$('.banner')).toHaveLength(isLate ? 1 : 0);
    }
  });

  it('leads to the lines, the notices and what is subscribed', async () => {
    server.line = line('delayed');
    server.publishStatus('LIVE');
    await page.waitForSelector('.badge[data-word=DELAYED]');
    await page.click('button.badge');
    const told = (await page.textContent('.details')) ?? '';
    expect(told).toContain('Market-data lines: 96 of 100');
    expect(told).toContain('12 strikes each side, 24,400 to 25,600');
    expect(told).toContain('Asked for 50 instruments in full, 0 in light mode');
    const notices = await page.$$eval('.notices li', (all) => all.map((one) => one.textContent));
    expect(notices.map((text) => text?.includes('Displaying delayed'))).toEqual([true, false]);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.details', { state: 'detached' });
    await page.keyboard.press('d');
    await page.waitForSelector('.details');
  });
});

describe('the day', () => {
  const change = () => page.textContent('[data-testid=day-change]');
  const from = () => page.getAttribute('[data-testid=day-change]', 'title');

  it('counts the spot from the close before, else from the open, and says which', async () => {
    await page.waitForFunction(
      () => document.querySelector('[data-testid=day-change]')?.textContent === '+83.00 (+0.33%)',
    );
    expect(await from()).toContain('the last spot seen the day before');
    expect(await page.textContent('[data-testid=day-range]')).toBe('24,880.00 – 25,090.00');
    market.previousClose = null;
    server.publishSummary();
    await page.waitForFunction(
      () => document.querySelector('[data-testid=day-change]')?.textContent === '+43.00 (+0.17%)',
    );
    expect(await from()).toContain('from the open 24,960.00');
    expect(await change()).toBe('+43.00 (+0.17%)');
  });
});

describe('the venue beside us', () => {
  it('stands in columns that are asked for when they are shown', async () => {
    await page.keyboard.press('c');
    await page.click('.chip:has-text("Venue")');
    await page.keyboard.press('Escape');
    const cell = (column: string) => `.strike-row[data-place="50"] .call[data-figure=${column}]`;
    market.columns.data_type[100] = 2;
    await page.waitForFunction(
      (selector) => document.querySelector(selector)?.textContent === 'on time',
      cell('data_type'),
    );
    server.publish([100]);
    await page.waitForFunction(
      (selector) => document.querySelector(selector)?.textContent === 'delayed',
      cell('data_type'),
    );
    await page.hover(cell('vendor_iv'));
    await page.waitForSelector('[role=tooltip]:has-text("+0.40 vol points from ours")');
    const asked = server.ops.filter((op) => op.op === 'subscribe' && op.format === 'binary');
    expect(asked.at(-1)?.fields).toContain('vendor_iv');
    expect(asked[0]?.fields).not.toContain('vendor_iv');
  });
});

describe('the alerts', () => {
  const box = (label: string) => page.locator('.alert-form').getByLabel(label);
  const told = (label: string) =>
    page.textContent(`.alert-form .box:has(label:text-is("${label}")) .box-told`);

  async function signIn(): Promise<void> {
    const kept = JSON.stringify({ header: 'x-voldesk-session', proof: server.alerts.proof });
    await page.evaluate((text) => localStorage.setItem('voldesk.session', text), kept);
  }

  it('are listed, made, told and removed', async () => {
    await signIn();
    await page.keyboard.press('l');
    await page.waitForSelector('.alert-list li:has-text("morning vol")');
    expect(await page.$$('.alert-list button')).toHaveLength(0); // the settings are not ours
    await box('Figure').fill('iv');
    await box('Contract').fill('25d put');
    await box('Level').fill('0.2');
    await box('Crosses').selectOption('up');
    await box('Tells').selectOption('once');
    await box('Hysteresis').fill('0.005');
    await box('Cooldown').fill('60');
    await box('Name').fill('put vol');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.alert-list li:has-text("NIFTY 25d put iv ↑ 0.2")');
    expect(server.alerts.held.at(-1)).toMatchObject({
      ...{ name: 'put vol', field: 'iv', contract: '25d put', level: 0.2, crosses: 'up' },
      ...{ is_once: true, band: 0.005, cooldown_secs: 60, expiry: null, root: null },
    });
    const made = server.alerts.held.at(-1);
    if (made) Object.assign(made, { is_spent: true, told_at_us: Date.now() * 1000 });
    server.publishAlert('NIFTY iv crossed 0.2', 7);
    await page.waitForSelector('.alert-list li:has-text("has told")');
    await page.click('[aria-label="Remove put vol"]');
    await page.waitForSelector('.alert-list li:has-text("put vol")', { state: 'detached' });
    expect(server.alerts.held.map((one) => one.name)).toEqual(['morning vol']);
  });

  it('that are refused say why, at the box that is meant', async () => {
    await signIn();
    await page.keyboard.press('l');
    await box('Figure').fill('spott');
    await box('Level').fill('25100');
    await page.click('.alert-form button[type=submit]');
    await page.waitForSelector('.box[data-refused] label:text-is("Figure")');
    expect(await told('Figure')).toContain("no field 'spott' of NIFTY; did you mean 'spot'?");
    await box('Figure').fill('spot');
    await page.waitForSelector('.box[data-refused]', { state: 'detached' });
    await box('Level').fill('high');
    await page.click('.alert-form button[type=submit]');
    await page.waitForSelector('.box[data-refused] label:text-is("Level")');
    expect(await told('Level')).toBe('Input should be a valid number');
    await box('Level').fill('25100');
    await box('Name').fill('morning vol');
    await page.click('.alert-form button[type=submit]');
    await page.waitForSelector('.box[data-refused] label:text-is("Name")');
    expect(await told('Name')).toContain('already');
  });

  it('cannot be made without a session, and the page says how to get one', async () => {
    await page.keyboard.press('l');
    await box('Level').fill('25100');
    await page.click('.alert-form button[type=submit]');
    await page.waitForSelector('.form-end .box-told:has-text("voldesk up")');
    expect(server.alerts.held).toHaveLength(1);
  });
});
