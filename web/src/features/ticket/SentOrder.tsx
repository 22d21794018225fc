/** What became of the order of a ticket, as the stream tells it. */

import { moneyText } from '../../format/decimal';
import { useOrdersQuery } from '../../stream/tradingApi';
import { reasonWords, STATES } from '../../ui/orderWords';

interface Props {
  id: string;
  warnings: readonly string[];
  onOrders: () => void;
}

export function SentOrder({ id, warnings, onOrders }: Props) {
  const { order } = useOrdersQuery(undefined, {
    selectFromResult: ({ data }) => ({ order: data?.find((one) => one.client_order_id === id) }),
  });
  const state = order ? STATES[order.state] : null;
  return (
    <section className="sent-order" aria-label="The order that was sent">
      <p role="status">
        {order && state ? (
          <>
            <strong className="state" data-state={order.state} title={state[1]}>
              {state[0]}
            </strong>{' '}
            {order.filled} of {order.quantity} filled
            {order.average_price !== null && ` at ${moneyText(order.average_price)}`}
            {order.reason !== '' && `: ${reasonWords(order.reason)}`}
          </>
        ) : (
          'Sent; no word of it has come yet.'
        )}
      </p>
      {warnings.map((text) => (
        <p key={text} className="refused" role="alert">
          {text}
        </p>
      ))}
      <button type="button" className="tool" onClick={onOrders}>
        Show the orders
      </button>
    </section>
  );
}
