/** The alerts there are: what each watches, whether it has told, and how to be rid of it. */

import { useState } from 'react';
import { ageText, clockText } from '../../format/time';
import { useAlertsQuery, useRemoveAlertMutation } from '../../stream/apiSlice';
import type { HeldAlert } from '../../types/rest';
import { complaintsOf } from './problem';

const ARROWS = { up: '↑', down: '↓', both: '↕' } as const;
const WAYS = { up: 'going up', down: 'going down', both: 'going either way' } as const;

/** Say what an alert watches, short: NIFTY 25d put iv ↑ 0.2. */
export function watchedText(one: HeldAlert): string {
  const whose = [one.underlying, one.contract, one.root, one.expiry].filter(Boolean).join(' ');
  return `${whose} ${one.field} ${ARROWS[one.crosses]} ${one.level}`;
}

/** Say how often it tells, and what holds it back. */
export function mannerText(one: HeldAlert): string {
  const parts = [one.is_once ? 'once' : 'always'];
  if (one.band > 0) parts.push(`hysteresis ${one.band}`);
  if (one.cooldown_secs > 0) parts.push(`cooldown ${ageText(one.cooldown_secs * 1000)}`);
  if (one.origin === 'settings') parts.push('of the settings');
  else if (!one.is_kept) parts.push('until the server stops');
  return parts.join(' · ');
}

/** Say whether it has told anything. */
export function stateText(one: HeldAlert): string {
  if (one.told_at_us === null) return one.is_spent ? 'has told' : 'waits';
  const at = clockText(one.told_at_us / 1000).replace(/\.\d+ UTC$/, ' UTC');
  return one.is_spent ? `has told, ${at}` : `told ${at}`;
}

export function AlertList() {
  const { data, error, isLoading } = useAlertsQuery();
  const [remove] = useRemoveAlertMutation();
  const [refused, setRefused] = useState('');
  const drop = async (name: string) => {
    const answer = await remove(name);
    setRefused(answer.error ? Object.values(complaintsOf(answer.error)).join('; ') : '');
  };
  if (error) return <p className="hint">{Object.values(complaintsOf(error)).join('; ')}</p>;
  if (isLoading || !data) return <p className="hint">Asking for the alerts.</p>;
  return (
    <>
      {refused && (
        <p className="refused" role="alert">
          {refused}
        </p>
      )}
      <ul className="alert-list" aria-label="Alerts that are watched for">
        {data.map((one) => (
          <li key={one.name} data-spent={one.is_spent ? '' : undefined}>
            <strong>{one.name}</strong>
            <span title={`${one.field} crosses ${one.level} ${WAYS[one.crosses]}`}>
              {watchedText(one)}
            </span>
            <span className="hint">{mannerText(one)}</span>
            <span className="hint">{stateText(one)}</span>
            {one.origin === 'api' ? (
              <button
                type="button"
                className="icon-button"
                aria-label={`Remove ${one.name}`}
                onClick={() => void drop(one.name)}
              >
                ×
              </button>
            ) : (
              <span title="stands under alerts.rules of the settings, and is taken out there" />
            )}
          </li>
        ))}
        {data.length === 0 && <li className="hint">Nothing is watched for.</li>}
      </ul>
    </>
  );
}
