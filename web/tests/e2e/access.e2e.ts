import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HELD } from '../fake/desk';
import { FakeMarket } from '../fake/market';
import { FakeServer } from '../fake/server';
import { launch, openPage, STATIC } from './browser';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

let browser: Browser;
let server: FakeServer;
let url: string;

beforeAll(async () => {
  browser = await launch();
  server = new FakeServer(new FakeMarket('NIFTY'), STATIC);
  server.desk.open();
  server.desk.positions = [HELD];
  server.desk.place('first', {
    contract: HELD.contract,
    side: 'sell',
    quantity: 2,
    order_type: 'limit',
    limit_price: '140',
  });
  url = await server.start();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

describe.each(['dark', 'light'] as const)('in the %s theme', (colorScheme) => {
  it.each([
    ['the chain', []],
    ['the columns', ['c']],
    ['the keys', ['?']],
    ['the symbols', ['/']],
    ['the alerts', ['l']],
    ['the connection', ['d']],
    ['the orders', ['o']],
    ['a ticket', ['b']],
  ])('%s have nothing serious against them', async (_, keys) => {
    const { page } = await openPage(browser, `${url}/chain/NIFTY`, {
      colorScheme,
      bypassCSP: true,
    });
    await page.waitForSelector('.strike-row[data-atm=yes]');
    await page.waitForSelector('.grid[data-tradable]');
    await page.focus('.grid');
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForTimeout(300);
    await page.evaluate(AXE);
    const found = (await page.evaluate('axe.run()')) as { violations: Finding[] };
    const serious = found.violations.filter((one) => ['serious', 'critical'].includes(one.impact));
    const told = serious.map(
      (one) => `${one.id}: ${one.nodes[0]?.html} ${one.nodes[0]?.failureSummary}`,
    );
    expect(told).toEqual([]);
    await page.context().close();
  });
});

it('does not tint changes for those who want no motion', async () => {
  const { page } = await openPage(browser, `${url}/chain/NIFTY`, { reducedMotion: 'reduce' });
  await page.waitForSelector('.strike-row[data-atm=yes]');
  await page.evaluate(() => {
    const seen = window as unknown as { tints: number };
    seen.tints = 0;
    new MutationObserver((all) => {
      seen.tints += all.length;
    }).observe(document.body, { attributes: true, attributeFilter: ['data-flash'], subtree: true });
  });
  for (let turn = 0; turn < 10; turn++) {
    server.publish(server.market.change(Array.from({ length: 40 }, (_, at) => 80 + at)));
    await page.waitForTimeout(100);
  }
  expect(await page.evaluate(() => (window as unknown as { tints: number }).tints)).toBe(0);
  await page.context().close();
});
