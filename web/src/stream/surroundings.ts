/** The browser as the connection sees it. */

import type { SocketLike, Surroundings } from './connection';

export const BROWSER: Surroundings = {
  now: () => performance.now(),
  dial: (url) => new WebSocket(url) as unknown as SocketLike,
  fetch: (path, init) => fetch(path, { ...init, cache: 'no-cache' }),
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
};

/** Return the address of a stream on the server that the page came from. */
export function streamUrl(path: string, at: Location = window.location): string {
  return `${at.protocol === 'https:' ? 'wss' : 'ws'}://${at.host}${path}`;
}
