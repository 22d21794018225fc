import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where the page is served from: the package carries it in its wheel. */
const OUT_DIR = '../src/voldesk/gateways/static';

/** The server that `npm run dev` shows. */
const SERVER = process.env.VOLDESK_URL ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: OUT_DIR,
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content security policy allows no inline script or style
    modulePreload: { polyfill: false },
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 640, // kB before gzip; tests/unit/bundle.test.ts holds the budget
  },
  server: {
    proxy: {
      '/api': SERVER,
      '/ws': { target: SERVER, ws: true },
    },
  },
  test: {
    environment: 'node',
    include: ['tests/unit/**/*.test.{ts,tsx}'],
  },
});
