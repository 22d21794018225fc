/** Prints how long a delta frame takes to read and write into the table. */

import { applyFrame, ChainTable } from '../../src/stream/table';
import { BASE_FIELDS } from '../../src/types/fields';
import { encodeFrame } from '../fake/frames';
import { FakeMarket } from '../fake/market';

const TURNS = 4_000;
const BATCHES = 9;

/** Return the median time of one frame over several batches, microseconds. */
function timeOf(rowCount: number): { median: number; bytes: number } {
  const market = new FakeMarket('NIFTY', Math.ceil(rowCount / 2));
  const rows = Array.from({ length: rowCount }, (_, at) => at);
  const frame = encodeFrame(market, BASE_FIELDS, 1, rows);
  const buffer = new Uint8Array(frame).buffer;
  const table = new ChainTable(market.size);
  const times: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const began = performance.now();
    for (let turn = 0; turn < TURNS; turn++) applyFrame(table, buffer, BASE_FIELDS, turn);
    times.push(((performance.now() - began) / TURNS) * 1000);
  }
  times.sort((one, two) => one - two);
  return { median: times[BATCHES >> 1] as number, bytes: buffer.byteLength };
}

export function main(): void {
  for (const rows of [50, 500, 5_000]) {
    const { median, bytes } = timeOf(rows);
    const fields = BASE_FIELDS.length;
    console.log(`${rows} rows of ${fields} fields, ${bytes} bytes: ${median.toFixed(1)} µs`);
  }
}
