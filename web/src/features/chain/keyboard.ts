/** Where a key moves the cursor of the grid. */

export interface Cursor {
  place: number;
  column: number;
}

interface Extent {
  places: number;
  columns: number;
  /** Rows in view. */
  page: number;
}

export interface KeyLike {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** Return the cursor after a key, null if the key does not move it. */
export function movedCursor(cursor: Cursor, event: KeyLike, extent: Extent): Cursor | null {
  const isFar = event.ctrlKey || event.metaKey;
  const last = { place: extent.places - 1, column: extent.columns - 1 };
  const step = (places: number, columns: number): Cursor => ({
    place: Math.min(last.place, Math.max(0, cursor.place + places)),
    column: Math.min(last.column, Math.max(0, cursor.column + columns)),
  });
  switch (event.key) {
    case 'ArrowUp':
      return isFar ? { ...cursor, place: 0 } : step(-1, 0);
    case 'ArrowDown':
      return isFar ? { ...cursor, place: last.place } : step(1, 0);
    case 'ArrowLeft':
      return isFar ? { ...cursor, column: 0 } : step(0, -1);
    case 'ArrowRight':
      return isFar ? { ...cursor, column: last.column } : step(0, 1);
    case 'Home':
      return isFar ? { place: 0, column: 0 } : { ...cursor, column: 0 };
    case 'End':
      return isFar ? last : { ...cursor, column: last.column };
    case 'PageUp':
      return step(-extent.page, 0);
    case 'PageDown':
      return step(extent.page, 0);
    default:
      return null;
  }
}
