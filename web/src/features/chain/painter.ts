/** Writes figures into the cells in view: text nodes and classes only, once per animation frame. */

import { UNKNOWN } from '../../format/number';
import { type Ladder, nearestStrike, placeAmong } from '../../stream/ladder';
import type { ChainTable } from '../../stream/table';
import { STATUS_STALE } from '../../types/fields';
import type { Column } from '../../ui/columns';

/** A tint ends with the first frame painted after so long, */
const FLASH_MS = 220;
/** or, when no frame comes, after so long: a paint of its own for every tint would cost twice. */
const FLASH_LAST_MS = 300;
/** A cell flashes at most so often: three times a second is the most that is safe to look at. */
const FLASH_EVERY_MS = 350;

type Side = 'call' | 'put';

interface CellView {
  element: HTMLElement;
  text: Text;
  column: Column;
  side: Side;
  value: number;
  flashedAt: number;
  barPct: number;
}

interface RowView {
  element: HTMLElement;
  place: number;
  cells: CellView[];
  itm: string;
  isAtm: boolean | null;
  staleSides: string;
}

/** What the painter tells the grid; both change seldom. */
export interface PainterEvents {
  /** Another strike is nearest to spot. */
  atmMoved: (place: number) => void;
}

export class GridPainter {
  /** Place of the strike nearest to spot, -1 unknown. */
  atm = -1;
  isPaused = false;
  isFlashing = true;
  rowHeight = 22;
  /** Forward of the series: what is in the money is judged by it. */
  forward = Number.NaN;
  private readonly rows = new Map<HTMLElement, RowView>();
  private readonly flashing = new Set<CellView>();
  private spotLine: HTMLElement | null = null;
  private body: HTMLElement | null = null;
  private isScheduled = false;
  private endTimer: ReturnType<typeof setTimeout> | undefined;
  private spotY = Number.NaN;

