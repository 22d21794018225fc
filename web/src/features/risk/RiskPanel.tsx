/** How trading stands: what the gate lets through, how much of each limit is used, line and journal. */

import { fixed, known } from '../../format/number';
import { useStreamRiskQuery } from '../../stream/tradingApi';
import type { LimitDocument, RiskDocument } from '../../types/trading';
import { ModeBadge } from '../../ui/ModeBadge';
import { amountText, GATE, limitWords } from '../../ui/orderWords';
import { KillSwitch } from './KillSwitch';
import { Unlock } from './Unlock';
import { useSilence } from './useSilence';

const WARN_SHARE = 0.8;
const SILENT_MS = 5_000;

export function RiskPanel() {
  const { data } = useStreamRiskQuery();
  const isSilent = useSilence(data, SILENT_MS);
  return (
    <section className="desk risk" aria-label="Risk">
      <header className="desk-head">
        <h2>Risk</h2>
        {data && <ModeBadge mode={data.mode} account={data.account} />}
        {data && (
          <span className="gate-word" data-gate={data.state} title={GATE[data.state][1]}>
            {GATE[data.state][0]}
          </span>
        )}
      </header>
      <KillSwitch isActive={data?.state === 'active'} />
      {!data && (
        <p className="hint nothing">
          No word of an account has come: nothing trades here, or trading has not begun yet.
        </p>
      )}
      {data && isSilent && (
        <p className="refused" role="alert">
          No word of the account for a while: what stands here may be old.
        </p>
      )}
      {data && data.state !== 'active' && <Unlock phrase={data.unlock_phrase} />}
      {data && <Standing risk={data} />}
      {data && <Limits limits={data.limits} />}
    </section>
  );
}

function Standing({ risk }: { risk: RiskDocument }) {
  const { line, journal } = risk;
  const fact = (label: string, isGood: boolean, text: string, meaning: string) => (
    <div title={meaning}>
      <dt>{label}</dt>
      <dd data-good={isGood ? 'yes' : 'no'}>{text}</dd>
    </div>
  );
  const told = [
    ...risk.differences.map((text) => `Differs from the venue: ${text}`),
    ...risk.alarms,
    ...(line.is_up ? [] : [`Line: ${line.reason}`]),
    ...(journal.is_writable ? [] : [`Journal: ${journal.reason}`]),
  ];
  return (
    <>
      <dl className="facts">
        {fact('Broker', true, risk.broker, `account ${risk.mode === 'paper' ? risk.account : ''}`)}
        {fact('Line', line.is_up, line.is_up ? 'up' : 'down', line.reason || 'to the broker')}
        {fact(
          'Compared',
          risk.is_reconciled,
          risk.is_reconciled ? 'yes' : 'no',
          "the venue's orders, fills and positions match ours",
        )}
        {fact(
          'Journal',
          journal.is_writable,
          journal.is_writable ? `${journal.entries} entries` : 'closed',
          journal.healed_bytes > 0
            ? `${journal.healed_bytes} bytes of an unfinished entry were cut off at the start`
            : 'every intent is durable before it is sent',
        )}
      </dl>
      {told.length > 0 && (
        <ul className="alarms" role="alert">
          {told.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Say how much of a limit is used, for the bar: from 0 to 1; NaN not known. */
export function shareOf(limit: LimitDocument): number {
  return Math.min(1, Math.max(0, known(limit.share)));
}

function Limits({ limits }: { limits: readonly LimitDocument[] }) {
  return (
    <table className="desk-table limits">
      <caption className="sr-only">How much of each limit is used</caption>
      <thead>
        <tr>
          <th scope="col">Limit</th>
          <th scope="col" className="number">
            Used
          </th>
          <th scope="col" className="number">
            At most
          </th>
          <th scope="col" className="number">
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {limits.map((one) => (
          <LimitRow key={one.name} limit={one} />
        ))}
      </tbody>
    </table>
  );
}

function LimitRow({ limit }: { limit: LimitDocument }) {
  const { label, unit } = limitWords(limit.name);
  const share = shareOf(limit);
  const isKnown = limit.used !== null;
  const why = 'not known: a position cannot be valued, or its currency is not converted';
  return (
    <tr title={unit} data-tight={share >= WARN_SHARE || !isKnown ? '' : undefined}>
      <th scope="row">
        {label}
        {limit.of && <span className="of"> {limit.of}</span>}
      </th>
      <td className="number" title={isKnown ? unit : why}>
        {amountText(limit.used)}
      </td>
      <td className="number" title={limit.limit === null ? 'no limit' : unit}>
        {limit.limit === null ? 'none' : amountText(limit.limit)}
      </td>
      <td className="share">
        <span className="use-bar" aria-hidden="true">
          <span style={{ width: `${Number.isNaN(share) ? 0 : share * 100}%` }} />
        </span>
        <span className="number">
          {Number.isNaN(share) ? '–' : `${fixed(known(limit.share) * 100, 0)}%`}
        </span>
      </td>
    </tr>
  );
}
