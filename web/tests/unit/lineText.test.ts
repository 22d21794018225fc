import { describe, expect, it } from 'vitest';
import {
  feedText,
  linesShare,
  linesText,
  windowText,
} from '../../src/features/connection/lineText';
import type { FeedLine, SubscriptionHealth } from '../../src/types/stream';

const line = (lines_used: number | null, lines_limit: number | null): FeedLine => ({
  ...{ is_connected: true, data_type: 'live', notices: [] },
  ...{ lines_used, lines_limit },
});

describe('the line of a feed', () => {
  it.each([
    [96, 100, '96 of 100', 0.96],
    [12, null, '12, no limit', Number.NaN],
    [null, 100, 'at most 100', Number.NaN],
    [null, null, '', Number.NaN],
  ])('of %s lines and a limit of %s says so', (used, limit, text, share) => {
    expect(linesText(line(used, limit))).toBe(text);
    expect(linesShare(line(used, limit))).toEqual(share);
  });

  it('says the worst first', () => {
    const feed = { name: 'ib', is_down: false, reason: '', line: line(1, 2) };
    expect(feedText(feed)).toBe('connected');
    expect(feedText({ ...feed, is_down: true, reason: 'refused' })).toBe('down: refused');
    expect(feedText({ ...feed, line: { ...line(1, 2), is_connected: false } })).toBe(
      'not connected',
    );
    expect(feedText({ ...feed, line: null })).toBe('says nothing of its line');
  });
});

describe('a subscription', () => {
  const one: SubscriptionHealth = {
    ...{ underlying: 'NIFTY', mode: 'full', strikes: 12, points: null, expiry: null },
    ...{ contracts: 50, strike_range: [24_400, 25_600] },
  };

  it('says its window by strikes or by points, and which strikes it holds', () => {
    expect(windowText(one)).toBe('12 strikes each side, 24,400 to 25,600');
    expect(windowText({ ...one, strikes: null, points: 500 })).toBe(
      '500 points each side, 24,400 to 25,600',
    );
    expect(windowText({ ...one, strikes: null, strike_range: null })).toBe('the whole chain');
  });
});
