/** Orders, positions and risk as the server tells them; money is text with a decimal number. */

import type { Right } from './stream';

/** A decimal number as text; null is not known. */
export type Money = string | null;

export type Mode = 'paper' | 'live';
export type Side = 'buy' | 'sell';
export type GateState = 'active' | 'reduce_only' | 'halted';

export type OrderType =
  | 'market'
  | 'limit'
  | 'stop'
  | 'stop_limit'
  | 'trail'
  | 'trail_limit'
  | 'market_on_close'
  | 'limit_on_close';

export type TimeInForce = 'day' | 'gtc' | 'gtd' | 'ioc' | 'fok' | 'opg';

export type OrderState =
  | 'intent'
  | 'denied'
  | 'journalled'
  | 'sent'
  | 'accepted'
  | 'working'
  | 'partially_filled'
  | 'modify_pending'
  | 'cancel_pending'
  | 'filled'
  | 'cancelled'
  | 'rejected'
  | 'expired'
  | 'unknown'
  | 'external';

/** What of an order may be changed while it works. */
export interface TermsDocument {
  quantity: number;
  limit_price: Money;
  stop_price: Money;
  trail_amount: Money;
  trail_pct: Money;
  good_till_us: number | null;
}

export interface LegDocument {
  key: string;
  contract: string;
  ratio: number;
  side: Side;
}

export interface FillDocument {
  execution_id: string;
  key: string;
  side: Side;
  quantity: number;
  price: string;
  commission: Money;
  currency: string;
  ts_event_us: number;
}

/** One order as it stands. */
export interface OrderDocument extends TermsDocument {
  client_order_id: string;
  venue_order_id: string | null;
  account: string;
  mode: Mode;
  underlying: string;
  contract: string;
  legs: LegDocument[];
  side: Side;
  order_type: OrderType;
  time_in_force: TimeInForce;
  filled: number;
  remaining: number;
  /** Terms that were asked for and are not confirmed. */
  asked: TermsDocument | null;
  outside_hours: boolean;
  is_adaptive: boolean;
  is_reducing: boolean;
  parent_id: string | null;
  oca_group: string | null;
  state: OrderState;
  is_open: boolean;
  is_final: boolean;
  /** The last word on it. */
  reason: string;
  average_price: Money;
  commission: Money;
  currency: string | null;
  fills: FillDocument[];
  strategy: string;
  why: string;
  made_at_us: number;
  changed_at_us: number;
}

/** What is to be traded; what is left out is the server's to choose. */
export interface NewOrder {
  contract: string;
  side: Side;
  quantity: number;
  order_type: OrderType;
  limit_price?: string;
  stop_price?: string;
  trail_amount?: string;
  time_in_force?: TimeInForce;
  is_reducing?: boolean;
  parent_id?: string;
  oca_group?: string;
  reason?: string;
}

/** What is to be changed; what is left out stays. */
export interface NewTerms {
  quantity?: number;
  limit_price?: string;
  stop_price?: string;
  trail_amount?: string;
}

/** One limit and what an order came to. */
export interface CheckDocument {
  name: string;
  /** Null is not known, or without bound. */
  value: number | null;
  /** Null is none. */
  limit: number | null;
  /** The value must be at least the limit. */
  is_least: boolean;
  has_passed: boolean;
}

/** Greeks in money that an order adds. */
export interface AddedDocument {
  dollar_delta: number | null;
  gamma: number | null;
  vega: number | null;
  theta: number | null;
}

/** What an order would bind, by the venue's own reckoning. */
export interface MarginDocument {
  initial_after: string;
  maintenance_after: string;
  equity_after: string;
  commission: Money;
  warnings: string[];
}

export interface QuoteDocument {
  key: string;
  contract: string;
  bid: number | null;
  ask: number | null;
  bid_size: number | null;
  ask_size: number | null;
  quote_age_secs: number | null;
  spot: number | null;
  multiplier: number | null;
  tick_size: number | null;
}

/** What would become of an order. */
export interface PreviewDocument {
  is_allowed: boolean;
  is_reducing: boolean;
  reason: string;
  checks: CheckDocument[];
  mode: Mode;
  account: string;
  contract: string;
  sentence: string;
  price: Money;
  cost: Money;
  currency: string | null;
  risk: 'defined' | 'undefined' | 'unknown' | 'none';
  max_loss: Money;
  greeks: AddedDocument;
  margin: MarginDocument | null;
  quotes: QuoteDocument[];
}

export interface CancelledDocument {
  asked: number;
  problems: string[];
}

/** Worth and risk in the account's currency. */
export interface FiguresDocument {
  value: Money;
  value_mid: Money;
  unrealised: Money;
  unrealised_mid: Money;
  realised: Money;
  fees: Money;
  pnl: Money;
  pnl_mid: Money;
  delta: number | null;
  dollar_delta: number | null;
  gamma: number | null;
  vega: number | null;
  theta: number | null;
  rho: number | null;
  beta_delta: number | null;
}

/** One position and how it stands. */
export interface PositionDocument {
  key: string;
  contract: string;
  underlying: string;
  expiry: string | null;
  right: Right | null;
  strike: number | null;
  quantity: number;
  average_price: Money;
  multiplier: number | null;
  currency: string | null;
  bid: number | null;
  ask: number | null;
  spot: number | null;
  quote_age_secs: number | null;
  iv: number | null;
  figures: FiguresDocument;
}

export interface UnderlyingTotal {
  underlying: string;
  figures: FiguresDocument;
}

export interface ExpiryTotal extends UnderlyingTotal {
  expiry: string | null;
}

/** The account as it stands. */
export interface PortfolioDocument {
  account: string;
  mode: Mode;
  currency: string;
  ts_us: number;
  equity: Money;
  equity_peak: Money;
  day_pnl: Money;
  figures: FiguresDocument;
  by_underlying: UnderlyingTotal[];
  by_expiry: ExpiryTotal[];
  /** Where the profit of the day came from. */
  attribution: Record<string, Money> | null;
  /** Of each figure that is not known the positions it is not known of. */
  unknown: Record<string, string[]>;
}

/** Change of value against now: `pnl[day][vol][spot]`. */
export interface ScenariosDocument {
  currency: string;
  ts_us: number;
  spot_pct: number[];
  vol_points: number[];
  days: number[];
  pnl: (number | null)[][][];
  unknown: string[];
}

export interface LineDocument {
  is_up: boolean;
  reason: string;
}

export interface JournalDocument {
  is_writable: boolean;
  reason: string;
  entries: number;
  healed_bytes: number;
}

/** One limit and how much of it is used. */
export interface LimitDocument {
  name: string;
  used: number | null;
  limit: number | null;
  share: number | null;
  /** The underlying or expiry that uses most of it. */
  of: string | null;
}

/** How trading stands. */
export interface RiskDocument {
  account: string;
  mode: Mode;
  broker: string;
  ts_us: number;
  state: GateState;
  is_reconciled: boolean;
  differences: string[];
  alarms: string[];
  line: LineDocument;
  journal: JournalDocument;
  limits: LimitDocument[];
  open_orders: number;
  unlock_phrase: string;
}

/** What a kill has done. */
export interface StoppedDocument {
  state: GateState;
  is_durable: boolean;
  asked_to_cancel: number;
  flattening: OrderDocument[];
  problems: string[];
}
