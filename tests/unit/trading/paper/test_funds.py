"""What orders cost and bind before they are made."""

from decimal import Decimal
from typing import Any

import pytest
from orders import CALL, PUT
from paper_world import STOCK, UNKNOWN, PaperFloor, a_mark, an_order, buy, sell

from voldesk.model.events import Margin
from voldesk.model.orders import Intent, Leg, OrderType, Side

_FAR = "us SPXW 20251017 000006710000000 C"
_MILLION = Decimal(1_000_000)


def _margin(intent: Intent, **changes: Any) -> Margin | None:
    floor = PaperFloor(a_mark(**changes), a_mark(_FAR, 0.70, 0.75), a_mark(STOCK, 230.0, 230.2))
    return floor.venue.what_if(intent, floor.now)


@pytest.mark.parametrize(
    ("intent", "initial", "spent"),
    [
        (buy("o", 2), "0", "251.30"),
        (buy("o", 2, limit_price="1.00"), "0", "201.30"),
        (buy("o", 2, stop_price="1.50", order_type=OrderType.STOP), "0", "301.30"),
        (sell("o", 1), "134122.5", "-119"),
        (sell("o", 1, limit_price="1.00"), "134122.5", "-99"),
        (sell("o", 1, limit_price="90"), "134122.5", "-119"),
        (an_order("o", Side.SELL, 1, (Leg(CALL), Leg(_FAR, -1))), "1000", "-43"),
        (an_order("o", Side.BUY, 1, (Leg(CALL), Leg(_FAR, -1))), "0", "57"),
        (an_order("o", Side.BUY, 2, (Leg(CALL), Leg(_FAR, -1)), limit_price="0.5"), "0", "102.60"),
    ],
    ids=str,
)
def test_what_an_order_would_bind(intent: Intent, initial: str, spent: str) -> None:
    """Its price is its limit, its stop, or what it would meet; a spread binds its width."""
    found = _margin(intent)
    assert found is not None
    assert found.initial_after == found.maintenance_after == Decimal(initial)
    assert found.equity_after == _MILLION - Decimal(spent)
    assert found.warnings == ()


def test_stocks_are_bound_by_half_and_count_as_equity() -> None:
    """A hundred shares at 230.20, marked at 230.10."""
    found = _margin(buy("o", 100, STOCK))
    assert found is not None
    assert found.initial_after == 11505
    assert found.maintenance_after == Decimal("5752.5")
    assert found.equity_after == _MILLION - 10 - 1


def test_what_is_wrong_with_an_order_is_a_warning() -> None:
    """It says what would happen, and that it will not."""
    found = _margin(buy("o", 1, limit_price="1.01"))
    assert found is not None
    assert found.warnings == ("limit_price 1.01 is not on the price grid of 0.05",)


@pytest.mark.parametrize(
    ("intent", "changes"),
    [
        (buy(), {"ask": UNKNOWN}),
        (sell("o", 1, limit_price="1.2"), {"bid": UNKNOWN, "ask": UNKNOWN}),
        (an_order("o", Side.BUY, 1, (Leg(CALL), Leg(PUT))), {}),
    ],
    ids=str,
)
def test_a_price_that_is_not_known_makes_no_figure(intent: Intent, changes: Any) -> None:
    """None, and an order is refused for it."""
    assert _margin(intent, **changes) is None


def test_a_leg_without_a_quote_is_charged_at_the_orders_price() -> None:
    """A limit to buy where nobody offers yet."""
    found = _margin(buy("o", 2, limit_price="0.05"), ask=UNKNOWN)
    assert found is not None
    assert found.commission == Decimal("1.00")  # below 0.10 it is 0.50 a contract
    floor = PaperFloor(a_mark(ask=UNKNOWN, last=1.0))
    floor.place(buy("o", 2, limit_price="0.05"))
    assert floor.reason("o") == ""


def test_the_exits_of_an_order_need_no_money_of_their_own() -> None:
    """They close what their parent opens; what goes beyond it is a sale like any other."""
    floor = PaperFloor(cash={"USD": Decimal(10_000)})
    floor.place(
        buy("p", 10, limit_price="1.00"),
        sell("t", 10, limit_price="2.00", parent_id="p"),
        sell("s", 10, stop_price="0.50", order_type=OrderType.STOP, parent_id="p"),
        sell("more", 11, limit_price="2.00", parent_id="p"),
    )
    assert [floor.reason(tag).split()[0] for tag in ("t", "s", "more")] == ["waits", "waits", "it"]


def test_a_position_without_a_price_keeps_others_from_opening() -> None:
    """Stock whose price nobody knows may be worth nothing."""
    floor = PaperFloor(a_mark(), a_mark(STOCK, 230.0, 230.0, ask_size=100.0))
    floor.place(buy("s", 10, STOCK))
    del floor.shown.marks[STOCK]
    floor.place(buy("b"))
    assert floor.reason("b") == "what it would bind cannot be told: a price is not known"
