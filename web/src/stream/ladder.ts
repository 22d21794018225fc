/** The strikes of one series, calls and puts side by side. */

import type { ContractColumns, SeriesColumns } from '../types/stream';

export interface Ladder {
  /** Place of the series in the chain's series. */
  series: number;
  root: string;
  /** ISO date, "" unknown. */
  expiry: string;
  settlesAtMs: number;
  strikes: Float64Array;
  /** Row of the call at each strike, -1 where none is listed. */
  callRows: Int32Array;
  putRows: Int32Array;
}

/** Return one ladder per series, in order of settlement; rows without a strike are left out. */
export function buildLadders(contracts: ContractColumns, series: SeriesColumns): Ladder[] {
  const bySeries = series.expiry.map(() => new Map<number, [number, number]>());
  contracts.strike.forEach((strike, row) => {
    const strikes = bySeries[contracts.series[row] ?? -1];
    if (strike === null || strikes === undefined) return;
    const pair = strikes.get(strike) ?? [-1, -1];
    pair[contracts.right[row] === 'C' ? 0 : 1] = row;
    strikes.set(strike, pair);
  });
  return bySeries.map((pairs, place) => {
    const strikes = Float64Array.from(pairs.keys()).sort();
    return {
      series: place,
      root: series.root[place] ?? '',
      expiry: series.expiry[place] ?? '',
      settlesAtMs: (series.settles_at_us[place] ?? Number.NaN) / 1000,
      strikes,
      callRows: Int32Array.from(strikes, (strike) => pairs.get(strike)?.[0] ?? -1),
      putRows: Int32Array.from(strikes, (strike) => pairs.get(strike)?.[1] ?? -1),
    };
  });
}

/** Name a series so that an address can hold it: 2026-11-26, or SPXW.2026-11-26 where two share the date. */
export function seriesKey(ladder: Ladder, all: readonly Ladder[]): string {
  const isAlone = all.every((other) => other === ladder || other.expiry !== ladder.expiry);
  return isAlone || ladder.root === '' ? ladder.expiry : `${ladder.root}.${ladder.expiry}`;
}

/** Return the place of the strike nearest to a price, -1 if there is none or the price is unknown. */
export function nearestStrike(strikes: Float64Array, price: number): number {
  if (!Number.isFinite(price) || strikes.length === 0) return -1;
  const above = firstAbove(strikes, price);
  if (above === 0) return 0;
  if (above === strikes.length) return strikes.length - 1;
  const under = strikes[above - 1] as number;
  return price - under <= (strikes[above] as number) - price ? above - 1 : above;
}

/**
 * Return where a price lies among the strikes, in rows: 3.25 is a quarter of the way from the
 * fourth strike to the fifth. Held to the ends; NaN if unknown.
 */
export function placeAmong(strikes: Float64Array, price: number): number {
  if (!Number.isFinite(price) || strikes.length === 0) return Number.NaN;
  const above = firstAbove(strikes, price);
  if (above === 0) return 0;
  if (above === strikes.length) return strikes.length - 1;
  const under = strikes[above - 1] as number;
  return above - 1 + (price - under) / ((strikes[above] as number) - under);
}

function firstAbove(strikes: Float64Array, price: number): number {
  let low = 0;
  let high = strikes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((strikes[middle] as number) <= price) low = middle + 1;
    else high = middle;
  }
  return low;
}
