/** The word for the connection, why, when it is tried again, and how old the figures are. */

import { useEffect, useState } from 'react';
import { ageText } from '../../format/time';
import type { StreamConnection } from '../../stream/connection';
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
  const [{ now, figures }, setShown] = useState(() => shownOf(connection));
  useEffect(() => {
    if (isPaused) return;
    const timer = setInterval(() => setShown(shownOf(connection)), EVERY_MS);
    return () => clearInterval(timer);
  }, [connection, isPaused]);
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

/** What is read once a second, whatever else makes the badge be drawn anew. */
function shownOf(connection: StreamConnection) {
  return { now: performance.now(), figures: connection.latency.figures() };
}

function latencyText(ms: number): string {
  return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)}ms` : ageText(ms);
}
