/** The frames that the server's own tests keep. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../tests/data/frames/', import.meta.url));

export interface Held {
  topic_id: number;
  seq: number;
  kind: 'snapshot' | 'delta';
  row_count: number;
  rows: number[] | null;
  ts_flush_us: number;
  event_age_us: number | null;
  recv_age_us: number | null;
  spot: number;
  fields: string[];
  columns: Record<string, (number | null)[]>;
}

export function goldenNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.bin'))
    .map((name) => name.slice(0, -4));
}

export function golden(name: string): { frame: ArrayBuffer; held: Held } {
  const bytes = readFileSync(`${FOLDER}${name}.bin`);
  const frame = new Uint8Array(bytes).buffer;
  return { frame, held: JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')) as Held };
}
