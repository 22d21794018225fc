import { describe, expect, it } from 'vitest';
import { buildLadders, nearestStrike, placeAmong, seriesKey } from '../../src/stream/ladder';
import { contracts, SERIES } from './chainOf';

describe('ladders', () => {
  const ladders = buildLadders(contracts(), SERIES);

  it('stand call and put of a strike side by side, strikes rising', () => {
    const [first] = ladders;
    expect([...(first?.strikes ?? [])]).toEqual([90, 100, 110]);
    expect([...(first?.callRows ?? [])]).toEqual([0, 2, 4]);
    expect([...(first?.putRows ?? [])]).toEqual([1, 3, -1]);
  });

  it('leave out rows without a strike', () => {
    const odd = contracts();
    odd.strike[0] = null;
    expect([...(buildLadders(odd, SERIES)[0]?.callRows ?? [])]).toEqual([-1, 2, 4]);
  });

  it('are named by their date, and by their root where two share it', () => {
    const [one, two] = ladders;
    if (!one || !two) throw new Error('two series were given');
    expect(seriesKey(one, ladders)).toBe('2026-11-26');
    const twin = { ...two, expiry: one.expiry };
    expect(seriesKey(one, [one, twin])).toBe('SPX.2026-11-26');
    expect(seriesKey(twin, [one, twin])).toBe('SPXW.2026-11-26');
  });
});

describe('a price among strikes', () => {
  const strikes = Float64Array.from([90, 100, 110]);

  it('is nearest to one of them, the lower one where it is midway', () => {
    expect([80, 94, 95, 96, 104, 106, 200].map((price) => nearestStrike(strikes, price))).toEqual([
      0, 0, 0, 1, 1, 2, 2,
    ]);
  });

  it('has a place between two of them, held to the ends', () => {
    expect([80, 90, 92.5, 100, 107.5, 110, 500].map((price) => placeAmong(strikes, price))).toEqual(
      [0, 0, 0.25, 1, 1.75, 2, 2],
    );
  });

  it('has no place when it is unknown or there are no strikes', () => {
    expect(nearestStrike(strikes, Number.NaN)).toBe(-1);
    expect(placeAmong(strikes, Number.NaN)).toBeNaN();
    expect(nearestStrike(new Float64Array(), 5)).toBe(-1);
    expect(placeAmong(new Float64Array(), 5)).toBeNaN();
  });
});
