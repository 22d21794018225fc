"""Writes the paper venue's records down before anybody hears of them."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from voldesk.model.errors import StorageError, VenueUnavailable
from voldesk.store.journal_log import JournalLog
from voldesk.trading.paper.records import Record, encoded

MOST_WAITING = 100_000
"""So many records may wait for the disk; a venue that is further behind takes no orders."""


class Scribe:
    """
    The log of a venue that is not to wait for its disk.

    Records are taken on the loop and written by one thread, in order, as many at a time as have
    come meanwhile.

    Args:
        log: Where they go.
        done: Called on the loop with records that are durable.
    """

    def __init__(
        self,
        log: JournalLog,
        done: Callable[[Sequence[Record]], object],
    ) -> None:
        self._log, self._done = log, done
        self._thread = ThreadPoolExecutor(1, "paper")
        self._waiting: list[Record] = []
        self._changed = asyncio.Condition()
        self._has_work = asyncio.Event()
        self._taken = self._durable = 0
        self._fault = ""

    @property
    def taken(self) -> int:
        """Return how many records were taken."""
        return self._taken

    @property
    def is_behind(self) -> bool:
        """Say whether the disk is too slow for more."""
        return len(self._waiting) >= MOST_WAITING

    def take(self, record: Record) -> None:
        """Take a record to be written."""
        self._waiting.append(record)
        self._taken += 1
        self._has_work.set()

    async def run(self) -> None:
        """
        Write until cancelled.

        Raises:
            StorageError: The disk refused; what was taken since the last records that are durable
                is lost.
        """
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            try:
                await self._write()
            except StorageError as exc:
                await self._give_up(exc)
                raise

    async def wait_for(self, count: int) -> None:
        """
        Wait until so many records are durable.

        Raises:
            VenueUnavailable: They never will be.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: self._durable >= count or bool(self._fault))
        if self._durable < count:
            raise VenueUnavailable(f"the paper account cannot be written: {self._fault}")

    def close(self) -> None:
        """
        Write what was taken, and let another process have the log.

        Raises:
            StorageError: It could not be written; the log is let go all the same.
        """
        self._thread.shutdown()
        try:
            if self._waiting and not self._fault:
                self._log.append([encoded(record) for record in self._waiting])
        finally:
            self._log.close()

    async def _write(self) -> None:
        batch, self._waiting = self._waiting, []
        lines = [encoded(record) for record in batch]
        loop = asyncio.get_running_loop()
        # Cancelled or not, what the thread has begun to write counts as written.
        await asyncio.shield(loop.run_in_executor(self._thread, self._log.append, lines))
        self._durable += len(batch)
        self._done(batch)
        async with self._changed:
            self._changed.notify_all()

    async def _give_up(self, error: StorageError) -> None:
        self._fault = str(error)
        self._waiting = []
        self._thread.shutdown(wait=False)
        async with self._changed:
            self._changed.notify_all()
