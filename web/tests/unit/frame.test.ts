import { describe, expect, it } from 'vitest';
import { DELTA, FrameError, HEADER_BYTES, readHeader, SNAPSHOT } from '../../src/stream/frame';
import { applyFrame, ChainTable } from '../../src/stream/table';
import type { Field } from '../../src/types/fields';
import { golden, goldenNames } from './golden';

const orNaN = (value: number | null) => value ?? Number.NaN;

describe.each(goldenNames())('the kept frame %s', (name) => {
  const { frame, held } = golden(name);

  it('has the header the server wrote', () => {
    const header = readHeader(frame);
    expect(header.kind).toBe(held.kind === 'snapshot' ? SNAPSHOT : DELTA);
    expect(header.topicId).toBe(held.topic_id);
    expect(header.seq).toBe(held.seq);
    expect(header.flushUs).toBe(held.ts_flush_us);
    expect(header.eventAgeUs).toEqual(orNaN(held.event_age_us));
    expect(header.recvAgeUs).toEqual(orNaN(held.recv_age_us));
    expect(header.spot).toBe(held.spot);
  });

  it('writes its figures and no others into the table', () => {
    const table = new ChainTable(held.row_count);
    applyFrame(table, frame, held.fields, 5);
    const rows = held.rows ?? [...Array(held.row_count).keys()];
    for (const [field, values] of Object.entries(held.columns)) {
      const wanted = new Float32Array(held.row_count).fill(Number.NaN);
      rows.forEach((row, at) => {
        wanted[row] = orNaN(values[at] ?? null);
      });
      expect(table.columns[field as Field]).toEqual(wanted);
    }
    expect(table.seq).toBe(held.seq);
    expect(table.spot).toBe(held.spot);
    expect(table.columns.vanna.every(Number.isNaN)).toBe(true);
  });

  it('is refused when it is cut anywhere, and the table is left alone', () => {
    const table = new ChainTable(held.row_count);
    for (let end = 0; end < frame.byteLength; end++) {
      expect(() => applyFrame(table, frame.slice(0, end), held.fields, 5)).toThrow(FrameError);
    }
    expect(table.frames).toBe(0);
    expect(table.columns.bid.every(Number.isNaN)).toBe(true);
  });
});

describe('a frame that does not fit', () => {
  const { frame, held } = golden('delta');

  it('is refused when its opening, version or kind is another', () => {
    for (const at of [0, 1, 2, 3]) {
      const other = frame.slice(0);
      new Uint8Array(other)[at] = 9;
      expect(() => readHeader(other)).toThrow(FrameError);
    }
  });

  it('is refused when it has other fields than were agreed', () => {
    const table = new ChainTable(held.row_count);
    expect(() => applyFrame(table, frame, held.fields.slice(1), 5)).toThrow(/fields/);
  });

  it('is refused when it names a row beyond the layout', () => {
    expect(() => applyFrame(new ChainTable(10), frame, held.fields, 5)).toThrow(/row 19/);
  });

  it('has a header of the length the server packs', () => {
    expect(HEADER_BYTES).toBe(40);
  });
});
