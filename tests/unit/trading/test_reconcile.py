"""What a venue shows becomes what has to be written down, and no more than that."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from orders import CALL, PUT, a_fill, an_intent

from voldesk.model.events import (
    Adopted,
    Counted,
    Decided,
    Entry,
    Filled,
    Happened,
    Held,
    Seen,
    Snapshot,
)
from voldesk.model.lifecycle import Event, State
from voldesk.model.orders import OrderType, Terms
from voldesk.trading.ledger import Ledger
from voldesk.trading.reconcile import compare

BASE = Counted(base={}, at=0)
SENT: tuple[Entry, ...] = (
    BASE,
    Decided(intent=an_intent(), reason="", checks=(), at=1),
    Happened(client_order_id="vd-1", event=Event.SEND, at=1),
)


def happened(event: Event, **facts: Any) -> Happened:
    """Return an event of the usual order."""
    return Happened(client_order_id="vd-1", event=event, at=2, **facts)


def snapshot(*orders: Seen, fills: tuple[Any, ...] = (), **positions: int) -> Snapshot:
    """Return what the venue shows; positions of calls and puts by name."""
    keys = {"call": CALL, "put": PUT}
    held = tuple(
        Held(account="DU1", key=keys[name], quantity=count) for name, count in positions.items()
    )
    return Snapshot(account="DU1", orders=orders, fills=fills, positions=held, at=9)


def seen(event: Event, filled: int = 0, **facts: Any) -> Seen:
    """Return the usual order as the venue has it."""
    told: dict[str, Any] = {"client_order_id": "vd-1", "venue_order_id": "7"}
    return Seen(event=event, filled=filled, **told | facts)


@pytest.mark.parametrize(
    ("before", "shown", "state"),
    [
        ((), seen(Event.WORK), State.WORKING),
        ((happened(Event.LOSE),), seen(Event.CANCEL), State.CANCELLED),
        ((happened(Event.LOSE),), seen(Event.FILL, 1), State.PARTIALLY_FILLED),
        ((happened(Event.WORK),), seen(Event.COMPLETE, 3), State.FILLED),
        ((happened(Event.WORK),), seen(Event.EXPIRE), State.EXPIRED),
        (
            (happened(Event.WORK), happened(Event.ASK_CANCEL)),
            seen(Event.WORK),
            State.CANCEL_PENDING,
        ),
        ((happened(Event.CANCEL),), seen(Event.COMPLETE, 3), State.FILLED),
    ],
)
def test_orders_are_brought_to_where_the_venue_has_them(
    before: tuple[Entry, ...], shown: Seen, state: State
) -> None:
    """After its entries the ledger says what the venue says, and a second look finds nothing."""
    ledger = Ledger.of([*SENT, *before])
    found = compare(ledger, snapshot(shown))
    for entry in found.entries:
        ledger.apply(entry)
    assert ledger.orders["vd-1"].state is state
    assert compare(ledger, snapshot(shown)).entries == ()


def test_fills_missed_are_taken_once() -> None:
    """Executions during an outage are found by their id; positions then agree."""
    ledger = Ledger.of([*SENT, happened(Event.WORK), Filled(fill=a_fill("a"), at=3)])
    fills = (a_fill("a"), a_fill("b"), a_fill("c"))
    shown = snapshot(seen(Event.COMPLETE, 3), fills=fills, call=3)
    found = compare(ledger, shown)
    assert found.differences == ()
    assert [e.fill.execution_id for e in found.entries if isinstance(e, Filled)] == ["b", "c"]
    for entry in found.entries:
        ledger.apply(entry)
    assert ledger.orders["vd-1"].state is State.FILLED
    assert compare(ledger, shown).entries == ()


def test_an_order_the_venue_never_had_is_given_up_when_it_settled() -> None:
    """Missing at once may be too early; missing after the delay is never arrived."""
    ledger = Ledger.of([*SENT, happened(Event.LOSE)])
    assert compare(ledger, snapshot()).entries == ()
    entries = compare(ledger, snapshot(), missing=["vd-1"]).entries
    for entry in entries:
        ledger.apply(entry)
    assert ledger.orders["vd-1"].state is State.REJECTED
    found = compare(
        Ledger.of([*SENT, happened(Event.LOSE)]), snapshot(seen(Event.WORK)), missing=["vd-1"]
    )
    assert [entry.event for entry in found.entries if isinstance(entry, Happened)] == [Event.WORK]


def test_orders_of_others_are_adopted_while_they_live() -> None:
    """A working order without our tag is taken in; one that is over, or says nothing, is not."""
    theirs = an_intent("ext-1")
    alive = seen(Event.WORK, client_order_id="", venue_order_id="9", intent=theirs)
    over = seen(Event.CANCEL, client_order_id="", venue_order_id="8", intent=theirs)
    blank = seen(Event.WORK, client_order_id="", venue_order_id="6")
    found = compare(Ledger.of([BASE]), snapshot(alive, over, blank))
    assert found.entries == (Adopted(intent=theirs, venue_order_id="9", at=9),)


NEW = Terms(quantity=4, limit_price=Decimal("1.30"))
BY_HAND = Terms(quantity=2, limit_price=Decimal("1.25"))
ASKED = (happened(Event.WORK), happened(Event.ASK_MODIFY, terms=NEW))


@pytest.mark.parametrize(
    ("before", "shown", "terms", "state"),
    [
        ((*ASKED, happened(Event.LOSE)), NEW, NEW, State.WORKING),
        ((*ASKED, happened(Event.LOSE)), an_intent().terms, an_intent().terms, State.WORKING),
        (ASKED, NEW, NEW, State.WORKING),
        (ASKED, an_intent().terms, an_intent().terms, State.MODIFY_PENDING),
        ((happened(Event.WORK),), BY_HAND, BY_HAND, State.WORKING),
        ((*ASKED, happened(Event.LOSE)), BY_HAND, BY_HAND, State.WORKING),
    ],
)
def test_terms_become_those_of_the_venue(
    before: tuple[Entry, ...], shown: Terms, terms: Terms, state: State
) -> None:
    """A change without an answer happened or did not, and what was changed by hand is known."""
    ledger = Ledger.of([*SENT, *before])
    found = compare(ledger, snapshot(seen(Event.WORK, intent=replace(an_intent(), terms=shown))))
    for entry in found.entries:
        ledger.apply(entry)
    order = ledger.orders["vd-1"]
    assert (order.intent.terms, order.state) == (terms, state)
    assert (order.asked is None) == (state is State.WORKING)


def test_an_order_that_the_venue_has_twice() -> None:
    """The second is no news of the first; while it may fill, or has, it is a difference."""
    working = happened(Event.WORK, venue_order_id="7")
    ledger = Ledger.of([*SENT, working])
    over = seen(Event.CANCEL, venue_order_id="8")
    for shown, count in ((over, 0), (seen(Event.WORK, venue_order_id="8"), 1)):
        found = compare(ledger, snapshot(seen(Event.WORK), shown))
        assert found.entries == ()
        assert len(found.differences) == count
    filled = compare(ledger, snapshot(seen(Event.COMPLETE, 3, venue_order_id="8")))
    assert filled.differences == ("order vd-1 is at the venue twice: 7 and 8",)
    ledger = Ledger.of([*SENT[1:], working])  # and nothing was counted yet
    assert compare(ledger, snapshot(seen(Event.WORK, venue_order_id="8"))).differences


def test_prices_that_the_venue_moves_are_no_change() -> None:
    """A trailing stop is where it is; its quantity is compared all the same."""
    kind = OrderType.TRAIL
    trail = an_intent(order_type=kind, terms=Terms(quantity=3, trail_amount=Decimal("0.5")))
    ledger = Ledger.of([BASE, Decided(intent=trail, reason="", checks=(), at=1)])
    ledger.apply(happened(Event.WORK))
    moved = trail.changed(stop_price=Decimal("0.70"))
    assert compare(ledger, snapshot(seen(Event.WORK, intent=moved))).entries == ()
    (change,) = compare(
        ledger, snapshot(seen(Event.WORK, intent=moved.changed(quantity=2)))
    ).entries
    ledger.apply(change)
    assert ledger.orders["vd-1"].intent.terms == replace(moved.terms, quantity=2)
    other = an_intent(terms=Terms(quantity=9, limit_price=Decimal("1.25")))
    assert compare(ledger, snapshot(seen(Event.WORK, intent=other))).entries == ()


def test_positions_are_counted_first_and_compared_after() -> None:
    """What was there at first is the base; later only executions explain a change."""
    ledger = Ledger()
    (counted,) = compare(ledger, snapshot(call=-2, put=0)).entries
    assert counted == Counted(base={CALL: -2}, at=9)
    ledger.apply(counted)
    assert compare(ledger, snapshot(call=-2)).differences == ()
    assert compare(ledger, snapshot(call=-2, put=1)).differences == (
        f"position of {PUT}: 1 at the venue, 0 by our count",
    )
    bought = (a_fill("m", tag="", venue_order_id="5"),)
    assert compare(ledger, snapshot(fills=bought, call=-1)).differences == ()
