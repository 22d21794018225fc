/** Instants and spans as text. */

import { UNKNOWN } from './number';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Write an age in one unit: 0.4s, 12s, 3m, 2h, 5d. */
export function ageText(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  const age = Math.max(0, ms);
  if (age < 10 * SECOND) return `${(age / SECOND).toFixed(1)}s`;
  if (age < 100 * SECOND) return `${Math.round(age / SECOND)}s`;
  if (age < 100 * MINUTE) return `${Math.round(age / MINUTE)}m`;
  if (age < 48 * HOUR) return `${Math.round(age / HOUR)}h`;
  return `${Math.round(age / DAY)}d`;
}

/** Write the time left to an instant: days, and hours or minutes when it is near. */
export function timeLeft(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  if (ms <= 0) return 'settled';
  if (ms < HOUR) return `${Math.max(1, Math.floor(ms / MINUTE))}m`;
  if (ms < 48 * HOUR) {
    const hours = Math.floor(ms / HOUR);
    return `${hours}h ${Math.floor((ms % HOUR) / MINUTE)}m`;
  }
  return `${Math.floor(ms / DAY)}d`;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A calendar date taken apart. */
export interface DateParts {
  year: number;
  month: number;
  day: number;
  weekday: string;
  monthName: string;
}

/** Take an ISO date apart; null where it is none. */
export function dateParts(iso: string | null): DateParts | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso ?? '');
  if (!match) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return {
    year,
    month,
    day,
    weekday: WEEKDAYS[date.getUTCDay()] ?? '',
    monthName: MONTHS[month - 1] ?? '',
  };
}

/** Write an ISO date as a desk says it: 26 Nov, with the year where it is not this one. */
export function shortDate(iso: string | null, thisYear: number): string {
  const parts = dateParts(iso);
  if (!parts) return UNKNOWN;
  const year = parts.year === thisYear ? '' : ` ${String(parts.year).slice(2)}`;
  return `${parts.day} ${parts.monthName}${year}`;
}

/** Write an instant as a UTC clock with milliseconds. */
export function clockText(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  return `${new Date(ms).toISOString().slice(11, 23)} UTC`;
}
