import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE_FIELDS } from '../../src/types/fields';
import { columnsOf } from '../../src/ui/columns';
import { launch, openPage, readChain } from './browser';
import { Mirror } from './mirror';
import { startVoldesk, type Voldesk } from './voldesk';

const SHOTS = process.env.SHOTS; // a folder: pictures of the page are left there

let server: Voldesk;
let browser: Browser;
let url: string;

beforeAll(async () => {
  server = await startVoldesk('demo', '--seed', '7');
  url = server.url;
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

describe('against the real server', () => {
  it('every cell in view is what the stream said at the frame that is shown', async () => {
    const { page, errors } = await openPage(browser, `${url}/chain/NIFTY`);
    const mirror = new Mirror(`ws://127.0.0.1:${server.port}/ws/stream`, 'NIFTY', BASE_FIELDS, 10);
    await page.waitForSelector('.strike-row[data-atm=yes]');
    await page.hover('.grid-body');
    await page.mouse.wheel(0, 22);
    await page.waitForTimeout(2_000);
    let checked = 0;
    const seqs = new Set<number>();
    const seen = new Set<string>();
    const wrong: string[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const { seq, rows } = await readChain(page);
      await page.waitForTimeout(170);
      const figures = mirror.states.get(seq);
      if (!figures || !mirror.layout) continue;
      seqs.add(seq);
      const { strike, right, series } = mirror.layout.contracts;
      for (const shown of rows) {
        const price = Number(shown.strike.replaceAll(',', ''));
        for (const side of ['call', 'put'] as const) {
          const wanted = side === 'call' ? 'C' : 'P';
          const row = strike.findIndex(
            (one, at) => one === price && right[at] === wanted && series[at] === 0,
          );
          for (const column of columnsOf(Object.keys(shown[side]))) {
            const name = column.id === 'oi' ? 'open_interest' : column.id;
            const value = figures[name]?.[row] ?? Number.NaN;
            const text = Number.isFinite(value) ? column.text(value) : '–';
            const said = shown[side][column.id] ?? '';
            checked += 1;
            seen.add(said);
            if (said !== text) wrong.push(`${seq} ${price} ${side} ${name}: ${said}, not ${text}`);
          }
        }
      }
    }
    mirror.close();
    expect(wrong).toEqual([]);
    expect(seqs.size).toBeGreaterThan(10);
    expect(checked).toBeGreaterThan(5_000);
    expect(seen.size).toBeGreaterThan(500);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('has tabs that agree with what the server lists', async () => {
    const { page } = await openPage(browser, `${url}/chain/SPX`);
    await page.waitForSelector('.expiry');
    const listed = (await (await fetch(`${url}/api/v1/underlyings/SPX/expiries`)).json()) as {
      expiry: string;
    }[];
    const tabs = await page.$$eval('.expiry', (all) => all.map((tab) => tab.textContent ?? ''));
    expect(tabs).toHaveLength(listed.length);
    listed.forEach(({ expiry }, at) => {
      expect(tabs[at]).toContain(` ${Number(expiry.slice(8))} `);
    });
    await page.context().close();
  });

  it('shows contract messages of the fixed stream in the open contract', async () => {
    const { page, errors } = await openPage(browser, `${url}/chain/NIFTY`);
    await page.waitForSelector('.strike-row[data-atm=yes]');
    await page.focus('.grid');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.tape .facts div:has-text("pcr")');
    expect(await page.textContent('.tape .panel-note')).toMatch(/NIFTY [\d,]+ (CE|PE)/);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('says STALE within five seconds when the server hangs, and returns with it', async () => {
    const { page } = await openPage(browser, `${url}/chain/NIFTY`);
    await page.waitForSelector('.badge[data-word=SIMULATED]');
    const began = Date.now();
    server.process.kill('SIGSTOP');
    await page.waitForSelector('.badge[data-word=STALE]');
    expect(Date.now() - began).toBeLessThan(5_500);
    server.process.kill('SIGCONT');
    await page.waitForSelector('.badge[data-word=SIMULATED]');
    await page.context().close();
  });

  if (SHOTS) {
    it('has its picture taken', async () => {
      mkdirSync(SHOTS, { recursive: true });
      for (const colorScheme of ['dark', 'light'] as const) {
        for (const [width, height] of [
          [1440, 900],
          [900, 700],
        ] as const) {
          const { page } = await openPage(browser, `${url}/chain/NIFTY`, {
            colorScheme,
            viewport: { width, height },
          });
          await page.waitForTimeout(5_000);
          await page.screenshot({ path: `${SHOTS}/${colorScheme}-${width}x${height}.png` });
          await page.context().close();
        }
      }
    });
  }
});
