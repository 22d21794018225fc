"""The ledger: what a sequence of entries adds up to, in whatever order the venue tells it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders import CALL, PUT, a_fill, an_intent

from voldesk.model.errors import InvariantError
from voldesk.model.events import Adopted, Begun, Charged, Counted, Decided, Entry, Filled, Happened
from voldesk.model.lifecycle import Event, State
from voldesk.model.orders import Intent, Leg, Side, Terms
from voldesk.trading.ledger import Ledger, OrderRecord


def decided(intent: Intent | None = None, reason: str = "") -> Decided:
    """Return the entry of an order let through, or denied for a reason."""
    return Decided(intent=intent or an_intent(), reason=reason, checks=(), at=1)


def happened(event: Event, tag: str = "vd-1", **facts: Any) -> Happened:
    """Return the entry of an event."""
    return Happened(client_order_id=tag, event=event, at=2, **facts)


def filled(execution_id: str, **facts: Any) -> Filled:
    """Return the entry of an execution."""
    return Filled(fill=a_fill(execution_id, **facts), at=3)


WORKING = (decided(), happened(Event.SEND), happened(Event.WORK, venue_order_id="77"))


def order_after(*entries: Entry) -> OrderRecord:
    """Return the order of the usual tag after entries, with no alarm."""
    ledger = Ledger.of(entries)
    assert ledger.alarms == []
    return ledger.orders["vd-1"]


def test_an_order_that_fills_in_parts_has_exact_money() -> None:
    """Quantities add up, the average price is exact, and the last fill ends it."""
    order = order_after(
        *WORKING,
        filled("a", price=Decimal("1.20")),
        filled("b", quantity=2, price=Decimal("1.23")),
    )
    assert order.state is State.FILLED
    assert (order.filled, order.remaining, order.venue_order_id) == (3, 0, "77")
    assert order.average_price == Decimal("3.66") / 3
    assert order.is_final
    assert not order.is_open


def test_a_denied_order_is_kept_with_its_reason() -> None:
    """What the gate refused is known, and never open."""
    order = order_after(decided(reason="day_loss is 6000, at most 5000"))
    assert (order.state, order.reason) == (State.DENIED, "day_loss is 6000, at most 5000")
    assert order.average_price is None


@given(st.permutations(["a", "b", "a", "c", "b", "c"]), st.sampled_from([0, 1, 2, 3]))
def test_executions_told_twice_and_reordered_count_once(told: list[str], status: int) -> None:
    """Whatever the order and the repeats, with the status before them or after, three are three."""
    entries: list[Entry] = [filled(one) for one in told]
    entries.insert(status, happened(Event.COMPLETE, filled=3))
    ledger = Ledger.of([*WORKING, *entries])
    order = ledger.orders["vd-1"]
    assert (order.state, order.filled, len(order.fills)) == (State.FILLED, 3, 3)
    assert ledger.positions == {CALL: 3}
    assert ledger.alarms == []
    assert not any(ledger.is_new(entry) for entry in entries if isinstance(entry, Filled))


def test_a_fill_before_the_acknowledgement_and_after_the_cancel_counts() -> None:
    """The venue's messages overtake each other; the money is right at the end."""
    early = order_after(decided(), happened(Event.SEND), filled("a"), happened(Event.ACCEPT))
    assert (early.state, early.filled) == (State.PARTIALLY_FILLED, 1)
    late = order_after(*WORKING, happened(Event.CANCEL), filled("a"))
    assert (late.state, late.filled) == (State.CANCELLED, 1)
    all_of_it = order_after(*WORKING, happened(Event.CANCEL), filled("a", quantity=3))
    assert all_of_it.state is State.FILLED


def test_an_execution_may_name_the_venue_s_id_alone() -> None:
    """A fill without our tag is attached by the id the venue gave the order."""
    order = order_after(*WORKING, filled("a", tag="", venue_order_id="77"))
    assert order.filled == 1


