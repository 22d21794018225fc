/** The messages of `/ws/stream`; docs/stream.md and docs/asyncapi.yaml are their contract. */

import type { OrderDocument, PositionDocument, RiskDocument } from './trading';

export type Right = 'C' | 'P';

/** What the rows of a chain are, by column. */
export interface ContractColumns {
  symbol: (string | null)[];
  root: (string | null)[];
  expiry: (string | null)[];
  right: Right[];
  strike: (number | null)[];
  series: number[];
}

/** The series of a chain, by column, in order of settlement. */
export interface SeriesColumns {
  root: (string | null)[];
  expiry: (string | null)[];
  settles_at_us: (number | null)[];
  years: (number | null)[];
  forward: (number | null)[];
  discount: (number | null)[];
  forward_source: (string | null)[];
  discount_source: (string | null)[];
  reason: (string | null)[];
}

/** How figures are made; `name` says which conventions. */
export type Profile = { name?: string } & Record<string, unknown>;

export interface LayoutMessage {
  type: 'layout';
  topic: string;
  topic_id: number;
  layout: number;
  underlying: string;
  feed: string;
  market: string;
  profile: Profile;
  row_count: number;
  contracts: ContractColumns;
  series: SeriesColumns;
}

export interface SubscribedTopic {
  topic: string;
  topic_id: number;
  kind: 'latest' | 'every';
  format: 'json' | 'binary';
  fields: string[];
  rate: number | null;
}

export interface SubscribedMessage {
  type: 'subscribed';
  id?: number | string;
  topics: SubscribedTopic[];
}

export interface UnsubscribedMessage {
  type: 'unsubscribed';
  id?: number | string;
  topics: string[];
}

export interface PongMessage {
  type: 'pong';
  id?: number | string;
  ts_us: number;
}

export interface ErrorMessage {
  type: 'error';
  id?: number | string;
  code: string;
  message: string;
}

/** The spot of the trading day as the server saw it, quote currency. */
export interface Day {
  /** Where the market is. */
  date: string;
  open: number;
  high: number;
  low: number;
  /** The last spot of the day before; null where nobody looked. */
  previous_close: number | null;
  since_us: number;
}

export interface SummaryMessage {
  type: 'summary';
  topic: string;
  seq: number;
  ts_flush_us: number | null;
  /** Null before the first spot. */
  day: Day | null;
  data: Summary;
}

export interface StatusMessage {
  type: 'status_update';
  data: Health;
}

export interface AlertMessage {
  type: 'alert';
  topic: string;
  seq: number;
  data: unknown;
}

/** The orders that are known, the newest first. */
export interface OrdersMessage {
  type: 'orders';
  topic: string;
  data: OrderDocument[];
}

/** One order to which something happened. */
export interface OrderMessage {
  type: 'order';
  topic: string;
  seq: number;
  data: OrderDocument;
}

export interface PositionsMessage {
  type: 'positions';
  topic: string;
  seq: number;
  data: PositionDocument[];
}

export interface RiskMessage {
  type: 'risk';
  topic: string;
  seq: number;
  data: RiskDocument;
}

export type StreamMessage =
  | LayoutMessage
  | SubscribedMessage
  | UnsubscribedMessage
  | PongMessage
  | ErrorMessage
  | SummaryMessage
  | StatusMessage
  | AlertMessage
  | OrdersMessage
  | OrderMessage
  | PositionsMessage
  | RiskMessage;

export type MarketState = 'LIVE' | 'DELAYED' | 'STALE' | 'CLOSED' | 'DOWN';

export interface UnderlyingHealth {
  underlying: string;
  feed: string;
  state: MarketState;
  reason: string;
  age_secs: number | null;
  rows: number;
  stale_rows: number;
  gaps: number;
  late_ticks: number;
}

/** Of which time and origin the quotes of a feed are. */
export type DataType = 'live' | 'frozen' | 'delayed' | 'delayed-frozen' | 'recorded' | 'simulated';

/** Something the venue said. */
export interface Notice {
  code: number;
  text: string;
  at_us: number;
}

/** What a feed knows of its line to the venue. */
export interface FeedLine {
  is_connected: boolean;
  data_type: DataType;
  /** Null where the venue does not count. */
  lines_used: number | null;
  /** Null for no limit. */
  lines_limit: number | null;
  notices: Notice[];
}

export interface FeedHealth {
  name: string;
  is_down: boolean;
  reason: string;
  line: FeedLine | null;
}

/** One subscription, and what it holds now. */
export interface SubscriptionHealth {
  underlying: string;
  mode: 'full' | 'light';
  /** On each side of the money; this or `points`, or neither: the whole chain. */
  strikes: number | null;
  points: number | null;
  expiry: string | null;
  contracts: number;
  strike_range: [number, number] | null;
}

/** How many instruments a feed was asked for in each mode. */
export interface Asked {
  feed: string;
  full: number;
  light: number;
}

/** How the server is; what it says beside this is not the page's business. */
export interface Health {
  status?: 'ok' | 'degraded' | 'down';
  underlyings?: UnderlyingHealth[];
  feeds?: FeedHealth[];
  subscriptions?: SubscriptionHealth[];
  asked?: Asked[];
}

export interface ExpectedMove {
  straddle_85: number | null;
  straddle: number | null;
  iv_sqrt_t: number | null;
}

export interface SeriesSummary {
  root: string;
  expiry: string | null;
  years: number | null;
  forward: number | null;
  discount: number | null;
  forward_source: string;
  discount_source: string;
  pairs: number;
  atm_iv: number | null;
  rr25: number | null;
  bf25: number | null;
  rr10: number | null;
  bf10: number | null;
  net_iv25: number | null;
  expected_move: ExpectedMove;
  pcr_oi: number | null;
  pcr_volume: number | null;
  max_pain: number | null;
  net_gex: number | null;
  contracts: number;
  ok: number;
}

export interface UnderlyingSummary {
  pcr_oi: number | null;
  pcr_volume: number | null;
  net_gex: number | null;
  net_dex: number | null;
  net_vanna: number | null;
  net_charm: number | null;
  gex_flip: number | null;
  call_wall: number | null;
  put_wall: number | null;
  vol_index_30d: number | null;
  exposure_rows_left_out: number;
  contracts: number;
  ok: number;
  statuses: Record<string, number>;
}

export interface Exposure {
  name: string;
  formula: string;
  unit: string;
  meaning: string;
}

export interface Summary {
  spot: number | null;
  multiplier: number | null;
  convention: { name: string; meaning: string };
  exposures: Exposure[];
  series: SeriesSummary[];
  underlying: UnderlyingSummary;
}
