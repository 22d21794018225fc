/**
 * Prints what the page costs: frames a second and processor time while cells change.
 *
 * Processor time is that of the renderer process (script, style, layout, paint) and of all of
 * Chromium, whose compositor works in software here; frames a second suffer from a busy machine,
 * processor time does not.
 */

import type { Browser, CDPSession, Page } from 'playwright-core';
import { columnsOf } from '../../src/ui/columns';
import { launch, openPage, STATIC } from '../e2e/browser';
import { FakeMarket } from '../fake/market';
import { FakeServer } from '../fake/server';

const SECONDS = 10;
const HZ = 10;
const FIGURES = ['volume', 'iv', 'last', 'bid', 'ask'] as const; // those that the market changes
/** Of the figures that are written anew so many read differently. */
const VISIBLE_SHARE = 0.87;
const CASES = (process.env.CELLS ?? '0,500,2000,10000').split(',').map(Number);

interface Processes {
  processInfo: { type: string; cpuTime: number }[];
}

async function cpuSeconds(browser: Browser): Promise<{ renderer: number; all: number }> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as Processes;
  await session.detach();
  const sum = (only: (type: string) => boolean) =>
    processInfo.filter((one) => only(one.type)).reduce((total, one) => total + one.cpuTime, 0);
  return { renderer: sum((type) => type === 'renderer'), all: sum(() => true) };
}

/** What the main thread does, as Chromium tells it apart; the rest of the renderer paints. */
const MAIN_THREAD = ['Script', 'RecalcStyle', 'Layout', 'Task'];

async function spent(session: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

function part(
  before: Map<string, number>,
  after: Map<string, number>,
  name: string,
  seconds: number,
): string {
  const key = `${name}Duration`;
  return `${((((after.get(key) ?? 0) - (before.get(key) ?? 0)) / seconds) * 100).toFixed(1)} %`;
}

/** Count animation frames; not while processor time is measured, of which counting takes three per cent. */
function framesPerSecond(page: Page): Promise<number> {
  return page.evaluate(
    (ms) =>
      new Promise<number>((resolve) => {
        let count = 0;
        const start = performance.now();
        const turn = () => {
          const spent = performance.now() - start;
          if (spent >= ms) resolve((count / spent) * 1000);
          else requestAnimationFrame(turn);
          count += 1;
        };
        requestAnimationFrame(turn);
      }),
    (SECONDS / 2) * 1_000,
  );
}

async function measure(browser: Browser, cellsPerSecond: number): Promise<string> {
  const market = new FakeMarket('NIFTY');
  const server = new FakeServer(market, STATIC);
  const url = await server.start();
  const { page } = await openPage(browser, `${url}/chain/NIFTY`);
  await page.waitForSelector('.strike-row[data-atm=yes]');
  await page.waitForTimeout(1_500);
  const places = await page.$$eval('.strike-row', (rows) => {
    const box = document.querySelector('.grid')?.getBoundingClientRect();
    return rows
      .filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return box && top > box.top + 40 && bottom < box.bottom;
      })
      .map((row) => Number((row as HTMLElement).dataset.place));
  });
  const inView = places.flatMap((place) => [2 * place, 2 * place + 1]);
  const columns = columnsOf(FIGURES);
  let changed = 0;
  let owed = 0;
  const timer = setInterval(() => {
    owed += cellsPerSecond / HZ / (FIGURES.length * VISIBLE_SHARE);
    const rows: number[] = [];
    const left = [...inView];
    for (; owed >= 1 && left.length; owed--) {
      rows.push(...left.splice(Math.floor(market.random() * left.length), 1));
    }
    const unique = rows;
    const before = unique.map((row) => FIGURES.map((name) => market.columns[name][row] as number));
    market.change(unique);
    unique.forEach((row, at) => {
      columns.forEach((column, place) => {
        const now = column.text(market.columns[FIGURES[place] as 'iv'][row] as number);
        if (now !== column.text(before[at]?.[place] as number)) changed += 1;
      });
    });
    if (unique.length) server.publish(unique);
    if (market.seq % HZ === 0) server.publishSummary();
  }, 1000 / HZ);
  await page.waitForTimeout(1_000);
  changed = 0;
  const metrics = await page.context().newCDPSession(page);
  await metrics.send('Performance.enable');
  const spentBefore = await spent(metrics);
  const before = await cpuSeconds(browser);
  const began = performance.now();
  await page.waitForTimeout(SECONDS * 1_000);
  const seconds = (performance.now() - began) / 1000;
  const after = await cpuSeconds(browser);
  const spentAfter = await spent(metrics);
  const cells = changed / seconds;
  const fps = await framesPerSecond(page);
  clearInterval(timer);
  const share = (part: 'renderer' | 'all') =>
    `${(((after[part] - before[part]) / seconds) * 100).toFixed(0).padStart(3)} %`;
  await page.context().close();
  await server.stop();
  return [
    `${Math.round(cells)} cells/s`.padStart(16),
    `${fps.toFixed(1)} fps`.padStart(10),
    `renderer ${share('renderer')} of a core`,
    `all of Chromium ${share('all')}`,
    MAIN_THREAD.map((name) => `${name} ${part(spentBefore, spentAfter, name, seconds)}`).join(' '),
  ].join('  ');
}

export async function main(): Promise<void> {
  const browser = await launch();
  for (const cells of CASES) console.log(await measure(browser, cells));
  await browser.close();
}
