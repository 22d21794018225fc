/** A chain as HTTP answers bring it, written into the same table that frames write. */

import { FIELDS, type Field, STATUS_NAMES, type StatusName } from '../types/fields';
import type { ChainByColumns } from '../types/rest';
import type { LiveChain } from './liveChain';
import type { ChainTable } from './table';

const FIGURES = FIELDS.filter((name) => name !== 'status' && name !== 'age_secs');

/** Write an answer into a chain; of a snapshot the layout too. Does nothing if a delta has no layout. */
export function applyAnswer(chain: LiveChain, answer: ChainByColumns, now: number): void {
  if (answer.kind === 'snapshot') {
    chain.setLayout({
      underlying: answer.underlying,
      feed: answer.feed,
      market: chain.layout?.market ?? '',
      profile: answer.profile,
      contracts: answer.contracts,
      series: answer.series,
    });
  }
  const table = chain.layout?.table;
  if (!table) return;
  const rows = answer.contracts.row;
  const flushMs = (answer.ts_flush_us ?? Number.NaN) / 1000;
  for (const name of FIGURES) scatter(table, name, rows, answer.contracts[name] ?? []);
  answer.contracts.status.forEach((word, at) => {
    table.columns.status[rows[at] as number] = STATUS_NAMES.indexOf(word as StatusName);
  });
  answer.contracts.ts_event_us.forEach((us, at) => {
    table.eventMs[rows[at] as number] = us === null ? Number.NaN : us / 1000;
  });
  table.keepOpenings();
  table.setSpot(answer.spot ?? Number.NaN);
  table.stamp(answer.seq, flushMs, now);
  chain.serverAgeMs =
    ((answer.ts_flush_us ?? Number.NaN) - (answer.ts_recv_us ?? Number.NaN)) / 1000;
  chain.tellFrame();
}

function scatter(
  table: ChainTable,
  name: Field,
  rows: readonly number[],
  values: readonly (number | string | null)[],
): void {
  const target = table.columns[name];
  values.forEach((value, at) => {
    target[rows[at] as number] = typeof value === 'number' ? value : Number.NaN;
  });
}
