// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GridPainter } from '../../src/features/chain/painter';
import { buildLadders } from '../../src/stream/ladder';
import { ChainTable } from '../../src/stream/table';
import { columnsOf } from '../../src/ui/columns';
import { contracts, SERIES } from './chainOf';

const COLUMNS = columnsOf(['oi', 'iv', 'bid']);

function strikeRow(): HTMLElement {
  const row = document.createElement('div');
  for (let at = 0; at < 2 * COLUMNS.length + 1; at++) {
    const cell = document.createElement('div');
    if (at !== COLUMNS.length) cell.dataset.figure = '';
    row.append(cell);
  }
  return row;
}

describe('the painter', () => {
  let time: number;
  let table: ChainTable;
  let painter: GridPainter;
  let row: HTMLElement;
  let moves: number[];
  const [ladder] = buildLadders(contracts(), SERIES);
  if (!ladder) throw new Error('a series was given');
  const texts = () => [...row.children].map((cell) => cell.textContent);
  const flashes = () => [...row.children].map((cell) => (cell as HTMLElement).dataset.flash ?? '');
  const frame = (ms = 100) => {
    time += ms;
    vi.advanceTimersByTime(ms);
    painter.schedule();
    vi.advanceTimersByTime(20);
  };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'setTimeout'] });
    time = 0;
    moves = [];
    table = new ChainTable(6);
    table.columns.bid.set([10, 20, 30, 40, 50, 60]);
    table.columns.open_interest.set([100, 50, 0, 0, 0, 0]);
    table.columns.status.fill(0);
    painter = new GridPainter(
      table,
      ladder,
      { atmMoved: (place) => moves.push(place) },
      () => time,
    );
    painter.forward = 101.5;
    row = strikeRow();
    painter.mount(row, 0, COLUMNS);
  });
  afterEach(() => vi.useRealTimers());

  it('writes calls from the outside to the strike and puts mirrored, unknown as a dash', () => {
    expect(texts()).toEqual(['100', '–', '10.00', '', '20.00', '–', '50']);
  });

  it('leaves a side that is not listed unknown', () => {
    const third = strikeRow();
    painter.mount(third, 2, COLUMNS);
    expect(third.children[2]?.textContent).toBe('50.00');
    expect(third.children[4]?.textContent).toBe('–');
  });

  it('writes what changed, and nothing of what did not', () => {
    const before = [...row.children].map((cell) => cell.firstChild);
    table.columns.bid[0] = 11;
    frame();
    expect(texts()[2]).toBe('11.00');
    expect([...row.children].map((cell) => cell.firstChild)).toEqual(before);
  });

  it('tints a change for a moment, by its direction', () => {
    table.columns.bid[0] = 11;
    table.columns.bid[1] = 19;
    frame();
    expect(flashes()).toEqual(['', '', 'up', '', 'down', '', '']);
    frame(300);
    expect(flashes()).toEqual(['', '', '', '', '', '', '']);
  });

  it('tints neither a figure that comes to be known nor a change too small to be read', () => {
    table.columns.iv[0] = 0.2;
    table.columns.bid[0] = 10.0001;
    frame();
    expect(flashes().join('')).toBe('');
  });

  it('tints a cell at most three times a second', () => {
    let starts = 0;
    let was = '';
    for (let turn = 0; turn < 100; turn++) {
      table.columns.bid[0] = 10 + (turn % 7);
      frame(50);
      const is = flashes()[2] ?? '';
      if (is !== '' && was === '') starts += 1;
      was = is;
    }
    expect(starts).toBeGreaterThan(5);
    expect(starts).toBeLessThanOrEqual(Math.ceil((100 * 0.05 * 1000) / 334));
  });

  it('tints nothing for those who want no motion', () => {
    painter.isFlashing = false;
    table.columns.bid[0] = 11;
    frame();
    expect(texts()[2]).toBe('11.00');
    expect(flashes().join('')).toBe('');
  });

  it('writes nothing while it is paused, and all of it afterwards', () => {
    painter.isPaused = true;
    table.columns.bid[0] = 11;
    frame();
    expect(texts()[2]).toBe('10.00');
    painter.isPaused = false;
    frame();
    expect(texts()[2]).toBe('11.00');
  });

  it('shades what is in the money by the forward, not by spot', () => {
    table.spot = 80;
    frame();
    expect(row.dataset.itm).toBe('call');
    painter.forward = 85;
    frame();
    expect(row.dataset.itm).toBe('put');
  });

  it('marks the strike nearest to spot, and says when it is another', () => {
    table.spot = 91;
    frame();
    expect(row.dataset.atm).toBe('yes');
    table.spot = 99;
    frame();
    expect(row.dataset.atm).toBe('no');
    expect(moves).toEqual([0, 1]);
  });

  it('puts the line between the strikes that spot lies between', () => {
    const line = document.createElement('div');
    painter.rowHeight = 20;
    painter.setSpotLine(line);
    table.spot = 97.5;
    frame();
    expect(line.style.transform).toBe('translateY(20px)');
    expect(line.style.getPropertyValue('--lean')).toBe('5px');
    table.spot = painter.forward = Number.NaN;
    frame();
    expect(line.hidden).toBe(true);
  });

  it('says which side of a row is stale', () => {
    table.columns.status[1] = 4;
    frame();
    expect(row.dataset.stale).toBe('put');
  });

  it('draws bars as shares of the largest in view', () => {
    frame();
    const size = (at: number) => (row.children[at] as HTMLElement).style.backgroundSize;
    expect([size(0), size(6)]).toEqual(['100% 70%', '50% 70%']);
  });
});
