/** What the whole page must say: said once to a screen reader, shown until it is over. */

import type { Condition } from './condition';

const WORDS: Partial<Record<Condition['word'], string>> = {
  STALE: 'STALE: figures are old',
  DOWN: 'DOWN: figures are frozen',
  DELAYED: 'DELAYED: figures are not of now',
  FROZEN: 'FROZEN: figures do not move',
};

export function Banner({ condition }: { condition: Condition }) {
  return (
    <div className="banner-region" aria-live="polite">
      {condition.isAlarming && (
        <div className="banner" data-word={condition.word}>
          <strong>{WORDS[condition.word] ?? condition.word}</strong>
          <span>{condition.reason}</span>
        </div>
      )}
    </div>
  );
}
