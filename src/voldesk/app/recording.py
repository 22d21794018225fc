"""Ticks of the bus into a recording, and feeds straight into one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog

from voldesk.bus.local import Every, Lagged, LocalBus
from voldesk.model.errors import StorageError
from voldesk.model.ports.feed import Feed, Mode
from voldesk.model.ticks import TickBatch

if TYPE_CHECKING:
    from voldesk.store.recorder import Recorder

BATCHES_WAITING: Final = 1024
"""Batches kept while a recording is opened or the loop is busy; more ends it, with a reason."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What is recorded beside being served."""

    folder: Path | None = None  # None: nothing; of several feeds each has a folder below it


def open_recorder(feed: Feed, folder: Path) -> "Recorder":
    """
    Begin or take up the recording of a feed that is open; to be called on a thread.

    Raises:
        ConfigError: The folder is in use or holds something else.
        StorageError: The disk refuses.
    """
    from voldesk.store.recorder import Recorder  # noqa: PLC0415  # pyarrow takes 100 ms

    listing = feed.listing
    profiles = {name: feed.profile(name) for name in listing.underlyings}
    return Recorder(folder, listing, profiles, feed=feed.name)


class Tape:
    """
    Records what the bus carries of one feed, until cancelled.

    It opens its folder when the first ticks come: from then on the listing is known. A folder that
    cannot be opened ends the process; a disk that refuses later ends the recording alone.
    """

    def __init__(self, feed: Feed, folder: Path, bus: LocalBus) -> None:
        self.folder = folder
        self._feed = feed
        self._bus = bus
        self._reader: Every = bus.every(f"ticks/{feed.name}", BATCHES_WAITING)

    async def run(self) -> None:
        """
        Record until cancelled, then write what waits.

        Raises:
            ConfigError: The folder is in use or holds something else.
            StorageError: The disk refuses at the start.
        """
        async with self._reader:
            first = await anext(self._reader)
            loop = asyncio.get_running_loop()
            opening = loop.run_in_executor(None, open_recorder, self._feed, self.folder)
            try:
                recorder = await asyncio.shield(opening)
            except asyncio.CancelledError:
                await self._write(await opening, first, is_over=True)
                raise
            log.info("recording", feed=self._feed.name, folder=str(self.folder))
            await self._write(recorder, first, is_over=False)

    async def _write(self, recorder: "Recorder", first: TickBatch, *, is_over: bool) -> None:
        """Write the first batch, those that come until it is over, and those that wait then."""
        try:
            recorder.write(first)
            try:
                while not is_over:
                    recorder.write(await anext(self._reader))
            finally:
                self._reader.close()
                async for batch in self._reader:  # nothing is waited for any more
                    recorder.write(batch)
        except (StorageError, Lagged) as exc:
            self._tell(str(exc))
        finally:
            await self._close(recorder)

    async def _close(self, recorder: "Recorder") -> None:
        closing = asyncio.get_running_loop().run_in_executor(None, recorder.close)
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await closing
            raise
        except StorageError:
            return  # told already
        log.info("recorded", folder=str(self.folder), ticks=recorder.flushed)

    def _tell(self, reason: str) -> None:
        log.error("recording_stopped", folder=str(self.folder), reason=reason)
        self._bus.publish(
            "alerts", {"kind": "recording_stopped", "feed": self._feed.name, "text": reason}
        )


Progress = Callable[[int, int], None]
"""Called with the ticks taken and those that are safe from the death of the process."""


async def record_feed(
    feed: Feed, folder: Path, stop: asyncio.Event, progress: Progress | None = None
) -> int:
    """
    Record everything a feed ticks until it ends or is stopped, and return how many ticks.

    Raises:
        ConfigError: The folder is in use or holds something else.
        StorageError: The disk refuses.
        VenueUnavailable: The feed cannot be opened.
    """
    await feed.open()
    recorder = await asyncio.to_thread(open_recorder, feed, folder)
    taken = 0
    try:
        await feed.want(np.arange(len(feed.listing)), Mode.FULL)
        async with asyncio.TaskGroup() as group:
            closer = group.create_task(_close_at(stop, feed), name="stop of the recording")
            async for batch in feed.batches():
                recorder.write(batch)
                taken += len(batch)
                if progress is not None:
                    progress(taken, recorder.flushed)
            closer.cancel()
    finally:
        await asyncio.shield(asyncio.to_thread(recorder.close))
        await feed.close()
    return taken


async def _close_at(stop: asyncio.Event, feed: Feed) -> None:
    await stop.wait()
    await feed.close()
