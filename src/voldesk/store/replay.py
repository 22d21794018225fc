"""A recording as a feed: nothing above the port can tell it from the day itself."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import numpy as np

from voldesk.model.clock import Clock, ManualClock
from voldesk.model.conventions import Profile
from voldesk.model.errors import ConfigError
from voldesk.model.feed_state import FeedState
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import ALL_INSTRUMENTS, TickBatch, TickKind, empty_batch
from voldesk.store.recording import Recording
from voldesk.store.schema import joined

_READ_ROWS = 65_536  # handed from the reading thread at a time
_LONGEST_WAIT_SECS = 0.05  # a handed clock may move in jumps, so it is asked that often


class RecordedClock:
    """The time of a recording: the instant of the batch handed on last; a loop sets it back."""

    def __init__(self, start: int) -> None:
        self._now = start

    def now(self) -> int:
        """Return int64 UTC nanoseconds since 1970-01-01."""
        return self._now

    def set(self, now: int) -> None:
        """Move to an instant, UTC nanoseconds; for the feed that replays."""
        self._now = now


class ReplayFeed:
    """
    Ticks of a recording, batch by batch as they came, every stamp as recorded.

    Values depend on time (years to expiry, staleness), so whoever values a replay is handed
    ``recorded`` as its clock: it stands at the ``ts_recv`` of the last batch, whatever the speed.
    Two replays give the same bytes.
    """

    def __init__(
        self,
        recording: Recording,
        clock: Clock,
        speed: float | None = 1.0,
        loop: bool = False,
        start: int | None = None,
        *,
        step_ns: int = 1,
        longest_pause_secs: float | None = None,
    ) -> None:
        """
        Prepare a replay.

        Args:
            recording: What is replayed.
            clock: Tells when a batch is due; not read at all without a speed. A `ManualClock`
                without a speed is moved to each batch's instant before the batch is handed on.
            speed: Recorded seconds per second of the clock; None is as fast as they are taken.
                A consumer that falls behind gets every batch, late, until it has caught up.
            loop: Begin again at the end, for ever; a GAP tick for all instruments comes between.
            start: The first ``ts_recv`` replayed, UTC ns.
            step_ns: One batch per step of that many nanoseconds; 1 is a batch per instant.
            longest_pause_secs: Recorded seconds without a tick, such as a night, beyond which
                there is no more waiting; None waits for all of them.

        Raises:
            ConfigError: The recording ends before ``start``.
            ValueError: The speed is not positive, or a `ManualClock` is to be moved in a loop.
        """
        self._is_driving = speed is None and isinstance(clock, ManualClock)
        if speed is not None and not speed > 0:
            raise ValueError(f"replay at speed {speed}, expected above 0")
        if loop and self._is_driving:
            raise ValueError("a loop goes back in time, a ManualClock does not: give a speed")
        if start is not None and recording.span is not None and start > recording.span[1]:
            raise ConfigError(
                f"{recording.folder} ends at {recording.span[1]} ns, a replay from {start} ns has"
                " nothing to replay"
            )
        self.recorded = RecordedClock(_first_instant(recording, start))
        self._recording = recording
        self._clock = clock
        self._speed = speed
        self._is_looping = loop
        self._start = start
        self._step_ns = step_ns
        secs = longest_pause_secs
        self._longest_pause_ns = None if secs is None else round(secs * NS_PER_SECOND)
        self._is_wanted = np.ones(len(recording.listing) + 1, dtype=np.bool_)  # -1: all, the last
        self._is_closed = asyncio.Event()

    @property
    def name(self) -> str:
        """Name the feed after the recording's folder: ``replay:goog``."""
        return f"replay:{self._recording.folder.name}"

    @property
    def listing(self) -> Listing:
        """Return the recording's instruments."""
        return self._recording.listing

    def profile(self, underlying: str) -> Profile:
        """
        Return the conventions the recording came with.

        Raises:
            ConfigError: It holds no such underlying.
        """
        try:
            return self._recording.profiles[underlying]
        except KeyError:
            known = ", ".join(self._recording.profiles)
            raise ConfigError(f"{self.name} has no {underlying!r}; it has {known}") from None

    async def open(self) -> None:
        """Do nothing: a recording is there."""

    def state(self) -> FeedState:
        """Return the state of its line: there while it is open, its data recorded."""
        return FeedState(is_connected=not self._is_closed.is_set(), data_type="recorded")

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """
        Leave out instruments in mode ``NONE``; the others come as they were recorded.

        Before the first word everything is wanted.
        """
        self._is_wanted[instruments] = mode is not Mode.NONE

    async def close(self) -> None:
        """End `batches`."""
        self._is_closed.set()

    async def batches(self) -> AsyncGenerator[TickBatch]:
        """
        Yield the recorded batches; files are read on a thread, one chunk ahead.

        Raises:
            StorageError: The recording cannot be read any more.
        """
        rounds = 0
        while not self._is_closed.is_set():
            if rounds:
                yield self._gap()
            async with aclosing(self._once()) as batches:
                async for batch in batches:
                    yield batch
            rounds += 1
            if not self._is_looping or self._recording.count == 0:
                return

    async def _once(self) -> AsyncGenerator[TickBatch]:
        """Go through the recording one time."""
        source = self._recording.batches(self._start, every_ns=self._step_ns)
        loop = asyncio.get_running_loop()
        began: tuple[int, int] | None = None  # on the clock, in the recording
        ahead = loop.run_in_executor(None, _read, source)
        try:
            while parts := await asyncio.shield(ahead):
                ahead = loop.run_in_executor(None, _read, source)
                for part in parts:
                    instant = max(int(part["ts_recv"].max()), self.recorded.now())
                    began = self._shortened(began or (self._clock.now(), instant), instant)
                    await self._until_due(instant, began)
                    if self._is_closed.is_set():
                        return
                    self._set_clocks(instant)
                    batch = self._wanted(part)
                    if len(batch):
                        yield batch
        finally:
            await asyncio.wait([ahead])  # the thread must let go of the files,
            ahead.exception()  # and what it read too much may have failed

    def _shortened(self, began: tuple[int, int], instant: int) -> tuple[int, int]:
        """Return the start moved on by what is too long of the pause before an instant."""
        if self._longest_pause_ns is None:
            return began
        pause_ns = instant - max(self.recorded.now(), began[1])
        return began[0], began[1] + max(pause_ns - self._longest_pause_ns, 0)

    async def _until_due(self, instant: int, began: tuple[int, int]) -> None:
        """Wait on the handed clock; without a speed only let others have their turn."""
        if self._speed is None:
            await asyncio.sleep(0)
            return
        due = began[0] + (instant - began[1]) / self._speed
        while not self._is_closed.is_set():
            left_secs = (due - self._clock.now()) / NS_PER_SECOND
            if left_secs <= 0:
                await asyncio.sleep(0)
                return
            try:
                async with asyncio.timeout(min(left_secs, _LONGEST_WAIT_SECS)):
                    await self._is_closed.wait()
            except TimeoutError:
                continue

    def _set_clocks(self, instant: int) -> None:
        self.recorded.set(instant)
        if self._is_driving and isinstance(self._clock, ManualClock):
            self._clock.set(max(instant, self._clock.now()))

    def _wanted(self, batch: TickBatch) -> TickBatch:
        if self._is_wanted.all():
            return batch
        return joined(batch[self._is_wanted[batch["instrument"]]])

    def _gap(self) -> TickBatch:
        """Say that what was known is stale, and go back to the first instant."""
        first = _first_instant(self._recording, self._start)
        self.recorded.set(first)
        gap = empty_batch(1)
        gap["instrument"] = ALL_INSTRUMENTS
        gap["kind"] = TickKind.GAP
        gap["ts_event"] = gap["ts_recv"] = first
        return gap


def _first_instant(recording: Recording, start: int | None) -> int:
    first = recording.span[0] if recording.span else 0
    return first if start is None else max(first, start)


def _read(source: Iterator[TickBatch]) -> list[TickBatch]:
    """Take batches of a chunk's worth of ticks; none when the recording ends."""
    taken: list[TickBatch] = []
    rows = 0
    for batch in source:
        taken.append(batch)
        rows += len(batch)
        if rows >= _READ_ROWS:
            break
    return taken
