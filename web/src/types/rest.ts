/** The answers of the HTTP API that the page reads; its OpenAPI document is their contract. */

import type { ContractColumns, Profile, SeriesColumns } from './stream';

export interface UnderlyingInfo {
  symbol: string;
  feed: string;
  market: string;
  spot: number | null;
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

export interface Session {
  header: string;
  proof: string;
}

/** An error (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
}
