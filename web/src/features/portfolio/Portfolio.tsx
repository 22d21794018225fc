/** The account in figures: equity, profit, Greeks by underlying, by expiry and whole. */

import { moneyText, signOf } from '../../format/decimal';
import { compact, grouped, known } from '../../format/number';
import { usePortfolioQuery, usePositionsQuery } from '../../stream/tradingApi';
import type { FiguresDocument, Money, PortfolioDocument } from '../../types/trading';
import { Figure } from '../../ui/Figure';
import { ModeBadge } from '../../ui/ModeBadge';
import { problemText } from '../../ui/problem';
import { Scenarios } from './Scenarios';

const EVERY_MS = 1_000;

const COLUMNS = [
  ['pnl', 'P&L', 'realised and unrealised less fees, marked at bid and ask'],
  ['dollar_delta', 'Delta', 'money: delta × spot'],
  ['gamma', 'Gamma', 'money, for a move of one percent'],
  ['vega', 'Vega', 'money per vol point'],
  ['theta', 'Theta', 'money per calendar day'],
  ['rho', 'Rho', 'money per 0.01 of rate'],
  ['beta_delta', 'β delta', 'dollar delta weighted by beta'],
] as const;

type Name = (typeof COLUMNS)[number][0];

export function Portfolio() {
  const { data, error } = usePortfolioQuery(undefined, {
    pollingInterval: EVERY_MS,
    skipPollingIfUnfocused: true,
    refetchOnMountOrArgChange: true,
  });
  return (
    <section className="desk portfolio" aria-label="Portfolio">
      <header className="desk-head">
        <h2>Portfolio</h2>
        {data && <ModeBadge mode={data.mode} account={data.account} />}
        {data && <span className="hint">{data.currency}</span>}
      </header>
      {data ? (
        <Totals portfolio={data} />
      ) : (
        <p className="hint nothing">{error ? problemText(error) : 'Asking for the portfolio.'}</p>
      )}
      <Scenarios />
    </section>
  );
}

function Totals({ portfolio }: { portfolio: PortfolioDocument }) {
  const { currency, attribution } = portfolio;
  const money = (label: string, amount: Money, meaning: string, isSigned = false) => (
    <div>
      <dt>{label}</dt>
      <dd>
        <Figure
          text={moneyText(amount, isSigned)}
          meaning={`${currency}, ${meaning}`}
          why="a position cannot be valued, or its currency is not converted"
          sign={isSigned ? signOf(amount) : 0}
        />
      </dd>
    </div>
  );
  const unknown = unknownText(portfolio.unknown, useContractNames());
  return (
    <>
      <dl className="facts">
        {money('Equity', portfolio.equity, 'cash and positions')}
        {money('Peak', portfolio.equity_peak, 'the highest equity of the day')}
        {money(
          'Day',
          moneyText(portfolio.day_pnl, true),
          'profit of the day, at bid and ask',
          true,
        )}
        {money('Realised', portfolio.figures.realised, 'before fees', true)}
        {money('Unrealised', portfolio.figures.unrealised, 'at bid and ask', true)}
        {money('Fees', portfolio.figures.fees, 'commissions')}
        {Object.entries(attribution ?? {}).map(([name, amount]) => (
          <div key={name}>
            <dt>of {name}</dt>
            <dd>
              <Figure
                text={moneyText(amount, true)}
                meaning={`${currency}, share of the day's profit`}
                why="it was not followed from the start"
                sign={signOf(amount)}
              />
            </dd>
          </div>
        ))}
      </dl>
      <table className="desk-table totals">
        <thead>
          <tr>
            <th scope="col">Sum</th>
            {COLUMNS.map(([name, label, unit]) => (
              <th key={name} scope="col" title={unit} className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {portfolio.by_underlying.map((one) => (
            <SumRow key={one.underlying} name={one.underlying} figures={one.figures} of={null} />
          ))}
          {portfolio.by_expiry.map((one) => (
            <SumRow
              key={`${one.underlying} ${one.expiry}`}
              name={`${one.underlying} ${one.expiry ?? 'itself'}`}
              figures={one.figures}
              of={null}
            />
          ))}
          <SumRow name="All" figures={portfolio.figures} of={portfolio.unknown} />
        </tbody>
      </table>
      {unknown && <p className="hint">{unknown}</p>}
    </>
  );
}

/** Return how the contracts that are held are spelled, by key. */
function useContractNames(): Record<string, string> {
  const { data } = usePositionsQuery();
  return Object.fromEntries((data ?? []).map((one) => [one.key, one.contract]));
}

const MOST_NAMED = 3;

/** Say which sums are not known, and of which positions: "Not known: β delta of …". */
export function unknownText(
  unknown: Record<string, string[]>,
  names: Record<string, string>,
): string {
  const parts = COLUMNS.flatMap(([figure, label]) => {
    const keys = unknown[figure] ?? [];
    if (keys.length === 0) return [];
    const shown = keys.slice(0, MOST_NAMED).map((key) => names[key] ?? key);
    const rest = keys.length > MOST_NAMED ? ` and ${keys.length - MOST_NAMED} more` : '';
    return [`${label} of ${shown.join(', ')}${rest}`];
  });
  return parts.length ? `Not known: ${parts.join('; ')}.` : '';
}

interface SumProps {
  name: string;
  figures: FiguresDocument;
  /** By figure the positions it is not known of; null where that is not told. */
  of: Record<string, string[]> | null;
}

function SumRow({ name, figures, of }: SumProps) {
  const why = (figure: Name) => {
    const keys = of?.[figure];
    return keys?.length ? `not known of ${keys.join(', ')}` : 'not known of a position in it';
  };
  return (
    <tr>
      <th scope="row">{name}</th>
      {COLUMNS.map(([figure, , unit]) => (
        <td key={figure} className="number">
          <Figure
            text={figureText(figure, figures)}
            meaning={unit}
            why={why(figure)}
            sign={figure === 'pnl' ? signOf(figures.pnl) : 0}
          />
        </td>
      ))}
    </tr>
  );
}

function figureText(name: Name, figures: FiguresDocument): string {
  if (name === 'pnl') return moneyText(figures.pnl, true);
  const value = known(figures[name]);
  return Math.abs(value) >= 10_000 ? compact(value) : grouped(value, 2);
}