def test_more_than_was_asked_is_counted_and_raises_the_alarm() -> None:
    """Money that cannot be is counted all the same, and said."""
    ledger = Ledger.of([*WORKING, filled("a", quantity=3), filled("b")])
    assert ledger.positions == {CALL: 4}
    assert ledger.alarms == ["order vd-1: 4 filled, 3 asked"]
    denied = Ledger.of([decided(reason="no"), filled("a")])
    assert denied.positions == {CALL: 1}
    assert "denied" in denied.alarms[0]


def test_an_execution_is_undone_and_told_anew() -> None:
    """What goes against its order takes a fill back: units, money and position follow."""
    ledger = Ledger.of([Decided(intent=an_intent(quantity=2), reason="", checks=(), at=1)])
    price = Decimal("1.30")
    first = a_fill("x.01", quantity=2)
    undone = replace(first, execution_id="x.01~undone", side=first.side.other)
    for fill in (first, undone, replace(first, execution_id="x.02", price=price)):
        ledger.apply(Filled(fill=fill, at=2))
    order = ledger.orders["vd-1"]
    assert (order.state, order.filled, order.average_price) == (State.FILLED, 2, price)
    assert ledger.positions == {CALL: 2}
    ledger.apply(Filled(fill=replace(undone, execution_id="x.02~undone", price=price), at=3))
    assert order.average_price is None
    assert ledger.positions == {}
    assert ledger.alarms == []


def test_combinations_fill_in_whole_units() -> None:
    """A unit is filled when each of its legs is."""
    spread = an_intent(quantity=2, legs=(Leg(CALL), Leg(PUT, -2)))
    first = (decided(spread), happened(Event.SEND), filled("a", quantity=2))
    assert order_after(*first).filled == 0
    sold = {"key": PUT, "side": Side.SELL}
    order = order_after(*first, filled("b", quantity=2, **sold))
    assert (order.state, order.filled) == (State.PARTIALLY_FILLED, 1)
    order = order_after(*first, filled("b", quantity=2, **sold), filled("c", quantity=2, **sold))
    assert order.state is State.FILLED
    entries: list[Entry] = [*first, filled("b", quantity=4, **sold)]
    assert Ledger.of(entries).positions == {CALL: 2, PUT: -4}


NEW = Terms(quantity=5, limit_price=Decimal("1.30"))


@pytest.mark.parametrize(
    ("answer", "terms", "asked"),
    [
        ((happened(Event.MODIFY),), NEW, False),
        (
            (happened(Event.MODIFY, terms=replace(NEW, quantity=4)),),
            replace(NEW, quantity=4),
            False,
        ),
        ((happened(Event.REFUSE_MODIFY),), an_intent().terms, False),
        ((happened(Event.CANCEL),), an_intent().terms, False),
        ((), an_intent().terms, True),
    ],
)
def test_terms_change_when_the_venue_says_so(
    answer: tuple[Happened, ...], terms: Terms, asked: bool
) -> None:
    """Until confirmed the old terms count; what the venue confirms is what counts after."""
    order = order_after(*WORKING, happened(Event.ASK_MODIFY, terms=NEW), *answer)
    assert order.intent.terms == terms
    assert (order.asked is not None) is asked


def test_a_change_that_nobody_here_asked_for_leaves_the_terms() -> None:
    """A confirmation without terms and without a request says nothing new."""
    order = order_after(*WORKING, happened(Event.MODIFY))
    assert (order.intent.terms, order.state) == (an_intent().terms, State.WORKING)


def test_commissions_join_their_execution() -> None:
    """What a fill cost is told later; told again it is nothing new, of nothing known it waits."""
    charge = Charged(execution_id="a", commission=Decimal("1.1"), currency="USD", at=4)
    ledger = Ledger.of([*WORKING, filled("a"), filled("b")])
    assert ledger.is_new(charge)
    ledger.apply(charge)
    assert not ledger.is_new(charge)
    assert [fill.commission for fill in ledger.orders["vd-1"].fills] == [Decimal("1.1"), None]
    assert ledger.apply(replace(charge, execution_id="zzz")) is None
    stray = Ledger.of([filled("s", tag="other"), replace(charge, execution_id="s")])
    assert stray.orders == {}


