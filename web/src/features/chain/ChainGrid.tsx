/** The chain: calls, strikes, puts. Rows are mounted as they come into view, a painter fills them. */

import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useStreamRiskQuery } from '../../stream/tradingApi';
import type { Side } from '../../types/trading';
import { columnsOf } from '../../ui/columns';
import { followingSet } from '../../ui/displaySlice';
import { contractChosen } from '../../ui/selectionSlice';
import type { LiveView } from '../../ui/services';
import { useUi, useUiDispatch } from '../../ui/state';
import { ticketOpened } from '../../ui/ticketSlice';
import { CellTooltip } from './CellTooltip';
import { describeCell } from './describe';
import { GridHead } from './GridHead';
import { type Cursor, movedCursor } from './keyboard';
import { GridPainter } from './painter';
import { cellId, StrikeRow } from './StrikeRow';
import { ticketOf } from './ticket';
import { useFit } from './useFit';
import { usePainting } from './usePainting';

const ROW_HEIGHTS = { compact: 22, comfortable: 28 } as const;
const STRIKE_WIDTH = 92;
const HEAD_HEIGHT = 46;
/** Rows kept ready beyond the edges: each is painted with every frame that changes it. */
const OVERSCAN = 3;
/** Keys that open a ticket for the contract under the cursor. */
const SIDES: Record<string, Side | undefined> = { b: 'buy', s: 'sell' };
/** Rows the at-the-money strike may stray from the middle before the grid follows. */
const SLACK = 1;

interface Props {
  view: LiveView;
  /** Forward of the series as the analytics have it; NaN until known. */
  forward: number;
}

