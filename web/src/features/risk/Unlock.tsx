/** Lets trading begin again, once somebody has typed the phrase. */

import { type FormEvent, useId, useState } from 'react';
import { useUnlockMutation } from '../../stream/tradingApi';
import { problemText } from '../../ui/problem';

export function Unlock({ phrase }: { phrase: string }) {
  const [typed, setTyped] = useState('');
  const [unlock, { error, isLoading }] = useUnlockMutation();
  const id = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    void unlock(typed);
  };
  return (
    <form className="unlock" aria-label="Let trading begin again" onSubmit={send}>
      <label htmlFor={id}>
        Type <kbd>{phrase}</kbd> to let trading begin again
      </label>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <button type="submit" className="tool" disabled={typed !== phrase || isLoading}>
        Unlock
      </button>
      {error && (
        <span className="refused" role="alert">
          {problemText(error)}
        </span>
      )}
    </form>
  );
}
