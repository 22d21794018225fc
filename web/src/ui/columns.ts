/** The columns a chain can show: what each reads, how it is written, in what unit. */

import { compact, fixed, percent, signed, significant, UNKNOWN } from '../format/number';
import { ageText } from '../format/time';
import type { ChainTable } from '../stream/table';
import { DATA_TYPE_NAMES, type Field } from '../types/fields';

export interface Column {
  id: string;
  label: string;
  unit: string;
  meaning: string;
  /** Narrowest width, pixels. */
  width: number;
  read: (table: ChainTable, row: number, now: number) => number;
  text: (value: number) => string;
  /** A change is shown for a moment. */
  isFlashing?: boolean;
  /** A bar behind the figure shows its share of the largest one in view. */
  isBar?: boolean;
  /** The sign is told by colour too. */
  isSigned?: boolean;
  /** Why the figure may be unknown is the row's status. */
  isFromIv?: boolean;
  /** Beyond the fields that are always asked for. */
  field?: Field;
  /** What it is beside another figure, for the tooltip; "" where one of them is unknown. */
  beside?: (table: ChainTable, row: number) => string;
}

const of = (name: Field) => (table: ChainTable, row: number) => table.columns[name][row] as number;

/** Write a Greek with as many decimals as its size needs. */
function greek(value: number): string {
  const size = Math.abs(value);
  return fixed(value, size >= 100 ? 1 : size >= 1 ? 2 : 3);
}

const price = (value: number) => fixed(value, Math.abs(value) >= 10_000 ? 1 : 2);
const vol = (value: number) => percent(value, 2);
const PRICE_UNIT = 'quote currency per unit of underlying';

function mid(table: ChainTable, row: number): number {
  const bid = table.columns.bid[row] as number;
  const ask = table.columns.ask[row] as number;
  return bid > 0 && ask >= bid ? (bid + ask) / 2 : Number.NaN;
}

function spread(table: ChainTable, row: number): number {
  const bid = table.columns.bid[row] as number;
  return bid > 0 ? (table.columns.ask[row] as number) - bid : Number.NaN;
}

function since(name: 'last' | 'open_interest' | 'iv') {
  return (table: ChainTable, row: number) =>
    (table.columns[name][row] as number) - (table.opening[name][row] as number);
}

/** Say how far the venue's vol is from ours. */
function besideOurIv(table: ChainTable, row: number): string {
  const ours = table.columns.iv[row] as number;
  const points = ((table.columns.vendor_iv[row] as number) - ours) * 100;
  return Number.isFinite(points)
    ? `${signed(points, 2)} vol points from ours, ${vol(ours)} percent`
    : '';
}

/** Say how far the venue's delta is from ours. */
function besideOurDelta(table: ChainTable, row: number): string {
  const ours = table.columns.delta[row] as number;
  const difference = (table.columns.vendor_delta[row] as number) - ours;
  return Number.isFinite(difference) ? `${signed(difference, 3)} from ours, ${fixed(ours, 3)}` : '';
}

/** Of a recording or a simulation too a tick may be on time: "live" would say more than is known. */
const DATA_WORDS: Record<(typeof DATA_TYPE_NAMES)[number], string> = {
  live: 'on time',
  frozen: 'frozen',
  delayed: 'delayed',
  'delayed-frozen': 'del. froz.',
};

function dataWord(code: number): string {
  const name = DATA_TYPE_NAMES[code];
  return name ? DATA_WORDS[name] : UNKNOWN;
}

