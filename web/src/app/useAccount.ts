/** Follows the account once there is one: orders and positions, whatever page is looked at. */

import { useEffect } from 'react';
import { ORDERS, POSITIONS, useOrdersQuery, usePositionsQuery } from '../stream/tradingApi';
import { useConnection, useServices } from '../ui/services';

/** Nothing of the answers is used here: the page would be drawn anew with every one. */
const KEPT = { selectFromResult: () => ({}) } as const;

export function useAccount(isThere: boolean): void {
  const { connection } = useServices();
  const isLinked = ['open', 'quiet'].includes(useConnection().state);
  const { refetch: askOrders } = useOrdersQuery(undefined, { ...KEPT, skip: !isThere });
  const { refetch: askPositions } = usePositionsQuery(undefined, { ...KEPT, skip: !isThere });

  useEffect(() => {
    if (!isThere) return;
    const { session } = connection;
    session.subscribe(ORDERS);
    session.subscribe(POSITIONS);
    return () => {
      session.unsubscribe(ORDERS);
      session.unsubscribe(POSITIONS);
    };
  }, [connection, isThere]);

  useEffect(() => {
    if (!isThere || !isLinked) return;
    void askOrders(); // what happened while there was no line
    void askPositions();
  }, [isThere, isLinked, askOrders, askPositions]);
}
