/** Frames of the fake market, laid out as the server lays them out. */

import type { Field } from '../../src/types/fields';
import type { FakeMarket } from './market';

const HEADER_BYTES = 40;

/** Return a frame of some rows, of all of them where null. */
export function encodeFrame(
  market: FakeMarket,
  fields: readonly string[],
  seq: number,
  rows: number[] | null,
): Buffer {
  const count = rows?.length ?? market.size;
  const idBytes = rows ? 2 : 0;
  const start = HEADER_BYTES + ((count * idBytes + 3) & ~3);
  const frame = Buffer.alloc(start + 4 * count * fields.length);
  frame.write('VD', 0, 'latin1');
  frame.writeUInt8(1, 2);
  frame.writeUInt8(rows ? 1 : 0, 3);
  frame.writeUInt16LE(1, 4);
  frame.writeUInt8(idBytes, 6);
  frame.writeUInt8(fields.length, 7);
  frame.writeUInt32LE(seq >>> 0, 8);
  frame.writeUInt32LE(count, 12);
  frame.writeBigInt64LE(BigInt(Date.now()) * 1000n, 16);
  frame.writeUInt32LE(900, 24);
  frame.writeUInt32LE(700, 28);
  frame.writeDoubleLE(market.spot, 32);
  rows?.forEach((row, at) => {
    frame.writeUInt16LE(row, HEADER_BYTES + 2 * at);
  });
  fields.forEach((name, place) => {
    const column = market.columns[name as Field];
    for (let at = 0; at < count; at++) {
      const row = rows ? (rows[at] as number) : at;
      frame.writeFloatLE(column[row] as number, start + 4 * (count * place + at));
    }
  });
  return frame;
}
