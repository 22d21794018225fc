/** What a feed says of its line, and what is subscribed, in words. */

import { grouped, strikeText } from '../../format/number';
import type { FeedHealth, FeedLine, SubscriptionHealth } from '../../types/stream';

/** Say how many market-data lines are taken: "96 of 100"; "" where the venue does not count. */
export function linesText({ lines_used, lines_limit }: FeedLine): string {
  if (lines_used === null) return lines_limit === null ? '' : `at most ${grouped(lines_limit)}`;
  return lines_limit === null
    ? `${grouped(lines_used)}, no limit`
    : `${grouped(lines_used)} of ${grouped(lines_limit)}`;
}

/** Return the share of the lines that are taken, NaN where it is not known. */
export function linesShare({ lines_used, lines_limit }: FeedLine): number {
  return lines_used === null || !lines_limit ? Number.NaN : lines_used / lines_limit;
}

/** Say how a feed is, worst first. */
export function feedText({ is_down, reason, line }: FeedHealth): string {
  if (is_down) return `down: ${reason || 'no reason given'}`;
  if (line && !line.is_connected) return `not connected${reason ? `: ${reason}` : ''}`;
  return reason || (line ? 'connected' : 'says nothing of its line');
}

/** Say what a subscription holds around the money: "12 strikes each side, 24,400 to 25,600". */
export function windowText(one: SubscriptionHealth): string {
  const parts = [widthText(one)];
  if (one.strike_range) parts.push(one.strike_range.map(strikeText).join(' to '));
  return parts.join(', ');
}

function widthText({ strikes, points }: SubscriptionHealth): string {
  if (strikes !== null)
    return `${grouped(strikes)} ${strikes === 1 ? 'strike' : 'strikes'} each side`;
  return points === null
    ? 'the whole chain'
    : `${grouped(points, points % 1 ? 2 : 0)} points each side`;
}
