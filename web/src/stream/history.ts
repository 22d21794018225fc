/** Figures of the analytics since the page opened, one point a second, for the history panels. */

import type { SeriesSummary, SummaryMessage } from '../types/stream';

export const HISTORY_POINTS = 7_200;
/** A little under the second in which the server computes them. */
const STEP_MS = 900;

export const HISTORY_FIGURES = ['spot', 'pcr_oi', 'pcr_volume', 'atm_iv', 'rr25', 'bf25'] as const;
export type HistoryFigure = (typeof HISTORY_FIGURES)[number];

/** The points of one series of one underlying, oldest first; the oldest are dropped when full. */
export class History {
  private readonly times = new Float64Array(HISTORY_POINTS);
  private readonly figures = Object.fromEntries(
    HISTORY_FIGURES.map((name) => [name, new Float64Array(HISTORY_POINTS)]),
  ) as Record<HistoryFigure, Float64Array>;
  private start = 0;
  private count = 0;
  private readonly listeners = new Set<() => void>();

  readonly onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get length(): number {
    return this.count;
  }

  /** Take a summary of one series; within a second of the last point it replaces that one. */
  take(message: SummaryMessage, series: SeriesSummary): void {
    const at = (message.ts_flush_us ?? Number.NaN) / 1000;
    if (!Number.isFinite(at)) return;
    const newest = this.count === 0 ? Number.NEGATIVE_INFINITY : this.time(this.count - 1);
    if (at < newest) this.clear(); // a replay that began again
    const isNext = this.count === 0 || at - newest >= STEP_MS;
    if (isNext) this.grow();
    const place = (this.start + this.count - 1) % HISTORY_POINTS;
    if (isNext) this.times[place] = at;
    const values: Record<HistoryFigure, number | null> = {
      spot: message.data.spot,
      pcr_oi: series.pcr_oi,
      pcr_volume: series.pcr_volume,
      atm_iv: series.atm_iv,
      rr25: series.rr25,
      bf25: series.bf25,
    };
    for (const name of HISTORY_FIGURES) this.figures[name][place] = values[name] ?? Number.NaN;
    for (const listener of this.listeners) listener();
  }

  /** Return the times in seconds and one list per figure, unknown as null: what uPlot draws. */
  columns(names: readonly HistoryFigure[]): [number[], ...(number | null)[][]] {
    const times = Array.from({ length: this.count }, (_, index) => this.time(index) / 1000);
    return [times, ...names.map((name) => this.list(this.figures[name]))];
  }

  private list(values: Float64Array): (number | null)[] {
    return Array.from({ length: this.count }, (_, index) => {
      const value = values[(this.start + index) % HISTORY_POINTS] as number;
      return Number.isFinite(value) ? value : null;
    });
  }

  private time(index: number): number {
    return this.times[(this.start + index) % HISTORY_POINTS] as number;
  }

  private grow(): void {
    if (this.count < HISTORY_POINTS) this.count += 1;
    else this.start = (this.start + 1) % HISTORY_POINTS;
  }

  private clear(): void {
    this.start = this.count = 0;
  }
}

/** The histories of everything that was looked at, kept while the page is open. */
export class Histories {
  private readonly all = new Map<string, History>();

  of(underlying: string, series: string): History {
    const key = `${underlying} ${series}`;
    const history = this.all.get(key) ?? new History();
    this.all.set(key, history);
    return history;
  }

  /** Take a summary into the history of each of its series. */
  take(underlying: string, message: SummaryMessage): void {
    for (const series of message.data.series) {
      this.of(underlying, `${series.root}.${series.expiry ?? ''}`).take(message, series);
    }
  }
}
