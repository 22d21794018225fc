/** A chain whose figures a test decides: what the fake server serves, and what the page must show. */

import { FIELDS, type Field } from '../../src/types/fields';
import type { ContractColumns, Day, SeriesColumns, Summary } from '../../src/types/stream';

const EXPIRIES = ['2026-11-26', '2026-12-03', '2026-12-31'];
const DAY_US = 86_400_000_000;

export class FakeMarket {
  readonly contracts: ContractColumns;
  readonly series: SeriesColumns;
  readonly columns: Record<Field, Float32Array>;
  readonly size: number;
  spot: number;
  seq = 1;
  /** Null where nobody looked the day before. */
  previousClose: number | null;
  private seed = 42;

  constructor(
    readonly underlying: string,
    readonly strikes = 100,
    readonly step = 50,
    readonly middle = 25_000,
  ) {
    const first = middle - (strikes / 2) * step;
    const rows = EXPIRIES.flatMap((expiry, series) =>
      Array.from({ length: strikes }, (_, at) => ({ expiry, series, strike: first + at * step })),
    ).flatMap((one) => [
      { ...one, right: 'C' as const },
      { ...one, right: 'P' as const },
    ]);
    this.size = rows.length;
    this.spot = middle + 3;
    this.previousClose = middle - 80;
    this.contracts = {
      symbol: rows.map((row) => `${underlying} ${row.expiry} ${row.strike} ${row.right}`),
      root: rows.map(() => underlying),
      expiry: rows.map((row) => row.expiry),
      right: rows.map((row) => row.right),
      strike: rows.map((row) => row.strike),
      series: rows.map((row) => row.series),
    };
    const settles = EXPIRIES.map((_, at) => Date.now() * 1000 + (at * 7 + 1.5) * DAY_US);
    this.series = {
      root: EXPIRIES.map(() => underlying),
      expiry: EXPIRIES,
      settles_at_us: settles,
      years: EXPIRIES.map((_, at) => (at * 7 + 1.5) / 365),
      forward: EXPIRIES.map(() => middle + 12),
      discount: EXPIRIES.map(() => 0.999),
      forward_source: EXPIRIES.map(() => 'parity'),
      discount_source: EXPIRIES.map(() => 'rate'),
      reason: EXPIRIES.map(() => null),
    };
    this.columns = Object.fromEntries(
      FIELDS.map((name) => [name, new Float32Array(this.size)]),
    ) as Record<Field, Float32Array>;
    for (let row = 0; row < this.size; row++) this.quote(row);
  }

  /** A repeatable number from 0 to 1. */
  random(): number {
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.seed / 2 ** 32;
  }

  /** Write new figures into some rows; they are the truth from now on. */
  change(rows: Iterable<number>): number[] {
    const changed = [...rows];
    for (const row of changed) this.quote(row);
    this.seq += 1;
    return changed;
  }

  private quote(row: number): void {
    const strike = this.contracts.strike[row] ?? 0;
    const isCall = this.contracts.right[row] === 'C';
    const depth = (strike - this.middle) / this.middle;
    const intrinsic = Math.max(0, isCall ? this.spot - strike : strike - this.spot);
    const value = intrinsic + 240 * Math.exp(-((depth * 30) ** 2)) + 2 + this.random();
    const tick = (figure: number) => Math.round(figure * 20) / 20;
    const iv = 0.12 + 4 * depth ** 2 - 0.2 * depth + 0.002 * this.random();
    const put: Partial<Record<Field, number>> = {
      bid: tick(value - 0.5),
      ask: tick(value + 0.5),
      bid_size: Math.round(75 * (1 + 9 * this.random())),
      ask_size: Math.round(75 * (1 + 9 * this.random())),
      last: tick(value),
      volume: Math.round(90_000 * Math.exp(-((depth * 40) ** 2)) * this.random()),
      open_interest: Math.round(200_000 * Math.exp(-((depth * 35) ** 2))),
      iv,
      iv_bid: iv - 0.003,
      iv_ask: iv + 0.003,
      delta: (isCall ? 1 : -1) / (1 + Math.exp((isCall ? 90 : -90) * depth)),
      gamma: 0.0006 * Math.exp(-((depth * 40) ** 2)),
      theta: -12 * Math.exp(-((depth * 30) ** 2)),
      vega: 9 * Math.exp(-((depth * 30) ** 2)),
      rho: 1.5,
      vanna: 0.01,
      volga: 0.2,
      charm: -0.03,
      vendor_iv: iv + 0.004,
      vendor_delta: (isCall ? 1 : -1) / (1 + Math.exp((isCall ? 90 : -90) * depth)) + 0.01,
      status: 0,
      data_type: 0,
      age_secs: 0.05,
    };
    for (const [name, figure] of Object.entries(put)) this.columns[name as Field][row] = figure;
  }

  /** Make a row unknown for a reason. */
  lose(row: number, status: number): void {
    for (const name of ['iv', 'iv_bid', 'iv_ask', 'delta', 'gamma', 'theta', 'vega'] as const) {
      this.columns[name][row] = Number.NaN;
    }
    this.columns.status[row] = status;
  }

  /** The day so far, counted from a close 83 points below where it began. */
  day(): Day {
    return {
      date: '2026-11-25',
      open: this.middle - 40,
      high: this.middle + 90,
      low: this.middle - 120,
      previous_close: this.previousClose,
      since_us: Date.UTC(2026, 10, 25, 3, 45) * 1000,
    };
  }

  summary(): Summary {
    const series = EXPIRIES.map((expiry, at) => ({
      root: this.underlying,
      expiry,
      years: (at * 7 + 1.5) / 365,
      forward: this.middle + 12,
      discount: 0.999,
      forward_source: 'parity',
      discount_source: 'rate',
      pairs: 40,
      atm_iv: 0.12 + 0.01 * at,
      rr25: -0.025,
      bf25: 0.005,
      rr10: -0.05,
      bf10: 0.01,
      net_iv25: -0.025,
      expected_move: { straddle_85: 204, straddle: 240 + at, iv_sqrt_t: 301 },
      pcr_oi: 0.9 + 0.1 * this.random(),
      pcr_volume: 1.1,
      max_pain: this.middle,
      net_gex: 1.5e9,
      contracts: 2 * this.strikes,
      ok: 2 * this.strikes,
    }));
    return {
      spot: this.spot,
      multiplier: 65,
      convention: { name: 'long_calls_short_puts', meaning: 'dealers are long calls, short puts' },
      exposures: [
        {
          name: 'gex',
          formula: 'gamma * OI',
          unit: 'currency per 1 %',
          meaning: 'moves are damped',
        },
      ],
      series,
      underlying: {
        pcr_oi: 0.95,
        pcr_volume: 1.1,
        net_gex: 4.5e9,
        net_dex: 1,
        net_vanna: 1,
        net_charm: 1,
        gex_flip: this.middle - 20,
        call_wall: this.middle + 200,
        put_wall: this.middle - 200,
        vol_index_30d: 0.131,
        exposure_rows_left_out: 0,
        contracts: this.size,
        ok: this.size,
        statuses: { OK: this.size },
      },
    };
  }
}
