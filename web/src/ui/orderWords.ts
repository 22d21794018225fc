/** Words for orders, limits and the gate: one place, so that every panel says the same. */

import { compact, grouped, significant, UNKNOWN } from '../format/number';
import type { GateState, OrderState, OrderType, TimeInForce } from '../types/trading';

/** What each state means; the first part is what the blotter shows. */
export const STATES: Record<OrderState, readonly [word: string, meaning: string]> = {
  intent: ['intent', 'decided, asked of nobody'],
  denied: ['denied', 'our gate said no; nothing was sent'],
  journalled: ['journalled', 'durable, and about to be sent'],
  sent: ['sent', 'on its way, no answer yet'],
  accepted: ['accepted', 'the venue has it and does not work it yet'],
  working: ['working', 'the venue works it'],
  partially_filled: ['part filled', 'some of it is filled, the rest works'],
  modify_pending: ['changing', 'new terms were asked for'],
  cancel_pending: ['cancelling', 'a cancel was asked for; it may still fill'],
  filled: ['filled', 'all of it'],
  cancelled: ['cancelled', 'what was left of it'],
  rejected: ['rejected', 'the venue said no, or never got it'],
  expired: ['expired', 'its time was over'],
  unknown: ['unknown', 'no answer where one was due: it is looked for, never sent again'],
  external: ['external', "somebody else's, counted and not managed"],
};

export const GATE: Record<GateState, readonly [word: string, meaning: string]> = {
  active: ['ACTIVE', 'orders pass that break no limit'],
  reduce_only: ['REDUCE ONLY', 'only what brings a position nearer to zero passes, and cancels'],
  halted: ['HALTED', 'only cancels pass'],
};

export const TYPES: Record<OrderType, string> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stop_limit: 'stop limit',
  trail: 'trailing stop',
  trail_limit: 'trailing stop limit',
  market_on_close: 'market on close',
  limit_on_close: 'limit on close',
};

export const TIMES: Record<TimeInForce, string> = {
  day: 'day',
  gtc: 'until cancelled',
  gtd: 'until a date',
  ioc: 'at once or cancelled',
  fok: 'all at once or cancelled',
  opg: 'at the open',
};

interface LimitWords {
  label: string;
  unit: string;
}

/** What each limit and state of the gate is about. */
export const LIMITS: Record<string, LimitWords> = {
  state: { label: 'Gate', unit: '0 active, 1 reduce only, 2 halted' },
  reconciled: { label: 'Compared with the venue', unit: '0 yes, 1 no' },
  session: { label: 'Market is open', unit: '0 yes, 1 no' },
  order_contracts: { label: 'Contracts in one order', unit: 'contracts, all legs together' },
  order_notional: { label: 'Notional of one order', unit: 'money: spot × multiplier × contracts' },
  underlying_contracts: {
    label: 'Contracts in one underlying',
    unit: 'contracts held and working',
  },
  expiry_contracts: { label: 'Contracts in one expiry', unit: 'contracts held and working' },
  open_orders: { label: 'Open orders', unit: 'orders working at once' },
  orders_per_sec: { label: 'Orders in a second', unit: 'orders' },
  orders_per_min: { label: 'Orders in a minute', unit: 'orders' },
  cancels_per_sec: { label: 'Cancels in a second', unit: 'cancels' },
  trades_per_day: { label: 'Opening trades today', unit: 'orders that open or enlarge a position' },
  collar: { label: 'Price beyond its collar', unit: 'price; 0 and below is within' },
  quote_age_secs: { label: 'Age of the quote', unit: 'seconds' },
  same_order_secs: { label: 'Since the same order', unit: 'seconds' },
  day_loss: { label: 'Loss of the day', unit: 'money, marked at bid and ask' },
  drawdown: { label: 'Drawdown of the day', unit: 'money, from the peak of equity' },
  underlying_delta: { label: 'Delta of one underlying', unit: 'money: delta × spot' },
  underlying_gamma: { label: 'Gamma of one underlying', unit: 'money, for a move of one percent' },
  underlying_vega: { label: 'Vega of one underlying', unit: 'money per vol point' },
  underlying_theta: { label: 'Theta of one underlying', unit: 'money per calendar day' },
  book_delta: { label: 'Delta of the book', unit: 'money: delta × spot' },
  book_gamma: { label: 'Gamma of the book', unit: 'money, for a move of one percent' },
  book_vega: { label: 'Vega of the book', unit: 'money per vol point' },
  book_theta: { label: 'Theta of the book', unit: 'money per calendar day' },
  margin_share: { label: 'Share of equity as margin', unit: 'a fraction of equity' },
  expiry_cutoff_secs: { label: 'Until settlement', unit: 'seconds' },
};

/** What the numbers of those checks stand for that are no figures. */
export const STANDS_FOR: Record<string, readonly string[]> = {
  state: ['active', 'reduce only', 'halted'],
  reconciled: ['yes', 'no'],
  session: ['yes', 'no'],
};

/** Return the words for a limit; one that is new here is called by its name. */
export function limitWords(name: string): LimitWords {
  return LIMITS[name] ?? { label: name.replaceAll('_', ' '), unit: 'in its own unit' };
}

/** Write how much of a limit is used, or the limit: short, and unknown as a dash. */
export function amountText(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size >= 10_000) return compact(value);
  if (Number.isInteger(value)) return grouped(value, 0);
  return size >= 1 ? grouped(value, size >= 100 ? 1 : 2) : significant(value, 2);
}

/** Say a sentence of the gate with the words for its limits: "vega of the book is not known, …". */
export function reasonWords(reason: string): string {
  return reason
    .split('; ')
    .map((part) => {
      const [, name = '', rest = ''] = /^([a-z_]+) (is .*)$/s.exec(part) ?? [];
      const words = LIMITS[name];
      return words ? `${words.label.toLowerCase()} ${rest}` : part;
    })
    .join('; ');
}
