"""Orders of a family on their way out: all of them, or none that was to be protected."""

import asyncio
import errno
import itertools
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from orders import an_intent
from scan_desk import Quiet
from venue import MemoryVenue
from waiting import until

from voldesk.model.clock import ManualClock
from voldesk.model.errors import StorageError, VenueUnavailable
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Side
from voldesk.store.journal import Journal
from voldesk.trading.desk import Desk
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.settings import DeskSettings
from voldesk.trading.views import DeskView

SETTINGS = DeskSettings(
    account="DU1", answer_secs=5.0, settle_secs=30.0, snapshot_secs=1.0, retry_secs=0.01
)


class FamilyVenue(MemoryVenue):
    """Takes a parent and its children in one call."""

    calls: list[list[str]]
    trouble: BaseException | None = None

    async def place_all(self, intents: Sequence[Intent]) -> None:
        """Take them all, or raise what the test wants."""
        if self.trouble is not None:
            raise self.trouble
        self.calls = [*getattr(self, "calls", []), [one.client_order_id for one in intents]]
        for one in intents:
            await self.place(one)


class OrphaningVenue(MemoryVenue):
    """Loses its line with the first order."""

    async def place(self, intent: Intent) -> None:
        """Refuse all that comes."""
        self.is_down = True
        await super().place(intent)


@asynccontextmanager
async def opened(
    folder: Path,
    venue: MemoryVenue,
    limits: Limits | None = None,
    around: Quiet | None = None,
) -> AsyncIterator[Desk]:
    """Open a desk that has compared with the venue; close it at the end."""
    journal = Journal.open(folder)
    seen, held_to = around or Quiet(), limits or Limits.none()
    desk = Desk(venue, journal, seen, held_to, ManualClock(1), SETTINGS)
    await desk.open()
    await until(lambda: desk.is_reconciled)
    try:
        yield desk
    finally:
        await desk.close()


def a_bracket(quantity: int = 2) -> list[Intent]:
    """Return an entry and two ways out."""
    entry = an_intent("p", quantity)
    out = {"parent_id": "p", "side": Side.SELL}
    return [entry, an_intent("t", quantity, **out), an_intent("s", quantity, **out)]


async def test_a_family_goes_out_in_one_call_where_the_broker_takes_that(tmp_path: Path) -> None:
    """All durable first, and the same family again is the same orders."""
    venue = FamilyVenue()
    async with opened(tmp_path, venue) as desk:
        orders = await desk.submit_all(a_bracket())
        assert venue.calls == [["p", "t", "s"]]
        await until(lambda: all(one.state is State.WORKING for one in orders))
        assert await desk.submit_all(a_bracket()) == orders
        assert len(venue.calls) == 1


async def test_a_family_clicked_twice_goes_out_once(tmp_path: Path) -> None:
    """The second click waits for the first, and finds its orders."""
    venue = FamilyVenue()
    async with opened(tmp_path, venue) as desk:
        first, second = await asyncio.gather(
            desk.submit_all(a_bracket()), desk.submit_all(a_bracket())
        )
        assert first == second
        assert venue.calls == [["p", "t", "s"]]


async def test_a_family_goes_out_in_turn_elsewhere(tmp_path: Path) -> None:
    """The parent first."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        orders = await desk.submit_all(a_bracket())
        assert venue.placed == ["p", "t", "s"]
        assert desk.throttle.within(60, asyncio.get_running_loop().time()) == 3
        await until(lambda: all(one.state is State.WORKING for one in orders))


async def test_where_one_is_denied_none_goes_out(tmp_path: Path) -> None:
    """A parent does not work without what its children were to protect, nor they without it."""
    venue = FamilyVenue()
    async with opened(tmp_path, venue, replace(Limits.none(), order_contracts=2.0)) as desk:
        entry, target, stop = a_bracket(1)
        large = replace(target.changed(quantity=3), client_order_id="large")
        orders = await desk.submit_all([entry, large, stop])
        assert [one.state for one in orders] == [State.DENIED] * 3
        assert orders[1].reason == "order_contracts is 3, at most 2"
        assert orders[0].reason == f"large was denied: {orders[1].reason}"
        assert orders[2].reason == orders[0].reason
        assert venue.placed == []


async def test_a_parent_that_was_not_sent_keeps_its_children_back(tmp_path: Path) -> None:
    """There is nothing for them to close."""
    venue = OrphaningVenue()
    async with opened(tmp_path, venue) as desk:
        orders = await desk.submit_all(a_bracket())
        assert [one.state for one in orders] == [State.DENIED] * 3
        assert orders[0].reason.startswith("not sent: ")
        assert orders[1].reason == "its parent was not sent"


async def test_a_family_without_a_line_is_denied(tmp_path: Path) -> None:
    """Not a byte of any of them was sent."""
    venue = FamilyVenue()
    async with opened(tmp_path, venue) as desk:
        venue.trouble = VenueUnavailable("no line")
        orders = await desk.submit_all(a_bracket())
        assert {one.reason for one in orders} == {"not sent: no line"}


async def test_a_family_that_may_have_gone_out_is_unknown(tmp_path: Path) -> None:
    """What broke in the middle of sending says nothing of what had left."""
    venue = FamilyVenue()
    async with opened(tmp_path, venue) as desk:
        venue.trouble = RuntimeError("broken")
        with pytest.raises(RuntimeError):
            await desk.submit_all(a_bracket())
        states = {desk.ledger.orders[tag].state for tag in ("p", "t", "s")}
        assert states == {State.UNKNOWN}


async def test_a_halt_while_the_disk_writes_keeps_all_back(tmp_path: Path) -> None:
    """It comes before the first byte."""

    class Halting(Quiet):
        def view(self, intent: Intent, desk: Desk) -> DeskView:
            seen = super().view(intent, desk)
            if intent.client_order_id == "s":  # the last one, judged before the halt
                desk.state = GateState.HALTED
            return seen

    venue = FamilyVenue()
    async with opened(tmp_path, venue, around=Halting()) as desk:
        orders = await desk.submit_all(a_bracket())
        assert {one.reason for one in orders} == {"halted before it was sent"}
        assert [one.state for one in orders] == [State.DENIED] * 3
        assert venue.placed == []


async def test_a_family_that_cannot_be_kept_is_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parent is on the disk and its children are not: nothing is sent, and the venue asked."""
    venue, written, write = FamilyVenue(), itertools.count(), os.write

    def full(descriptor: int, data: bytes) -> int:
        if next(written):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data)

    async with opened(tmp_path, venue) as desk:
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            with pytest.raises(StorageError, match="make room"):
                await desk.submit_all(a_bracket())
        assert list(desk.ledger.orders) == ["p"]
        assert desk.ledger.orders["p"].state is State.UNKNOWN
        assert venue.placed == []
