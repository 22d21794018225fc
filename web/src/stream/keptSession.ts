/** The proof of the page's session, kept in the browser: what goes with whatever changes something. */

import type { Session } from '../types/rest';

const KEY = 'voldesk.session';

/** Keep what the server answered to the one-time code; a browser that keeps nothing is no error. */
export function keepSession(storage: Pick<Storage, 'setItem'>, session: Session): void {
  try {
    storage.setItem(KEY, JSON.stringify({ header: session.header, proof: session.proof }));
  } catch {
    // private windows may refuse: changes are then answered with "not signed in"
  }
}

/** Return what was kept, null where there is nothing that can be sent. */
export function keptSession(storage: Pick<Storage, 'getItem'>): Session | null {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? 'null') as Partial<Session> | null;
    const isWhole = typeof kept?.header === 'string' && typeof kept.proof === 'string';
    return isWhole ? (kept as Session) : null;
  } catch {
    return null;
  }
}
