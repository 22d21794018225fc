/** What is looked at: it stands in the page's address, so that an address can be shared. */

import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

export interface Selection {
  /** Symbol, "" until known. */
  underlying: string;
  /** Series as `seriesKey` names it, "" for the nearest that has not settled. */
  series: string;
  /** The contract whose figures are shown in full: a row of the chain, -1 for none. */
  contract: number;
}

export const selectionSlice = createSlice({
  name: 'selection',
  initialState: { underlying: '', series: '', contract: -1 } as Selection,
  reducers: {
    underlyingChosen: (state, { payload }: PayloadAction<string>) => {
      if (state.underlying === payload) return;
      state.underlying = payload;
      state.series = '';
      state.contract = -1;
    },
    seriesChosen: (state, { payload }: PayloadAction<string>) => {
      state.series = payload;
      state.contract = -1;
    },
    contractChosen: (state, { payload }: PayloadAction<number>) => {
      state.contract = payload;
    },
    placeOpened: (state, { payload }: PayloadAction<Pick<Selection, 'underlying' | 'series'>>) => {
      state.underlying = payload.underlying;
      state.series = payload.series;
      state.contract = -1;
    },
  },
});

export const { underlyingChosen, seriesChosen, contractChosen, placeOpened } =
  selectionSlice.actions;

/** Read an address such as /chain/NIFTY?expiry=2026-11-26. */
export function placeOf(
  pathname: string,
  search: string,
): Pick<Selection, 'underlying' | 'series'> {
  const match = /^\/chain\/([^/]+)\/?$/.exec(pathname);
  return {
    underlying: match?.[1] ? decodeURIComponent(match[1]) : '',
    series: new URLSearchParams(search).get('expiry') ?? '',
  };
}

/** Write the address of what is looked at. */
export function addressOf({ underlying, series }: Selection): string {
  if (!underlying) return '/';
  const query = series ? `?expiry=${encodeURIComponent(series)}` : '';
  return `/chain/${encodeURIComponent(underlying)}${query}`;
}
