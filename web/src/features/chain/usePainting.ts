/** Ties a painter to the frames of its chain, to the display settings and to the spot line. */

import { type RefObject, useEffect, useRef } from 'react';
import type { LiveChain } from '../../stream/liveChain';
import type { Display } from '../../ui/displaySlice';
import type { GridPainter } from './painter';

const AGE_EVERY_MS = 1_000;

interface Painting {
  painter: GridPainter;
  chain: LiveChain;
  height: number;
  forward: number;
  display: Display;
}

/** Return where the spot line must be put. */
export function usePainting(painting: Painting): RefObject<HTMLDivElement | null> {
  const { painter, chain, height, forward, display } = painting;
  const spotLine = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const stop = chain.onFrame(() => painter.schedule());
    painter.schedule();
    return stop;
  }, [painter, chain]);

  useEffect(() => {
    painter.rowHeight = height;
    painter.setSpotLine(spotLine.current);
    return () => painter.setSpotLine(null);
  }, [painter, height]);

  useEffect(() => {
    painter.forward = forward;
    painter.schedule();
  }, [painter, forward]);

  useEffect(() => {
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
    const follow = () => {
      painter.isFlashing = !calm.matches;
    };
    follow();
    calm.addEventListener('change', follow);
    return () => calm.removeEventListener('change', follow);
  }, [painter]);

  useEffect(() => {
    painter.isPaused = display.isPaused;
    painter.schedule();
  }, [painter, display.isPaused]);

  const isAgeShown = display.columns.includes('age');
  useEffect(() => {
    if (!isAgeShown) return;
    const timer = setInterval(() => painter.schedule(), AGE_EVERY_MS);
    return () => clearInterval(timer);
  }, [painter, isAgeShown]);
  return spotLine;
}
