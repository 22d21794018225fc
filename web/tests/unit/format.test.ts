import { describe, expect, it } from 'vitest';
import { expiryTag } from '../../src/format/expiry';
import {
  compact,
  fixed,
  grouped,
  known,
  percent,
  signed,
  significant,
  strikeText,
} from '../../src/format/number';
import { reasonText } from '../../src/format/reason';
import { ageText, clockText, dateParts, shortDate, timeLeft } from '../../src/format/time';

describe('numbers', () => {
  it('that are unknown are a dash, never zero', () => {
    for (const write of [fixed, signed, grouped, percent, significant]) {
      expect(write(Number.NaN, 2)).toBe('–');
      expect(write(Number.POSITIVE_INFINITY, 2)).toBe('–');
    }
    expect(compact(Number.NaN)).toBe('–');
    expect(strikeText(Number.NaN)).toBe('–');
    expect(known(null)).toBeNaN();
    expect(known(0)).toBe(0);
  });

  it('have a real minus sign and no negative zero', () => {
    expect(fixed(-1.234, 2)).toBe('−1.23');
    expect(fixed(-0.001, 2)).toBe('0.00');
    expect(signed(0.001, 2)).toBe('0.00');
    expect(signed(1.5, 2)).toBe('+1.50');
    expect(signed(-1.5, 2)).toBe('−1.50');
  });

  it('stand in groups of three', () => {
    expect(grouped(1234567.891, 2)).toBe('1,234,567.89');
    expect(grouped(-123456, 0)).toBe('−123,456');
    expect(grouped(999, 0)).toBe('999');
    expect(grouped(1000, 1)).toBe('1,000.0');
  });

  it('are short where they are large, in the unit they round to', () => {
    expect(
      [9999, 10_000, 99_949, 123_456, 999_999, 1_240_000, -47.9e9, 2.5e12].map(compact),
    ).toEqual(['9,999', '10.0K', '99.9K', '123K', '1.00M', '1.24M', '−47.9B', '2.50T']);
  });

  it('that are small keep their figures', () => {
    expect(
      [0.00074123, 0.0312, 1.5, 0, 1e-9, -0.00074123].map((value) => significant(value, 3)),
    ).toEqual(['0.000741', '0.0312', '1.50', '0', '1.0e-9', '−0.000741']);
  });

  it('as percent and strikes have the decimals they need', () => {
    expect(percent(0.1845)).toBe('18.45');
    expect([25_000, 2.5, 117.25].map(strikeText)).toEqual(['25,000', '2.5', '117.25']);
  });
});

describe('times', () => {
  it('as ages stand in one unit', () => {
    const ages = [0, 440, 12_400, 150_000, 7_200_000, 400_000_000, Number.NaN, -5];
    expect(ages.map(ageText)).toEqual(['0.0s', '0.4s', '12s', '3m', '2h', '5d', '–', '0.0s']);
  });

  it('left say hours when the end is near', () => {
    const hour = 3_600_000;
    expect([-1, 30 * 60_000, 5.5 * hour, 72 * hour].map(timeLeft)).toEqual([
      'settled',
      '30m',
      '5h 30m',
      '3d',
    ]);
  });

  it('as dates have their weekday, and their year where it is another', () => {
    expect(dateParts('2026-11-26')?.weekday).toBe('Thu');
    expect(shortDate('2026-11-26', 2026)).toBe('26 Nov');
    expect(shortDate('2027-01-26', 2026)).toBe('26 Jan 27');
    expect(dateParts('soon')).toBeNull();
    expect(clockText(0)).toBe('00:00:00.000 UTC');
  });
});

describe('the kind of an expiry', () => {
  it('is monthly on a third Friday in the US, or the day before a holiday, quarterly at a quarter', () => {
    const listed = ['2026-11-20', '2026-11-27', '2026-12-18', '2025-04-17', '2026-12-31'];
    expect(listed.map((date) => expiryTag(date, listed, 'us'))).toEqual(['M', 'W', 'Q', 'M', 'Q']);
  });

  it('is monthly on the last date of a month elsewhere', () => {
    const listed = ['2026-11-24', '2026-12-01', '2026-12-29', '2027-01-05'];
    expect(listed.map((date) => expiryTag(date, listed, 'india'))).toEqual(['M', 'W', 'Q', 'W']);
    expect(expiryTag('2026-11-21', ['2026-11-21', '2026-11-27'], 'deribit')).toBe('D');
  });
});

describe('the reason of an unknown figure', () => {
  it('is its status with its meaning', () => {
    expect(reasonText(1)).toBe('NO_BID: nobody bids');
    expect(reasonText(Number.NaN)).toBe('not yet received');
    expect(reasonText(0)).toBe('the source does not give it');
  });
});
