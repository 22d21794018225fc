/** Why a figure is unknown, in a sentence. */

import { STATUS_NAMES, type StatusName } from '../types/fields';

export const REASONS: Record<StatusName, string> = {
  OK: 'the source does not give it',
  NO_BID: 'nobody bids',
  ONE_SIDED: 'there is a bid but no ask',
  CROSSED: 'the bid is above the ask',
  STALE: 'the quote is too old',
  BELOW_INTRINSIC: 'the price is at or below intrinsic value',
  ABOVE_MAX: 'the price is above what any volatility can give',
  NO_FORWARD: 'the series has no forward',
  EXPIRED: 'the contract has settled',
  NOT_CONVERGED: 'no volatility fits the price within tolerance',
  NO_PRICE: 'the price the profile asks for was never given',
};

/** Return the name of a status code, null where the code is not one. */
export function statusName(code: number): StatusName | null {
  return STATUS_NAMES[code] ?? null;
}

/** Say why a figure is unknown: the row's status with its meaning. */
export function reasonText(code: number): string {
  const name = statusName(code);
  if (name === null) return 'not yet received';
  return name === 'OK' ? REASONS.OK : `${name}: ${REASONS[name]}`;
}
