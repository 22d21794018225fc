/** The part of the store that the interface knows, and hooks typed for it. */

import { useDispatch, useSelector } from 'react-redux';
import type { Display } from './displaySlice';
import type { Selection } from './selectionSlice';
import type { OpenTicket } from './ticketSlice';

export interface UiState {
  display: Display;
  selection: Selection;
  ticket: { open: OpenTicket | null };
}

export const useUi = useSelector.withTypes<UiState>();
export const useUiDispatch = useDispatch;
