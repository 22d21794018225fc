/** Builds frames as the server would, for what the kept ones do not show. */

import { HEADER_BYTES } from '../../src/stream/frame';

interface Wanted {
  topicId?: number;
  seq?: number;
  rows?: number[];
  spot?: number;
  flushUs?: number;
  columns: Record<string, number[]>;
}

export function makeFrame(wanted: Wanted): ArrayBuffer {
  const columns = Object.values(wanted.columns);
  const count = columns[0]?.length ?? 0;
  const isDelta = wanted.rows !== undefined;
  const idBytes = isDelta ? 2 : 0;
  const start = HEADER_BYTES + ((count * idBytes + 3) & ~3);
  const buffer = new ArrayBuffer(start + 4 * count * columns.length);
  const view = new DataView(buffer);
  view.setUint16(0, 0x4456, true);
  view.setUint8(2, 1);
  view.setUint8(3, isDelta ? 1 : 0);
  view.setUint16(4, wanted.topicId ?? 1, true);
  view.setUint8(6, idBytes);
  view.setUint8(7, columns.length);
  view.setUint32(8, wanted.seq ?? 1, true);
  view.setUint32(12, count, true);
  view.setBigInt64(16, BigInt(wanted.flushUs ?? 1_000_000), true);
  view.setUint32(24, 200, true);
  view.setUint32(28, 2_000, true);
  view.setFloat64(32, wanted.spot ?? 100, true);
  wanted.rows?.forEach((row, at) => {
    view.setUint16(HEADER_BYTES + 2 * at, row, true);
  });
  columns.forEach((values, place) => {
    new Float32Array(buffer, start + 4 * count * place, count).set(values);
  });
  return buffer;
}
