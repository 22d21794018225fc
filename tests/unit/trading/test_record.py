"""Orders through crashes, repeats, reorderings and lost words: none lost, none twice, all right."""

import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from orders import CALL, an_intent

from voldesk.model.errors import InvariantError
from voldesk.model.events import (
    Begun,
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
from voldesk.model.orders import Fill, Side
from voldesk.store.journal import Journal, decoded, encoded
from voldesk.trading.ledger import Ledger
from voldesk.trading.reconcile import compare

PLACES = st.integers(0, 10**6)
SIZES = st.integers(1, 4)


class Memory:
    """A journal without a disk: entries pass through their bytes all the same."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []

    def write(self, entry: Entry) -> None:
        self._lines.append(encoded(entry))

    def reopened(self) -> list[Entry]:
        return [decoded(line) for line in self._lines]

    def close(self) -> None:
        self._lines.clear()


class Disk:
    """The real journal, closed and opened again at every crash."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._journal = Journal.open(Path(self._folder.name))

    def write(self, entry: Entry) -> None:
        self._journal.write(entry)

    def reopened(self) -> list[Entry]:
        self._journal.close()
        self._journal = Journal.open(Path(self._folder.name))
        return list(self._journal.entries())

    def close(self) -> None:
        self._journal.close()
        self._folder.cleanup()


@dataclass
class AtVenue:
    """An order as the venue has it."""

    side: Side
    quantity: int
    filled: int = 0
    is_cancelled: bool = False

    @property
    def event(self) -> Event:
        if self.filled == self.quantity:
            return Event.COMPLETE
        if self.is_cancelled:
            return Event.CANCEL
        return Event.FILL if self.filled else Event.WORK


class Crashes(RuleBasedStateMachine):
    """A process that dies at any point between an order and a venue that tells badly."""

    journal_of: Any = Memory

    def __init__(self) -> None:
        super().__init__()
        self.journal = self.journal_of()
        self.ledger = Ledger()
        self.venue: dict[str, AtVenue] = {}
        self.fills: list[Fill] = []
        self.arrivals: list[str] = []
        self.wire: list[Happened | Filled] = []
        self.decided = 0
        self.write(Begun(account="DU1", version="", config="", pid=1, at=0))
        self.write(Counted(base={}, at=0))

    def write(self, entry: Entry) -> None:
        self.ledger.apply(entry)
        self.journal.write(entry)

    def tell(self, tag: str) -> None:
        order = self.venue[tag]
        told = Happened(client_order_id=tag, event=order.event, at=3, filled=order.filled)
        self.wire.append(told)

    @rule(
        size=SIZES,
        side=st.sampled_from(Side),
        fate=st.sampled_from(["arrives", "arrives", "not sent", "lost", "dies"]),
    )
    def place(self, size: int, side: Side, fate: str) -> None:
        """Decide, make durable, send; the process may die in between, or the bytes get lost."""
        tag = f"vd-{self.decided}"
        self.decided += 1
        intent = an_intent(tag, size, side=side)
        self.write(Decided(intent=intent, reason="", checks=(), at=1))
        if fate == "not sent":
            self.crash()
            return
        if fate != "lost":
            self.arrivals.append(tag)
            self.venue[tag] = AtVenue(side, size)
            self.tell(tag)
        if fate == "dies":
            self.crash()
        else:
            self.ledger.apply(Happened(client_order_id=tag, event=Event.SEND, at=2))

    @precondition(lambda self: self.decided)
    @rule(place=PLACES)
    def click_again(self, place: int) -> None:
        """An intent seen before is known and not sent, whatever became of it and the process."""
        tag = f"vd-{place % self.decided}"
        if tag not in self.ledger.orders:
            self.arrivals.append(tag)
            self.decided += 1

    @precondition(lambda self: self.venue)
    @rule(place=PLACES, size=SIZES, is_told=st.booleans())
    def fill(self, place: int, size: int, is_told: bool) -> None:
        """The venue executes some of an order, and may tell of it."""
        tag = sorted(self.venue)[place % len(self.venue)]
        order = self.venue[tag]
        count = min(size, order.quantity - order.filled)
        if not count or order.is_cancelled:
            return
        order.filled += count
        one = Fill(
            execution_id=f"x{len(self.fills)}",
            client_order_id=tag,
            venue_order_id="",
            account="DU1",
            key=CALL,
            side=order.side,
            quantity=count,
            price=Decimal("1.2"),
            ts_event=len(self.fills),
        )
        self.fills.append(one)
        if is_told:
            self.wire.append(Filled(fill=one, at=4))
            self.tell(tag)

    @precondition(lambda self: self.venue)
    @rule(place=PLACES, is_told=st.booleans())
    def cancel(self, place: int, is_told: bool) -> None:
        """We ask for a cancel, and the venue does it if it still can; the answer may get lost."""
        tag = sorted(self.venue)[place % len(self.venue)]
        order = self.venue[tag]
        if not self.ledger.orders[tag].is_final:
            self.write(Happened(client_order_id=tag, event=Event.ASK_CANCEL, at=3))
        order.is_cancelled = order.is_cancelled or order.filled < order.quantity
        if is_told:
            self.tell(tag)

    @precondition(lambda self: self.wire)
    @rule(place=PLACES, is_kept=st.booleans())
    def hear(self, place: int, is_kept: bool) -> None:
        """Any word may come next, and may come again."""
        told = self.wire[place % len(self.wire)]
        if not is_kept:
            self.wire.remove(told)
        if self.ledger.is_new(told):
            try:
                self.write(told)
            except InvariantError as exc:  # what cannot be was told: no word of this venue is so
                raise AssertionError(str(exc)) from exc

    @precondition(lambda self: self.wire)
    @rule(place=PLACES)
    def lose_a_word(self, place: int) -> None:
        """A word never comes."""
        del self.wire[place % len(self.wire)]

    @rule()
    def crash(self) -> None:
        """The process dies; the next one knows what was durable, and what is open is UNKNOWN."""
        before = set(self.ledger.orders)
        self.ledger = Ledger.of(self.journal.reopened())
        assert set(self.ledger.orders) == before
        self.lose_line()

    @rule()
    def lose_line(self) -> None:
        """The line breaks: nothing open is guessed."""
        for order in list(self.ledger.open_orders):
            lost = Happened(client_order_id=order.intent.client_order_id, event=Event.LOSE, at=5)
            self.ledger.apply(lost)

    @rule()
    def reconcile(self) -> None:
        """All that the venue has is compared, after which nothing differs."""
        self.lose_line()
        snapshot = Snapshot(
            account="DU1",
            orders=tuple(
                Seen(client_order_id=tag, venue_order_id="", event=one.event, filled=one.filled)
                for tag, one in self.venue.items()
            ),
            fills=tuple(self.fills),
            positions=(Held(account="DU1", key=CALL, quantity=self.held()),),
            at=6,
        )
        missing = [order.intent.client_order_id for order in self.ledger.open_orders]
        found = compare(self.ledger, snapshot, missing=missing)
        for entry in found.entries:
            self.write(entry)
        assert found.differences == ()
        self.agree()

    def held(self) -> int:
        return sum(one.side.sign * one.filled for one in self.venue.values())

    def agree(self) -> None:
        """See that every order stands as at the venue, and that none is missing or too many."""
        assert self.ledger.positions.get(CALL, 0) == self.held()
        assert len(self.ledger.orders) == self.decided
        for tag, order in self.ledger.orders.items():
            there = self.venue.get(tag)
            if there is None:
                assert (order.state, order.filled) == (State.REJECTED, 0)
                continue
            assert order.filled == there.filled == sum(fill.quantity for fill in order.fills)
            expected = {Event.COMPLETE: State.FILLED, Event.CANCEL: State.CANCELLED}
            if there.event in expected:
                assert order.state is expected[there.event]
            else:
                assert order.is_open

    @invariant()
    def nothing_is_made_up(self) -> None:
        """No order is sent twice, and none is filled beyond what the venue did or was asked."""
        assert len(set(self.arrivals)) == len(self.arrivals)
        assert self.ledger.alarms == []
        for tag, order in self.ledger.orders.items():
            filled = self.venue[tag].filled if tag in self.venue else 0
            assert order.filled <= filled <= order.intent.terms.quantity

    def teardown(self) -> None:
        self.crash()
        self.reconcile()
        self.journal.close()


class CrashesOnDisk(Crashes):
    """The same with the journal's files."""

    journal_of = Disk


TestCrashes = Crashes.TestCase
TestCrashes.settings = settings(max_examples=1_000, stateful_step_count=30, deadline=None)
TestCrashesOnDisk = CrashesOnDisk.TestCase
TestCrashesOnDisk.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
