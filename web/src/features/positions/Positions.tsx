/** What is held: at which price, how it stands, what it risks, and a ticket that closes it. */

import { moneyText, signOf } from '../../format/decimal';
import { compact, fixed, grouped, known, percent, UNKNOWN } from '../../format/number';
import { ageText } from '../../format/time';
import { usePositionsQuery, useStreamRiskQuery } from '../../stream/tradingApi';
import type { PositionDocument } from '../../types/trading';
import { Figure } from '../../ui/Figure';
import { ModeBadge } from '../../ui/ModeBadge';
import { type Failure, problemText } from '../../ui/problem';
import { useUiDispatch } from '../../ui/state';
import { ticketOpened } from '../../ui/ticketSlice';
import { closingTicket } from './closing';

const HEADS = [
  ['Contract', 'what is held'],
  ['Quantity', 'contracts, below 0 sold'],
  ['Average', 'average price paid, quote currency'],
  ['Mark', 'what it is marked at: the bid of what is held, the ask of what was sold'],
  ['Value', 'what closing it would bring at bid or ask; below 0 what it would cost'],
  ['Unrealised', 'value at bid or ask less what was paid'],
  ['Realised', 'of what was closed, first in, first out, before fees'],
  ['Delta', 'units of the underlying'],
  ['Gamma', 'money, for a move of one percent'],
  ['Vega', 'money per vol point'],
  ['Theta', 'money per calendar day'],
  ['', ''],
] as const;

const NOT_QUOTED =
  'there is no quote on the side it would be closed at, or the currency is not converted';

export function Positions() {
  const { data, error, isLoading } = usePositionsQuery();
  const { data: risk } = useStreamRiskQuery();
  const held = data ?? [];
  return (
    <section className="desk positions" aria-label="Positions">
      <header className="desk-head">
        <h2>Positions</h2>
        {risk && <ModeBadge mode={risk.mode} account={risk.account} />}
        <span className="hint">{held.filter((one) => one.quantity !== 0).length} held</span>
      </header>
      <div className="table-box">
        <table className="desk-table">
          <thead>
            <tr>
              {HEADS.map(([head, meaning], at) => (
                <th key={head} scope="col" title={meaning} className={at ? 'number' : ''}>
                  {head || <span className="sr-only">Actions</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {held.map((one) => (
              <PositionRow key={one.key} position={one} />
            ))}
          </tbody>
        </table>
        {held.length === 0 && <p className="hint nothing">{nothing(error, isLoading)}</p>}
      </div>
    </section>
  );
}

function PositionRow({ position }: { position: PositionDocument }) {
  const dispatch = useUiDispatch();
  const { figures, quantity, contract } = position;
  const currency = position.currency ?? "the account's currency";
  const ticket = closingTicket(position);
  const age = ageText(known(position.quote_age_secs) * 1000);
  const iv = percent(known(position.iv));
  return (
    <tr data-open={quantity === 0 ? undefined : ''}>
      <th scope="row" title={`iv ${iv} %, spot ${fixed(known(position.spot), 2)}`}>
        {contract}
      </th>
      <td className="number">{quantity}</td>
      <td className="number">
        <Figure
          text={moneyText(position.average_price)}
          meaning={`${position.currency ?? 'quote currency'} per unit of underlying`}
          why="it was held before the journal began, or nothing is held"
        />
      </td>
      <td className="number">
        <Figure
          text={quoteText(markOf(position))}
          meaning={`bid ${quoteText(position.bid)}, ask ${quoteText(position.ask)}, ${age} old`}
          why={quantity === 0 ? 'nothing is held' : NOT_QUOTED}
        />
      </td>
      <td className="number">
        <Figure text={moneyText(figures.value)} meaning={currency} why={NOT_QUOTED} />
      </td>
      <td className="number">
        <Figure
          text={moneyText(figures.unrealised, true)}
          meaning={`${currency}; at mid ${moneyText(figures.unrealised_mid, true)}`}
          why={NOT_QUOTED}
          sign={signOf(figures.unrealised)}
        />
      </td>
      <td className="number">
        <Figure
          text={moneyText(figures.realised, true)}
          meaning={`${currency}; fees ${moneyText(figures.fees)}`}
          why="the price it was bought at is not known"
          sign={signOf(figures.realised)}
        />
      </td>
      {(['delta', 'gamma', 'vega', 'theta'] as const).map((name) => (
        <td key={name} className="number">
          <Figure
            text={greekText(figures[name])}
            meaning={name}
            why="the contract has no iv now, or its currency is not converted"
          />
        </td>
      ))}
      <td className="actions">
        {ticket && (
          <button
            type="button"
            className="tool"
            aria-label={`Close ${contract}`}
            onClick={() => dispatch(ticketOpened(ticket))}
          >
            Close
          </button>
        )}
      </td>
    </tr>
  );
}

/** Return the price a position is marked at: where it could be closed. */
export function markOf({ quantity, bid, ask }: PositionDocument): number | null {
  return quantity > 0 ? bid : quantity < 0 ? ask : null;
}

function quoteText(price: number | null): string {
  return price === null ? UNKNOWN : String(price);
}

function greekText(value: number | null): string {
  const figure = known(value);
  return Math.abs(figure) >= 10_000 ? compact(figure) : grouped(figure, 2);
}

function nothing(error: Failure | undefined, isLoading: boolean): string {
  if (error) return problemText(error);
  return isLoading ? 'Asking for the positions.' : 'Nothing is held.';
}
