"""Days at the paper venue, made up by hypothesis: orders, quotes, time, restarts."""

from typing import Any

import hypothesis.strategies as st
from orders import CALL, PUT
from paper_world import (
    EXPIRY,
    STOCK,
    STOCK_CALL,
    STOCK_PUT,
    UNKNOWN,
    PaperFloor,
    a_mark,
    an_order,
)

from voldesk.model.orders import Leg, OrderType, Side, TimeInForce
from voldesk.model.sessions import NS_PER_SECOND

KEYS = (CALL, PUT, STOCK_CALL, STOCK_PUT, STOCK)
LEGS = (
    *((Leg(key),) for key in KEYS),
    (Leg(CALL), Leg(PUT, -1)),
    (Leg(STOCK_CALL), Leg(STOCK_PUT, 2)),
)
Step = tuple[Any, ...]

_cents = st.integers(1, 60).map(lambda steps: steps * 0.05)
_prices = st.one_of(_cents, _cents, _cents, st.just(UNKNOWN))
_sizes = st.sampled_from([2.0, 3.0, 7.0, 1.0, 0.0, UNKNOWN])
quotes = st.tuples(
    st.just("quote"),
    st.sampled_from(KEYS),
    _prices,
    _prices,
    _sizes,
    _sizes,
    st.sampled_from([0.0, 0.0, 1.0, 60.0]),
)
orders = st.tuples(
    st.just("order"),
    st.sampled_from(LEGS),
    st.sampled_from(Side),
    st.integers(1, 5),
    st.sampled_from([OrderType.MARKET, OrderType.LIMIT, *OrderType]),
    st.sampled_from([TimeInForce.GTC, TimeInForce.GTC, *TimeInForce]),
    st.integers(1, 60),
    st.sampled_from([None, None, None, None, "parent", "group"]),
)
cancels = st.tuples(st.just("cancel"), st.integers(0, 20))
waits = st.tuples(st.just("wait"), st.sampled_from([0.1, 0.1, 60.0, 5 * 3600.0, 30 * 3600.0]))
restarts = st.tuples(st.just("restart"))
_often = st.one_of(orders, quotes, orders, quotes, orders, quotes, orders, quotes)
steps = st.lists(
    st.one_of(_often, _often, _often, _often, cancels, waits, restarts), min_size=10, max_size=40
)


def a_floor() -> PaperFloor:
    """Return a venue that shows every contract, with room for any order."""
    marks = [a_mark(key) for key in KEYS]
    return PaperFloor(*marks, settle_within_secs=1e6)


def take(floor: PaperFloor, number: int, step: Step) -> None:
    """Let one thing happen."""
    match step:
        case "quote", key, bid, ask, bid_size, ask_size, age:
            changes = {"bid": bid, "ask": ask, "bid_size": bid_size, "ask_size": ask_size}
            floor.quote(key, **changes, quote_age_secs=age)
        case "order", legs, side, count, kind, time_in_force, price, family:
            _order(floor, number, legs, side, count, kind, time_in_force, price, family)
        case "cancel", which:
            floor.venue.cancel(f"o{which}", floor.now)
        case "wait", secs:
            floor.wait(secs)
        case _:
            floor.restart()


def _order(floor: PaperFloor, number: int, *terms: Any) -> None:
    legs, side, count, kind, time_in_force, price, family = terms
    given: dict[str, Any] = {"order_type": kind, "time_in_force": time_in_force}
    if kind in {OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.LIMIT_ON_CLOSE}:
        given["limit_price"] = f"{price * 0.05:.2f}"
    if kind in {OrderType.STOP, OrderType.STOP_LIMIT}:
        given["stop_price"] = f"{(price + 2) * 0.05:.2f}"
    if kind in {OrderType.TRAIL, OrderType.TRAIL_LIMIT}:
        given["trail_pct"] = price
    if time_in_force is TimeInForce.GTD:
        given["good_till"] = min(floor.now + 3600 * NS_PER_SECOND, EXPIRY)
    if family == "parent":
        given["parent_id"] = f"o{number - 1}"
    if family == "group":
        given["oca_group"] = "g"
    floor.place(an_order(f"o{number}", side, count, legs, **given))
