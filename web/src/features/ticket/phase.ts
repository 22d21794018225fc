/** How far a ticket has come: what may happen to it, and what follows. */

export type Phase =
  | 'editing'
  | 'asking' // the server judges it
  | 'previewed' // and what it said is of these very boxes
  | 'sending'
  | 'sent'
  | 'refused'
  | 'unanswered'; // it may have been sent: only the same order can be asked for again

export type TicketEvent =
  | 'edit'
  | 'ask'
  | 'judged'
  | 'notJudged'
  | 'confirm'
  | 'accepted'
  | 'refused'
  | 'lost';

const TABLE: Record<Phase, Partial<Record<TicketEvent, Phase>>> = {
  editing: { edit: 'editing', ask: 'asking' },
  asking: { edit: 'editing', judged: 'previewed', notJudged: 'editing' },
  previewed: { edit: 'editing', ask: 'asking', confirm: 'sending' },
  sending: { accepted: 'sent', refused: 'refused', lost: 'unanswered' },
  sent: {},
  refused: { edit: 'editing', ask: 'asking' }, // as another order, with another key
  unanswered: { confirm: 'sending' },
};

/** Return the phase after an event, null where it cannot happen. */
export function nextPhase(phase: Phase, event: TicketEvent): Phase | null {
  return TABLE[phase][event] ?? null;
}
