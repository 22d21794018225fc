/** One word for how what is shown came here and how good it is, and why. */

import type { ConnectionReport } from '../../stream/connection';
import type { DataType, FeedHealth, UnderlyingHealth } from '../../types/stream';

export type Word =
  | 'LIVE'
  | 'SIMULATED'
  | 'RECORDED'
  | 'FROZEN'
  | 'DELAYED'
  | 'CLOSED'
  | 'STALE'
  | 'DOWN';

export interface Condition {
  word: Word;
  reason: string;
  /** The page says so across its whole width. */
  isAlarming: boolean;
}

/** What the market data are: the frame around the page says it. */
export type Mode = 'SIMULATED' | 'RECORDED' | 'FROZEN DATA' | 'DELAYED DATA' | 'LIVE DATA';

const MODES: Record<DataType, Mode> = {
  live: 'LIVE DATA',
  frozen: 'FROZEN DATA',
  delayed: 'DELAYED DATA',
  'delayed-frozen': 'FROZEN DATA',
  recorded: 'RECORDED',
  simulated: 'SIMULATED',
};

/** Of the words for what data are, those that say so themselves. */
const WORD_OF: Record<Mode, Word> = {
  'LIVE DATA': 'LIVE',
  'FROZEN DATA': 'FROZEN',
  'DELAYED DATA': 'DELAYED',
  RECORDED: 'RECORDED',
  SIMULATED: 'SIMULATED',
};

const REASONS: Record<DataType, string> = {
  live: 'streamed',
  frozen: 'the venue sends the last quotes before the market closed',
  delayed: 'the venue sends quotes that are some minutes old',
  'delayed-frozen': 'the venue sends the last quotes before the market closed, delayed ones',
  recorded: 'a recording, replayed',
  simulated: 'a simulated market, streamed',
};

/** Return what a feed's data are: as it says, else as its name lets us know. */
export function dataTypeOf(feed: string, said: FeedHealth | null): DataType {
  if (said?.line) return said.line.data_type;
  if (feed === 'sim' || feed.startsWith('sim:')) return 'simulated';
  return feed.startsWith('replay') ? 'recorded' : 'live';
}

export function modeOf(dataType: DataType): Mode {
  return MODES[dataType];
}

/** Say whether the word of the condition says what the data are. */
export function saysMode(condition: Condition, mode: Mode): boolean {
  return WORD_OF[mode] === condition.word;
}

/** Judge, the worst first; what is not live is never called LIVE. */
export function conditionOf(
  link: ConnectionReport,
  health: UnderlyingHealth | null,
  dataType: DataType,
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
  if (health?.state === 'CLOSED') {
    return { word: 'CLOSED', reason: health.reason, isAlarming: false };
  }
  const word = WORD_OF[MODES[dataType]];
  const isLate = word === 'FROZEN' || word === 'DELAYED';
  if (health?.state === 'DELAYED' && !isLate) {
    return { word: 'DELAYED', reason: health.reason, isAlarming: true };
  }
  return { word, reason: REASONS[dataType], isAlarming: isLate };
}
