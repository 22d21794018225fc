/** Decimal numbers as text: money is never made a float, prices are stepped in whole ticks. */

import { UNKNOWN } from './number';

const MINUS = '−';
const SHAPE = /^([-−+]?)(\d*)(?:\.(\d*))?$/;

/** A decimal number: `units` / 10 ** `places`. */
interface Decimal {
  units: bigint;
  places: number;
}

/** Read a decimal number, null if the text is none; thousands may stand apart. */
function decimalOf(text: string): Decimal | null {
  const match = SHAPE.exec(text.trim().replaceAll(',', ''));
  const [, sign = '', whole = '', part = ''] = match ?? [];
  if (!match || whole + part === '') return null;
  const units = BigInt(whole + part);
  return { units: sign === '-' || sign === MINUS ? -units : units, places: part.length };
}

/** Return the units of a number at so many places, which are no fewer than it has. */
function at(places: number, one: Decimal): bigint {
  return one.units * 10n ** BigInt(places - one.places);
}

function textOf({ units, places }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const part = digits.slice(digits.length - places);
  return `${units < 0n ? '-' : ''}${whole}${part && `.${part}`}`;
}

/** Write a number plainly, as the server reads it: `-1.5`; null if the text is no number. */
export function plainDecimal(text: string): string | null {
  const one = decimalOf(text);
  return one && textOf(one);
}

/** Say whether a number is below, at or above zero: -1, 0, 1; NaN of no number. */
export function signOf(text: string | null | undefined): number {
  const one = decimalOf(text ?? '');
  if (!one) return Number.NaN;
  return one.units > 0n ? 1 : one.units < 0n ? -1 : 0;
}

/** Write money with its thousands apart and a real minus; unknown is a dash. */
export function moneyText(text: string | null | undefined, isSigned = false): string {
  const one = decimalOf(text ?? '');
  if (!one) return UNKNOWN;
  const [whole = '', part] = textOf(one).replace('-', '').split('.');
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = one.units < 0n ? MINUS : isSigned && one.units > 0n ? '+' : '';
  return `${sign}${apart}${part === undefined ? '' : `.${part}`}`;
}

/** Write a quote or a step, which the server gives as a number, as text; null where there is none. */
export function numberText(price: number | null | undefined): string | null {
  if (price == null || !(price > 0)) return null;
  const text = price.toFixed(8).replace(/0+$/, '').replace(/\.$/, '');
  return signOf(text) > 0 ? text : null;
}

/**
 * Move a price by whole ticks; one that lies between two is first put on the next in that direction.
 *
 * @returns the price with as many places as the tick has; null where one of them is no number
 */
export function steppedPrice(price: string, tick: string, steps: number): string | null {
  const from = decimalOf(price);
  const by = decimalOf(tick);
  if (!from || !by || by.units <= 0n) return null;
  const places = Math.max(from.places, by.places);
  const step = at(places, by);
  const units = at(places, from);
  const below = (units - (((units % step) + step) % step)) / step;
  const isBetween = below * step !== units;
  const to = below + BigInt(steps) + (isBetween && steps < 0 ? 1n : 0n);
  return textOf({ units: to * by.units, places: by.places });
}

/** Say whether a price is a whole number of ticks; true where the tick is not known. */
export function isOnTick(price: string, tick: string | null): boolean {
  const one = decimalOf(price);
  const by = decimalOf(tick ?? '');
  if (!one || !by || by.units <= 0n) return true;
  const places = Math.max(one.places, by.places);
  return at(places, one) % at(places, by) === 0n;
}

/** Write a 32-bit figure of the stream as the shortest decimal it can stand for; "" unknown. */
export function shortestText(value: number): string {
  if (!Number.isFinite(value)) return '';
  for (let places = 0; places <= 8; places++) {
    const text = value.toFixed(places);
    if (Math.fround(Number(text)) === Math.fround(value)) return text;
  }
  return value.toFixed(8);
}
