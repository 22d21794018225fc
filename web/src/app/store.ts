/** The store, put together: display and selection, and the server's cache. */

import { combineReducers, configureStore } from '@reduxjs/toolkit';
import { apiSlice, type StreamExtra } from '../stream/apiSlice';
import { displaySlice, keepDisplay, keptDisplay } from '../ui/displaySlice';
import { addressOf, placeOf, placeOpened, selectionSlice } from '../ui/selectionSlice';
import { ticketSlice } from '../ui/ticketSlice';

const reducer = combineReducers({
  display: displaySlice.reducer,
  selection: selectionSlice.reducer,
  ticket: ticketSlice.reducer,
  [apiSlice.reducerPath]: apiSlice.reducer,
});

export function makeStore(extra: StreamExtra) {
  return configureStore({
    reducer,
    preloadedState: {
      display: keptDisplay(localStorage),
      selection: { ...placeOf(location.pathname, location.search), contract: -1 },
    },
    middleware: (defaults) =>
      defaults({ thunk: { extraArgument: extra } }).concat(apiSlice.middleware),
  });
}

export type Store = ReturnType<typeof makeStore>;

/** Keep the display in the browser and the selection in the address, both ways. */
export function keepInStep(store: Store): void {
  let { display, selection } = store.getState();
  store.subscribe(() => {
    const next = store.getState();
    if (next.display !== display) keepDisplay(localStorage, next.display);
    if (next.selection !== selection) {
      const address = addressOf(next.selection);
      const isElsewhere = address !== location.pathname + location.search;
      const isFirst = selection.underlying === '';
      if (isElsewhere && isFirst) history.replaceState(null, '', address);
      else if (isElsewhere) history.pushState(null, '', address);
    }
    ({ display, selection } = next);
  });
  window.addEventListener('popstate', () => {
    store.dispatch(placeOpened(placeOf(location.pathname, location.search)));
  });
}
