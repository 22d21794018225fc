import { describe, expect, it } from 'vitest';
import { applyFrame, ChainTable } from '../../src/stream/table';
import { golden } from './golden';
import { makeFrame } from './makeFrame';

describe('a table', () => {
  it('tells when a quote happened from its age at the flush', () => {
    const { frame, held } = golden('snapshot');
    const table = new ChainTable(held.row_count);
    applyFrame(table, frame, held.fields, 5);
    const age = held.columns.age_secs?.[0] as number;
    expect(table.eventMs[0]).toBeCloseTo(held.ts_flush_us / 1000 - age * 1000, 3);
  });

  it('counts changes from the first value that was known', () => {
    const table = new ChainTable(2);
    applyFrame(table, makeFrame({ columns: { last: [Number.NaN, 5] } }), ['last'], 0);
    applyFrame(table, makeFrame({ rows: [0], columns: { last: [7] } }), ['last'], 1);
    applyFrame(table, makeFrame({ rows: [0, 1], columns: { last: [9, 6] } }), ['last'], 2);
    expect([...table.opening.last]).toEqual([7, 5]);
    expect([...table.columns.last]).toEqual([9, 6]);
  });

  it('keeps the range of spot and is not confused by an unknown one', () => {
    const table = new ChainTable(1);
    for (const spot of [100, 98, Number.NaN, 103]) table.setSpot(spot);
    expect([table.spotOpening, table.spotLow, table.spotHigh, table.spot]).toEqual([
      100, 98, 103, 103,
    ]);
  });

  it('reckons the time of the server from the last frame', () => {
    const table = new ChainTable(1);
    table.stamp(1, 50_000, 1_000);
    expect(table.serverNow(1_250)).toBe(50_250);
    expect(table.serverNow(900)).toBe(50_000);
  });
});
