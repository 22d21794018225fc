"""The parts of a desk are opened and closed, whatever comes in between."""

import asyncio
import threading
from pathlib import Path

import pytest
from desk_room import a_room
from gateway_world import until
from venue import MemoryVenue

from voldesk.app.desk_opening import closed, masked
from voldesk.store.journal import Journal


class Slow(MemoryVenue):
    """A venue that takes its time to answer, and to go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may_open = asyncio.Event(), asyncio.Event()
        self.is_going, self.may_go = asyncio.Event(), asyncio.Event()
        self.may_go.set()

    async def open(self) -> None:
        """Answer when a test says so."""
        self.asked.set()
        await self.may_open.wait()

    async def close(self) -> None:
        """Go when a test says so."""
        self.is_going.set()
        await self.may_go.wait()
        await super().close()


def require_free(folder: Path) -> None:
    """Open the journal, which one process may have at a time."""
    Journal.open(folder / "journal").close()


async def test_an_end_while_it_opens_leaves_nothing_open(tmp_path: Path) -> None:
    """The venue has not answered yet, and the journal is free again."""
    venue = Slow()
    async with a_room(tmp_path, venue):
        await venue.asked.wait()
    await asyncio.to_thread(require_free, tmp_path)


async def test_an_end_while_it_is_made_leaves_nothing_open(tmp_path: Path) -> None:
    """A thread cannot be cancelled: what it makes is closed."""
    begun, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        may_end.wait(60)

    async with a_room(tmp_path, fails=hold):
        await until(begun.is_set)
        asyncio.get_running_loop().call_later(0.01, may_end.set)
    await asyncio.to_thread(require_free, tmp_path)


async def test_an_end_while_it_closes_waits_for_it(tmp_path: Path) -> None:
    """What has begun to close is closed."""
    venue = Slow()
    venue.may_open.set()
    venue.may_go.clear()
    async with a_room(tmp_path, venue) as room:
        await room.opens()
        closing = asyncio.create_task(closed(room.desk.parts))
        await venue.is_going.wait()
        closing.cancel()
        venue.may_go.set()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await asyncio.to_thread(require_free, tmp_path)
        room.desk._parts = None


@pytest.mark.parametrize(
    ("account", "shown"), [("DU1234567", "…567"), ("PAPER-SIM", "PAPER-SIM"), ("U1", "…U1")]
)
def test_a_number_is_never_shown_whole(account: str, shown: str) -> None:
    """A name is."""
    assert masked(account) == shown
