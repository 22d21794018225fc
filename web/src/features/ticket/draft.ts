/** An order while it is being written: what stands in the boxes, and what the server asks for. */

import { isOnTick, plainDecimal, signOf } from '../../format/decimal';
import type { NewOrder, OrderType, Side, TimeInForce } from '../../types/trading';
import type { TicketSeed } from '../../ui/ticketSlice';

export interface Draft {
  side: Side;
  quantity: string;
  type: OrderType;
  limit: string;
  stop: string;
  trail: string;
  time: TimeInForce;
  /** Ways out that wait for the order: where it is closed with a profit, and with a loss; "" none. */
  target: string;
  stopLoss: string;
}

/** Types that a ticket offers; the rest can be asked for over HTTP. */
export const TYPES_OFFERED: readonly OrderType[] = [
  'limit',
  'market',
  'stop',
  'stop_limit',
  'trail',
  'limit_on_close',
  'market_on_close',
];

export const TIMES_OFFERED: readonly TimeInForce[] = ['day', 'gtc', 'ioc', 'fok'];

export type PriceName = 'limit' | 'stop' | 'trail' | 'target' | 'stopLoss';

const NEEDS: Partial<Record<OrderType, readonly PriceName[]>> = {
  limit: ['limit'],
  stop: ['stop'],
  stop_limit: ['stop', 'limit'],
  trail: ['trail'],
  limit_on_close: ['limit'],
};

/** Name the prices that a type has. */
export function pricesOf(type: OrderType): readonly PriceName[] {
  return NEEDS[type] ?? [];
}

export function draftOf(seed: TicketSeed): Draft {
  return {
    side: seed.side,
    quantity: String(seed.quantity),
    type: seed.price === '' ? 'market' : 'limit',
    limit: seed.price,
    stop: '',
    trail: '',
    time: 'day',
    target: '',
    stopLoss: '',
  };
}

export type Complaints = Partial<Record<PriceName | 'quantity', string>>;

/** Find what cannot be meant; the rest is for the gate. */
export function complaintsOf(draft: Draft, tick: string | null): Complaints {
  const complaints: Complaints = {};
  if (!/^[1-9]\d{0,8}$/.test(draft.quantity.trim()))
    complaints.quantity = 'a whole number, 1 or more';
  const look = (name: PriceName, isNeeded: boolean) => {
    const text = draft[name];
    if (text.trim() === '' && !isNeeded) return;
    if (plainDecimal(text) === null) complaints[name] = 'a price';
    else if (!(signOf(text) > 0)) complaints[name] = 'above 0';
    else if (!isOnTick(text, tick)) complaints[name] = `not a step of ${tick}`;
  };
  for (const name of pricesOf(draft.type)) look(name, true);
  look('target', false);
  look('stopLoss', false);
  return complaints;
}

/** Return what the server is asked for; the boxes must be without complaint. */
export function orderOf(draft: Draft, seed: TicketSeed): NewOrder {
  const has = pricesOf(draft.type);
  const price = (name: PriceName) => plainDecimal(draft[name]) ?? draft[name];
  return {
    contract: seed.contract,
    side: draft.side,
    quantity: Number(draft.quantity),
    order_type: draft.type,
    ...(has.includes('limit') ? { limit_price: price('limit') } : {}),
    ...(has.includes('stop') ? { stop_price: price('stop') } : {}),
    ...(has.includes('trail') ? { trail_amount: price('trail') } : {}),
    time_in_force: draft.time,
    ...(seed.isReducing ? { is_reducing: true } : {}),
  };
}

/** One order that waits for another, with the key that is its own. */
export interface WayOut {
  name: 'target' | 'stop';
  key: string;
  order: NewOrder;
}

/** Return the orders that close what an order opens: of two the first to fill cancels the other. */
export function waysOut(draft: Draft, seed: TicketSeed, key: string, parentId: string): WayOut[] {
  const isPair = draft.target !== '' && draft.stopLoss !== '';
  const out = {
    contract: seed.contract,
    side: draft.side === 'buy' ? ('sell' as const) : ('buy' as const),
    quantity: Number(draft.quantity),
    time_in_force: draft.time === 'gtc' ? ('gtc' as const) : ('day' as const),
    is_reducing: true,
    parent_id: parentId,
    ...(isPair ? { oca_group: `${parentId}-out` } : {}),
  };
  const found: WayOut[] = [];
  if (draft.target !== '') {
    const limit_price = plainDecimal(draft.target) ?? draft.target;
    const order: NewOrder = { ...out, order_type: 'limit', limit_price, reason: 'target' };
    found.push({ name: 'target', key: `${key}-target`, order });
  }
  if (draft.stopLoss !== '') {
    const stop_price = plainDecimal(draft.stopLoss) ?? draft.stopLoss;
    const order: NewOrder = { ...out, order_type: 'stop', stop_price, reason: 'stop' };
    found.push({ name: 'stop', key: `${key}-stop`, order });
  }
  return found;
}
