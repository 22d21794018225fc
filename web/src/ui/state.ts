/** The part of the store that the interface knows, and hooks typed for it. */

import { useDispatch, useSelector } from 'react-redux';
import type { Display } from './displaySlice';
import type { Selection } from './selectionSlice';

export interface UiState {
  display: Display;
  selection: Selection;
}

export const useUi = useSelector.withTypes<UiState>();
export const useUiDispatch = useDispatch;
