"""A ticket says what holds it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from trading_floor import CALL, INSTRUMENTS, START, Floor

from voldesk.model.orders import Side
from voldesk.simulator.exchange.orders import HeldFor, OrderStatus, OrderType
from voldesk.simulator.exchange.ticket import Ticket

_CALL = next(instrument for instrument in INSTRUMENTS if instrument.key == CALL)


def _ticket(**terms: Any) -> Ticket:
    request = Floor().request(Side.BUY, 5, **terms)
    ticket = Ticket(
        venue_order_id=1,
        request=request,
        instrument=_CALL,
        quantity=request.quantity,
        placed_at=START,
        changed_at=START,
    )
    ticket.begin()
    return ticket


def test_reasons_to_wait_count_in_their_order() -> None:
    """As each reason goes the next one shows, until nothing holds the order."""
    ticket = _ticket(order_type=OrderType.STOP, stop_price=5, good_after=START + 1)
    ticket.is_transmitted, ticket.is_waiting = False, True
    ticket.algo_until = ticket.opens_at = START + 2
    seen = []
    for step in range(8):
        seen.append(ticket.hold_at(START + step // 2, is_open=step > 5))
        if step == 0:
            ticket.is_transmitted = True
        if step == 1:
            ticket.is_waiting = False
        if step == 6:
            ticket.is_triggered = True
    assert seen == [
        HeldFor.TRANSMIT,
        HeldFor.PARENT,
        HeldFor.ALGO,
        HeldFor.ALGO,
        HeldFor.SESSION,
        HeldFor.SESSION,
        HeldFor.TRIGGER,
        None,
    ]


def test_an_order_on_close_needs_no_session_at_the_close() -> None:
    """At the closing instant the session is over; the auction is not."""
    ticket = _ticket(order_type=OrderType.MARKET_ON_CLOSE)
    ticket.closes_at = START
    assert ticket.hold_at(START - 1, is_open=True) is HeldFor.CLOSING
    assert ticket.hold_at(START, is_open=False) is None


@pytest.mark.parametrize(
    ("status", "held_for", "can_fill"),
    [
        (OrderStatus.PENDING, None, False),
        (OrderStatus.HELD, HeldFor.TRIGGER, False),
        (OrderStatus.WORKING, None, True),
        (OrderStatus.PENDING_CANCEL, None, True),
        (OrderStatus.FILLED, None, False),
        (OrderStatus.CANCELLED, None, False),
    ],
)
def test_an_order_can_fill_while_it_is_in_the_book(
    status: OrderStatus, held_for: HeldFor | None, *, can_fill: bool
) -> None:
    """A cancel on its way does not take it out."""
    ticket = _ticket()
    ticket.status, ticket.held_for = status, held_for
    assert ticket.can_fill is can_fill


def test_a_revision_loses_its_place_and_keeps_its_trigger() -> None:
    """A stop that triggered stays triggered under a new quantity, but has to rest anew."""
    ticket = _ticket(order_type=OrderType.STOP_LIMIT, stop_price=5, limit_price=5)
    ticket.is_triggered = ticket.has_rested = True
    ticket.revise(replace(ticket.request, quantity=Decimal(7)))
    assert ticket.quantity == 7
    assert ticket.is_triggered
    assert not ticket.has_rested


def test_a_new_type_begins_anew() -> None:
    """Trigger and limit of the old one are forgotten."""
    ticket = _ticket(order_type=OrderType.STOP_LIMIT, stop_price=5, limit_price=5)
    ticket.is_triggered = True
    ticket.revise(replace(ticket.request, order_type=OrderType.STOP))
    assert ticket.limit_price is None
    assert not ticket.is_triggered
    assert ticket.revision == 1


def test_a_view_stands_still() -> None:
    """What was seen does not change with the ticket."""
    ticket = _ticket()
    view = ticket.view()
    ticket.filled, ticket.paid = Decimal(2), Decimal(10)
    assert view.filled == 0
    assert view.average_price == 0
    assert ticket.view().filled == 2
    assert ticket.view().average_price == 5
