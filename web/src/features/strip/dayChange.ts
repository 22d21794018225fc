/** What a spot has done today, and what that is counted from. */

import { grouped, signed } from '../../format/number';
import { dateParts } from '../../format/time';
import type { Day } from '../../types/stream';

export interface DayChange {
  change: number;
  /** "+12.30 (+0.05%)". */
  text: string;
  /** What it is counted from, in words. */
  from: string;
}

/** Count a spot from yesterday's close; else from the day's open; else from what this page saw first. */
export function dayChange(spot: number, day: Day | null, pageOpening: number): DayChange {
  const { base, from } = baseOf(day, pageOpening);
  const change = spot - base;
  return { change, text: `${signed(change, 2)} (${signed((change / base) * 100, 2)}%)`, from };
}

function baseOf(day: Day | null, pageOpening: number): { base: number; from: string } {
  if (day === null) {
    const from = `from ${grouped(pageOpening, 2)}, the first spot since this page opened`;
    return { base: pageOpening, from };
  }
  if (day.previous_close !== null) {
    const from = `from ${grouped(day.previous_close, 2)}, the last spot seen the day before`;
    return { base: day.previous_close, from };
  }
  const since = new Date(day.since_us / 1000).toISOString().slice(11, 16);
  const from = `from the open ${grouped(day.open, 2)}, the first spot seen, at ${since} UTC; no close was seen the day before`;
  return { base: day.open, from };
}

export interface DayRange {
  /** "24,950.10 – 25,040.35". */
  text: string;
  note: string;
  title: string;
}

/** Say how far the spot went today, the spot of this moment included. */
export function dayRange(spot: number, day: Day | null): DayRange {
  if (day === null) {
    return { text: '–', note: '', title: 'range of the day: no spot was seen yet' };
  }
  const low = Number.isFinite(spot) ? Math.min(day.low, spot) : day.low;
  const high = Number.isFinite(spot) ? Math.max(day.high, spot) : day.high;
  const parts = dateParts(day.date);
  const date = parts ? `${parts.day} ${parts.monthName}` : day.date;
  return {
    text: `${grouped(low, 2)} – ${grouped(high, 2)}`,
    note: `${date} · open ${grouped(day.open, 2)}`,
    title: `lowest and highest spot of ${day.date} that the server saw, quote currency; below it the first`,
  };
}
