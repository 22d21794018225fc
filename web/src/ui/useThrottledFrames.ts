/** Redraw something when frames come, at most so often, and not while the page is paused. */

import { useEffect } from 'react';
import type { LiveChain } from '../stream/liveChain';
import { useUi } from './state';

export function useThrottledFrames(
  chain: LiveChain | null,
  everyMs: number,
  draw: () => void,
): void {
  const isPaused = useUi((state) => state.display.isPaused);
  useEffect(() => {
    if (!chain) return;
    draw();
    if (isPaused) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = chain.onFrame(() => {
      timer ??= setTimeout(() => {
        timer = null;
        draw();
      }, everyMs);
    });
    return () => {
      stop();
      if (timer) clearTimeout(timer);
    };
  }, [chain, everyMs, draw, isPaused]);
}
