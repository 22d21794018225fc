/** Asks for another quantity or price of an order that works. */

import { type FormEvent, useEffect, useState } from 'react';
import { numberText, plainDecimal } from '../../format/decimal';
import { useChangeOrderMutation, usePreviewOrderMutation } from '../../stream/tradingApi';
import type { NewTerms, OrderDocument, QuoteDocument } from '../../types/trading';
import { TextBox } from '../../ui/boxes';
import { Dialog } from '../../ui/Dialog';
import { ModeBadge } from '../../ui/ModeBadge';
import { PriceBox } from '../../ui/PriceBox';
import { problemText } from '../../ui/problem';

/** What stands in the boxes; a price that the order does not have is null. */
export interface ChangeDraft {
  quantity: string;
  limit: string | null;
  stop: string | null;
  trail: string | null;
}

type PriceName = 'limit' | 'stop' | 'trail';

const LABELS: Record<PriceName, string> = {
  limit: 'Limit price',
  stop: 'Stop price',
  trail: 'Trails by',
};

const TERMS = { limit: 'limit_price', stop: 'stop_price', trail: 'trail_amount' } as const;

export function changeOf(order: OrderDocument): ChangeDraft {
  return {
    quantity: String(order.quantity),
    limit: order.limit_price,
    stop: order.stop_price,
    trail: order.trail_amount,
  };
}

/** Return only what is different; what cannot be meant as a complaint. */
export function termsOf(order: OrderDocument, draft: ChangeDraft): NewTerms | string {
  const quantity = draft.quantity.trim();
  if (!/^[1-9]\d{0,8}$/.test(quantity)) return 'the quantity is a whole number, 1 or more';
  const terms: NewTerms = {};
  if (Number(quantity) !== order.quantity) terms.quantity = Number(quantity);
  const before = changeOf(order);
  for (const name of ['limit', 'stop', 'trail'] as const) {
    const text = draft[name];
    if (text === null) continue;
    const price = plainDecimal(text);
    if (price === null) return `${LABELS[name].toLowerCase()} is no price`;
    if (price === plainDecimal(before[name] ?? '')) continue;
    terms[TERMS[name]] = price;
  }
  return Object.keys(terms).length ? terms : 'nothing is different';
}

/** Ask how the contract of an order stands: a preview tells its quotes and the step of its prices. */
function useQuote(order: OrderDocument): QuoteDocument | null {
  const [ask, { data }] = usePreviewOrderMutation();
  const { contract, side, legs } = order;
  useEffect(() => {
    if (legs.length !== 1) return;
    void ask({ contract, side, quantity: 1, order_type: 'market' });
  }, [ask, contract, side, legs.length]);
  return data?.quotes[0] ?? null;
}

export function ChangeDialog({ order, onClose }: { order: OrderDocument; onClose: () => void }) {
  const [draft, setDraft] = useState(() => changeOf(order));
  const [refused, setRefused] = useState('');
  const [change, { isLoading }] = useChangeOrderMutation();
  const put = (part: Partial<ChangeDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setRefused('');
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const terms = termsOf(order, draft);
    if (typeof terms === 'string') return setRefused(terms);
    const answer = await change({ id: order.client_order_id, terms });
    if (answer.error) setRefused(problemText(answer.error));
    else onClose();
  };
  const quote = useQuote(order);
  const tick = numberText(quote?.tick_size);
  return (
    <Dialog title={`Change ${order.side} ${order.contract}`} onClose={onClose} className="ticket">
      <p className="ticket-head">
        <ModeBadge mode={order.mode} account={order.account} />
      </p>
      <form className="ticket-form" aria-label="New terms" onSubmit={(event) => void send(event)}>
        <fieldset disabled={isLoading}>
          <TextBox
            label="Quantity"
            hint={`contracts, ${order.filled} of them filled`}
            complaint={undefined}
            value={draft.quantity}
            isNumber
            isRequired
            change={(quantity) => put({ quantity })}
          />
          {(['limit', 'stop', 'trail'] as const).map((name) => {
            const price = draft[name];
            if (price === null) return null;
            return (
              <PriceBox
                key={name}
                label={LABELS[name]}
                complaint={undefined}
                value={price}
                tick={tick}
                hint={
                  quote ? `${quote.bid ?? '–'} / ${quote.ask ?? '–'}, steps of ${tick ?? '–'}` : ''
                }
                isRequired
                change={(text) => put({ [name]: text })}
              />
            );
          })}
        </fieldset>
        <div className="form-end">
          <span className="box-told" role={refused ? 'alert' : undefined}>
            {refused}
          </span>
          <button type="submit" className="tool" disabled={isLoading}>
            Ask for the change
          </button>
        </div>
      </form>
    </Dialog>
  );
}
