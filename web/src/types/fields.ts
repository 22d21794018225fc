/** The figures of a contract that a stream can carry; units and meanings are in docs/columns.md. */

export const FIELDS = [
  'bid',
  'ask',
  'bid_size',
  'ask_size',
  'last',
  'volume',
  'open_interest',
  'iv',
  'iv_bid',
  'iv_ask',
  'delta',
  'gamma',
  'theta',
  'vega',
  'rho',
  'vanna',
  'volga',
  'charm',
  'status',
  'age_secs',
] as const;

export type Field = (typeof FIELDS)[number];

/** What the page asks for while no column of higher order is shown. */
export const BASE_FIELDS: readonly Field[] = FIELDS.filter(
  (name) => !['rho', 'vanna', 'volga', 'charm'].includes(name),
);

/** Why a row has an implied vol or has none: the codes of `model.enums.Status`. */
export const STATUS_NAMES = [
  'OK',
  'NO_BID',
  'ONE_SIDED',
  'CROSSED',
  'STALE',
  'BELOW_INTRINSIC',
  'ABOVE_MAX',
  'NO_FORWARD',
  'EXPIRED',
  'NOT_CONVERGED',
  'NO_PRICE',
] as const;

export type StatusName = (typeof STATUS_NAMES)[number];

export const STATUS_STALE = STATUS_NAMES.indexOf('STALE');
