/** What is looked at: it stands in the page's address, so that an address can be shared. */

import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

/** The two pages: a chain, and what is traded. */
export type Place = 'chain' | 'trade';

export interface Selection {
  place: Place;
  /** Symbol, "" until known. */
  underlying: string;
  /** Series as `seriesKey` names it, "" for the nearest that has not settled. */
  series: string;
  /** The contract whose figures are shown in full: a row of the chain, -1 for none. */
  contract: number;
}

export const selectionSlice = createSlice({
  name: 'selection',
  initialState: { place: 'chain', underlying: '', series: '', contract: -1 } as Selection,
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
    placeChosen: (state, { payload }: PayloadAction<Place>) => {
      state.place = payload;
    },
    placeOpened: (state, { payload }: PayloadAction<Omit<Selection, 'contract'>>) => {
      state.place = payload.place;
      state.underlying = payload.underlying;
      state.series = payload.series;
      state.contract = -1;
    },
  },
});

export const { underlyingChosen, seriesChosen, contractChosen, placeChosen, placeOpened } =
  selectionSlice.actions;

/** Read an address such as /chain/NIFTY?expiry=2026-11-26, or /trade/NIFTY. */
export function placeOf(pathname: string, search: string): Omit<Selection, 'contract'> {
  const match = /^\/(chain|trade)(?:\/([^/]+))?\/?$/.exec(pathname);
  return {
    place: match?.[1] === 'trade' ? 'trade' : 'chain',
    underlying: match?.[2] ? decodeURIComponent(match[2]) : '',
    series: new URLSearchParams(search).get('expiry') ?? '',
  };
}

/** Write the address of what is looked at. */
export function addressOf({ place, underlying, series }: Selection): string {
  if (!underlying) return place === 'trade' ? '/trade' : '/';
  const query = series ? `?expiry=${encodeURIComponent(series)}` : '';
  return `/${place}/${encodeURIComponent(underlying)}${query}`;
}
