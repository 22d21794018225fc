/** A chain as typed arrays, outside of any framework: frames are written in, painters read. */

import { FIELDS, type Field } from '../types/fields';
import { FrameError, type FrameHeader, readHeader, SNAPSHOT } from './frame';

export type Columns = Record<Field, Float32Array>;

/** First known value of a figure since the page opened; what a change is counted from. */
export type Opening = Record<'last' | 'open_interest' | 'iv', Float32Array>;

/** The figures of one chain, a row per contract. NaN is unknown. */
export class ChainTable {
  readonly columns: Columns;
  readonly opening: Opening;
  /** When the row's quote happened, milliseconds on the server's clock. */
  readonly eventMs: Float64Array;
  seq = -1;
  spot = Number.NaN;
  /** First known spot since the page opened, and the range since. */
  spotOpening = Number.NaN;
  spotLow = Number.NaN;
  spotHigh = Number.NaN;
  /** When the last frame left the server, milliseconds on its clock. */
  flushMs = Number.NaN;
  /** When it arrived, on the page's monotonic clock. */
  arrivedAt = Number.NaN;
  frames = 0;

  constructor(readonly size: number) {
    const unknown = () => new Float32Array(size).fill(Number.NaN);
    this.columns = Object.fromEntries(FIELDS.map((name) => [name, unknown()])) as Columns;
    this.opening = { last: unknown(), open_interest: unknown(), iv: unknown() };
    this.eventMs = new Float64Array(size).fill(Number.NaN);
  }

  /** Say the server's time now, as far as the last frame lets us know it. */
  serverNow(now: number): number {
    return this.flushMs + Math.max(0, now - this.arrivedAt);
  }

  /** Take a spot; unknown is kept as unknown. */
  setSpot(spot: number): void {
    this.spot = spot;
    if (!Number.isFinite(spot)) return;
    if (Number.isNaN(this.spotOpening)) this.spotOpening = this.spotLow = this.spotHigh = spot;
    if (spot < this.spotLow) this.spotLow = spot;
    if (spot > this.spotHigh) this.spotHigh = spot;
  }

  /** Note that something was written, and when. */
  stamp(seq: number, flushMs: number, now: number): void {
    this.seq = seq;
    this.flushMs = flushMs;
    this.arrivedAt = now;
    this.frames += 1;
  }

  /** Keep the first known values of rows that had none. */
  keepOpenings(): void {
    keepFirst(this.opening.last, this.columns.last);
    keepFirst(this.opening.open_interest, this.columns.open_interest);
    keepFirst(this.opening.iv, this.columns.iv);
  }
}

/**
 * Write a frame into a table.
 *
 * @param fields what the frame's columns are, in order, as the server said when it was asked
 * @param now the page's monotonic clock, milliseconds
 * @throws FrameError the frame does not fit the table
 */
export function applyFrame(
  table: ChainTable,
  buffer: ArrayBuffer,
  fields: readonly string[],
  now: number,
  header: FrameHeader = readHeader(buffer),
): FrameHeader {
  if (header.fieldCount !== fields.length) {
    throw new FrameError(`frame of ${header.fieldCount} fields, ${fields.length} were agreed`);
  }
  if (header.kind === SNAPSHOT) {
    writeSnapshot(table, buffer, header, fields);
  } else {
    writeDelta(table, buffer, header, fields);
  }
  table.setSpot(header.spot);
  table.stamp(header.seq, header.flushUs / 1000, now);
  return header;
}

function writeSnapshot(
  table: ChainTable,
  buffer: ArrayBuffer,
  header: FrameHeader,
  fields: readonly string[],
): void {
  const count = header.rowCount;
  if (count !== table.size) {
    throw new FrameError(`snapshot of ${count} rows, the layout has ${table.size}`);
  }
  for (let place = 0; place < fields.length; place++) {
    const target = table.columns[fields[place] as Field];
    if (target === undefined) continue;
    target.set(new Float32Array(buffer, header.columnsAt + 4 * count * place, count));
  }
  const ages = table.columns.age_secs;
  const flushMs = header.flushUs / 1000;
  for (let row = 0; row < count; row++) {
    table.eventMs[row] = flushMs - (ages[row] as number) * 1000;
  }
  table.keepOpenings();
}

function writeDelta(
  table: ChainTable,
  buffer: ArrayBuffer,
  header: FrameHeader,
  fields: readonly string[],
): void {
  const count = header.rowCount;
  const ids =
    header.idBytes === 2
      ? new Uint16Array(buffer, header.columnsAt - ((2 * count + 3) & ~3), count)
      : new Uint32Array(buffer, header.columnsAt - 4 * count, count);
  for (let at = 0; at < count; at++) {
    if ((ids[at] as number) >= table.size) {
      throw new FrameError(`row ${ids[at]}, the layout has ${table.size}`);
    }
  }
  for (let place = 0; place < fields.length; place++) {
    const target = table.columns[fields[place] as Field];
    if (target === undefined) continue;
    const source = new Float32Array(buffer, header.columnsAt + 4 * count * place, count);
    if (ids instanceof Uint16Array) scatterShort(target, ids, source);
    else scatterLong(target, ids, source);
  }
  const flushMs = header.flushUs / 1000;
  const ages = table.columns.age_secs;
  for (let at = 0; at < count; at++) {
    const row = ids[at] as number;
    table.eventMs[row] = flushMs - (ages[row] as number) * 1000;
    keepOne(table, row);
  }
}

// Two loops that each see one type of array only: the engine compiles them without checks.
function scatterShort(target: Float32Array, ids: Uint16Array, source: Float32Array): void {
  for (let at = 0; at < source.length; at++) target[ids[at] as number] = source[at] as number;
}

function scatterLong(target: Float32Array, ids: Uint32Array, source: Float32Array): void {
  for (let at = 0; at < source.length; at++) target[ids[at] as number] = source[at] as number;
}

function keepFirst(first: Float32Array, values: Float32Array): void {
  for (let row = 0; row < first.length; row++) {
    if (Number.isNaN(first[row])) first[row] = values[row] as number;
  }
}

function keepOne(table: ChainTable, row: number): void {
  const { opening, columns } = table;
  if (Number.isNaN(opening.last[row])) opening.last[row] = columns.last[row] as number;
  if (Number.isNaN(opening.open_interest[row])) {
    opening.open_interest[row] = columns.open_interest[row] as number;
  }
  if (Number.isNaN(opening.iv[row])) opening.iv[row] = columns.iv[row] as number;
}
