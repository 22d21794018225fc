import { describe, expect, it } from 'vitest';
import { smileData } from '../../src/features/smile/smileData';
import { buildLadders } from '../../src/stream/ladder';
import { ChainTable } from '../../src/stream/table';
import { contracts, SERIES } from './chainOf';

describe('the smile', () => {
  const [ladder] = buildLadders(contracts(), SERIES);
  if (!ladder) throw new Error('a series was given');
  const table = new ChainTable(6);
  table.columns.iv.set([0.3, 0.29, 0.2, 0.21, 0.25, 0.5]);
  table.columns.iv_bid.set([0.28, 0.27, 0.19, 0.2, Number.NaN, 0.4]);
  table.columns.iv_ask.set([0.32, 0.31, 0.21, 0.22, 0.27, 0.6]);

  it('has puts below the forward, calls above, and the band of those', () => {
    const told = smileData(table, ladder, 101.5, Number.NaN).map((column) =>
      column.map((value) => (value === null ? null : Math.round(value * 100) / 100)),
    );
    expect(told).toEqual([
      [90, 100, 110],
      [null, null, 25],
      [29, 21, null],
      [27, 20, null],
      [31, 22, 27],
    ]);
  });

  it('leaves out strikes far from the forward, and shows both sides where there is none', () => {
    expect(smileData(table, ladder, 101.5, 1)[0]).toEqual([100]);
    const [, calls, puts, bids] = smileData(table, ladder, Number.NaN, Number.NaN);
    expect(calls?.every((value) => value !== null)).toBe(true);
    expect(puts?.filter((value) => value !== null)).toHaveLength(2);
    expect(bids?.every((value) => value === null)).toBe(true);
  });
});
