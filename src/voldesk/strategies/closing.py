"""Orders that close a position."""

from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms, TimeInForce
from voldesk.strategies.base import ContractRow, Position, Update, order_id
from voldesk.strategies.prices import to_step


def closing_intent(
    update: Update,
    position: Position,
    row: ContractRow,
    *,
    strategy: str,
    number: int,
    reason: str,
) -> Intent | None:
    """
    Return the order that closes a position where it can be closed now, None where it cannot.

    A limit at the quote on the other side, for what is there at once: never at a price nobody
    showed, and what is left over is for the next update.

    Args:
        update: What is known now.
        position: Closed as a whole.
        row: Its contract.
        strategy: Who decides.
        number: Of the order among those of this update, from 0.
        reason: Why, for the journal.
    """
    is_long = position.quantity > 0
    quote = row.bid if is_long else row.ask
    price = to_step(quote, row.tick_size, update.table.market, up=not is_long)
    if price is None or price <= 0:
        return None
    return Intent(
        client_order_id=order_id(strategy, update.underlying, update.now, number),
        account=update.account,
        underlying=update.underlying,
        legs=(Leg(position.key),),
        side=Side.SELL if is_long else Side.BUY,
        order_type=OrderType.LIMIT,
        terms=Terms(quantity=abs(position.quantity), limit_price=price),
        time_in_force=TimeInForce.IOC,
        is_reducing=True,
        strategy=strategy,
        reason=reason,
        made_at=update.now,
    )
