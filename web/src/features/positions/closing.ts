/** The ticket that closes a position. */

import { numberText } from '../../format/decimal';
import type { PositionDocument } from '../../types/trading';
import type { TicketSeed } from '../../ui/ticketSlice';

/** Return a ticket for all of a position at the far quote; null where nothing is held. */
export function closingTicket(position: PositionDocument): TicketSeed | null {
  const { quantity, contract, bid, ask } = position;
  if (quantity === 0) return null;
  const isLong = quantity > 0;
  return {
    contract,
    side: isLong ? 'sell' : 'buy',
    quantity: Math.abs(quantity),
    price: numberText(isLong ? bid : ask) ?? '',
    isReducing: true,
  };
}
