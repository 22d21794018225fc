import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HELD } from '../fake/desk';
import { FakeMarket } from '../fake/market';
import { FakeServer } from '../fake/server';
import { launch, openPage, STATIC } from './browser';

let browser: Browser;
let server: FakeServer;
let page: Page;
let url: string;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const desk = () => server.desk;

beforeEach(async () => {
  server = new FakeServer(new FakeMarket('NIFTY'), STATIC);
  url = await server.start();
  ({ page } = await openPage(browser, `${url}/chain/NIFTY`));
  await page.waitForSelector('.strike-row[data-atm=yes]');
  const kept = JSON.stringify({ header: 'x-voldesk-session', proof: 'proof-1' });
  await page.evaluate((text) => localStorage.setItem('voldesk.session', text), kept);
});
afterEach(async () => {
  await page.context().close();
  await server.stop();
});

const waitFor = (selector: string) => page.waitForSelector(selector);
const texts = (selector: string) =>
  page.$$eval(selector, (all) => all.map((one) => one.textContent ?? ''));

/** Open a ticket from the keyboard, for the call at the money. */
async function openTicket(): Promise<void> {
  await waitFor('.grid[data-tradable]');
  await page.focus('.grid');
  await page.keyboard.press('b');
  await waitFor('.ticket .confirm');
}

describe('where nothing trades', () => {
  it('a quote opens no ticket, and the other page says why it is empty', async () => {
    await page.click('.strike-row[data-place="50"] .call[data-figure=ask]');
    await page.keyboard.press('s');
    expect(await page.$$('.ticket, .money-badge')).toHaveLength(0);
    await page.keyboard.press('o');
    expect(page.url()).toBe(`${url}/trade/NIFTY`);
    expect(await page.textContent('.risk .nothing')).toContain('nothing trades here');
    await page.waitForSelector('.portfolio .nothing:has-text("trading has not begun yet")');
  });

  it('the account appears when trading begins', async () => {
    await page.keyboard.press('o');
    desk().positions = [HELD];
    desk().open();
    await waitFor('.top-bar .money-badge[data-money=paper]');
    await waitFor('.positions tbody tr');
  });
});

describe('whose money it is', () => {
  it('is red, with the last digits of the account, wherever orders can be made', async () => {
    desk().open({ mode: 'live', account: 'U1234567' });
    await openTicket();
    expect(await page.textContent('.ticket .money-badge')).toBe('LIVE ACCOUNT …4567');
    expect(await page.textContent('.ticket .confirm')).toContain('real money');
    const red = await page.$eval(
      '.ticket .money-badge',
      (one) => getComputedStyle(one).backgroundColor,
    );
    expect(red).toBe('rgb(179, 21, 31)');
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await waitFor('.portfolio .money-badge');
    expect(await page.$$('.money-badge[data-money=paper]')).toHaveLength(0);
    expect(await page.$$('.money-badge[data-money=live]')).toHaveLength(5);
    expect(await page.textContent('body')).not.toContain('U1234567');
  });
});

describe('a ticket', () => {
  beforeEach(() => desk().open());

  it('that is confirmed twice is one order', async () => {
    await openTicket();
    await page.dblclick('.ticket .confirm');
    await waitFor('.sent-order .state[data-state=working]');
    expect(desk().asked).toHaveLength(1);
    desk().change('vd-1', { state: 'filled', filled: 1, average_price: '130.05', is_open: false });
    await waitFor('.sent-order:has-text("1 of 1 filled at 130.05")');
  });

  it('whose answer is lost can only be asked for again, with its own key', async () => {
    await openTicket();
    desk().isLosingAnswers = true;
    await page.click('.ticket .confirm');
    await waitFor('.ticket .refused:has-text("No answer came")');
    expect(await page.locator('.ticket-form').getByLabel('Quantity').isDisabled()).toBe(true);
    await page.keyboard.press('Escape'); // its key would be lost with it
    await page.click('.ticket .confirm:has-text("same order again")');
    await waitFor('.sent-order .state[data-state=working]');
    expect(desk().asked).toHaveLength(2);
    expect(new Set(desk().asked).size).toBe(1);
    expect(desk().orders).toHaveLength(1);
  });

  it('that was denied becomes another order, with another key, when it is changed', async () => {
    await openTicket();
    desk().isPreviewLenient = true;
    await page.locator('.ticket-form').getByLabel('Quantity').fill('40');
    await page.keyboard.press('Enter');
    await waitFor('.ticket .confirm');
    await page.keyboard.press('Enter');
    await waitFor('.ticket .refused .checks');
    await page.locator('.ticket-form').getByLabel('Quantity').fill('4');
    await page.keyboard.press('Enter');
    await waitFor('.ticket .confirm');
    await page.keyboard.press('Enter');
    await waitFor('.sent-order .state[data-state=working]');
    expect(new Set(desk().asked).size).toBe(2);
    expect(desk().orders.map((one) => one.state)).toEqual(['working', 'denied']);
  });

  it('is not sent with what cannot be meant', async () => {
    await openTicket();
    const price = page.locator('.ticket-form').getByLabel('Limit price', { exact: true });
    await price.fill('131.07');
    await page.keyboard.press('Enter');
    await waitFor('.box[data-refused]:has-text("not a step of 0.05")');
    await price.press('ArrowUp');
    expect(await price.inputValue()).toBe('131.10');
    await waitFor('.ticket:not(:has(.box[data-refused]))');
    await page.locator('.ticket-form').getByLabel('Quantity').fill('1.5');
    await page.keyboard.press('Enter');
    await waitFor('.box[data-refused]:has-text("a whole number")');
    expect(await page.$$('.ticket .confirm')).toHaveLength(0);
  });

  it('closes a position the other way, at the far quote, and only reduces', async () => {
    desk().positions = [HELD];
    desk().open();
    await page.keyboard.press('o');
    await page.click('[aria-label="Close NIFTY 2026-11-26 C 25000"]');
    await waitFor('.ticket .confirm:has-text("buy 2")');
    const price = page.locator('.ticket-form').getByLabel('Limit price', { exact: true });
    expect(await price.inputValue()).toBe('131.05');
    await page.click('.ticket .confirm');
    await waitFor('.sent-order .state');
    expect(desk().orders[0]).toMatchObject({ side: 'buy', quantity: 2, is_reducing: true });
  });

  it('of a page that is not signed in says how to sign in', async () => {
    await page.evaluate(() => localStorage.removeItem('voldesk.session'));
    await waitFor('.grid[data-tradable]');
    await page.click('.strike-row[data-place="50"] .call[data-figure=ask]');
    await waitFor('.ticket .refused:has-text("voldesk up")');
  });
});

