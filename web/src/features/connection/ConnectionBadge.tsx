/** The word for the connection, why, when it is tried again, and how old the figures are. */

import { useEffect, useState } from 'react';
import { ageText } from '../../format/time';
import { useConnection, useServices } from '../../ui/services';
import type { Condition } from './condition';

const EVERY_MS = 1_000;

interface Props {
  condition: Condition;
  isPaused: boolean;
  onOpen: () => void;
}

export function ConnectionBadge({ condition, isPaused, onOpen }: Props) {
  const { connection } = useServices();
  const report = useConnection();
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (isPaused) return;
    const timer = setInterval(() => setNow(performance.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, [isPaused]);
  const figures = connection.latency.figures();
  const isWaiting = report.state === 'waiting' && Number.isFinite(report.retryAt);
  const seconds = Math.max(0, Math.ceil((report.retryAt - now) / 1000));
  return (
    <div className="connection" role="status" aria-live="off">
      <button
        type="button"
        className="badge"
        data-word={condition.word}
        onClick={onOpen}
        title={`${condition.reason}. All of it: key D`}
      >
        <span className="badge-dot" aria-hidden="true" />
        {condition.word}
      </button>
      {isWaiting && <span className="badge-note">retry in {seconds}s</span>}
      {!isWaiting && figures && (
        <span
          className="badge-note"
          title="age of the frames when they arrive: oldest tick in each, received by the server, to here; median and 99th percentile of the last 256"
        >
          {latencyText(figures.p50)} / {latencyText(figures.p99)}
        </span>
      )}
    </div>
  );
}

function latencyText(ms: number): string {
  return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)}ms` : ageText(ms);
}
