/** Follows the chain and the analytics of what is looked at, and nothing else. */

import { useEffect, useState } from 'react';
import { apiSlice } from '../stream/apiSlice';
import type { LiveChain } from '../stream/liveChain';
import { BASE_FIELDS, FIELDS } from '../types/fields';
import type { SummaryMessage } from '../types/stream';
import { columnsOf } from '../ui/columns';
import { useServices } from '../ui/services';
import { useUi } from '../ui/state';

const SUMMARY_RATE = 4;

/** Return the chain of the chosen underlying, null while none is chosen. */
export function useFollowing(underlying: string): LiveChain | null {
  const { connection, histories } = useServices();
  const rate = useUi((state) => state.display.rate);
  const columns = useUi((state) => state.display.columns);
  const isContractOpen = useUi((state) => state.selection.contract >= 0);
  const isDeep = isContractOpen || columnsOf(columns).some((column) => column.field !== undefined);
  const [chain, setChain] = useState<LiveChain | null>(null);
  const { session } = connection;

  useEffect(() => {
    if (!underlying) return;
    const fields = isDeep ? FIELDS : BASE_FIELDS;
    setChain(session.follow(underlying, { fields, rate }));
  }, [session, underlying, rate, isDeep]);

  useEffect(() => {
    if (!underlying) return;
    const topic = `summary/${underlying}`;
    const stop = session.on(topic, (message) =>
      histories.take(underlying, message as SummaryMessage),
    );
    session.subscribe(topic, { rate: SUMMARY_RATE });
    return () => {
      stop();
      session.unsubscribe(topic);
      session.unsubscribe(`chain/${underlying}`);
    };
  }, [session, histories, underlying]);

  return chain?.underlying === underlying ? chain : null;
}

/** Return what is served; asked again while there is nothing, and now and then. */
export function useServed() {
  const { data } = apiSlice.useUnderlyingsQuery(undefined, { pollingInterval: 15_000 });
  return data ?? [];
}
