import { describe, expect, it } from 'vitest';
import { dayChange, dayRange } from '../../src/features/strip/dayChange';
import { changeText } from '../../src/features/symbols/SymbolPicker';
import type { UnderlyingInfo } from '../../src/types/rest';
import type { Day } from '../../src/types/stream';

const DAY: Day = {
  ...{ date: '2026-11-20', open: 24_900, high: 25_050, low: 24_850, previous_close: 24_800 },
  since_us: Date.UTC(2026, 10, 20, 3, 45) * 1000,
};

describe('the change of the day', () => {
  it('is counted from the close of the day before', () => {
    const { change, text, from } = dayChange(25_048, DAY, 25_000);
    expect([change, text]).toEqual([248, '+248.00 (+1.00%)']);
    expect(from).toContain('24,800.00, the last spot seen the day before');
  });

  it('is counted from the open where no close was seen, and says so', () => {
    const { text, from } = dayChange(24_651, { ...DAY, previous_close: null }, 25_000);
    expect(text).toBe('−249.00 (−1.00%)');
    expect(from).toContain('from the open 24,900.00');
    expect(from).toContain('03:45 UTC');
  });

  it('is counted from what the page saw first before the server tells of the day', () => {
    expect(dayChange(25_250, null, 25_000).text).toBe('+250.00 (+1.00%)');
    expect(dayChange(25_250, null, 25_000).from).toContain('since this page opened');
  });

  it('is unknown where the spot is', () => {
    expect(dayChange(Number.NaN, DAY, Number.NaN).text).toBe('– (–%)');
  });
});

describe('the range of the day', () => {
  it('holds the spot of this moment', () => {
    expect(dayRange(25_000, DAY).text).toBe('24,850.00 – 25,050.00');
    expect(dayRange(25_060, DAY).text).toBe('24,850.00 – 25,060.00');
    expect(dayRange(24_840.5, DAY).text).toBe('24,840.50 – 25,050.00');
    expect(dayRange(Number.NaN, DAY).text).toBe('24,850.00 – 25,050.00');
    expect(dayRange(1, DAY).note).toBe('20 Nov · open 24,900.00');
  });

  it('is a dash before the first spot', () => {
    expect(dayRange(25_000, null).text).toBe('–');
  });
});

describe('the change in the list of what is served', () => {
  it('is counted alike', () => {
    const one = { symbol: 'X', spot: 24_924, day: DAY } as UnderlyingInfo;
    expect(changeText(one)).toBe('+0.50%');
    expect(changeText({ ...one, day: { ...DAY, previous_close: null } })).toBe('+0.10%');
  });
});
