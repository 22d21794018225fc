/** The keys, and how figures are to be read. */

import { Dialog } from '../../ui/Dialog';

const KEYS: readonly [string, string][] = [
  ['Arrows, Home, End, PgUp, PgDn', 'move in the chain; with Ctrl to its end'],
  ['Enter', 'the contract in full'],
  ['A', 'centre on spot and follow it'],
  ['[ and ]', 'expiry before, expiry after'],
  ['/', 'choose the underlying'],
  ['Space', 'pause what is shown; data keep coming'],
  ['C', 'columns'],
  ['D', 'where the data come from, what is subscribed'],
  ['L', 'alerts'],
  ['B, S', 'a ticket to buy or sell the contract under the cursor; so does a click on ask or bid'],
  ['O', 'from the chain to the orders and back'],
  ['P', 'panels'],
  ['T', 'theme'],
  ['?', 'this'],
];

export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose} className="help">
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">
        “–” is unknown, never zero: point at it and it says why. In the money is judged by the
        forward. Vega and rho are per 0.01, theta and charm per calendar day.
      </p>
    </Dialog>
  );
}
