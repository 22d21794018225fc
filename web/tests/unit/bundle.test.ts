import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { expect, it, vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FIRST_LOAD_BYTES = 190 * 1024;
const FILES = 60;

it('is small enough to load at once, and needs nothing from elsewhere', async () => {
  vi.stubEnv('NODE_ENV', 'production'); // Vite would build what is for tests
  const made = (await build({
    root: ROOT,
    logLevel: 'silent',
    build: { write: false },
  })) as Rollup.RollupOutput;
  let total = 0;
  for (const file of made.output) {
    const text = file.type === 'chunk' ? file.code : file.source;
    total += gzipSync(text, { level: 9 }).length;
    if (file.fileName.endsWith('.html')) {
      expect(text).not.toMatch(/<style|<script(?![^>]+src=)|\sstyle=|https?:/);
    }
    if (file.fileName.endsWith('.css')) expect(text).not.toMatch(/url\(\s*["']?https?:|@import/);
  }
  console.log(`bundle: ${(total / 1024).toFixed(1)} kB gzip in ${made.output.length} files`);
  expect(total).toBeLessThanOrEqual(FIRST_LOAD_BYTES);
  expect(made.output.length).toBeLessThanOrEqual(FILES);
}, 60_000);
