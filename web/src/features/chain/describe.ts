/** What a cell says when it is pointed at: the exact figure, its unit, its age, or why it is unknown. */

import { grouped, strikeText } from '../../format/number';
import { reasonText, statusName } from '../../format/reason';
import { ageText, clockText } from '../../format/time';
import type { ChainLayout } from '../../stream/liveChain';
import type { Column } from '../../ui/columns';

/** Return the lines of a cell's tooltip. */
export function describeCell(
  layout: ChainLayout,
  row: number,
  column: Column,
  now: number,
): string[] {
  const { table, contracts } = layout;
  const right = contracts.right[row] === 'C' ? 'call' : 'put';
  const head = `${strikeText(contracts.strike[row] ?? Number.NaN)} ${right} · ${column.meaning}`;
  const value = column.read(table, row, now);
  const status = table.columns.status[row] as number;
  const lines = [head];
  if (Number.isFinite(value)) lines.push(`${column.text(value)} ${column.unit}${exact(value)}`);
  else lines.push(`unknown: ${column.isFromIv ? reasonText(status) : whyMissing(layout, row)}`);
  const beside = column.beside?.(table, row);
  if (beside) lines.push(beside);
  if (statusName(status) === 'STALE') lines.push(reasonText(status));
  const eventMs = table.eventMs[row] as number;
  const age = Number.isFinite(eventMs) ? ageText(table.serverNow(now) - eventMs) : 'unknown';
  lines.push(`quote ${clockText(eventMs)}, ${age} old`, `computed ${clockText(table.flushMs)}`);
  return lines;
}

/** A figure that is written short is told in full. */
function exact(value: number): string {
  return Math.abs(value) >= 10_000 ? ` (${grouped(value, 0)})` : '';
}

/** A side that is not quoted is not the same as a figure the source does not give. */
function whyMissing(layout: ChainLayout, row: number): string {
  const status = statusName(layout.table.columns.status[row] as number);
  if (status === null) return 'not yet received';
  return status === 'NO_BID' || status === 'ONE_SIDED' || status === 'CROSSED'
    ? reasonText(layout.table.columns.status[row] as number)
    : 'the source does not give it';
}
