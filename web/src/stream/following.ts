/** Ties what streams to entries of the query cache. */

/** Follows something: calls back with each message until the returned function is called. */
export type Follow<T> = (tell: (message: T) => void) => () => void;

/** Wait for a first message; a query that streams has no data before it. */
export function firstOf<T>(follow: Follow<T>, signal: AbortSignal): Promise<{ data: T }> {
  return new Promise((resolve, reject) => {
    let isTold = false;
    let stop: () => void = () => undefined;
    stop = follow((message) => {
      isTold = true;
      stop();
      resolve({ data: message });
    });
    if (isTold) stop(); // told while `follow` was still returning
    signal.addEventListener('abort', () => {
      stop();
      reject(new DOMException('nobody waits any longer', 'AbortError'));
    });
  });
}

export interface EntryLife<T> {
  cacheDataLoaded: Promise<unknown>;
  cacheEntryRemoved: Promise<unknown>;
  updateCachedData: (replace: () => T) => unknown;
}

/** Keep a cache entry at the newest message while somebody uses it. */
export async function keepNewest<T>(follow: Follow<T>, life: EntryLife<T>): Promise<void> {
  try {
    await life.cacheDataLoaded;
  } catch {
    return; // given up before the first message came
  }
  const stop = follow((message) => life.updateCachedData(() => message));
  await life.cacheEntryRemoved;
  stop();
}
