/** A figure, or the dash of an unknown one with the reason behind it. */

import { UNKNOWN } from '../format/number';

interface Props {
  /** As it is written; the dash for unknown. */
  text: string;
  /** Unit and meaning. */
  meaning: string;
  /** Why it may be unknown. */
  why: string;
  /** Below or above 0, where the sign is told by colour too. */
  sign?: number;
}

export function Figure({ text, meaning, why, sign = 0 }: Props) {
  const isKnown = text !== UNKNOWN;
  return (
    <span
      title={isKnown ? meaning : `${meaning}: unknown, ${why}`}
      data-sign={sign > 0 ? 'up' : sign < 0 ? 'down' : undefined}
    >
      {text}
    </span>
  );
}
