/** The ticket of a contract of the chain: what it begins with when a quote is clicked. */

import { shortestText } from '../../format/decimal';
import type { ChainLayout } from '../../stream/liveChain';
import type { Side } from '../../types/trading';
import type { TicketSeed } from '../../ui/ticketSlice';

/** Spell a contract as a trader does, which the server reads: `SPXW 2026-11-23 C 6800`. */
export function contractName(layout: ChainLayout, row: number): string {
  const { root, expiry, right, strike, symbol } = layout.contracts;
  const parts = [root[row], expiry[row], right[row], strike[row]];
  const isWhole = parts.every((part) => part !== null && part !== undefined);
  return isWhole ? parts.join(' ') : (symbol[row] ?? '');
}

/** Return a ticket at the far quote: a buyer pays what is asked; null where no contract is. */
export function ticketOf(layout: ChainLayout, row: number, side: Side): TicketSeed | null {
  const contract = row < 0 ? '' : contractName(layout, row);
  if (contract === '') return null;
  const quotes = layout.table.columns[side === 'buy' ? 'ask' : 'bid'];
  const price = shortestText(quotes[row] as number);
  return { contract, side, quantity: 1, price, isReducing: false };
}
