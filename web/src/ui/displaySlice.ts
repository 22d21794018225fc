/** How the page shows what it shows; kept in the browser. */

import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { columnsOf, DEFAULT_COLUMNS } from './columns';

export const THEMES = ['system', 'dark', 'light', 'contrast'] as const;
export const PALETTES = ['blue-orange', 'green-red'] as const;
export const DENSITIES = ['compact', 'comfortable'] as const;
export const RATES = [1, 2, 5, 10, 20] as const;

export type Theme = (typeof THEMES)[number];
export type Palette = (typeof PALETTES)[number];
export type Density = (typeof DENSITIES)[number];

export interface Display {
  theme: Theme;
  palette: Palette;
  density: Density;
  /** Frames a second the server may send. */
  rate: number;
  isPaused: boolean;
  /** The grid keeps the at-the-money row in the middle. */
  isFollowing: boolean;
  isPanelsShown: boolean;
  columns: string[];
}

export const DEFAULT_DISPLAY: Display = {
  theme: 'system',
  palette: 'blue-orange',
  density: 'compact',
  rate: 10,
  isPaused: false,
  isFollowing: true,
  isPanelsShown: true,
  columns: [...DEFAULT_COLUMNS],
};

export const displaySlice = createSlice({
  name: 'display',
  initialState: DEFAULT_DISPLAY,
  reducers: {
    themeChosen: (state, { payload }: PayloadAction<Theme>) => {
      state.theme = payload;
    },
    paletteChosen: (state, { payload }: PayloadAction<Palette>) => {
      state.palette = payload;
    },
    densityChosen: (state, { payload }: PayloadAction<Density>) => {
      state.density = payload;
    },
    rateChosen: (state, { payload }: PayloadAction<number>) => {
      state.rate = payload;
    },
    pauseToggled: (state) => {
      state.isPaused = !state.isPaused;
    },
    followingSet: (state, { payload }: PayloadAction<boolean>) => {
      state.isFollowing = payload;
    },
    panelsToggled: (state) => {
      state.isPanelsShown = !state.isPanelsShown;
    },
    columnsChosen: (state, { payload }: PayloadAction<readonly string[]>) => {
      state.columns = columnsOf(payload).map((column) => column.id);
    },
  },
});

export const {
  themeChosen,
  paletteChosen,
  densityChosen,
  rateChosen,
  pauseToggled,
  followingSet,
  panelsToggled,
  columnsChosen,
} = displaySlice.actions;

const KEY = 'voldesk.display';

/** Return what was kept, with defaults for what is missing or no longer understood. */
export function keptDisplay(storage: Pick<Storage, 'getItem'>): Display {
  let kept: Partial<Display>;
  try {
    kept = (JSON.parse(storage.getItem(KEY) ?? '{}') ?? {}) as Partial<Display>;
  } catch {
    return DEFAULT_DISPLAY;
  }
  const pick = <T>(value: T | undefined, among: readonly T[], otherwise: T): T =>
    value !== undefined && among.includes(value) ? value : otherwise;
  const columns = columnsOf(Array.isArray(kept.columns) ? kept.columns : []);
  return {
    theme: pick(kept.theme, THEMES, DEFAULT_DISPLAY.theme),
    palette: pick(kept.palette, PALETTES, DEFAULT_DISPLAY.palette),
    density: pick(kept.density, DENSITIES, DEFAULT_DISPLAY.density),
    rate: pick<number>(kept.rate, RATES, DEFAULT_DISPLAY.rate),
    isPaused: false, // a page that opens frozen would look broken
    isFollowing: kept.isFollowing !== false,
    isPanelsShown: kept.isPanelsShown !== false,
    columns: columns.length ? columns.map((column) => column.id) : [...DEFAULT_COLUMNS],
  };
}

/** Keep the display for the next visit; a browser that keeps nothing is no error. */
export function keepDisplay(storage: Pick<Storage, 'setItem'>, display: Display): void {
  try {
    storage.setItem(KEY, JSON.stringify(display));
  } catch {
    // private windows may refuse
  }
}
