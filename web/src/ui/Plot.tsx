/** uPlot in a component: made once, fed often, sized with its box. */

import { useEffect, useRef } from 'react';
import uPlot from 'uplot';

export type PlotData = uPlot.AlignedData;

interface Props {
  /** A new object makes a new plot. */
  options: Omit<uPlot.Options, 'width' | 'height'>;
  /** Hands out the function that draws new data. */
  onReady: (draw: (data: PlotData) => void) => () => void;
  label: string;
}

export function Plot({ options, onReady, label }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const { width, height } = box.getBoundingClientRect();
    const empty: PlotData = [[], ...options.series.slice(1).map(() => [])] as PlotData;
    const plot = new uPlot({ ...options, width, height: Math.max(60, height) }, empty, box);
    const watcher = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      if (width > 0 && height > 0) plot.setSize({ width, height });
    });
    watcher.observe(box);
    const stop = onReady((data) => plot.setData(data));
    return () => {
      stop();
      watcher.disconnect();
      plot.destroy();
    };
  }, [options, onReady]);
  return <div ref={ref} className="plot" role="img" aria-label={label} />;
}
