/** Numbers as a trader reads them; unknown is a dash, never zero. */

export const UNKNOWN = '–';
const MINUS = '−';

/** Write a number with so many decimals, a real minus sign, and no negative zero. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** Write a number with a sign in front, plus included. */
export function signed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const text = fixed(value, decimals);
  return Number(Math.abs(value).toFixed(decimals)) !== 0 && value > 0 ? `+${text}` : text;
}

/** Write a number with its thousands apart: 24,512.35. */
export function grouped(value: number, decimals = 0): string {
  const text = fixed(value, decimals);
  const dot = text.indexOf('.');
  const end = dot < 0 ? text.length : dot;
  const start = text.startsWith(MINUS) ? 1 : 0;
  let whole = text.slice(end);
  for (let stop = end; stop > start; stop -= 3) {
    const part = text.slice(Math.max(start, stop - 3), stop);
    whole = stop - 3 > start ? `,${part}${whole}` : `${part}${whole}`;
  }
  return start ? MINUS + whole : whole;
}

const SCALES: readonly [number, string][] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
];

/** Write a large number in few characters: 1.24M; below ten thousand in full. */
export function compact(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size < 10_000) return grouped(value, 0);
  for (const [scale, letter] of SCALES) {
    const part = size / scale;
    if (part >= 0.9995) {
      const decimals = part >= 99.95 ? 0 : part >= 9.995 ? 1 : 2;
      return (value < 0 ? MINUS : '') + part.toFixed(decimals) + letter;
    }
  }
  return grouped(value, 0);
}

/** Write a fraction as percent without its sign: 0.1845 is 18.45. */
export function percent(value: number, decimals = 2): string {
  return fixed(value * 100, decimals);
}

/** Write a number so that four figures show whatever its size, as gamma needs: 0.0007412. */
export function significant(value: number, figures = 4): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-7) return (value < 0 ? MINUS : '') + size.toExponential(1);
  const decimals = Math.min(10, Math.max(0, figures - 1 - Math.floor(Math.log10(size))));
  return fixed(value, decimals);
}

/** Return null as NaN, the page's own word for unknown. */
export function known(value: number | null | undefined): number {
  return value ?? Number.NaN;
}

/** Write a strike with no more decimals than it has. */
export function strikeText(strike: number): string {
  if (!Number.isFinite(strike)) return UNKNOWN;
  const cents = Math.round(strike * 100);
  const decimals = cents % 100 === 0 ? 0 : cents % 10 === 0 ? 1 : 2;
  return grouped(strike, decimals);
}
