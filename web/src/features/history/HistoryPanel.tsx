/** One or two figures of a series since the page opened. */

import { useCallback, useEffect, useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import { fixed, signed } from '../../format/number';
import type { History, HistoryFigure } from '../../stream/history';
import { axisStyle, type Colours } from '../../ui/colours';
import { Plot, type PlotData } from '../../ui/Plot';

export interface Line {
  figure: HistoryFigure;
  label: string;
  colour: 'call' | 'put' | 'accent' | 'spot';
  /** A fraction shown as percent or vol points. */
  isVol?: boolean;
  isSigned?: boolean;
}

/** The axis shows as much at least. */
const SHORTEST_SECS = 10;

interface Props {
  title: string;
  unit: string;
  lines: readonly Line[];
  history: History;
  colours: Colours;
  isPaused: boolean;
}

export function HistoryPanel({ title, unit, lines, history, colours, isPaused }: Props) {
  const draw = useRef<((data: PlotData) => void) | null>(null);
  const newest = useRef<HTMLSpanElement>(null);
  const redraw = useCallback(() => {
    const [times, ...figures] = history.columns(lines.map((line) => line.figure));
    const scaled = figures.map((values, place) =>
      lines[place]?.isVol ? values.map((value) => (value === null ? null : value * 100)) : values,
    );
    draw.current?.([times, ...scaled] as PlotData);
    lines.forEach((line, place) => {
      const text = newest.current?.children[place]?.firstChild;
      const value = scaled[place]?.at(-1) ?? Number.NaN;
      if (text) text.nodeValue = line.isSigned ? signed(value, 2) : fixed(value, 2);
    });
  }, [history, lines]);
  useEffect(() => {
    redraw();
    return isPaused ? undefined : history.onChange(redraw);
  }, [history, redraw, isPaused]);
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
  const options = useMemo(() => historyOptions(lines, colours), [lines, colours]);
  return (
    <section className="panel">
      <header className="panel-head">
        <h2>{title}</h2>
        <span ref={newest} className="newest" title={`${unit}, since this page opened`}>
          {lines.map((line) => (
            <span key={line.figure} data-line={line.colour} data-label={line.label}>
              –
            </span>
          ))}
        </span>
      </header>
      <Plot
        options={options}
        onReady={onReady}
        label={`${title} since this page opened, ${unit}`}
      />
    </section>
  );
}

function historyOptions(
  lines: readonly Line[],
  colours: Colours,
): Omit<uPlot.Options, 'width' | 'height'> {
  const axis = axisStyle(colours);
  return {
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    padding: [8, 14, 0, 0],
    series: [
      {},
      ...lines.map((line) => ({
        stroke: colours[line.colour],
        width: 1.5,
        points: { show: false },
        spanGaps: false,
      })),
    ],
    scales: {
      x: { time: true, range: (_, from, to) => spanOf(from, to) },
      y: { range: (_, low, high) => roomy(low, high) },
    },
    axes: [
      { ...axis, size: 26, space: 70 },
      { ...axis, size: 44, space: 28, values: (_, ticks) => ticks.map((tick) => fixed(tick, 2)) },
    ],
  };
}

/** One point has no span: without one the axis would show years. Seconds. */
function spanOf(from: number | null, to: number | null): [number, number] {
  const end = to ?? Date.now() / 1000;
  return [Math.min(from ?? end, end - SHORTEST_SECS), end];
}

/** Keep a flat line in the middle of the panel. */
function roomy(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high))
    return [0, 1];
  const room = Math.max((high - low) * 0.15, Math.abs(high) * 0.005, 0.01);
  return [low - room, high + room];
}
