/** A small chain: three strikes of one series, one of them without a put, and one strike of another. */

import type { ContractColumns, LayoutMessage, SeriesColumns } from '../../src/types/stream';

export const SERIES: SeriesColumns = {
  root: ['SPX', 'SPXW'],
  expiry: ['2026-11-26', '2026-12-03'],
  settles_at_us: [1_795_600_000_000_000, 1_796_200_000_000_000],
  years: [0.02, 0.04],
  forward: [101.5, 101.6],
  discount: [0.999, 0.998],
  forward_source: ['parity', 'parity'],
  discount_source: ['parity', 'rate'],
  reason: [null, null],
};

export function contracts(): ContractColumns {
  const expiry = [...Array(5).fill('2026-11-26'), '2026-12-03'];
  return {
    symbol: expiry.map((_, row) => `C${row}`),
    root: [...Array(5).fill('SPX'), 'SPXW'],
    expiry,
    right: ['C', 'P', 'C', 'P', 'C', 'C'],
    strike: [90, 90, 100, 100, 110, 100],
    series: [0, 0, 0, 0, 0, 1],
  };
}

export function layoutMessage(over: Partial<LayoutMessage> = {}): LayoutMessage {
  return {
    type: 'layout',
    topic: 'chain/SPX',
    topic_id: 1,
    layout: 1,
    underlying: 'SPX',
    feed: 'sim',
    market: 'us',
    profile: { name: 'default' },
    row_count: 6,
    contracts: contracts(),
    series: SERIES,
    ...over,
  };
}
