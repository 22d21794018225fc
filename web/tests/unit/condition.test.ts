import { describe, expect, it } from 'vitest';
import { alertText } from '../../src/features/alerts/Alerts';
import { conditionOf, dataTypeOf, modeOf, saysMode } from '../../src/features/connection/condition';
import { found } from '../../src/features/symbols/SymbolPicker';
import type { ConnectionReport } from '../../src/stream/connection';
import type { UnderlyingInfo } from '../../src/types/rest';
import type { DataType, FeedHealth, MarketState, UnderlyingHealth } from '../../src/types/stream';

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
    [link({}), health('LIVE'), 'simulated', 'SIMULATED', false],
    [link({}), health('LIVE'), 'recorded', 'RECORDED', false],
    [link({}), health('LIVE'), 'live', 'LIVE', false],
    [link({}), null, 'live', 'LIVE', false],
    [link({}), health('LIVE'), 'delayed', 'DELAYED', true],
    [link({}), null, 'delayed', 'DELAYED', true],
    [link({}), health('DELAYED', 'the venue sends frozen data'), 'frozen', 'FROZEN', true],
    [link({}), health('DELAYED'), 'delayed-frozen', 'FROZEN', true],
    [link({}), health('CLOSED'), 'live', 'CLOSED', false],
    [link({}), health('CLOSED'), 'frozen', 'CLOSED', false],
    [link({}), health('DELAYED', 'ib is silent'), 'live', 'DELAYED', true],
    [link({}), health('DELAYED', 'ib is silent'), 'simulated', 'DELAYED', true],
    [link({}), health('STALE', 'no tick'), 'simulated', 'STALE', true],
    [link({}), health('DOWN', 'line lost'), 'delayed', 'DOWN', true],
    [link({ state: 'quiet' }), health('LIVE'), 'simulated', 'STALE', true],
    [link({ state: 'waiting', isPolling: true }), health('LIVE'), 'live', 'DELAYED', true],
    [link({ state: 'waiting', isPolling: true }), health('STALE'), 'live', 'STALE', true],
    [link({ state: 'waiting', reason: 'broke' }), health('LIVE'), 'live', 'DOWN', true],
    [link({ state: 'connecting' }), null, 'live', 'DOWN', false],
    [link({ state: 'connecting', reconnects: 2 }), null, 'live', 'DOWN', true],
  ] as const)('case %#', (report, said, dataType, word, isAlarming) => {
    const condition = conditionOf(report, said, dataType);
    expect(condition.word).toBe(word);
    expect(condition.isAlarming).toBe(isAlarming);
    expect(condition.reason).not.toBe(word === 'LIVE' ? '-' : undefined);
  });

  it.each(['frozen', 'delayed', 'delayed-frozen', 'recorded', 'simulated'] as const)(
    'is never LIVE for %s data, nor is the frame, whatever the server says beside',
    (dataType) => {
      for (const state of ['LIVE', 'DELAYED', 'STALE', 'CLOSED', 'DOWN'] as const) {
        for (const one of [link({}), link({ state: 'quiet' }), link({ state: 'waiting' })]) {
          expect(conditionOf(one, health(state), dataType).word).not.toBe('LIVE');
        }
      }
      expect(modeOf(dataType)).not.toContain('LIVE');
    },
  );

  it('frames the page by what the feed says of its data, else by its name', () => {
    const says = (data_type: DataType) => ({ name: 'x', line: { data_type } }) as FeedHealth;
    expect(modeOf(dataTypeOf('ib', says('delayed')))).toBe('DELAYED DATA');
    expect(modeOf(dataTypeOf('ib', says('simulated')))).toBe('SIMULATED');
    expect(modeOf(dataTypeOf('sim', says('live')))).toBe('LIVE DATA');
    const silent = { name: 'x', line: null } as FeedHealth;
    const byName = ['sim', 'sim:2', 'replay:x', 'ib'].map((feed) => dataTypeOf(feed, silent));
    expect(byName).toEqual(['simulated', 'simulated', 'recorded', 'live']);
  });

  it('stands once where it says what the data are, beside what they are where it does not', () => {
    expect(saysMode(conditionOf(link({}), null, 'recorded'), 'RECORDED')).toBe(true);
    expect(saysMode(conditionOf(link({}), health('STALE'), 'recorded'), 'RECORDED')).toBe(false);
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
