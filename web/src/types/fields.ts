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
  'vendor_iv',
  'vendor_delta',
  'status',
  'data_type',
  'age_secs',
] as const;

export type Field = (typeof FIELDS)[number];

const SELDOM: readonly Field[] = [
  ...(['rho', 'vanna', 'volga', 'charm'] as const),
  ...(['vendor_iv', 'vendor_delta', 'data_type'] as const),
];

/** What the page asks for while no column that is seldom looked at is shown. */
export const BASE_FIELDS: readonly Field[] = FIELDS.filter((name) => !SELDOM.includes(name));

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

/** How much of the present there is in a row's last tick: the codes of `model.ticks.DataType`. */
export const DATA_TYPE_NAMES = ['live', 'frozen', 'delayed', 'delayed-frozen'] as const;
