/** One word for how what is shown came here and how good it is, and why. */

import type { ConnectionReport } from '../../stream/connection';
import type { UnderlyingHealth } from '../../types/stream';

export type Word = 'LIVE' | 'SIM' | 'REPLAY' | 'DELAYED' | 'CLOSED' | 'STALE' | 'DOWN';

export interface Condition {
  word: Word;
  reason: string;
  /** The page says so across its whole width. */
  isAlarming: boolean;
}

/** What the market data are: the frame around the page says it. */
export type Mode = 'SIMULATED' | 'REPLAY' | 'LIVE DATA';

export function modeOf(feed: string): Mode {
  if (feed === 'sim' || feed.startsWith('sim:')) return 'SIMULATED';
  if (feed.startsWith('replay')) return 'REPLAY';
  return 'LIVE DATA';
}

/** Judge, the worst first. */
export function conditionOf(
  link: ConnectionReport,
  health: UnderlyingHealth | null,
  feed: string,
): Condition {
  const isLinked = link.state === 'open' || link.state === 'quiet';
  if (!isLinked && !link.isPolling) {
    const isFirst = link.state === 'connecting' && link.reconnects === 0;
    const reason = isFirst ? 'connecting' : link.reason || 'not connected';
    return { word: 'DOWN', reason, isAlarming: !isFirst };
  }
  if (link.state === 'quiet') {
    return { word: 'STALE', reason: 'no word from the server', isAlarming: true };
  }
  if (health?.state === 'DOWN') return { word: 'DOWN', reason: health.reason, isAlarming: true };
  if (health?.state === 'STALE') return { word: 'STALE', reason: health.reason, isAlarming: true };
  if (link.isPolling) {
    const reason = 'WebSockets do not come through: polled over HTTP every 2 s';
    return { word: 'DELAYED', reason, isAlarming: true };
  }
  if (health?.state === 'DELAYED') {
    return { word: 'DELAYED', reason: health.reason, isAlarming: true };
  }
  if (health?.state === 'CLOSED') {
    return { word: 'CLOSED', reason: health.reason, isAlarming: false };
  }
  const mode = modeOf(feed);
  if (mode === 'SIMULATED') {
    return { word: 'SIM', reason: 'a simulated market, streamed', isAlarming: false };
  }
  if (mode === 'REPLAY')
    return { word: 'REPLAY', reason: 'a recording, replayed', isAlarming: false };
  return { word: 'LIVE', reason: 'streamed', isAlarming: false };
}
