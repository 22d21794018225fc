/** The states of the connection to the server: the table first, then the lines that obey it. */

export type LinkState = 'idle' | 'connecting' | 'open' | 'quiet' | 'waiting';

export type LinkEvent = 'dial' | 'opened' | 'heard' | 'silence' | 'closed' | 'stop';

const TABLE: Record<LinkState, Partial<Record<LinkEvent, LinkState>>> = {
  idle: { dial: 'connecting' },
  connecting: { opened: 'open', closed: 'waiting', stop: 'idle' },
  open: { silence: 'quiet', closed: 'waiting', stop: 'idle' },
  quiet: { heard: 'open', closed: 'waiting', stop: 'idle' }, // a stalled link may come back
  waiting: { dial: 'connecting', stop: 'idle' },
};

/** Return the state after an event; an event that a state does not know changes nothing. */
export function nextState(state: LinkState, event: LinkEvent): LinkState {
  return TABLE[state][event] ?? state;
}