def test_orders_of_others_are_adopted_with_their_executions() -> None:
    """A stray execution waits for its order; other people's strays stay."""
    theirs = an_intent("ext-9", strategy="external")
    ledger = Ledger.of(
        [filled("a", tag="", venue_order_id="9"), filled("b", tag="", venue_order_id="10")]
    )
    assert [fill.execution_id for fill in ledger.strays] == ["a", "b"]
    assert ledger.positions == {CALL: 2}
    ledger.apply(Adopted(intent=theirs, venue_order_id="9", at=5))
    order = ledger.find(venue_order_id="9")
    assert order is not None
    assert (order.state, order.filled) == (State.EXTERNAL, 1)
    assert [fill.execution_id for fill in ledger.strays] == ["b"]
    ledger.apply(happened(Event.COMPLETE, tag="", venue_order_id="9"))
    assert order.state is State.FILLED


def test_what_cannot_follow_changes_nothing() -> None:
    """An id used twice and an event of nobody's order are refused."""
    ledger = Ledger.of(WORKING)
    with pytest.raises(InvariantError, match="used once"):
        ledger.apply(decided())
    with pytest.raises(InvariantError, match="nobody decided"):
        ledger.apply(happened(Event.WORK, tag="who"))
    with pytest.raises(InvariantError, match="cannot send"):
        ledger.apply(happened(Event.SEND, filled=2))
    assert ledger.orders["vd-1"].filled == 0
    assert [order.state for order in ledger.open_orders] == [State.WORKING]


def test_other_entries_change_no_order() -> None:
    """A process that began is kept, and no order's business."""
    begun = Begun(account="DU1", version="1", config="x", pid=1, at=0)
    ledger = Ledger()
    assert ledger.is_new(begun)
    assert ledger.apply(begun) is None


def charged(execution_id: str, commission: str = "1.1") -> Charged:
    """Return the entry of what an execution cost."""
    return Charged(execution_id=execution_id, commission=Decimal(commission), currency="USD", at=4)


def test_a_commission_told_before_its_execution_is_kept() -> None:
    """It is counted when that comes, and told twice it is not news."""
    ledger = Ledger.of(WORKING)
    assert ledger.is_new(charged("a"))
    ledger.apply(charged("a"))
    assert not ledger.is_new(charged("a"))
    ledger.apply(filled("a"))
    assert ledger.orders["vd-1"].fills[0].commission == Decimal("1.1")
    assert ledger.executions["a"].commission == Decimal("1.1")
    assert not ledger.is_new(charged("a"))


def test_a_commission_of_nobodys_execution_is_counted() -> None:
    """Strays cost money too."""
    ledger = Ledger.of([filled("a", tag="other"), filled("b", tag="other"), charged("b")])
    assert [fill.commission for fill in ledger.strays] == [None, Decimal("1.1")]


def test_the_version_grows_with_what_is_held_and_costs_alone() -> None:
    """So that what is made of executions may be kept between them."""
    ledger = Ledger.of(WORKING)
    assert ledger.version == 0
    entries: list[Entry] = [filled("a"), charged("a"), Counted(base={CALL: 1}, at=1)]
    for number, entry in enumerate(entries, start=1):
        ledger.apply(entry)
        assert ledger.version == number
    ledger.apply(filled("a"))
    assert ledger.version == 3
    assert ledger.positions == {CALL: 2}


def test_positions_belong_to_who_asked() -> None:
    """Changing them changes nothing here."""
    ledger = Ledger.of([*WORKING, filled("a")])
    ledger.positions.clear()
    assert ledger.positions == {CALL: 1}
