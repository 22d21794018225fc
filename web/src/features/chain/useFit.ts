/** Tells the grid whether it is wider than its box, and then opens it with the strikes in the middle. */

import { type RefObject, useLayoutEffect } from 'react';

export function useFit(scroll: RefObject<HTMLDivElement | null>, least: number): void {
  useLayoutEffect(() => {
    const box = scroll.current;
    if (!box) return;
    const fit = () => {
      const isWide = least > box.clientWidth;
      box.toggleAttribute('data-wide', isWide);
      if (isWide) box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
    };
    const watcher = new ResizeObserver(fit);
    watcher.observe(box);
    return () => watcher.disconnect();
  }, [scroll, least]);
}
