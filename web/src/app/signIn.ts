/** Turns the one-time code of the printed address into a session, before anything else is asked. */

import { keepSession } from '../stream/keptSession';
import type { Session } from '../types/rest';

/** Exchange the code in the address's fragment, if there is one, and take it out of the address. */
export async function signIn(): Promise<void> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (!code) return;
  history.replaceState(null, '', location.pathname + location.search);
  try {
    const answer = await fetch('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    if (answer.ok) keepSession(localStorage, (await answer.json()) as Session);
  } catch {
    // no server: the connection badge says so
  }
}
