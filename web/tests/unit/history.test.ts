import { describe, expect, it } from 'vitest';
import { HISTORY_POINTS, Histories, History } from '../../src/stream/history';
import type { SeriesSummary, SummaryMessage } from '../../src/types/stream';

const series = (pcr: number | null) =>
  ({ root: 'SPX', expiry: '2026-11-26', pcr_oi: pcr }) as SeriesSummary;
const message = (seconds: number, ...all: SeriesSummary[]) =>
  ({
    type: 'summary',
    topic: 'summary/SPX',
    seq: 1,
    ts_flush_us: seconds * 1e6,
    data: { spot: 100, series: all },
  }) as unknown as SummaryMessage;

describe('a history', () => {
  it('has one point a second, the newest of each, unknown as null', () => {
    const history = new History();
    for (const [at, pcr] of [
      [10, 1],
      [10.4, 2],
      [11, 3],
      [12.5, null],
    ] as const) {
      history.take(message(at), series(pcr));
    }
    expect(history.columns(['pcr_oi', 'spot'])).toEqual([
      [10, 11, 12.5],
      [2, 3, null],
      [100, 100, 100],
    ]);
  });

  it('drops its oldest points when it is full', () => {
    const history = new History();
    for (let at = 0; at < HISTORY_POINTS + 3; at++) history.take(message(at), series(at));
    const [times, values] = history.columns(['pcr_oi']);
    expect(history.length).toBe(HISTORY_POINTS);
    expect([times[0], times.at(-1), values?.[0]]).toEqual([3, HISTORY_POINTS + 2, 3]);
  });

  it('begins again when a replay does', () => {
    const history = new History();
    for (const at of [10, 11, 12, 5]) history.take(message(at), series(at));
    expect(history.columns(['pcr_oi'])).toEqual([[5], [5]]);
  });

  it('is kept for every series of every underlying', () => {
    const histories = new Histories();
    histories.take('SPX', message(1, series(1), { ...series(2), root: 'SPXW' }));
    expect(histories.of('SPX', 'SPX.2026-11-26').length).toBe(1);
    expect(histories.of('SPX', 'SPXW.2026-11-26').columns(['pcr_oi'])[1]).toEqual([2]);
    expect(histories.of('NDX', 'SPX.2026-11-26').length).toBe(0);
  });
});
