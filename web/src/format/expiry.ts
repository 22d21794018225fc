/** What kind of expiry a date is, told from the dates listed with it. */

import { dateParts } from './time';

export type ExpiryTag = 'D' | 'W' | 'M' | 'Q';

export const TAG_WORDS: Record<ExpiryTag, string> = {
  D: 'daily',
  W: 'weekly',
  M: 'monthly',
  Q: 'quarterly',
};

/**
 * Name the cadence of an expiry; a label for the eye, no contract rule.
 *
 * In the US the monthly expiry is the third Friday, or the Thursday before it if that is a
 * holiday. Elsewhere it is the last date listed in its month, and a date after it must be listed,
 * or the month might not be listed whole.
 */
export function expiryTag(
  iso: string | null,
  listed: readonly (string | null)[],
  market: string,
): ExpiryTag {
  const parts = dateParts(iso);
  if (!parts || iso === null) return 'W';
  const month = iso.slice(0, 7);
  const dates = listed.filter((date): date is string => date !== null);
  const isQuarter = parts.month % 3 === 0;
  if (market === 'us') {
    const isThirdFriday = parts.weekday === 'Fri' && parts.day >= 15 && parts.day <= 21;
    const friday = `${month}-${String(parts.day + 1).padStart(2, '0')}`;
    const isDayBefore =
      parts.weekday === 'Thu' && parts.day >= 14 && parts.day <= 20 && !dates.includes(friday);
    if (isThirdFriday || isDayBefore) return isQuarter ? 'Q' : 'M';
    return isQuarter && parts.day >= 28 ? 'Q' : 'W';
  }
  const isLastOfMonth = !dates.some((date) => date.startsWith(month) && date > iso);
  const isMonthWhole = parts.day >= 22 || dates.some((date) => date > iso);
  if (isLastOfMonth && isMonthWhole) return isQuarter ? 'Q' : 'M';
  return market === 'deribit' && parts.weekday !== 'Fri' ? 'D' : 'W';
}
