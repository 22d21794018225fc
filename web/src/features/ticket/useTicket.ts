/** A ticket from its first box to its order: judged, confirmed, sent once. */

import { useCallback, useEffect, useRef, useState } from 'react';
import { numberText } from '../../format/decimal';
import { usePlaceOrderMutation, usePreviewOrderMutation } from '../../stream/tradingApi';
import type { CheckDocument, PreviewDocument } from '../../types/trading';
import { checksOf, isAnswered, problemOf, problemText } from '../../ui/problem';
import { newKey, type OpenTicket } from '../../ui/ticketSlice';
import { type Complaints, complaintsOf, type Draft, draftOf, orderOf, waysOut } from './draft';
import { nextPhase, type Phase, type TicketEvent } from './phase';

/** What the server said against the ticket, or against a way out of it. */
export interface Refusal {
  text: string;
  checks: CheckDocument[];
}

export interface Ticket {
  phase: Phase;
  draft: Draft;
  complaints: Complaints;
  preview: PreviewDocument | null;
  refusal: Refusal | null;
  /** What became of the ways out that was not asked for. */
  warnings: string[];
  /** The order, once it is sent. */
  orderId: string | null;
  tick: string | null;
  put: (part: Partial<Draft>) => void;
  ask: () => void;
  confirm: () => void;
}

export function useTicket(seed: OpenTicket): Ticket {
  const [preview, setPreview] = useState<PreviewDocument | null>(null);
  const { shown, now, pass } = usePhase();
  const [draft, setDraft] = useState(() => draftOf(seed));
  const [complaints, setComplaints] = useState<Complaints>({});
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [warnings, setWarnings] = useState<string[]>([]);
  const [orderId, setOrderId] = useState<string | null>(null);
  const key = useRef(seed.key);
  const turn = useRef(0);
  const [judge] = usePreviewOrderMutation();
  const [place] = usePlaceOrderMutation();
  const tick = numberText(preview?.quotes[0]?.tick_size);

  const put = (part: Partial<Draft>) => {
    const wasRefused = now.current === 'refused';
    if (!pass('edit')) return;
    if (wasRefused) key.current = newKey(); // what is sent next is another order
    turn.current += 1;
    setDraft((before) => ({ ...before, ...part }));
    setRefusal(null);
    setComplaints({});
  };

  const ask = useCallback(async () => {
    const found = complaintsOf(draft, tick);
    setComplaints(found);
    if (Object.keys(found).length) return;
    const wasRefused = now.current === 'refused';
    if (!pass('ask')) return;
    if (wasRefused) key.current = newKey();
    turn.current += 1;
    const mine = turn.current;
    setRefusal(null);
    const answer = await judge(orderOf(draft, seed));
    if (turn.current !== mine) return; // the boxes have changed since
    if (answer.data) setPreview(answer.data);
    else setRefusal({ text: problemText(answer.error), checks: checksOf(answer.error) });
    pass(answer.data ? 'judged' : 'notJudged');
  }, [draft, tick, seed, judge, pass, now]);

  const first = useRef(ask);
  useEffect(() => void first.current(), []);

  const confirm = async () => {
    if (!pass('confirm')) return;
    setRefusal(null);
    const answer = await place({ key: key.current, order: orderOf(draft, seed) });
    if (answer.error) {
      // a key that is another order's, or a line that is down, are answers; silence is none
      setRefusal({ text: problemText(answer.error), checks: checksOf(answer.error) });
      pass(isAnswered(answer.error) && problemOf(answer.error) ? 'refused' : 'lost');
      return;
    }
    const { client_order_id } = answer.data;
    setOrderId(client_order_id);
    pass('accepted');
    for (const one of waysOut(draft, seed, key.current, client_order_id)) {
      const told = await place({ key: one.key, order: one.order });
      if (!told.error) continue;
      const text = `The ${one.name} was not placed, the order stands without it: ${problemText(told.error)}`;
      setWarnings((before) => [...before, text]);
    }
  };

  return {
    ...{ phase: shown, draft, complaints, preview, refusal, warnings, orderId, tick, put },
    ask: () => void ask(),
    confirm: () => void confirm(),
  };
}

/** Keep a phase that is right at once, for two clicks in a row, and shown with the next paint. */
function usePhase() {
  const [shown, setShown] = useState<Phase>('editing');
  const now = useRef<Phase>('editing');
  /** Let something happen; false where it cannot. */
  const pass = useCallback((event: TicketEvent): boolean => {
    const next = nextPhase(now.current, event);
    if (next === null) return false;
    now.current = next;
    setShown(next);
    return true;
  }, []);
  return { shown, now, pass };
}