export const COLUMNS: readonly Column[] = [
  {
    id: 'oi',
    label: 'OI',
    unit: 'contracts',
    meaning: 'open interest',
    width: 62,
    read: of('open_interest'),
    text: compact,
    isBar: true,
  },
  {
    id: 'oi_change',
    label: 'ΔOI',
    unit: 'contracts since this page opened',
    meaning: 'change of open interest',
    width: 56,
    read: since('open_interest'),
    text: (value) => (value > 0 ? '+' : '') + compact(value),
    isSigned: true,
  },
  {
    id: 'volume',
    label: 'Vol',
    unit: 'contracts traded today',
    meaning: 'volume',
    width: 58,
    read: of('volume'),
    text: compact,
    isBar: true,
  },
  {
    id: 'charm',
    label: 'Charm',
    unit: 'delta per calendar day',
    meaning: 'how delta moves with time',
    width: 58,
    read: of('charm'),
    text: greek,
    isFromIv: true,
    field: 'charm',
  },
  {
    id: 'volga',
    label: 'Volga',
    unit: 'vega per vol point',
    meaning: 'how vega moves with vol',
    width: 58,
    read: of('volga'),
    text: greek,
    isFromIv: true,
    field: 'volga',
  },
  {
    id: 'vanna',
    label: 'Vanna',
    unit: 'delta per vol point',
    meaning: 'how delta moves with vol',
    width: 58,
    read: of('vanna'),
    text: greek,
    isFromIv: true,
    field: 'vanna',
  },
  {
    id: 'rho',
    label: 'Rho',
    unit: 'per 0.01 of rate',
    meaning: 'how the price moves with the rate',
    width: 54,
    read: of('rho'),
    text: greek,
    isFromIv: true,
    field: 'rho',
  },
  {
    id: 'vega',
    label: 'Vega',
    unit: 'per vol point (0.01)',
    meaning: 'how the price moves with vol',
    width: 54,
    read: of('vega'),
    text: greek,
    isFromIv: true,
  },
  {
    id: 'theta',
    label: 'Theta',
    unit: 'per calendar day',
    meaning: 'how the price moves with time',
    width: 58,
    read: of('theta'),
    text: greek,
    isFromIv: true,
  },
  {
    id: 'gamma',
    label: 'Gamma',
    unit: 'delta per 1 of underlying',
    meaning: 'how delta moves with spot',
    width: 66,
    read: of('gamma'),
    text: (value) => significant(value, 3),
    isFromIv: true,
  },
  {
    id: 'delta',
    label: 'Delta',
    unit: 'per 1 of underlying',
    meaning: 'how the price moves with spot',
    width: 54,
    read: of('delta'),
    text: (value) => fixed(value, 3),
    isFromIv: true,
  },
  {
    id: 'vendor_delta',
    label: 'V delta',
    unit: 'per 1 of underlying',
    meaning: 'delta as the venue has it',
    width: 56,
    read: of('vendor_delta'),
    text: (value) => fixed(value, 3),
    field: 'vendor_delta',
    beside: besideOurDelta,
  },
  {
    id: 'iv_change',
    label: 'ΔIV',
    unit: 'vol points since this page opened',
    meaning: 'change of implied vol',
    width: 54,
    read: since('iv'),
    text: (value) => signed(value * 100, 2),
    isSigned: true,
    isFromIv: true,
  },
  {
    id: 'iv_bid',
    label: 'IV bid',
    unit: 'percent a year',
    meaning: 'implied vol of the bid',
    width: 54,
    read: of('iv_bid'),
    text: vol,
    isFromIv: true,
  },
  {
    id: 'iv',
    label: 'IV',
    unit: 'percent a year',
    meaning: 'implied vol of the price the profile names',
    width: 54,
    read: of('iv'),
    text: vol,
    isFlashing: true,
    isFromIv: true,
  },
  {
    id: 'iv_ask',
    label: 'IV ask',
    unit: 'percent a year',
    meaning: 'implied vol of the ask',
    width: 54,
    read: of('iv_ask'),
    text: vol,
    isFromIv: true,
  },
  {
    id: 'vendor_iv',
    label: 'V IV',
    unit: 'percent a year',
    meaning: 'implied vol as the venue has it',
    width: 54,
    read: of('vendor_iv'),
    text: vol,
    field: 'vendor_iv',
    beside: besideOurIv,
  },
  {
    id: 'data_type',
    label: 'Data',
    unit: 'on time, frozen (as the market closed), delayed, or both',
    meaning: 'how much of the present there is in the last tick',
    width: 62,
    read: of('data_type'),
    text: dataWord,
    field: 'data_type',
  },
  {
    id: 'age',
    label: 'Age',
    unit: 'since the quote’s own time',
    meaning: 'how old the quote is',
    width: 48,
    read: (table, row, now) => table.serverNow(now) - (table.eventMs[row] as number),
    text: ageText,
  },
  {
    id: 'change',
    label: 'Chg',
    unit: 'quote currency since this page opened',
    meaning: 'change of the last trade',
    width: 58,
    read: since('last'),
    text: (value) => signed(value, 2),
    isSigned: true,
  },
  {
    id: 'last',
    label: 'Last',
    unit: PRICE_UNIT,
    meaning: 'last trade',
    width: 60,
    read: of('last'),
    text: price,
    isFlashing: true,
  },
  {
    id: 'mid',
    label: 'Mid',
    unit: PRICE_UNIT,
    meaning: 'middle of bid and ask',
    width: 60,
    read: mid,
    text: price,
  },
  {
    id: 'spread',
    label: 'Sprd',
    unit: PRICE_UNIT,
    meaning: 'ask less bid',
    width: 52,
    read: spread,
    text: price,
  },
  {
    id: 'spread_pct',
    label: 'Sprd %',
    unit: 'percent of mid',
    meaning: 'ask less bid, of mid',
    width: 54,
    read: (table, row) => (spread(table, row) / mid(table, row)) * 100,
    text: (value) => fixed(value, 1),
  },
  {
    id: 'bid_size',
    label: 'Bid sz',
    unit: 'contracts',
    meaning: 'size at the bid',
    width: 52,
    read: of('bid_size'),
    text: compact,
  },
  {
    id: 'bid',
    label: 'Bid',
    unit: PRICE_UNIT,
    meaning: 'best bid',
    width: 62,
    read: of('bid'),
    text: price,
    isFlashing: true,
  },
  {
    id: 'ask',
    label: 'Ask',
    unit: PRICE_UNIT,
    meaning: 'best ask',
    width: 62,
    read: of('ask'),
    text: price,
    isFlashing: true,
  },
  {
    id: 'ask_size',
    label: 'Ask sz',
    unit: 'contracts',
    meaning: 'size at the ask',
    width: 52,
    read: of('ask_size'),
    text: compact,
  },
];

