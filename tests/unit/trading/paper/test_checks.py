"""Every refusal, in its words."""

from decimal import Decimal
from typing import Any

import pytest
from orders import CALL, PUT
from paper_world import (
    CLOSE,
    EXPIRY,
    INDEX,
    NIFTY_CALL,
    START,
    STOCK,
    UNKNOWN,
    PaperFloor,
    a_mark,
    an_order,
    buy,
    sell,
    utc,
)

from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent, Leg, OrderType, Side, TimeInForce
from voldesk.trading.marks import Mark

_COIN = "deribit BTC 20251031 000100000000000 C"
_SPREAD = (Leg(CALL), Leg(PUT))


def _refused(intent: Intent, *marks: Mark, now: int = START) -> str:
    floor = PaperFloor(*marks, now=now)
    floor.place(intent)
    assert floor.event(intent.client_order_id) is Event.REJECT
    assert not floor.fills(intent.client_order_id)
    return floor.reason(intent.client_order_id)


@pytest.mark.parametrize(
    ("intent", "mark", "reason"),
    [
        (buy("o", 1, PUT), {}, f"no such contract: no chain has {PUT}"),
        (buy(), {"multiplier": UNKNOWN}, f"the terms of {CALL} are not all known"),
        (
            sell("o", 1, STOCK),
            {"key": STOCK, "bid": UNKNOWN, "ask": UNKNOWN},
            f"{STOCK} is shown without a quote, only with a spot: nothing can fill",
        ),
        (buy("o", 1, INDEX), {"key": INDEX}, f"{INDEX} is an index, which nobody can trade"),
        (
            buy("o", 1, "cme ESZ5"),
            {"key": "cme ESZ5"},
            "cme ESZ5 is a future, which is not traded on paper",
        ),
        (buy(), {"settles_at": START}, f"{CALL} has expired"),
        (buy(), {"currency": "EUR"}, f"{CALL} trades in EUR, the account has USD, INR"),
        (
            buy("o", 1, _COIN),
            {"key": _COIN, "currency": "BTC"},
            f"the premium of {_COIN} is paid in coin, which is not traded on paper",
        ),
        (buy("o", 1, time_in_force=TimeInForce.OPG), {}, "there is no opening auction on paper"),
        (buy("o", 1, good_till=START), {}, "the instant it is good till is past"),
        (
            buy(),
            {"is_session_open": False},
            "the session is closed, an order for day cannot wait",
        ),
        (buy("o", 1, limit_price="1.22"), {}, "limit_price 1.22 is not on the price grid of 0.05"),
        (
            sell("o", 1, stop_price="1.01", order_type=OrderType.STOP),
            {},
            "stop_price 1.01 is not on the price grid of 0.05",
        ),
        (
            sell("o", 1, trail_amount="0.01", order_type=OrderType.TRAIL),
            {},
            "trail_amount 0.01 is not on the price grid of 0.05",
        ),
        (buy(), {"ask": UNKNOWN}, "what it would bind cannot be told: a price is not known"),
    ],
    ids=str,
)
def test_what_is_refused(intent: Intent, mark: dict[str, Any], reason: str) -> None:
    """A sentence a person can act on."""
    assert _refused(intent, a_mark(**({"key": CALL} | mark))) == reason


def test_a_close_that_is_past_cannot_be_waited_for() -> None:
    """Nor one on a day without a session."""
    intent = buy("o", 1, order_type=OrderType.MARKET_ON_CLOSE)
    past = "there is no close to come today by the calendar"
    assert _refused(intent, now=CLOSE) == past
    assert _refused(intent, a_mark(settles_at=EXPIRY * 2), now=utc("2025-10-18T15:00:00")) == past


def test_levies_that_are_not_known_are_no_free_trade() -> None:
    """An Indian order before the first schedule."""
    mark = a_mark(NIFTY_CALL, 100.0, 100.05)
    assert "are not known" in _refused(buy("o", 1, NIFTY_CALL), mark, now=utc("2020-01-02T06:00"))


def test_legs_of_different_size_have_no_net_price() -> None:
    """A stock with its option, a dollar with a rupee."""
    legs = (Leg(CALL), Leg(STOCK, 100))
    intent = an_order("o", Side.BUY, 1, legs)
    assert "have no net price" in _refused(intent, a_mark(), a_mark(STOCK, 230.0, 230.1))


def test_a_combination_may_be_priced_as_finely_as_its_finest_leg() -> None:
    """And a grid that is not known takes any price."""
    for tick in (0.01, UNKNOWN):
        floor = PaperFloor(a_mark(), a_mark(PUT, tick_size=tick))
        floor.place(an_order("o", Side.BUY, 1, _SPREAD, limit_price="1.11"))
        assert floor.event("o") is Event.WORK


def test_the_account_must_be_able_to_pay() -> None:
    """What is too dear is refused with both figures; closing never is."""
    floor = PaperFloor()
    floor.place(sell("o", 8))
    needs = "it needs a margin of 1072980.00 USD, 1000954.80 would be there"
    assert floor.reason("o") == needs
    floor.place(sell("s", 5), buy("c", 5))
    assert floor.held() == 0


def test_a_close_passes_however_poor_the_account() -> None:
    """Bringing a position nearer to zero needs no margin and no price of it."""
    floor = PaperFloor(cash={"USD": Decimal(200_000)})
    floor.place(sell("s", 1))
    floor.shown.change(CALL, spot=20_000.0, bid=UNKNOWN)
    floor.place(sell("more", 1, limit_price="1.00"), buy("c", 1))
    assert floor.event("more") is Event.REJECT
    assert floor.event("c") is Event.COMPLETE
    assert floor.held() == 0
