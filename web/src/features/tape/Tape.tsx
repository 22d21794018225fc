/** The newest contract message and the put-call ratio as `/ws/greeks` sends them. */

import { fixed, grouped, percent, significant, strikeText } from '../../format/number';
import { clockText } from '../../format/time';
import { useStreamGreeksQuery, useStreamPCRQuery } from '../../stream/apiSlice';

interface Props {
  underlying: string;
  expiry: string;
}

export function Tape({ underlying, expiry }: Props) {
  const choice = { symbol: underlying, ...(expiry ? { expiry } : {}) };
  const { data: greeksUpdate } = useStreamGreeksQuery(choice);
  const { data: pcrUpdate } = useStreamPCRQuery(choice);
  const contract = greeksUpdate?.data;
  const pcr = pcrUpdate?.data;
  const figures: [string, string][] = contract
    ? [
        ['price', fixed(contract.price ?? Number.NaN, 2)],
        ['iv', `${percent(contract.iv ?? Number.NaN)}%`],
        ['delta', fixed(contract.greeks.delta ?? Number.NaN, 3)],
        ['gamma', significant(contract.greeks.gamma ?? Number.NaN, 3)],
        ['theta', fixed(contract.greeks.theta ?? Number.NaN, 2)],
        ['vega', fixed(contract.greeks.vega ?? Number.NaN, 2)],
        ['rho', fixed(contract.greeks.rho ?? Number.NaN, 2)],
        ['oi', grouped(contract.oi ?? Number.NaN)],
      ]
    : [];
  return (
    <section className="panel tape" aria-label="Last contract repriced">
      <header className="panel-head">
        <h2>Last repriced</h2>
        <span className="panel-note">
          {contract
            ? `${contract.symbol} ${strikeText(contract.strike)} ${contract.type} · ${clockText(Date.parse(contract.timestamp))}`
            : 'waiting for the first message'}
        </span>
      </header>
      <dl className="facts">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {pcr && (
          <div title="puts over calls by open interest; total open interest of calls and puts">
            <dt>pcr</dt>
            <dd>{fixed(pcr.pcr ?? Number.NaN, 3)}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}
