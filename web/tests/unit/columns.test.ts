import { describe, expect, it } from 'vitest';
import { moved } from '../../src/features/columns/ColumnChooser';
import { ChainTable } from '../../src/stream/table';
import { DATA_TYPE_NAMES, FIELDS } from '../../src/types/fields';
import { COLUMNS, columnsOf, PRESETS } from '../../src/ui/columns';
import {
  columnsChosen,
  DEFAULT_DISPLAY,
  displaySlice,
  keepDisplay,
  keptDisplay,
} from '../../src/ui/displaySlice';
import { addressOf, placeOf, type Selection } from '../../src/ui/selectionSlice';

function column(id: string) {
  const [found] = columnsOf([id]);
  if (!found) throw new Error(`no column ${id}`);
  return found;
}

describe('columns', () => {
  const table = new ChainTable(2);
  table.columns.bid.set([10, 0]);
  table.columns.ask.set([11, 5]);
  table.columns.last.set([10.5, Number.NaN]);
  table.opening.last.set([10, Number.NaN]);

  it.each(COLUMNS)('$id says its unit and its meaning, and writes what it reads', (one) => {
    expect(one.unit).not.toBe('');
    expect(one.meaning).not.toBe('');
    expect(typeof one.text(one.read(table, 0, 0))).toBe('string');
  });

  it('made from others are unknown where one of those is', () => {
    expect(column('mid').read(table, 0, 0)).toBe(10.5);
    expect(column('mid').read(table, 1, 0)).toBeNaN();
    expect(column('spread').read(table, 0, 0)).toBe(1);
    expect(column('spread').read(table, 1, 0)).toBeNaN();
    expect(column('change').read(table, 0, 0)).toBe(0.5);
    expect(column('change').read(table, 1, 0)).toBeNaN();
  });

  it('of the venue say how far they are from ours, and nothing where one of the two is unknown', () => {
    table.columns.iv.set([0.2, 0.2]);
    table.columns.vendor_iv.set([0.214, Number.NaN]);
    table.columns.delta.set([0.5, Number.NaN]);
    table.columns.vendor_delta.set([0.49, 0.3]);
    expect(column('vendor_iv').beside?.(table, 0)).toBe(
      '+1.40 vol points from ours, 20.00 percent',
    );
    expect(column('vendor_iv').beside?.(table, 1)).toBe('');
    expect(column('vendor_delta').beside?.(table, 0)).toBe('−0.010 from ours, 0.500');
    expect(column('vendor_delta').beside?.(table, 1)).toBe('');
  });

  it('say how much of the present a row is, and never that it is live', () => {
    const words = DATA_TYPE_NAMES.map((_, code) => column('data_type').text(code));
    expect(words).toEqual(['on time', 'frozen', 'delayed', 'del. froz.']);
    expect(column('data_type').text(9)).toBe('–');
  });

  it('beyond the usual fields name the field they need', () => {
    for (const one of COLUMNS) if (one.field) expect(FIELDS).toContain(one.field);
  });

  it('of ready-made sets exist, and end with bid and ask at the strike', () => {
    for (const ids of Object.values(PRESETS)) {
      expect(columnsOf(ids).map((one) => one.id)).toEqual(ids);
      expect(ids).toContain('bid');
      expect(ids).toContain('ask');
    }
  });

  it('move one place at a time and not beyond the ends', () => {
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c']);
    expect(moved(['a', 'b', 'c'], 'c', 1)).toEqual(['a', 'b', 'c']);
  });
});

describe('the display', () => {
  const storage = new Map<string, string>();
  const kept = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
  };

  it('survives a reload', () => {
    const chosen = displaySlice.reducer(DEFAULT_DISPLAY, columnsChosen(['iv', 'bid', 'nonsense']));
    keepDisplay(kept, { ...chosen, theme: 'light', rate: 5 });
    expect(keptDisplay(kept)).toMatchObject({ columns: ['iv', 'bid'], theme: 'light', rate: 5 });
  });

  it('opens running, whatever was kept', () => {
    keepDisplay(kept, { ...DEFAULT_DISPLAY, isPaused: true });
    expect(keptDisplay(kept).isPaused).toBe(false);
  });

  it('falls back where what was kept is broken or of another version', () => {
    for (const text of ['{', '{"theme":"pink","columns":["x"],"rate":3}', 'null']) {
      storage.set('voldesk.display', text);
      expect(keptDisplay(kept)).toEqual(DEFAULT_DISPLAY);
    }
  });

  it('is kept where the browser keeps things, and no error elsewhere', () => {
    const refusing = {
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    expect(() => keepDisplay(refusing, DEFAULT_DISPLAY)).not.toThrow();
  });
});

describe('an address', () => {
  it.each<[string, string, Omit<Selection, 'contract'>]>([
    [
      '/chain/NIFTY',
      '?expiry=2026-11-26',
      { place: 'chain', underlying: 'NIFTY', series: '2026-11-26' },
    ],
    ['/chain/M%26M', '', { place: 'chain', underlying: 'M&M', series: '' }],
    ['/trade/SPX', '', { place: 'trade', underlying: 'SPX', series: '' }],
    ['/trade', '', { place: 'trade', underlying: '', series: '' }],
    ['/', '', { place: 'chain', underlying: '', series: '' }],
    ['/elsewhere/NIFTY', '', { place: 'chain', underlying: '', series: '' }],
  ])('%s%s says what is looked at', (path, search, place) => {
    expect(placeOf(path, search)).toEqual(place);
    const isWhole = place.underlying !== '' || place.place === 'trade';
    if (isWhole) expect(addressOf({ ...place, contract: -1 })).toBe(path + search);
  });
});
