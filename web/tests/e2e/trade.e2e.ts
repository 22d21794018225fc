import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderDocument, PositionDocument, RiskDocument } from '../../src/types/trading';
import { launch, openPage } from './browser';
import { startVoldesk, type Voldesk } from './voldesk';

const SHOTS = process.env.SHOTS; // a folder: pictures of the page are left there

let server: Voldesk;
let browser: Browser;
let page: Page;
let errors: string[];

const ask = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${server.url}/api/v1/${path}`)).json()) as T;
const orders = () => ask<OrderDocument[]>('orders');

/** Wait for something on the server, which the page shows some time later or earlier. */
async function until<T>(look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (isSo(found)) return found;
    if (Date.now() > deadline) throw new Error(`never so: ${JSON.stringify(found)}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

async function picture(name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

const box = (label: string) => page.locator('.ticket-form').getByLabel(label, { exact: true });
const rows = (text: string) => page.locator('.blotter tbody tr', { hasText: text });

/** Go to the chain of SPX, the second expiry, whose contracts still have days. */
async function openChain(): Promise<void> {
  await page.click('.place:text-is("Chain")');
  await page.waitForSelector('.strike-row[data-atm=yes]');
}

async function clickQuote(side: 'call' | 'put', figure: 'bid' | 'ask'): Promise<void> {
  await page.waitForSelector('.grid[data-tradable]');
  const cell = page.locator(`.strike-row[data-atm=yes] .${side}[data-figure=${figure}]`);
  await until(
    () => cell.textContent(),
    (text) => /^\d/.test(text ?? ''),
  );
  await cell.click();
  await page.waitForSelector('.ticket .judgement');
}

async function closeTicket(): Promise<void> {
  await page.keyboard.press('Escape');
  await page.waitForSelector('.ticket', { state: 'detached' });
}

beforeAll(async () => {
  server = await startVoldesk('up', '--feed', 'sim', '--seed', '7');
  browser = await launch();
  ({ page, errors } = await openPage(browser, server.signInUrl));
  await page.waitForSelector('.money-badge[data-money=paper]');
  const expiries = await ask<{ expiry: string }[]>('underlyings/SPX/expiries');
  await page.evaluate((expiry) => {
    history.pushState(null, '', `/chain/SPX?expiry=${expiry}`);
    dispatchEvent(new PopStateEvent('popstate'));
  }, expiries[1]?.expiry);
  await page.waitForSelector('.strike-row[data-atm=yes]');
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

describe('an order', () => {
  it('begins with a click on an ask, is judged, confirmed once, and fills', async () => {
    await clickQuote('call', 'ask');
    expect(await page.textContent('.ticket h2')).toMatch(/^Buy SPXW? \d{4}-\d\d-\d\d C \d+$/);
    expect(await page.textContent('.ticket .money-badge')).toBe('PAPER');
    const price = await box('Limit price').inputValue();
    await box('Limit price').press('PageUp');
    expect(Number(await box('Limit price').inputValue())).toBeGreaterThan(Number(price));
    expect(await page.$$('.ticket .confirm')).toHaveLength(0); // what was judged is another order
    await page.keyboard.press('Enter');
    await page.waitForSelector('.ticket .confirm');
    expect(await page.textContent('.judgement .sentence')).toContain('at most');
    expect(await page.textContent('.checks caption')).toMatch(/^All \d+ checks of the gate pass/);
    expect(await page.textContent('.judgement .facts')).toMatch(/Delta added/);
    await picture('ticket');
    await page.dblclick('.ticket .confirm');
    await page.waitForSelector('.sent-order .state[data-state=filled]');
    expect(await orders()).toHaveLength(1);
    await page.click('.sent-order button');
    await page.waitForSelector('.blotter .state[data-state=filled]');
    const [order] = await orders();
    const row = (await rows(order?.contract ?? '').textContent()) ?? '';
    expect(row).toContain('buy1/1limit');
    expect(row).toContain(String(order?.average_price));
  });

  it('that filled is a position, with its figures', async () => {
    const [position] = await until(
      () => ask<PositionDocument[]>('positions'),
      (held) => held.length === 1,
    );
    const row = page.locator('.positions tbody tr');
    await row.waitFor();
    expect(await row.locator('th').textContent()).toBe(position?.contract);
    expect(await row.locator('td').nth(0).textContent()).toBe('1');
    expect(await row.locator('td').nth(1).textContent()).toBe(position?.average_price);
    expect(await row.locator('td').nth(6).textContent()).toMatch(/^\d+\.\d\d$/);
    await page.waitForSelector('.scenario-grid td.number');
  });

  it('that waits is changed and cancelled from the blotter', async () => {
    await openChain();
    await clickQuote('put', 'bid');
    await box('Side').selectOption('buy');
    await box('Limit price').fill('5');
    await page.click('.ticket-form button[type=submit]');
    await page.waitForSelector('.ticket .confirm');
    await page.keyboard.press('Enter'); // the button that confirms has the focus
    await page.waitForSelector('.sent-order .state[data-state=working]');
    await page.click('.sent-order button');
    const working = page.locator('.blotter tr', { has: page.locator('[data-state=working]') });
    await working.getByRole('button', { name: /^Change/ }).click();
    await page.getByLabel('Limit price', { exact: true }).fill('5.50');
    await page.keyboard.press('Enter');
    await until(
      orders,
      ([newest]) => newest?.limit_price === '5.50' || newest?.limit_price === '5.5',
    );
    await page.waitForSelector('.blotter td.number:text("5.5")');
    await working.getByRole('button', { name: /^Cancel/ }).click();
    await page.waitForSelector('.blotter .state[data-state=cancelled]');
  });

  it('that the gate denies says why, before it is sent', async () => {
    await openChain();
    await clickQuote('call', 'ask');
    await box('Quantity').fill('40');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.checks tr[data-passed=no] th:text-is("Contracts in one order")');
    expect(await page.$$('.ticket .confirm')).toHaveLength(0);
    await picture('denied');
    await closeTicket();
  });

  it('can bring its ways out with it, which cancel each other', async () => {
    await clickQuote('call', 'ask');
    const price = Number(await box('Limit price').inputValue());
    await box('Limit price').press('PageUp');
    await box('Target').fill(String(Math.round(price * 4)));
    await box('Stop loss').fill('1');
    await page.keyboard.press('Enter');
    await page.click('.ticket .confirm');
    await page.waitForSelector('.sent-order .state[data-state=filled]');
    const all = await until(orders, (found) => found.filter((one) => one.parent_id).length === 2);
    const outs = all.filter((one) => one.parent_id);
    expect(outs.map((one) => one.order_type).sort()).toEqual(['limit', 'stop']);
    expect(new Set(outs.map((one) => one.oca_group)).size).toBe(1);
    expect(await page.$$('.sent-order .refused')).toHaveLength(0);
    await page.click('.sent-order button');
    await page.waitForSelector('.blotter td:text("stop")');
  });
});

describe('the switch', () => {
  it('stops everything with one press, and a ticket is refused', async () => {
    await page.waitForSelector('.trade-side .gate-word[data-gate=active]');
    await picture('trade');
    if (SHOTS) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 900, height: 700 });
      await page.waitForTimeout(300);
      await picture('trade-light-900x700');
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.emulateMedia({ colorScheme: 'dark' });
    }
    await page.click('.kill-button:text-is("Stop trading")');
    await page.waitForSelector('.trade-side .gate-word[data-gate=halted]');
    await page.waitForSelector('.top-bar .gate-word[data-gate=halted]');
    await until(orders, (all) => all.every((one) => !one.is_open));
    await openChain();
    await clickQuote('call', 'ask');
    await page.waitForSelector('.checks tr[data-passed=no] th:text-is("Gate")');
    expect(await page.$$('.ticket .confirm')).toHaveLength(0);
    await closeTicket();
  });

  it('lets trading begin again only once the phrase is typed', async () => {
    await page.keyboard.press('o');
    const { unlock_phrase } = await ask<RiskDocument>('risk');
    const button = page.locator('.unlock button');
    expect(await button.isDisabled()).toBe(true);
    await picture('halted');
    await page.fill('.unlock input', unlock_phrase);
    await button.click();
    await page.waitForSelector('.trade-side .gate-word[data-gate=active]');
    await page.waitForSelector('.unlock', { state: 'detached' });
  });

  it('trades out of what is held when that is asked for, and confirmed', async () => {
    await page.click('button:text-is("Stop and trade out…")');
    await page.click('.kill-ask .kill-button');
    await until(
      () => ask<PositionDocument[]>('positions'),
      (held) => held.every((one) => one.quantity === 0),
    );
    await page.waitForSelector('.positions .hint:text-is("0 held")');
  });

  it('leaves nothing in the console but what the gate refused', () => {
    expect(errors.filter((text) => !text.includes('422'))).toEqual([]);
  });
});
