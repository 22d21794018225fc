/** One order of the blotter. */

import { memo } from 'react';
import { moneyText } from '../../format/decimal';
import type { OrderDocument } from '../../types/trading';
import { Figure } from '../../ui/Figure';
import { reasonWords, STATES, TYPES } from '../../ui/orderWords';
import { askedText, averageText, bondText, isOurs, priceText, timesText, whenText } from './shown';

interface Props {
  order: OrderDocument;
  onCancel: () => void;
  onChange: () => void;
}

export const OrderRow = memo(Row, (before, after) => before.order === after.order);

function Row({ order, onCancel, onChange }: Props) {
  const [word, meaning] = STATES[order.state];
  const name = `${order.side} ${order.contract}`;
  const said = [askedText(order), reasonWords(order.reason)].filter(Boolean).join('; ');
  const fees = order.commission === null ? '' : `, fees ${moneyText(order.commission)}`;
  return (
    <tr data-open={order.is_open ? '' : undefined}>
      <td className="time">
        <time title={timesText(order)}>{whenText(order.made_at_us, Date.now())}</time>
      </td>
      <th scope="row" title={`${order.client_order_id}, by ${order.strategy}`}>
        {order.contract}
      </th>
      <td data-side={order.side}>{order.side}</td>
      <td className="number" title={`${order.remaining} remain`}>
        {order.filled}/{order.quantity}
      </td>
      <td title={bondText(order)}>
        {TYPES[order.order_type]}
        {order.parent_id !== null && ' ⤷'}
      </td>
      <td className="number">{priceText(order)}</td>
      <td className="number">
        <Figure
          text={averageText(order)}
          meaning={`average price of ${order.filled} filled${fees}`}
          why="nothing is filled"
        />
      </td>
      <td>
        <span className="state" data-state={order.state} title={meaning}>
          {word}
        </span>
      </td>
      <td className="reason" title={said}>
        {said}
      </td>
      <td className="actions">
        {isOurs(order) && (
          <>
            <button type="button" className="tool" aria-label={`Change ${name}`} onClick={onChange}>
              Change
            </button>
            <button type="button" className="tool" aria-label={`Cancel ${name}`} onClick={onCancel}>
              Cancel
            </button>
          </>
        )}
      </td>
    </tr>
  );
}
