"""Records reach the disk in order, and their news waits for it."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from voldesk.model.errors import StorageError, VenueUnavailable
from voldesk.store.journal_log import JournalLog
from voldesk.trading.paper import scribe as module
from voldesk.trading.paper.records import Opened, Record, decoded
from voldesk.trading.paper.scribe import Scribe


def _record(number: int) -> Record:
    return Opened(account="DU1", cash={"USD": Decimal(number)}, at=number)


class Desk:
    """Who is told of what became durable."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "paper.log"
        self.done: list[Record] = []
        self.scribe = Scribe(JournalLog.open(self.path), self._take)

    def _take(self, records: Sequence[Record]) -> None:
        self.done.extend(records)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Scribe]:
        """Let it write."""
        writing = asyncio.create_task(self.scribe.run(), name="test writes")
        try:
            yield self.scribe
        finally:
            writing.cancel()
            self.ends = await asyncio.gather(writing, return_exceptions=True)
            await asyncio.to_thread(self.scribe.close)

    def read(self) -> list[Record]:
        """Return what is on the disk."""
        log = JournalLog.open(self.path)
        found = [decoded(line) for _, line in log.records()]
        log.close()
        return found


def _full(_file: int, _data: bytes) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_records_are_told_of_when_they_are_durable(tmp_path: Path) -> None:
    """All of them, in order, and the file has them."""
    desk = Desk(tmp_path)
    records = [_record(number) for number in range(5)]
    async with desk.running() as scribe:
        for record in records:
            scribe.take(record)
        assert not desk.done
        await scribe.wait_for(scribe.taken)
        assert desk.done == records
        await scribe.wait_for(0)
    assert desk.read() == records


async def test_what_was_taken_is_written_before_the_end(tmp_path: Path) -> None:
    """Even if nobody was told of it any more."""
    desk = Desk(tmp_path)
    async with desk.running() as scribe:
        scribe.take(_record(1))
    assert desk.read() == [_record(1)]


async def test_a_disk_that_refuses_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once told, and whoever waits is told too; what was durable stays."""
    desk = Desk(tmp_path)
    async with desk.running() as scribe:
        scribe.take(_record(1))
        await scribe.wait_for(1)
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", _full)
            scribe.take(_record(2))
            with pytest.raises(VenueUnavailable, match="No space left"):
                await scribe.wait_for(2)
        scribe.take(_record(3))
        with pytest.raises(VenueUnavailable, match="No space left"):
            await scribe.wait_for(3)
    assert isinstance(desk.ends[0], StorageError)
    assert desk.read() == desk.done == [_record(1)]


async def test_the_log_is_let_go_even_if_the_last_words_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next process can have it."""
    desk = Desk(tmp_path)
    desk.scribe.take(_record(1))
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", _full)
        with pytest.raises(StorageError):
            await asyncio.to_thread(desk.scribe.close)
    assert desk.read() == []


async def test_a_slow_disk_is_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many records may wait, no more."""
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    desk = Desk(tmp_path)
    states = []
    for number in range(2):
        desk.scribe.take(_record(number))
        states.append(desk.scribe.is_behind)
    assert states == [False, True]
    await asyncio.to_thread(desk.scribe.close)
