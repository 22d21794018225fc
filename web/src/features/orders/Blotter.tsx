/** The blotter: every order of the account, the newest first, and what can be done with it. */

import { useState } from 'react';
import {
  useCancelOrderMutation,
  useCancelOrdersMutation,
  useOrdersQuery,
  useStreamRiskQuery,
} from '../../stream/tradingApi';
import type { OrderDocument } from '../../types/trading';
import { ModeBadge } from '../../ui/ModeBadge';
import { type Failure, problemText } from '../../ui/problem';
import { ChangeDialog } from './ChangeDialog';
import { OrderRow } from './OrderRow';

const HEADS = [
  ['Time', 'when it was decided', ''],
  ['Contract', 'what it trades', ''],
  ['Side', '', ''],
  ['Filled', 'contracts filled of those ordered', 'number'],
  ['Type', '', ''],
  ['Price', 'limit, stop or trail; quote currency per unit of underlying', 'number'],
  ['Average', 'average price of its fills, quote currency', 'number'],
  ['State', '', ''],
  ['Reason', 'the last word on it', ''],
  ['', '', ''],
] as const;

export function Blotter() {
  const { data, error, isLoading } = useOrdersQuery();
  const { data: risk } = useStreamRiskQuery();
  const [cancel] = useCancelOrderMutation();
  const [cancelAll, { isLoading: isCancelling }] = useCancelOrdersMutation();
  const [isAllShown, setAllShown] = useState(true);
  const [changed, setChanged] = useState<OrderDocument | null>(null);
  const [refused, setRefused] = useState('');
  const say = (failure: Failure | undefined) => setRefused(failure ? problemText(failure) : '');
  const orders = data ?? [];
  const open = orders.filter((one) => one.is_open);
  const shown = isAllShown ? orders : open;

  const dropAll = async () => {
    const answer = await cancelAll();
    if (answer.error) return say(answer.error);
    setRefused(answer.data.problems.join('; '));
  };
  return (
    <section className="desk blotter" aria-label="Orders">
      <header className="desk-head">
        <h2>Orders</h2>
        {risk && <ModeBadge mode={risk.mode} account={risk.account} />}
        <span className="hint">
          {open.length} open of {orders.length}
        </span>
        <span className="spring" />
        <label className="check">
          <input
            type="checkbox"
            checked={!isAllShown}
            onChange={(event) => setAllShown(!event.target.checked)}
          />{' '}
          open ones only
        </label>
        <button
          type="button"
          className="tool"
          disabled={isCancelling || open.length === 0}
          onClick={() => void dropAll()}
        >
          Cancel all
        </button>
      </header>
      {refused && (
        <p className="refused" role="alert">
          {refused}
        </p>
      )}
      <div className="table-box">
        <table className="desk-table">
          <thead>
            <tr>
              {HEADS.map(([head, meaning, kind]) => (
                <th key={head} scope="col" title={meaning} className={kind}>
                  {head || <span className="sr-only">Actions</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((order) => (
              <OrderRow
                key={order.client_order_id}
                order={order}
                onCancel={async () => say((await cancel(order.client_order_id)).error)}
                onChange={() => setChanged(order)}
              />
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className="hint nothing">{nothing(error, isLoading)}</p>}
      </div>
      {changed && <ChangeDialog order={changed} onClose={() => setChanged(null)} />}
    </section>
  );
}

function nothing(error: Failure | undefined, isLoading: boolean): string {
  if (error) return problemText(error);
  return isLoading ? 'Asking for the orders.' : 'No orders.';
}
