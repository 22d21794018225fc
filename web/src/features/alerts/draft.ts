/** An alert while it is being written: what stands in the boxes, and what the server asks for. */

import type { NewAlert } from '../../types/rest';

/** What stands in each box of the form, as typed. */
export interface Draft {
  name: string;
  underlying: string;
  field: string;
  contract: string;
  expiry: string;
  level: string;
  crosses: NewAlert['crosses'];
  howOften: 'always' | 'once';
  band: string;
  cooldown: string;
}

export const EMPTY: Draft = {
  name: '',
  underlying: '',
  field: 'spot',
  contract: '',
  expiry: '',
  level: '',
  crosses: 'both',
  howOften: 'always',
  band: '',
  cooldown: '',
};

/** Figures that are often watched, and how their level is written; the server knows more. */
export const FIGURES: readonly [name: string, meaning: string, unit: string][] = [
  ['spot', 'spot of the underlying', 'quote currency'],
  ['atm_iv', 'at-the-money vol of an expiry', '0.2 is 20 %'],
  ['rr25', '25-delta risk reversal of an expiry', '0.01 is one vol point'],
  ['bf25', '25-delta butterfly of an expiry', '0.01 is one vol point'],
  ['pcr_oi', 'puts over calls by open interest', 'a ratio'],
  ['pcr_volume', 'puts over calls by volume', 'a ratio'],
  ['max_pain', 'max pain of an expiry', 'a strike'],
  ['forward', 'forward of an expiry', 'quote currency'],
  ['net_gex', 'net gamma exposure', 'in its own unit'],
  ['gex_flip', 'spot at which net gamma changes sign', 'quote currency'],
  ['vol_index_30d', '30-day model-free vol', '0.2 is 20 %'],
  ['iv', 'implied vol of a contract', '0.2 is 20 %'],
  ['delta', 'delta of a contract', 'per 1 of underlying'],
  ['mid', 'middle of bid and ask of a contract', 'quote currency'],
  ['bid', 'bid of a contract', 'quote currency'],
  ['ask', 'ask of a contract', 'quote currency'],
  ['last', 'last trade of a contract', 'quote currency'],
  ['open_interest', 'open interest of a contract', 'contracts'],
];

/** Contracts that are chosen anew with every update. */
export const CONTRACTS = ['atm call', 'atm put', '25d call', '25d put', '10d call', '10d put'];

export const WAYS: readonly [Draft['crosses'], string][] = [
  ['both', 'either way'],
  ['up', 'going up'],
  ['down', 'going down'],
];

export const HOW_OFTEN: readonly [Draft['howOften'], string][] = [
  ['always', 'every crossing'],
  ['once', 'the first one only'],
];

/** Say how the level of a figure is written. */
export function unitOf(field: string): string {
  return FIGURES.find(([name]) => name === field)?.[2] ?? 'in the unit of the figure';
}

/** Name an alert after what it watches, for those who give no name. */
export function nameOf(draft: Draft): string {
  const whose = draft.contract || draft.expiry;
  const parts = [draft.underlying, whose, draft.field, draft.crosses, draft.level];
  return parts
    .filter((part) => part !== '')
    .join(' ')
    .replaceAll('/', '-')
    .slice(0, 64);
}

/** Read a box with a number; what is no number is left for the server to refuse by its name. */
function number(text: string, ifEmpty: number): number {
  return text.trim() === '' ? ifEmpty : Number(text.replaceAll(',', ''));
}

/** Return what the server is asked for. */
export function alertOf(draft: Draft): NewAlert {
  return {
    name: draft.name.trim() || nameOf(draft),
    underlying: draft.underlying,
    field: draft.field.trim(),
    level: number(draft.level, Number.NaN),
    crosses: draft.crosses,
    contract: draft.contract.trim() || null,
    expiry: draft.expiry || null,
    root: null,
    band: number(draft.band, 0),
    is_once: draft.howOften === 'once',
    cooldown_secs: number(draft.cooldown, 0),
  };
}
