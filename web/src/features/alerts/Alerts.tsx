/** Alerts as they fire: the newest few, until they are put away. */

import { useEffect, useState } from 'react';
import { clockText } from '../../format/time';
import type { AlertMessage } from '../../types/stream';
import { useServices } from '../../ui/services';

const KEPT = 5;

interface Shown {
  key: number;
  text: string;
  at: string;
}

/** Say what an alert says, whatever it is made of. */
export function alertText(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data !== 'object' || data === null) return String(data);
  const said = data as Record<string, unknown>;
  for (const name of ['text', 'message', 'reason']) {
    if (typeof said[name] === 'string' && said[name]) return said[name];
  }
  return Object.entries(said)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

export function Alerts() {
  const { connection } = useServices();
  const [shown, setShown] = useState<Shown[]>([]);
  useEffect(
    () =>
      connection.session.on('alerts', (message) => {
        const { seq, data } = message as AlertMessage;
        const alert = { key: seq, text: alertText(data), at: clockText(Date.now()) };
        setShown((before) => [alert, ...before.filter((one) => one.key !== seq)].slice(0, KEPT));
      }),
    [connection],
  );
  return (
    <section className="alerts" aria-live="polite" aria-label="Alerts">
      {shown.map((one) => (
        <div key={one.key} className="alert">
          <span className="alert-text">{one.text}</span>
          <time>{one.at}</time>
          <button
            type="button"
            className="icon-button"
            aria-label="Put away"
            onClick={() => setShown((before) => before.filter((other) => other !== one))}
          >
            ×
          </button>
        </div>
      ))}
    </section>
  );
}
