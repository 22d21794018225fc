/** How long to wait before the next attempt. */

const FIRST_MS = 250;
const MOST_MS = 10_000;

/** Return the wait after so many failures: doubling from a quarter second to ten, half of it chance. */
export function backoffMs(failures: number, chance: number = Math.random()): number {
  const whole = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return whole * (0.5 + 0.5 * chance);
}
