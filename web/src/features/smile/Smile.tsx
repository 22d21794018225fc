/** Implied vol by strike, redrawn as the chain moves. */

import { useCallback, useEffect, useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import { compact, fixed } from '../../format/number';
import { axisStyle, type Colours } from '../../ui/colours';
import { Plot, type PlotData } from '../../ui/Plot';
import type { LiveView } from '../../ui/services';
import { useThrottledFrames } from '../../ui/useThrottledFrames';
import { smileData } from './smileData';

const EVERY_MS = 500;

interface Props {
  view: LiveView;
  forward: number;
  /** One standard deviation to expiry, quote currency; NaN unknown. */
  sd: number;
  colours: Colours;
}

export function Smile({ view, forward, sd, colours }: Props) {
  const { chain, layout, ladder } = view;
  const draw = useRef<((data: PlotData) => void) | null>(null);
  const marks = useRef({ spot: Number.NaN, forward });
  const redraw = useCallback(() => {
    marks.current = { spot: layout.table.spot, forward };
    draw.current?.(smileData(layout.table, ladder, forward, sd) as PlotData);
  }, [layout, ladder, forward, sd]);
  const latest = useRef(redraw);
  useEffect(() => {
    latest.current = redraw;
  }, [redraw]);
  const onReady = useCallback((feed: (data: PlotData) => void) => {
    draw.current = feed;
    latest.current();
    return () => {
      draw.current = null;
    };
  }, []);
  const options = useMemo(() => smileOptions(colours, marks), [colours]);
  useThrottledFrames(chain, EVERY_MS, redraw);
  return (
    <section className="panel smile">
      <header className="panel-head">
        <h2 title="implied vol by strike, percent a year">Smile %</h2>
        <ul className="legend">
          <li data-line="put">puts</li>
          <li data-line="call">calls</li>
          <li data-line="band">bid–ask</li>
          <li data-line="spot">spot</li>
          <li data-line="forward">forward</li>
        </ul>
      </header>
      <Plot
        options={options}
        onReady={onReady}
        label={`Implied volatility by strike, ${layout.underlying} ${ladder.expiry}`}
      />
    </section>
  );
}

type Marks = { current: { spot: number; forward: number } };

function smileOptions(colours: Colours, marks: Marks): Omit<uPlot.Options, 'width' | 'height'> {
  const axis = axisStyle(colours);
  const curve = (colour: string): uPlot.Series => ({
    stroke: colour,
    width: 1.75,
    points: { show: true, size: 4, fill: colour, stroke: colour },
    spanGaps: false,
  });
  const edge: uPlot.Series = { stroke: 'transparent', points: { show: false } };
  return {
    scales: { x: { time: false }, y: { range: (_, low, high) => padded(low, high) } },
    legend: { show: false },
    cursor: { show: true, points: { show: true, size: 7 }, drag: { x: false, y: false } },
    padding: [10, 14, 0, 0],
    series: [{}, curve(colours.call), curve(colours.put), edge, edge],
    bands: [{ series: [4, 3], fill: colours.band }],
    axes: [
      { ...axis, size: 26, space: 60, values: (_, ticks) => ticks.map((tick) => compact(tick)) },
      {
        ...axis,
        size: 40,
        space: 34,
        values: (_, ticks) => ticks.map((tick) => fixed(tick, tick % 1 ? 1 : 0)),
      },
    ],
    hooks: {
      draw: [
        (plot) => {
          mark(plot, marks.current.forward, colours.forward, [2, 3]);
          mark(plot, marks.current.spot, colours.spot, [6, 3]);
        },
      ],
    },
  };
}

/** Leave a tenth above and below, so that the curve does not touch the frame. */
function padded(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high))
    return [0, 100];
  const room = Math.max(0.5, (high - low) * 0.1);
  return [Math.max(0, low - room), high + room];
}

/** Draw an upright line at a price. */
function mark(plot: uPlot, price: number, colour: string, dash: number[]): void {
  if (!Number.isFinite(price)) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(price, 'x', true)) + 0.5;
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash(dash.map((part) => part * devicePixelRatio));
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