const BY_ID = new Map(COLUMNS.map((column) => [column.id, column]));

/** Ready-made sets, from the outside to the strike. */
export const PRESETS: Record<string, readonly string[]> = {
  Trader: ['oi', 'volume', 'theta', 'delta', 'iv', 'last', 'bid', 'ask'],
  Greeks: ['theta', 'vega', 'gamma', 'delta', 'iv_bid', 'iv', 'iv_ask', 'bid', 'ask'],
  OI: ['oi', 'oi_change', 'volume', 'iv', 'change', 'last', 'bid', 'ask'],
  Seller: ['oi', 'theta', 'delta', 'iv_change', 'iv', 'spread_pct', 'bid', 'ask'],
  Quotes: ['volume', 'age', 'last', 'spread', 'mid', 'bid_size', 'bid', 'ask', 'ask_size'],
  Venue: ['data_type', 'vendor_delta', 'delta', 'vendor_iv', 'iv', 'last', 'bid', 'ask'],
  Minimal: ['delta', 'iv', 'bid', 'ask'],
};

export const DEFAULT_COLUMNS = PRESETS.Trader as readonly string[];

/** Return the columns of these names, those that exist, each once. */
export function columnsOf(ids: readonly string[]): Column[] {
  return [...new Set(ids)].flatMap((id) => BY_ID.get(id) ?? []);
}
