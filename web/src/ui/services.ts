/** The connection and what is gathered from it, handed to every component by the app. */

import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import type { ConnectionReport, StreamConnection } from '../stream/connection';
import type { Histories } from '../stream/history';
import { type Ladder, seriesKey } from '../stream/ladder';
import type { ChainLayout, LiveChain } from '../stream/liveChain';
import { useUi } from './state';

export interface Services {
  connection: StreamConnection;
  histories: Histories;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('no services: the app provides them');
  return services;
}

/** Follow how the connection is. */
export function useConnection(): ConnectionReport {
  const { connection } = useServices();
  return useSyncExternalStore(connection.onChange, connection.current);
}

export interface LiveView {
  chain: LiveChain;
  layout: ChainLayout;
  ladder: Ladder;
}

/** Return the chain that is looked at and the series chosen of it, null until they are known. */
export function useLiveView(chain: LiveChain | null): LiveView | null {
  const series = useUi((state) => state.selection.series);
  const layout = useSyncExternalStore(
    chain ? chain.onLayout : neverChanges,
    () => chain?.layout ?? null,
  );
  return useMemo(() => {
    if (!chain || !layout) return null;
    const ladder = chooseLadder(layout, series);
    return ladder ? { chain, layout, ladder } : null;
  }, [chain, layout, series]);
}

function neverChanges(): () => void {
  return () => undefined;
}

/** Return the series of that name; else the first that has not settled and has strikes. */
export function chooseLadder(layout: ChainLayout, name: string): Ladder | null {
  const { ladders, table } = layout;
  const named = ladders.find((one) => seriesKey(one, ladders) === name || one.expiry === name);
  if (named) return named;
  const filled = ladders.filter((one) => one.strikes.length > 0);
  const isOpen = (one: Ladder) => !(one.settlesAtMs <= table.flushMs);
  return filled.find(isOpen) ?? filled.at(-1) ?? null;
}
