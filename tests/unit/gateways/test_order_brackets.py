"""What waits behind an entry to close it."""

from decimal import Decimal
from typing import Any

import pytest
from orders import an_intent

from voldesk.gateways.order_brackets import ways_out
from voldesk.gateways.order_requests import NewBracket
from voldesk.model.orders import OrderType, Side, Terms, TimeInForce


def bracket(**prices: str) -> NewBracket:
    return NewBracket.model_validate(prices)


def test_target_and_stop_close_as_much_the_other_way() -> None:
    """Both wait for the entry, and one of them stands for both."""
    entry = an_intent(
        "vd-1", terms=Terms(quantity=3, limit_price=Decimal("1.20")), time_in_force=TimeInForce.GTC
    )
    target, stop = ways_out(entry, bracket(target="2.40", stop="0.60"))
    assert (target.client_order_id, stop.client_order_id) == ("vd-1-target", "vd-1-stop")
    assert (target.order_type, stop.order_type) == (OrderType.LIMIT, OrderType.STOP)
    assert (target.terms.limit_price, stop.terms.stop_price) == (Decimal("2.40"), Decimal("0.60"))
    for one in (target, stop):
        assert (one.side, one.terms.quantity) == (Side.SELL, 3)
        assert (one.parent_id, one.oca_group) == ("vd-1", "vd-1-out")
        assert one.is_reducing
        assert one.time_in_force is TimeInForce.GTC


def test_a_sale_is_bought_back() -> None:
    """The target lies below it and the stop above; an order for now leaves ways out for the day."""
    entry = an_intent(
        side=Side.SELL,
        terms=Terms(quantity=3, limit_price=Decimal("1.20")),
        time_in_force=TimeInForce.IOC,
    )
    (stop,) = ways_out(entry, bracket(stop="2.00"))
    (target,) = ways_out(entry, bracket(target="0.50"))
    assert (stop.side, target.side) == (Side.BUY, Side.BUY)
    assert stop.time_in_force is TimeInForce.DAY


def test_without_a_bracket_nothing_waits() -> None:
    """An order is an order."""
    assert ways_out(an_intent(), None) == ()


@pytest.mark.parametrize(
    ("side", "prices", "said"),
    [
        (Side.BUY, {"target": "1.20"}, "target is 1.20, expected above limit_price, 1.20"),
        (Side.BUY, {"stop": "1.30"}, "limit_price is 1.20, expected above stop, 1.30"),
        (Side.SELL, {"target": "1.30"}, "target is 1.30, expected below limit_price, 1.20"),
        (Side.SELL, {"stop": "1.10"}, "limit_price is 1.20, expected below stop, 1.10"),
    ],
)
def test_a_price_on_the_wrong_side_is_refused(side: Side, prices: Any, said: str) -> None:
    """It would trade at once, or take a loss for a profit."""
    with pytest.raises(ValueError, match=said):
        ways_out(
            an_intent(side=side, terms=Terms(quantity=3, limit_price=Decimal("1.20"))),
            bracket(**prices),
        )


def test_a_bracket_has_a_way_out() -> None:
    """An empty one was meant otherwise."""
    with pytest.raises(ValueError, match="give target, stop or both"):
        bracket()
