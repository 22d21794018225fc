/** Redraw something when frames come, at most so often, and not while the page is paused. */

import { useEffect } from 'react';
import type { LiveChain } from '../stream/liveChain';
import { useUi } from './state';

/** Frames are never exactly as far apart as they were asked for. */
const SLACK = 0.85;

/**
 * Call `draw` on the animation frame in which the chain is painted too, so that one paint serves
 * both; a frame that comes too early is drawn when its time has come, unless another comes first.
 */
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
    let drawnAt = performance.now();
    let request = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const drawSoon = () => {
      clearTimeout(timer);
      timer = undefined;
      drawnAt = performance.now();
      cancelAnimationFrame(request);
      request = requestAnimationFrame(draw);
    };
    const stop = chain.onFrame(() => {
      const since = performance.now() - drawnAt;
      if (since >= SLACK * everyMs) drawSoon();
      else timer ??= setTimeout(drawSoon, everyMs - since + everyMs / 2);
    });
    return () => {
      stop();
      cancelAnimationFrame(request);
      clearTimeout(timer);
    };
  }, [chain, everyMs, draw, isPaused]);
}
