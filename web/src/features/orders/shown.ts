/** What a blotter says of an order. */

import { moneyText } from '../../format/decimal';
import { UNKNOWN } from '../../format/number';
import { clockText } from '../../format/time';
import type { OrderDocument, TermsDocument } from '../../types/trading';

/** Say when an order was decided: the time of today (UTC), the date of another day. */
export function whenText(us: number, nowMs: number): string {
  const [day = '', time = ''] = new Date(us / 1000).toISOString().split('T');
  const isToday = new Date(nowMs).toISOString().startsWith(day);
  return isToday ? time.slice(0, 8) : day;
}

/** Say when an order was decided, and when something last happened to it. */
export function timesText(order: OrderDocument): string {
  const day = new Date(order.made_at_us / 1000).toISOString().slice(0, 10);
  const changed = clockText(order.changed_at_us / 1000);
  return `decided ${day} ${clockText(order.made_at_us / 1000)}, last heard of ${changed}`;
}

/** Say at which price an order trades: its limit, its stop, how far it trails. */
export function priceText(order: TermsDocument & Pick<OrderDocument, 'order_type'>): string {
  const parts: string[] = [];
  if (order.limit_price !== null) parts.push(moneyText(order.limit_price));
  if (order.stop_price !== null) parts.push(`stop ${moneyText(order.stop_price)}`);
  if (order.trail_amount !== null) parts.push(`trails ${moneyText(order.trail_amount)}`);
  if (order.trail_pct !== null) parts.push(`trails ${moneyText(order.trail_pct)} %`);
  return parts.join(', ') || 'market';
}

/** Say what was asked for and is not confirmed, "" where nothing was. */
export function askedText(order: OrderDocument): string {
  const { asked } = order;
  if (!asked) return '';
  const quantity = asked.quantity === order.quantity ? [] : [`${asked.quantity} contracts`];
  const price = priceText({ ...asked, order_type: order.order_type });
  const prices = price === priceText(order) ? [] : [price];
  return `asked for: ${[...quantity, ...prices].join(' at ') || 'the same terms'}`;
}

/** Say what holds an order to others: the one it waits for, and its group. */
export function bondText(order: OrderDocument): string {
  const parts: string[] = [];
  if (order.parent_id !== null) parts.push('waits for another order to fill');
  if (order.oca_group !== null) parts.push('the first of its group to fill cancels the others');
  if (order.is_reducing) parts.push('only reduces');
  return parts.join('; ');
}

/** Say whether an order of ours may be changed, and cancelled. */
export function isOurs(order: OrderDocument): boolean {
  return order.is_open && order.state !== 'external';
}

export function averageText(order: OrderDocument): string {
  return order.average_price === null ? UNKNOWN : moneyText(order.average_price);
}
