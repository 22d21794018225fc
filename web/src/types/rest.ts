/** The answers of the HTTP API that the page reads; its OpenAPI document is their contract. */

import type { ContractColumns, Day, Profile, SeriesColumns } from './stream';

export interface UnderlyingInfo {
  symbol: string;
  feed: string;
  market: string;
  spot: number | null;
  day: Day | null;
  contracts: number;
  expiries: number;
  seq: number;
  ts_flush_us: number | null;
}

/** A chain by columns; `contracts.row` says which rows a delta brings. */
export interface ChainByColumns {
  underlying: string;
  feed: string;
  kind: 'snapshot' | 'delta';
  snapshot_id: string;
  seq: number;
  ts_event_us: number | null;
  ts_recv_us: number | null;
  ts_flush_us: number | null;
  spot: number | null;
  profile: Profile;
  series: SeriesColumns;
  layout: 'columns';
  contracts: ContractColumns & {
    row: number[];
    status: string[];
    ts_event_us: (number | null)[];
  } & Record<string, (number | string | null)[]>;
}

/** What goes, as a header, with whatever changes something. */
export interface Session {
  header: string;
  proof: string;
}

/** What is to be told; `null` leaves a part to the server. */
export interface NewAlert {
  name: string;
  underlying: string;
  field: string;
  /** In the unit of the field: 0.2 is an iv of 20 %. */
  level: number;
  crosses: 'up' | 'down' | 'both';
  /** `atm call`, `25d put` or the venue's symbol. */
  contract: string | null;
  expiry: string | null;
  root: string | null;
  /** Hysteresis, in the unit of the field. */
  band: number;
  is_once: boolean;
  cooldown_secs: number;
}

/** One alert as it stands. */
export interface HeldAlert extends NewAlert {
  origin: 'settings' | 'api';
  /** It is there again after a restart. */
  is_kept: boolean;
  /** It tells one crossing, and has done so. */
  is_spent: boolean;
  told_at_us: number | null;
}

/** An error (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
}
