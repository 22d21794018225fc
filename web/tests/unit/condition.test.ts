import { describe, expect, it } from 'vitest';
import { alertText } from '../../src/features/alerts/Alerts';
import { conditionOf, modeOf } from '../../src/features/connection/condition';
import { found } from '../../src/features/symbols/SymbolPicker';
import type { ConnectionReport } from '../../src/stream/connection';
import type { UnderlyingInfo } from '../../src/types/rest';
import type { MarketState, UnderlyingHealth } from '../../src/types/stream';

const link = (part: Partial<ConnectionReport>): ConnectionReport => ({
  state: 'open',
  isPolling: false,
  reason: '',
  retryAt: Number.NaN,
  reconnects: 0,
  roundTripMs: Number.NaN,
  ...part,
});
const health = (state: MarketState, reason = '') =>
  ({ underlying: 'X', feed: 'sim', state, reason }) as UnderlyingHealth;

describe('the word for what is shown', () => {
  it.each([
    [link({}), health('LIVE'), 'sim', 'SIM', false],
    [link({}), health('LIVE'), 'replay:goog', 'REPLAY', false],
    [link({}), health('LIVE'), 'upstox', 'LIVE', false],
    [link({}), null, 'ib', 'LIVE', false],
    [link({}), health('CLOSED'), 'ib', 'CLOSED', false],
    [link({}), health('DELAYED', 'ib is silent'), 'xts', 'DELAYED', true],
    [link({}), health('STALE', 'no tick'), 'sim', 'STALE', true],
    [link({}), health('DOWN', 'line lost'), 'sim', 'DOWN', true],
    [link({ state: 'quiet' }), health('LIVE'), 'sim', 'STALE', true],
    [link({ state: 'waiting', isPolling: true }), health('LIVE'), 'sim', 'DELAYED', true],
    [link({ state: 'waiting', isPolling: true }), health('STALE'), 'sim', 'STALE', true],
    [link({ state: 'waiting', reason: 'broke' }), health('LIVE'), 'sim', 'DOWN', true],
    [link({ state: 'connecting' }), null, '', 'DOWN', false],
    [link({ state: 'connecting', reconnects: 2 }), null, '', 'DOWN', true],
  ])('case %#', (report, said, feed, word, isAlarming) => {
    const condition = conditionOf(report, said, feed);
    expect(condition.word).toBe(word);
    expect(condition.isAlarming).toBe(isAlarming);
    expect(condition.reason).not.toBe(word === 'LIVE' ? '-' : undefined);
  });

  it('frames the page by what the data are', () => {
    expect(['sim', 'sim:2', 'replay:x', 'ib'].map(modeOf)).toEqual([
      'SIMULATED',
      'SIMULATED',
      'REPLAY',
      'LIVE DATA',
    ]);
  });
});

describe('an alert', () => {
  it('says its text, or what it is made of', () => {
    expect(alertText('spot is high')).toBe('spot is high');
    expect(alertText({ message: 'pcr crossed 1', level: 1 })).toBe('pcr crossed 1');
    expect(alertText({ field: 'pcr', value: 1.2, at: { x: 1 } })).toBe('field pcr, value 1.2');
    expect(alertText(null)).toBe('null');
  });
});

describe('the search for a symbol', () => {
  it('puts those that begin with the text first', () => {
    const all = ['BANKNIFTY', 'NIFTY', 'SPX'].map((symbol) => ({ symbol }) as UnderlyingInfo);
    expect(found(all, 'nif').map((one) => one.symbol)).toEqual(['NIFTY', 'BANKNIFTY']);
    expect(found(all, 'zz')).toEqual([]);
  });
});
