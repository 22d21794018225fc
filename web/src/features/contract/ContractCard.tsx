/** One contract in full: every figure with its unit, and why one is missing. */

import { useCallback, useState } from 'react';
import { strikeText, UNKNOWN } from '../../format/number';
import { reasonText, statusName } from '../../format/reason';
import { ageText } from '../../format/time';
import { columnsOf } from '../../ui/columns';
import { contractChosen } from '../../ui/selectionSlice';
import type { LiveView } from '../../ui/services';
import { useUiDispatch } from '../../ui/state';
import { useThrottledFrames } from '../../ui/useThrottledFrames';

const EVERY_MS = 250;

/** Four to a line: quotes, vols, first Greeks, higher ones, trade and interest, width. */
const ORDER = [
  ...['bid', 'ask', 'mid', 'last'],
  ...['iv_bid', 'iv', 'iv_ask', 'iv_change'],
  ...['delta', 'gamma', 'theta', 'vega'],
  ...['rho', 'vanna', 'volga', 'charm'],
  ...['volume', 'oi', 'oi_change', 'change'],
  ...['bid_size', 'ask_size', 'spread', 'spread_pct'],
];

export function ContractCard({ view, row }: { view: LiveView; row: number }) {
  const dispatch = useUiDispatch();
  const { chain, layout } = view;
  const [, setTurn] = useState(0);
  const draw = useCallback(() => setTurn((turn) => turn + 1), []);
  useThrottledFrames(chain, EVERY_MS, draw);
  const { table, contracts } = layout;
  const status = table.columns.status[row] as number;
  const now = performance.now();
  const word = contracts.right[row] === 'C' ? 'call' : 'put';
  return (
    <section className="panel contract" aria-label="Contract">
      <header className="panel-head">
        <h2>
          {strikeText(contracts.strike[row] ?? Number.NaN)} {word} · {contracts.expiry[row]}
        </h2>
        <span className="panel-note">
          {contracts.symbol[row]} · {statusName(status) === 'OK' ? 'OK' : reasonText(status)} ·{' '}
          {ageText(table.serverNow(now) - (table.eventMs[row] as number))} old
        </span>
        <button
          type="button"
          className="icon-button"
          aria-label="Close"
          onClick={() => dispatch(contractChosen(-1))}
        >
          ×
        </button>
      </header>
      <dl className="facts">
        {columnsOf(ORDER).map((column) => {
          const value = column.read(table, row, now);
          return (
            <div key={column.id} title={`${column.meaning}, ${column.unit}`}>
              <dt>{column.label}</dt>
              <dd>{Number.isFinite(value) ? column.text(value) : UNKNOWN}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
