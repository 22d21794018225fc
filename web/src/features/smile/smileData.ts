/** The smile of one series: vol by strike, out-of-the-money quotes as a band. */

import type { Ladder } from '../../stream/ladder';
import type { ChainTable } from '../../stream/table';

/** Strike, vol of calls, of puts, vol of the bid and of the ask; percent a year, null unknown. */
export type SmileData = [number[], ...(number | null)[][]];

/** Strikes further from the forward than so many standard deviations say little. */
const WIDTH_SD = 6;

const pct = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value * 100 : null;

/**
 * Return the points of the smile.
 *
 * @param forward decides which side is out of the money; NaN shows both sides and no band
 * @param sd one standard deviation of the move to expiry, quote currency; NaN shows every strike
 */
export function smileData(
  table: ChainTable,
  ladder: Ladder,
  forward: number,
  sd: number,
): SmileData {
  const { iv, iv_bid, iv_ask } = table.columns;
  const strikes: number[] = [];
  const calls: (number | null)[] = [];
  const puts: (number | null)[] = [];
  const bids: (number | null)[] = [];
  const asks: (number | null)[] = [];
  ladder.strikes.forEach((strike, place) => {
    const isFar = Math.abs(strike - forward) > WIDTH_SD * sd;
    if (isFar) return;
    const call = ladder.callRows[place] ?? -1;
    const put = ladder.putRows[place] ?? -1;
    const otm = strike >= forward ? call : put;
    const isBandKnown = otm >= 0 && Number.isFinite(forward);
    strikes.push(strike);
    calls.push(call >= 0 && !(strike < forward) ? pct(iv[call]) : null);
    puts.push(put >= 0 && !(strike > forward) ? pct(iv[put]) : null);
    bids.push(isBandKnown ? pct(iv_bid[otm]) : null);
    asks.push(isBandKnown ? pct(iv_ask[otm]) : null);
  });
  return [strikes, calls, puts, bids, asks];
}
