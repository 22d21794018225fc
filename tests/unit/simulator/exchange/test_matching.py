"""Prices, triggers and sizes of one order against one quote."""

from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from trading_floor import CALL, INSTRUMENTS, START, Floor

from voldesk.model.orders import Side
from voldesk.simulator.exchange.matching import (
    fill_price,
    fill_quantity,
    follow,
    on_tick,
    peg,
    reference,
)
from voldesk.simulator.exchange.orders import OrderType, TriggerMethod
from voldesk.simulator.exchange.quotes import Touch
from voldesk.simulator.exchange.ticket import Ticket

_LISTED = {instrument.key: instrument for instrument in INSTRUMENTS}
prices = st.integers(1, 400).map(lambda n: Decimal(n) / 20)


def _ticket(side: Side, quantity: int = 10, key: str = CALL, **terms: Any) -> Ticket:
    request = Floor().request(side, quantity, key, **terms)
    ticket = Ticket(
        venue_order_id=1,
        request=request,
        instrument=_LISTED[key],
        quantity=request.quantity,
        placed_at=START,
        changed_at=START,
    )
    ticket.begin()
    return ticket


def _touch(bid: str | None, ask: str | None, left: int = 10) -> Touch:
    size = Decimal(left)
    return Touch(Decimal(bid) if bid else None, Decimal(ask) if ask else None, size, size)


@given(prices, prices, st.booleans(), st.sampled_from(Side))
def test_no_price_is_beyond_its_limit(
    limit: Decimal, shown: Decimal, rested: bool, side: Side
) -> None:
    """Whatever is shown: a limit order trades at its limit or better, or not at all."""
    ticket = _ticket(side, limit_price=limit)
    ticket.has_rested = rested
    price = fill_price(ticket, _touch(str(shown), str(shown)))
    is_marketable = (shown - limit) * side.sign <= 0
    assert (price is not None) is is_marketable
    if price is not None:
        assert price == (limit if rested else shown)


def test_nothing_trades_with_a_side_that_is_not_there() -> None:
    """Without an ask nobody buys; a seller still finds the bid."""
    touch = _touch("5", None)
    assert fill_price(_ticket(Side.BUY), touch) is None
    assert fill_price(_ticket(Side.SELL), touch) == 5


@given(st.lists(prices, min_size=1, max_size=30), st.sampled_from(Side))
def test_a_trailing_stop_only_ever_gets_tighter(seen: list[Decimal], side: Side) -> None:
    """Until it triggers a sale's stop never falls and a purchase's never rises."""
    ticket = _ticket(side, order_type=OrderType.TRAIL, trail_amount=1)
    stops = []
    for price in seen:
        follow(ticket, price)
        if ticket.is_triggered:
            break
        assert ticket.stop_price is not None
        stops.append(ticket.stop_price)
    assert stops == sorted(stops, reverse=side is Side.BUY)


@pytest.mark.parametrize(
    ("side", "kind", "reached", "missed"),
    [
        (Side.BUY, OrderType.STOP, "5", "4.95"),
        (Side.SELL, OrderType.STOP, "5", "5.05"),
        (Side.BUY, OrderType.MARKET_IF_TOUCHED, "5", "5.05"),
        (Side.SELL, OrderType.MARKET_IF_TOUCHED, "5", "4.95"),
    ],
)
def test_triggers_are_reached_from_their_side(
    side: Side, kind: OrderType, reached: str, missed: str
) -> None:
    """Stops need a worse price than now, touch orders a better one; equal counts."""
    ticket = _ticket(side, order_type=kind, stop_price=5)
    follow(ticket, Decimal(missed))
    follow(ticket, None)
    waited = ticket.is_triggered
    follow(ticket, Decimal(reached))
    assert not waited
    assert ticket.is_triggered


@pytest.mark.parametrize(
    ("method", "price"),
    [
        (TriggerMethod.DEFAULT, "5"),
        (TriggerMethod.BID_ASK, "5"),
        (TriggerMethod.MID, "5.1"),
        (TriggerMethod.LAST, "4"),
    ],
)
def test_each_method_looks_at_its_price(method: TriggerMethod, price: str) -> None:
    """A sale of an option looks at the bid unless it names another price."""
    ticket = _ticket(Side.SELL, order_type=OrderType.STOP, stop_price=5, trigger_method=method)
    assert reference(ticket, _touch("5", "5.2"), Decimal(4)) == Decimal(price)


def test_pegged_orders_are_capped_by_their_limit() -> None:
    """A relative order follows its side up to the cap; without a quote it has no price."""
    ticket = _ticket(Side.BUY, order_type=OrderType.RELATIVE, limit_price=4.9)
    assert peg(ticket, _touch("5", "5.2")) == Decimal("4.9")
    assert peg(ticket, _touch("4.5", "5.2")) == Decimal("4.5")
    assert peg(ticket, _touch(None, "5.2")) is None


@given(st.integers(1, 20), st.integers(0, 20), st.integers(0, 5))
def test_a_fill_is_never_more_than_shown_or_asked(quantity: int, shown: int, filled: int) -> None:
    """The size is the lesser of what is shown and what remains."""
    ticket = _ticket(Side.BUY, quantity)
    ticket.filled = Decimal(min(filled, quantity))
    size = fill_quantity(ticket, Decimal(shown))
    assert size == min(ticket.remaining, shown)


@given(st.decimals("0.01", "500", places=4))
def test_a_price_goes_to_the_nearest_tick(price: Decimal) -> None:
    """Rounded prices are whole ticks, at most half a tick away."""
    rounded = on_tick(price, _LISTED[CALL])
    assert rounded % Decimal("0.05") == 0
    assert abs(rounded - price) <= Decimal("0.025")