describe('the orders', () => {
  beforeEach(async () => {
    desk().open();
    desk().positions = [HELD];
    const limit = { order_type: 'limit', limit_price: '5' } as const;
    desk().place('one', { contract: HELD.contract, side: 'buy', quantity: 3, ...limit });
    await page.keyboard.press('o');
    await waitFor('.blotter .state[data-state=working]');
  });

  it('are told as they change, and asked for anew when the line was away', async () => {
    desk().change('vd-1', { state: 'partially_filled', filled: 1, remaining: 2 });
    await waitFor('.blotter td:text-is("1/3")');
    server.dropSockets();
    desk().change('vd-1', { state: 'filled', filled: 3, remaining: 0, is_open: false });
    await waitFor('.blotter .state[data-state=filled]');
    await page.check('.blotter input[type=checkbox]');
    expect(await texts('.blotter .nothing')).toEqual(['No orders.']);
  });

  it('keep their figures where WebSockets do not come through', async () => {
    server.isBlockingSockets = true;
    server.dropSockets();
    await waitFor('.badge[data-word=DELAYED]');
    desk().change('vd-1', { state: 'rejected', reason: 'no such thing', is_open: false });
    await waitFor('.blotter .state[data-state=rejected]');
    expect(await texts('.blotter .reason')).toEqual(['no such thing']);
  });

  it('say what could not be cancelled', async () => {
    await page.click('.blotter button:text-is("Cancel all")');
    await waitFor('.blotter .refused:has-text("vd-1 could not be asked for")');
  });

  it('show unknown figures as a dash with the reason behind it', async () => {
    const dash = page.locator('.portfolio .totals tbody tr:last-child td').last();
    expect(await dash.textContent()).toBe('–');
    expect(await dash.locator('span').getAttribute('title')).toContain(HELD.key);
    await waitFor('.portfolio .hint:text-is("Not known: β delta of NIFTY 2026-11-26 C 25000.")');
    expect(await texts('.scenario-grid tbody td')).toEqual(['−1,251', '0', '–']);
    await page.click('.scenarios .chip:text-is("in 1 day")');
    expect(await texts('.scenario-grid tbody td')).toEqual(['−1,300', '−50', '+2,000']);
    const vega = page.locator('.limits tr', { hasText: 'Vega of the book' });
    expect(await vega.locator('td').allTextContents()).toEqual(['–', '20.0K', '–']);
    await waitFor('.limits tr[data-tight]:has-text("Loss of the day"):has-text("90%")');
  });
});

describe('the switch', () => {
  it('stops at one press, trades out only when asked twice, and needs the phrase', async () => {
    desk().open();
    await page.keyboard.press('o');
    await page.click('.kill-button:text-is("Stop trading")');
    await waitFor('.risk .gate-word[data-gate=halted]');
    await waitFor('.kill [role=status]:has-text("1 order asked to cancel")');
    await page.fill('.unlock input', 'unlock paper');
    expect(await page.locator('.unlock button').isDisabled()).toBe(true);
    await page.fill('.unlock input', 'unlock PAPER');
    await page.keyboard.press('Enter');
    await waitFor('.risk .gate-word[data-gate=active]');
    await page.click('button:text-is("Stop and trade out…")');
    await page.click('.kill-ask button:text-is("No")');
    await waitFor('.risk .gate-word[data-gate=active]');
  });

  it('is at hand beside the chain too, and leads to what came of it', async () => {
    desk().open();
    await page.click('.top-bar .kill-button');
    await waitFor('.risk .gate-word[data-gate=halted]');
    await waitFor('.kill [role=status]:has-text("1 order asked to cancel")');
    expect(await page.$$('.top-bar .kill-button')).toHaveLength(0);
  });

  it('of a page that is not signed in says that nothing was stopped', async () => {
    await page.evaluate(() => localStorage.removeItem('voldesk.session'));
    desk().open();
    await page.click('.top-bar .kill-button');
    await waitFor('.kill .refused:has-text("Not stopped"):has-text("voldesk up")');
    expect(desk().risk?.state).toBe('active');
  });

  it('says loudly what is wrong with line, journal and account', async () => {
    desk().open({
      is_reconciled: false,
      differences: ['order 17 is not ours'],
      line: { is_up: false, reason: 'nobody answers' },
      journal: { is_writable: false, reason: 'disk full', entries: 3, healed_bytes: 0 },
    });
    await page.keyboard.press('o');
    const told = await texts('.alarms li');
    expect(told.join()).toContain('order 17 is not ours');
    expect(told.join()).toContain('Line: nobody answers');
    expect(told.join()).toContain('Journal: disk full');
    await waitFor('.risk .refused:has-text("No word of the account")');
  });
});
