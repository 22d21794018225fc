/** The system's Chromium, and what a test wants to know of a page. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The built page; npm runs everything in `web`. */
export const STATIC = `${resolve('../src/voldesk/gateways/static')}/`;

export function launch(): Promise<Browser> {
  if (!existsSync(`${STATIC}index.html`)) {
    throw new Error(`no page at ${STATIC}: run 'npm run build' first`);
  }
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

export interface Opened {
  page: Page;
  /** What the console and the page complained of. */
  errors: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  return { page, errors };
}

/** A strike in view: its price and the texts of its cells by column, call side and put side. */
export interface ShownRow {
  place: number;
  strike: string;
  call: Record<string, string>;
  put: Record<string, string>;
}

/** Read every mounted row of the chain in one go, with the sequence number that was painted last. */
export function readChain(page: Page): Promise<{ seq: number; rows: ShownRow[] }> {
  return page.evaluate(() => {
    const grid = document.querySelector<HTMLElement>('.grid-body');
    const rows = [...document.querySelectorAll<HTMLElement>('.strike-row')].map((row) => {
      const texts = (side: string) =>
        Object.fromEntries(
          [...row.querySelectorAll<HTMLElement>(`.cell.${side}[data-figure]`)].map((cell) => [
            cell.dataset.figure ?? '',
            cell.textContent ?? '',
          ]),
        );
      return {
        place: Number(row.dataset.place),
        strike: row.querySelector('.strike')?.textContent ?? '',
        call: texts('call'),
        put: texts('put'),
      };
    });
    return { seq: Number(grid?.dataset.seq), rows };
  });
}