export function ChainGrid({ view, forward }: Props) {
  const { chain, layout, ladder } = view;
  const dispatch = useUiDispatch();
  const display = useUi((state) => state.display);
  const columns = useMemo(() => columnsOf(display.columns), [display.columns]);
  const height = ROW_HEIGHTS[display.density];
  const scroll = useRef<HTMLDivElement>(null);
  const [atm, setAtm] = useState(-1);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const [pointed, setPointed] = useState<HTMLElement | null>(null);

  const painter = useMemo(
    () => new GridPainter(layout.table, ladder, { atmMoved: setAtm }),
    [layout.table, ladder],
  );
  const spotLine = usePainting({ painter, chain, height, forward, display });

  const rows = useVirtualizer({
    count: ladder.strikes.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD_HEIGHT,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer measures anew when the height changes
  useEffect(() => rows.measure(), [height]);

  const centre = useCallback(
    (place: number) => {
      const box = scroll.current;
      if (!box || place < 0) return;
      box.scrollTop = (place + 0.5) * height - (box.clientHeight - HEAD_HEIGHT) / 2;
    },
    [height],
  );

  useEffect(() => {
    const box = scroll.current;
    if (!box || atm < 0 || !display.isFollowing) return;
    const middle = (box.scrollTop + (box.clientHeight - HEAD_HEIGHT) / 2) / height - 0.5;
    if (Math.abs(middle - atm) > SLACK) centre(atm);
  }, [atm, display.isFollowing, height, centre]);

  const recentre = useCallback(() => {
    centre(painter.atm);
    dispatch(followingSet(true));
  }, [centre, painter, dispatch]);

  const letGo = () => {
    if (display.isFollowing) dispatch(followingSet(false));
  };

  const { canTrade } = useStreamRiskQuery(undefined, {
    selectFromResult: ({ data }) => ({ canTrade: data !== undefined }),
  });
  const openTicket = (row: number, side: Side) => {
    const seed = ticketOf(layout, row, side);
    if (canTrade && seed) dispatch(ticketOpened(seed));
  };
  /** A click on a bid sells, one on an ask buys: the ticket still has to be confirmed. */
  const onClick = (event: MouseEvent) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-figure]');
    const figure = cell?.dataset.figure;
    if (!cell || (figure !== 'bid' && figure !== 'ask')) return;
    const place = Number(cell.parentElement?.dataset.place);
    const right = cell.classList.contains('call') ? 'call' : 'put';
    openTicket(painter.rowOf(place, right), figure === 'ask' ? 'buy' : 'sell');
  };

  const width = columns.length * 2 + 1;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'a' || event.key === 'A') {
      if (!event.ctrlKey && !event.metaKey) recentre();
      return;
    }
    const from = cursor ?? { place: Math.max(0, painter.atm), column: columns.length };
    const row = painter.rowOf(from.place, from.column > columns.length ? 'put' : 'call');
    if (event.key === 'Enter') {
      dispatch(contractChosen(row));
      event.preventDefault();
      return;
    }
    const side = event.ctrlKey || event.metaKey ? undefined : SIDES[event.key.toLowerCase()];
    if (side) {
      openTicket(row, side);
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / height) - 3);
    const next = movedCursor(from, event, { places: ladder.strikes.length, columns: width, page });
    if (!next) return;
    event.preventDefault();
    letGo();
    setCursor(cursor ? next : from);
    rows.scrollToIndex(next.place, { align: 'auto' });
  };

  const describe = useCallback(
    (cell: HTMLElement) => {
      const place = Number(cell.parentElement?.dataset.place);
      const side = cell.classList.contains('call') ? 'call' : 'put';
      const column = columns.find((one) => one.id === cell.dataset.figure);
      const row = painter.rowOf(place, side);
      if (!column || row < 0) return ['not listed'];
      return describeCell(layout, row, column, performance.now());
    },
    [columns, painter, layout],
  );

  const template = useMemo(() => {
    const side = columns.map((column) => `minmax(${column.width}px, ${column.width}fr)`);
    return [...side, `${STRIKE_WIDTH}px`, ...side.toReversed()].join(' ');
  }, [columns]);
  const least = 2 * columns.reduce((sum, column) => sum + column.width, 0) + STRIKE_WIDTH;
  useFit(scroll, least);
  const sizes = {
    '--template': template,
    '--least': `${least}px`,
    '--half-strike': `${STRIKE_WIDTH / 2}px`,
  } as Record<string, string>;

  return (
    <div className="chain">
      <div
        ref={scroll}
        className="grid"
        role="grid"
        tabIndex={0}
        aria-label={`${layout.underlying} ${ladder.expiry} option chain`}
        aria-rowcount={ladder.strikes.length + 1}
        aria-colcount={width}
        aria-activedescendant={cursor ? cellId(cursor.place, cursor.column) : undefined}
        data-tradable={canTrade ? '' : undefined}
        style={sizes}
        onClick={onClick}
        onKeyDown={onKeyDown}
        onWheel={letGo}
        onPointerDown={(event) => {
          const cell = (event.target as HTMLElement).closest<HTMLElement>('[role=gridcell]');
          const place = Number(cell?.parentElement?.dataset.place);
          if (!cell) return;
          setCursor({ place, column: Number(cell.getAttribute('aria-colindex')) - 1 });
        }}
        onPointerOver={(event) =>
          setPointed((event.target as HTMLElement).closest<HTMLElement>('[data-figure]'))
        }
        onPointerLeave={() => setPointed(null)}
        onScroll={() => setPointed(null)}
      >
        <GridHead columns={columns} />
        <div role="rowgroup" className="grid-body" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => (
            <StrikeRow
              key={item.key}
              painter={painter}
              columns={columns}
              place={item.index}
              strike={ladder.strikes[item.index] as number}
              top={item.start}
              height={height}
              cursor={cursor?.place === item.index ? cursor.column : -1}
            />
          ))}
          <div ref={spotLine} className="spot-line" hidden aria-hidden="true" />
        </div>
      </div>
      {!display.isFollowing && (
        <button type="button" className="recentre" onClick={recentre} title="Key A">
          Centre on spot
        </button>
      )}
      <CellTooltip anchor={pointed} describe={describe} />
    </div>
  );
}
