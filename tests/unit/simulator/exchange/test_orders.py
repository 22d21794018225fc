"""The words of an order agree with one another."""

import pytest
from trading_floor import CALL, Floor

from voldesk.model.orders import Side
from voldesk.simulator.exchange.orders import OrderStatus


def test_sides_are_opposites() -> None:
    """Buying counts up, selling down, and each is the other's other."""
    assert Side.BUY.sign == 1
    assert Side.SELL.sign == -1
    assert Side.BUY.other is Side.SELL
    assert Side.SELL.other is Side.BUY


@pytest.mark.parametrize("status", OrderStatus)
def test_final_statuses_are_the_last_four(status: OrderStatus) -> None:
    """Filled, cancelled, rejected and expired are for ever."""
    assert status.is_final is (list(OrderStatus).index(status) >= 4)


def test_what_remains_is_what_was_not_filled() -> None:
    """Of a cancelled order too."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=2)
    number = floor.buy(5)
    floor.exchange.cancel(number)
    order = floor.order(number)
    assert order.filled == 2
    assert order.remaining == 3
