import { describe, expect, it } from 'vitest';
import { movedCursor } from '../../src/features/chain/keyboard';

const EXTENT = { places: 50, columns: 17, page: 20 };
const press = (key: string, place: number, column: number, ctrlKey = false) => {
  const cursor = movedCursor({ place, column }, { key, ctrlKey, metaKey: false }, EXTENT);
  return cursor && [cursor.place, cursor.column];
};

describe('the cursor', () => {
  it.each([
    ['ArrowUp', 5, 3, [4, 3]],
    ['ArrowUp', 0, 3, [0, 3]],
    ['ArrowDown', 49, 3, [49, 3]],
    ['ArrowLeft', 5, 0, [5, 0]],
    ['ArrowRight', 5, 16, [5, 16]],
    ['Home', 5, 9, [5, 0]],
    ['End', 5, 9, [5, 16]],
    ['PageDown', 5, 9, [25, 9]],
    ['PageDown', 45, 9, [49, 9]],
    ['PageUp', 5, 9, [0, 9]],
    ['x', 5, 9, null],
  ])('on %s from %i,%i', (key, place, column, to) => {
    expect(press(key, place, column)).toEqual(to);
  });

  it('goes to the ends with Ctrl', () => {
    expect(press('Home', 5, 9, true)).toEqual([0, 0]);
    expect(press('End', 5, 9, true)).toEqual([49, 16]);
    expect(press('ArrowDown', 5, 9, true)).toEqual([49, 9]);
    expect(press('ArrowLeft', 5, 9, true)).toEqual([5, 0]);
  });
});
