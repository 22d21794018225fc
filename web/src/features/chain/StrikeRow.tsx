/** One strike: the call's cells, the strike, the put's cells in mirrored order. */

import { memo, useLayoutEffect, useRef } from 'react';
import { strikeText } from '../../format/number';
import type { Column } from '../../ui/columns';
import type { GridPainter } from './painter';

interface Props {
  painter: GridPainter;
  columns: readonly Column[];
  place: number;
  strike: number;
  top: number;
  height: number;
  /** Column of the cursor, counted over the whole row; -1 while it is elsewhere. */
  cursor: number;
}

/** Name a cell, so that the grid can say which one is active. */
export function cellId(place: number, column: number): string {
  return `cell-${place}-${column}`;
}

function classOf(column: Column, side: 'call' | 'put'): string {
  return `cell ${side}${column.isBar ? ' bar' : ''}${column.isSigned ? ' signed' : ''}`;
}

export const StrikeRow = memo(function StrikeRow(props: Props) {
  const { painter, columns, place, strike, top, height, cursor } = props;
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(
    () => (ref.current ? painter.mount(ref.current, place, columns) : undefined),
    [painter, place, columns],
  );
  const count = columns.length;
  const cell = (column: Column, at: number, side: 'call' | 'put') => (
    <div
      key={`${side}-${column.id}`}
      id={cellId(place, at)}
      role="gridcell"
      aria-colindex={at + 1}
      data-figure={column.id}
      data-cursor={cursor === at ? '' : undefined}
      className={classOf(column, side)}
    />
  );
  return (
    <div
      ref={ref}
      role="row"
      aria-rowindex={place + 2}
      className="strike-row"
      data-place={place}
      style={{ top, height }}
    >
      {columns.map((column, at) => cell(column, at, 'call'))}
      <div
        id={cellId(place, count)}
        role="rowheader"
        aria-colindex={count + 1}
        className="cell strike"
        data-cursor={cursor === count ? '' : undefined}
      >
        {strikeText(strike)}
      </div>
      {columns.toReversed().map((column, index) => cell(column, count + 1 + index, 'put'))}
    </div>
  );
});
