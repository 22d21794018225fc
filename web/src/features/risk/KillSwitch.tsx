/** Stops trading: one press shuts the gate and cancels everything; trading out is asked for apart. */

import { useState } from 'react';
import { useKillMutation } from '../../stream/tradingApi';
import type { StoppedDocument } from '../../types/trading';
import { GATE } from '../../ui/orderWords';
import { problemText } from '../../ui/problem';

/** Say what was done, and what failed. */
export function stoppedText(done: StoppedDocument): string {
  const parts = [
    GATE[done.state][0],
    `${done.asked_to_cancel} ${done.asked_to_cancel === 1 ? 'order' : 'orders'} asked to cancel`,
  ];
  if (done.flattening.length) parts.push(`${done.flattening.length} sent to trade out`);
  if (!done.is_durable) parts.push('it does not last through a restart');
  return [...parts, ...done.problems].join('; ');
}

/** What came of the last press is shown here, wherever it was pressed. */
const KILL = 'kill';

/** The same switch where the risk is not in view. */
export function StopButton({ onStop }: { onStop: () => void }) {
  const [kill] = useKillMutation({ fixedCacheKey: KILL });
  const stop = () => {
    void kill({ flatten: false });
    onStop();
  };
  return (
    <button
      type="button"
      className="kill-button small"
      title="Shuts the gate at once and cancels every order; then shows what came of it"
      onClick={stop}
    >
      Stop trading
    </button>
  );
}

export function KillSwitch({ isActive }: { isActive: boolean }) {
  const [kill, { data, error, isLoading }] = useKillMutation({ fixedCacheKey: KILL });
  const [isAsking, setAsking] = useState(false);
  const flatten = () => {
    setAsking(false);
    void kill({ flatten: true });
  };
  return (
    <div className="kill">
      <button
        type="button"
        className="kill-button"
        title="Shuts the gate at once and cancels every order; it lasts through a restart"
        onClick={() => void kill({ flatten: false })}
      >
        Stop trading
      </button>
      {isAsking ? (
        <span className="kill-ask" role="group" aria-label="Trade out of everything">
          Stops, then sends one order against each position.
          <button type="button" className="kill-button" onClick={flatten}>
            Trade out
          </button>
          <button type="button" className="tool" onClick={() => setAsking(false)}>
            No
          </button>
        </span>
      ) : (
        <button
          type="button"
          className="tool"
          title="Stops trading and closes what is held; asks once more"
          onClick={() => setAsking(true)}
        >
          Stop and trade out…
        </button>
      )}
      <span className={error ? 'refused' : 'hint'} role="status">
        {isLoading && 'Stopping.'}
        {!isLoading && error && `Not stopped: ${problemText(error)}`}
        {!isLoading && !error && !isActive && data && stoppedText(data)}
      </span>
    </div>
  );
}
