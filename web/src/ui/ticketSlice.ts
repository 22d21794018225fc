/** The order that is being written: which contract, which way, and the key that makes it one order. */

import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import type { Side } from '../types/trading';

/** What a ticket begins with. */
export interface TicketSeed {
  /** As a trader spells it: `SPXW 2026-11-23 C 6800`. */
  contract: string;
  side: Side;
  quantity: number;
  /** Where the limit begins, "" where no quote is known. */
  price: string;
  /** It can only bring a position nearer to zero. */
  isReducing: boolean;
}

export interface OpenTicket extends TicketSeed {
  /** The `Idempotency-Key`: however often the ticket is sent, it is one order. */
  key: string;
}

export const ticketSlice = createSlice({
  name: 'ticket',
  initialState: { open: null } as { open: OpenTicket | null },
  reducers: {
    ticketOpened: {
      prepare: (seed: TicketSeed) => ({ payload: { ...seed, key: newKey() } }),
      reducer: (state, { payload }: PayloadAction<OpenTicket>) => {
        state.open = payload;
      },
    },
    ticketClosed: (state) => {
      state.open = null;
    },
  },
});

export const { ticketOpened, ticketClosed } = ticketSlice.actions;

/** Make a key that no other order has. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `page-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
