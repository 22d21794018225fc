import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/stream/backoff';
import { Latency } from '../../src/stream/latency';
import { type LinkEvent, type LinkState, nextState } from '../../src/stream/link';

const STATES: LinkState[] = ['idle', 'connecting', 'open', 'quiet', 'waiting'];
const EVENTS: LinkEvent[] = ['dial', 'opened', 'heard', 'silence', 'closed', 'stop'];

const MOVES: Record<string, LinkState> = {
  'idle dial': 'connecting',
  'connecting opened': 'open',
  'connecting closed': 'waiting',
  'connecting stop': 'idle',
  'open silence': 'quiet',
  'open closed': 'waiting',
  'open stop': 'idle',
  'quiet heard': 'open',
  'quiet closed': 'waiting',
  'quiet stop': 'idle',
  'waiting dial': 'connecting',
  'waiting stop': 'idle',
};

describe('the link', () => {
  const pairs = STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const));
  it.each(pairs)('in state %s on %s goes where the table says, or stays', (state, event) => {
    expect(nextState(state, event)).toBe(MOVES[`${state} ${event}`] ?? state);
  });
});

describe('the wait between attempts', () => {
  it('doubles from a quarter of a second to ten seconds, half of it chance', () => {
    expect([0, 1, 2, 6, 60].map((failures) => backoffMs(failures, 1))).toEqual([
      250, 500, 1000, 10_000, 10_000,
    ]);
    expect(backoffMs(1, 0)).toBe(250);
  });
});

describe('latency', () => {
  it('is told as median and 99th percentile, unknown ages passed over', () => {
    const latency = new Latency();
    expect(latency.figures()).toBeNull();
    for (let ms = 1; ms <= 100; ms++) latency.add(ms);
    latency.add(Number.NaN);
    expect(latency.figures()).toEqual({ p50: 51, p99: 100 });
  });

  it('speaks of the last 256 frames', () => {
    const latency = new Latency();
    for (let count = 0; count < 300; count++) latency.add(count < 44 ? 9_999 : 7);
    expect(latency.figures()).toEqual({ p50: 7, p99: 7 });
  });
});
