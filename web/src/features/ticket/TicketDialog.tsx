/** The ticket: what is to be traded, what the gate says of it, and then the order. */

import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useStreamRiskQuery } from '../../stream/tradingApi';
import type { Side } from '../../types/trading';
import { ChoiceBox, TextBox } from '../../ui/boxes';
import { Dialog } from '../../ui/Dialog';
import { ModeBadge } from '../../ui/ModeBadge';
import { GATE, TIMES, TYPES } from '../../ui/orderWords';
import { PriceBox } from '../../ui/PriceBox';
import type { OpenTicket } from '../../ui/ticketSlice';
import { Checks } from './Checks';
import { type PriceName, pricesOf, TIMES_OFFERED, TYPES_OFFERED } from './draft';
import { Judgement } from './Judgement';
import { SentOrder } from './SentOrder';
import { type Ticket, useTicket } from './useTicket';

const SIDES: readonly [Side, string][] = [
  ['buy', 'Buy'],
  ['sell', 'Sell'],
];

const PRICES: Record<PriceName, string> = {
  limit: 'Limit price',
  stop: 'Stop price',
  trail: 'Trails by',
  target: 'Target',
  stopLoss: 'Stop loss',
};

interface Props {
  seed: OpenTicket;
  onClose: () => void;
  /** Leads to the orders. */
  onOrders: () => void;
}

export function TicketDialog({ seed, onClose, onOrders }: Props) {
  const ticket = useTicket(seed);
  const { data: risk } = useStreamRiskQuery();
  const { phase, draft } = ticket;
  const [isAsked, setAsked] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    ticket.ask();
  };
  const isFixed = phase === 'sending' || phase === 'sent' || phase === 'unanswered';
  return (
    <Dialog
      title={`${draft.side === 'buy' ? 'Buy' : 'Sell'} ${seed.contract}`}
      onClose={onClose}
      className="ticket"
      isHeld={phase === 'sending' || phase === 'unanswered'}
    >
      {risk ? (
        <p className="ticket-head">
          <ModeBadge mode={risk.mode} account={risk.account} />
          {risk.state !== 'active' && (
            <span className="gate-word" data-gate={risk.state} title={GATE[risk.state][1]}>
              {GATE[risk.state][0]}
            </span>
          )}
          {seed.isReducing && <span className="hint">can only reduce what is held</span>}
        </p>
      ) : (
        <p className="refused" role="alert">
          Nothing trades here: no word of an account has come.
        </p>
      )}
      <form className="ticket-form" aria-label="The order" onSubmit={send}>
        <fieldset disabled={isFixed}>
          <Boxes ticket={ticket} canHaveWaysOut={!seed.isReducing} />
        </fieldset>
        {!isFixed && (
          <div className="form-end">
            <span className="hint">
              {phase === 'asking' ? 'Asking the gate.' : 'Nothing is sent by a preview.'}
            </span>
            <button type="submit" className="tool" disabled={phase === 'asking'}>
              Preview
            </button>
          </div>
        )}
      </form>
      <Outcome ticket={ticket} isAsked={isAsked} mode={risk?.mode ?? 'live'} onOrders={onOrders} />
    </Dialog>
  );
}

function Boxes({ ticket, canHaveWaysOut }: { ticket: Ticket; canHaveWaysOut: boolean }) {
  const { draft, complaints, put, tick } = ticket;
  const price = (name: PriceName, hint: string, isRequired = true) => (
    <PriceBox
      key={name}
      label={PRICES[name]}
      hint={hint}
      complaint={complaints[name]}
      value={draft[name]}
      tick={tick}
      isRequired={isRequired}
      change={(text) => put({ [name]: text })}
    />
  );
  return (
    <>
      <ChoiceBox
        label="Side"
        complaint={undefined}
        value={draft.side}
        among={SIDES}
        change={(side) => put({ side })}
      />
      <TextBox
        label="Quantity"
        hint="contracts"
        complaint={complaints.quantity}
        value={draft.quantity}
        isNumber
        isRequired
        change={(quantity) => put({ quantity })}
      />
      <ChoiceBox
        label="Type"
        complaint={undefined}
        value={draft.type}
        among={TYPES_OFFERED.map((type) => [type, TYPES[type]] as const)}
        change={(type) => put({ type })}
      />
      <ChoiceBox
        label="Good for"
        complaint={undefined}
        value={draft.time}
        among={TIMES_OFFERED.map((time) => [time, TIMES[time]] as const)}
        change={(time) => put({ time })}
      />
      {pricesOf(draft.type).map((name) => price(name, tick ? `steps of ${tick}` : ''))}
      {canHaveWaysOut && price('target', 'closes with a profit; left out: none', false)}
      {canHaveWaysOut && price('stopLoss', 'closes with a loss; left out: none', false)}
    </>
  );
}

interface OutcomeProps {
  ticket: Ticket;
  /** A person asked for the preview: the next press may confirm it. */
  isAsked: boolean;
  mode: 'paper' | 'live';
  onOrders: () => void;
}

/** What the gate said, the button that sends, and what came of it. */
function Outcome({ ticket, isAsked, mode, onOrders }: OutcomeProps) {
  const { phase, preview, refusal, draft } = ticket;
  const button = useRef<HTMLButtonElement>(null);
  const canConfirm = phase === 'previewed' && preview?.is_allowed === true;
  useEffect(() => {
    if (canConfirm && isAsked) button.current?.focus();
  }, [canConfirm, isAsked]);
  const isShown = preview && ['previewed', 'sending', 'unanswered'].includes(phase);
  const verb = `${draft.side} ${draft.quantity}`;
  return (
    <>
      {isShown && <Judgement preview={preview} />}
      {refusal && (
        <div className="refused" role="alert">
          <p>{refusal.text}</p>
          <Checks checks={refusal.checks} />
        </div>
      )}
      {canConfirm && (
        <button
          ref={button}
          type="button"
          className="confirm"
          onClick={ticket.confirm}
          data-money={mode}
        >
          {mode === 'paper' ? `Confirm: ${verb} on paper` : `Confirm with real money: ${verb}`}
        </button>
      )}
      {phase === 'sending' && <p className="hint">Sending.</p>}
      {phase === 'unanswered' && (
        <div className="refused" role="alert">
          <p>
            No answer came, so it may have been sent. Asking again asks for the same order, and
            never makes a second one.
          </p>
          <button type="button" className="confirm" onClick={ticket.confirm} data-money={mode}>
            Ask for the same order again
          </button>
        </div>
      )}
      {ticket.orderId && (
        <SentOrder id={ticket.orderId} warnings={ticket.warnings} onOrders={onOrders} />
      )}
    </>
  );
}
