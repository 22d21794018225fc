import math
from decimal import Decimal
from typing import Any

import pytest
from strategy_world import StrategyChain, a_row

from voldesk.model.orders import OrderType, Side, TimeInForce
from voldesk.strategies.base import Position
from voldesk.strategies.closing import closing_intent


@pytest.mark.parametrize(
    ("quantity", "side", "price"), [(3, Side.SELL, "1.90"), (-2, Side.BUY, "2.10")]
)
def test_a_position_is_closed_at_the_other_side(
    market: Any, quantity: int, side: Side, price: str
) -> None:
    """All of it, at the price shown, what is there at once, and only that position."""
    row = a_row()
    position = Position(key=row.key, quantity=quantity)
    update = StrategyChain(market).update(positions=[position])
    intent = closing_intent(update, position, row, strategy="s", number=1, reason="why")
    assert intent is not None
    assert (intent.side, intent.terms.quantity) == (side, abs(quantity))
    assert intent.terms.limit_price == Decimal(price)
    assert intent.order_type is OrderType.LIMIT
    assert intent.time_in_force is TimeInForce.IOC
    assert intent.is_reducing
    assert (intent.account, intent.underlying, intent.reason) == ("DU1", "SPX", "why")


@pytest.mark.parametrize("bid", [0.0, math.nan])
def test_what_nobody_bids_for_cannot_be_sold(market: Any, bid: float) -> None:
    """There is no order without a price."""
    row = a_row(bid=bid)
    position = Position(key=row.key, quantity=1)
    update = StrategyChain(market).update(positions=[position])
    assert closing_intent(update, position, row, strategy="s", number=0, reason="") is None