  constructor(
    private readonly table: ChainTable,
    private readonly ladder: Ladder,
    private readonly events: PainterEvents,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Take over a row's cells, in the order of `columns` mirrored around the strike. */
  mount(element: HTMLElement, place: number, columns: readonly Column[]): () => void {
    const cells: CellView[] = [];
    const elements = [...element.querySelectorAll<HTMLElement>('[data-figure]')];
    elements.forEach((cell, index) => {
      const isCall = index < columns.length;
      const at = isCall ? index : 2 * columns.length - 1 - index;
      const column = columns[at];
      if (!column) return;
      const text = document.createTextNode(UNKNOWN);
      cell.replaceChildren(text);
      cells.push({
        element: cell,
        text,
        column,
        side: isCall ? 'call' : 'put',
        value: Number.NaN,
        flashedAt: Number.NEGATIVE_INFINITY,
        barPct: -1,
      });
    });
    const row: RowView = { element, place, cells, itm: '', isAtm: null, staleSides: '' };
    this.rows.set(element, row);
    this.paintRow(row, true);
    return () => {
      this.rows.delete(element);
      for (const cell of cells) this.flashing.delete(cell);
    };
  }

  /** Take the line that is put at spot's place among the strikes; it lies in the body of the grid. */
  setSpotLine(line: HTMLElement | null): void {
    this.spotLine = line;
    this.body = line?.parentElement ?? null;
    this.spotY = Number.NaN;
    this.paintSpot();
  }

  /** Paint on the next animation frame, however often it is asked for until then. */
  schedule(): void {
    if (this.isScheduled || this.isPaused) return;
    this.isScheduled = true;
    requestAnimationFrame(() => {
      this.isScheduled = false;
      if (!this.isPaused) this.paint();
    });
  }

  paint(): void {
    this.endFlashes();
    for (const row of this.rows.values()) this.paintRow(row, false);
    this.paintBars();
    this.paintSpot();
    if (this.body) this.body.dataset.seq = String(this.table.seq); // which frame is shown
    clearTimeout(this.endTimer);
    if (this.flashing.size) this.endTimer = setTimeout(() => this.schedule(), FLASH_LAST_MS);
  }

  /** Return the row of the chain a cell shows, -1 where no contract is listed. */
  rowOf(place: number, side: Side): number {
    return (side === 'call' ? this.ladder.callRows : this.ladder.putRows)[place] ?? -1;
  }

  private paintRow(row: RowView, isNew: boolean): void {
    const now = this.now();
    const callRow = this.rowOf(row.place, 'call');
    const putRow = this.rowOf(row.place, 'put');
    for (const cell of row.cells) {
      const at = cell.side === 'call' ? callRow : putRow;
      const value = at < 0 ? Number.NaN : cell.column.read(this.table, at, now);
      if (isNew || !Object.is(value, cell.value)) this.write(cell, value, now, isNew);
    }
    this.shade(row, callRow, putRow);
  }

  private write(cell: CellView, value: number, now: number, isNew: boolean): void {
    const before = cell.value;
    cell.value = value;
    const text = Number.isFinite(value) ? cell.column.text(value) : UNKNOWN;
    if (cell.text.data === text) return;
    cell.text.data = text;
    if (cell.column.isSigned) {
      cell.element.dataset.sign = value > 0 ? 'up' : value < 0 ? 'down' : '';
    }
    const canFlash = this.isFlashing && cell.column.isFlashing && !isNew;
    if (canFlash && value !== before && now - cell.flashedAt >= FLASH_EVERY_MS) {
      if (!Number.isFinite(value) || !Number.isFinite(before)) return;
      cell.flashedAt = now;
      cell.element.dataset.flash = value > before ? 'up' : 'down';
      this.flashing.add(cell);
    }
  }

  private endFlashes(): void {
    const now = this.now();
    for (const cell of this.flashing) {
      if (now - cell.flashedAt < FLASH_MS) continue;
      delete cell.element.dataset.flash;
      this.flashing.delete(cell);
    }
  }

  private shade(row: RowView, callRow: number, putRow: number): void {
    const strike = this.ladder.strikes[row.place] as number;
    const itm = strike < this.forward ? 'call' : strike > this.forward ? 'put' : '';
    if (itm !== row.itm) {
      row.itm = itm;
      row.element.dataset.itm = itm;
    }
    const isAtm = row.place === this.atm;
    if (isAtm !== row.isAtm) {
      row.isAtm = isAtm;
      row.element.dataset.atm = isAtm ? 'yes' : 'no';
    }
    const status = this.table.columns.status;
    const isCallStale = callRow >= 0 && status[callRow] === STATUS_STALE;
    const isPutStale = putRow >= 0 && status[putRow] === STATUS_STALE;
    const stale = `${isCallStale ? 'call' : ''}${isPutStale ? 'put' : ''}`;
    if (stale !== row.staleSides) {
      row.staleSides = stale;
      row.element.dataset.stale = stale;
    }
  }

  /** Draw bars as shares of the largest figure of their column in view, both sides alike. */
  private paintBars(): void {
    const most = new Map<Column, number>();
    for (const row of this.rows.values()) {
      for (const { column, value } of row.cells) {
        if (column.isBar && value > (most.get(column) ?? 0)) most.set(column, value);
      }
    }
    for (const row of this.rows.values()) {
      for (const cell of row.cells) {
        if (!cell.column.isBar) continue;
        const share = cell.value / (most.get(cell.column) ?? Number.NaN);
        const pct = Number.isFinite(share) ? Math.round(share * 50) * 2 : 0;
        if (pct === cell.barPct) continue;
        cell.barPct = pct;
        cell.element.style.backgroundSize = `${pct}% 70%`;
      }
    }
  }

  private paintSpot(): void {
    const price = Number.isFinite(this.table.spot) ? this.table.spot : this.forward;
    const atm = nearestStrike(this.ladder.strikes, price);
    if (atm !== this.atm) {
      this.atm = atm;
      for (const row of this.rows.values()) {
        row.element.dataset.atm = row.place === atm ? 'yes' : 'no';
        row.isAtm = row.place === atm;
      }
      this.events.atmMoved(atm);
    }
    this.placeSpotLine(placeAmong(this.ladder.strikes, price));
  }

  /** Put the line on the edge between two strikes; its pointers lean to where spot is. */
  private placeSpotLine(place: number): void {
    const y = Math.round((place + 0.5) * this.rowHeight);
    if (!this.spotLine || y === this.spotY) return;
    this.spotY = y;
    this.spotLine.hidden = !Number.isFinite(y);
    if (!Number.isFinite(y)) return;
    const edge = (Math.floor(place) + 1) * this.rowHeight;
    this.spotLine.style.transform = `translateY(${edge}px)`;
    this.spotLine.style.setProperty('--lean', `${y - edge}px`);
  }
}
