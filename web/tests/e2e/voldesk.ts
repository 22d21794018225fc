/** The real server in a process of its own, with a journal that is thrown away. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PYTHON = resolve(process.env.VOLDESK_PYTHON ?? '../.venv/bin/python');
const READY_MS = 45_000;

export interface Voldesk {
  port: number;
  url: string;
  /** Opens the page signed in; the code in it works once. */
  signInUrl: string;
  process: ChildProcess;
  stop: () => Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((tell) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => tell(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Start a server and wait until it has a chain to serve. */
export async function startVoldesk(...args: string[]): Promise<Voldesk> {
  if (!existsSync(PYTHON)) throw new Error(`no Python at ${PYTHON}: run 'make setup'`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const kept = mkdtempSync(join(tmpdir(), 'voldesk-page-'));
  const child = spawn(PYTHON, ['-m', 'voldesk', ...args, '--no-open', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: resolve('..'),
    env: { ...process.env, XDG_CONFIG_HOME: kept },
  });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  child.stderr.on('data', (text) => {
    said += text;
  });
  const stop = async () => {
    const isOver = new Promise((done) => child.once('exit', done));
    child.kill('SIGINT');
    if (child.exitCode === null) await isOver;
    rmSync(kept, { recursive: true, force: true });
  };
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/api/v1/ready`).catch(() => null);
    const signInUrl = /http:\S+#code=\S+/.exec(said)?.[0];
    if (answer?.ok && signInUrl) return { port, url, signInUrl, process: child, stop };
    await new Promise((go) => setTimeout(go, 200));
  }
  await stop();
  throw new Error(`the server was not ready in time; it said: ${said.slice(-2_000)}`);
}
