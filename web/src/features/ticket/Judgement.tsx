/** What a preview says: the order in a sentence, its cost, its Greeks, every check of the gate. */

import { moneyText } from '../../format/decimal';
import { compact, grouped, known } from '../../format/number';
import type { PreviewDocument, QuoteDocument } from '../../types/trading';
import { Figure } from '../../ui/Figure';
import { limitWords } from '../../ui/orderWords';
import { Checks } from './Checks';

const GREEKS = [
  ['dollar_delta', 'Delta', 'money: delta × spot'],
  ['gamma', 'Gamma', 'money, for a move of one percent'],
  ['vega', 'Vega', 'money per vol point'],
  ['theta', 'Theta', 'money per calendar day'],
] as const;

const NOT_VALUED = 'a contract of the order cannot be valued, or its currency is not converted';

/** Say the most that can be lost, or that nothing bounds it. */
export function lossText(preview: PreviewDocument): string {
  if (preview.risk === 'undefined') return 'no bound';
  if (preview.risk === 'none') return 'none: it reduces';
  return moneyText(preview.max_loss);
}

/** Name what does not pass; the table has the figures. */
export function brokenText({ checks }: PreviewDocument): string {
  const broken = checks.filter((one) => !one.has_passed);
  return broken.map((one) => limitWords(one.name).label.toLowerCase()).join(', ');
}

function quoteText({ bid, bid_size, ask, ask_size }: QuoteDocument): string {
  const side = (price: number | null, size: number | null) =>
    price === null ? '–' : `${price}${size === null ? '' : ` × ${size}`}`;
  return `${side(bid, bid_size)} / ${side(ask, ask_size)}`;
}

export function Judgement({ preview }: { preview: PreviewDocument }) {
  const currency = preview.currency ?? 'quote currency';
  const { greeks, margin } = preview;
  const money = (label: string, text: string, meaning: string, why: string) => (
    <div>
      <dt>{label}</dt>
      <dd>
        <Figure text={text} meaning={meaning} why={why} />
      </dd>
    </div>
  );
  return (
    <section
      className="judgement"
      aria-label="Preview"
      data-allowed={preview.is_allowed ? '' : undefined}
    >
      <p className="sentence">{preview.sentence}</p>
      {!preview.is_allowed && (
        <p className="refused" role="alert">
          The gate denies it: {brokenText(preview)}
        </p>
      )}
      <dl className="facts">
        {preview.quotes.map((quote) => (
          <div key={quote.key} title={`${quote.contract}: bid × size / ask × size`}>
            <dt>Bid / ask</dt>
            <dd>{quoteText(quote)}</dd>
          </div>
        ))}
        {money(
          'Cost',
          moneyText(preview.cost),
          `${currency}, fees left out; below 0 received`,
          'a quote is missing',
        )}
        {money(
          'Most lost',
          lossText(preview),
          `${currency}, by this order alone`,
          'legs settle at different times',
        )}
        {money('Fees', moneyText(margin?.commission), currency, 'the venue does not say')}
        {GREEKS.map(([name, label, unit]) => (
          <div key={name}>
            <dt>{label} added</dt>
            <dd>
              <Figure
                text={greekText(greeks[name])}
                meaning={`${unit}, added to the book`}
                why={NOT_VALUED}
                sign={known(greeks[name])}
              />
            </dd>
          </div>
        ))}
        {money(
          'Margin after',
          moneyText(margin?.initial_after),
          'as the venue reckons it',
          'the venue does not say',
        )}
      </dl>
      {margin?.warnings.map((warning) => (
        <p key={warning} className="refused">
          {warning}
        </p>
      ))}
      <Checks checks={preview.checks} />
    </section>
  );
}

function greekText(value: number | null): string {
  const figure = known(value);
  return Math.abs(figure) >= 10_000 ? compact(figure) : grouped(figure, 2);
}
