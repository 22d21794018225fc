"""Ticks to a folder: copied on the caller's turn, written by one thread, sorted by another."""

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from voldesk.model.clock import Clock, SystemClock
from voldesk.model.conventions import Profile
from voldesk.model.errors import StorageError
from voldesk.model.listing import Listing
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import ALL_INSTRUMENTS, TICK_DTYPE, TickBatch, TickKind, empty_batch
from voldesk.store.folder import WriterFolder
from voldesk.store.schema import Meta
from voldesk.store.segments import LogWriter, Segment, compact, log_path

FLUSH_SECS: Final = 0.25
FLUSH_ROWS: Final = 10_000
SEGMENT_SECS: Final = 300.0
SEGMENT_ROWS: Final = 1_000_000
WAITING_ROWS: Final = 500_000

_ROW: Final = np.dtype((np.void, TICK_DTYPE.itemsize))


class Recorder:
    """
    Writes the ticks of one feed into a folder.

    The promise: a tick is with the operating system ``flush_secs`` after `write` took it, or as
    soon as ``flush_rows`` wait, plus the time the write itself takes; from then on the death of
    the process (``kill -9``) does not lose it. The death of the machine loses at most the
    segment being written: a segment is put on the disk (fsync) when it is sorted.

    `write` costs its caller one copy and never waits for the disk. A thread appends what was
    copied to a log; each ``segment_secs`` or ``segment_rows`` a new one is begun, and a second
    thread turns the finished one into a sorted file. Should the disk fall behind by
    ``waiting_rows``, or refuse, recording stops: `failure` says why, and `write`, `flush`,
    `rotate` and `close` raise it from then on.

    A folder that holds a recording is taken up where it ended, and a GAP tick for all instruments
    marks the hole.
    """

    def __init__(
        self,
        folder: Path,
        listing: Listing,
        profiles: Mapping[str, Profile],
        *,
        feed: str = "",
        clock: Clock | None = None,
        flush_secs: float = FLUSH_SECS,
        flush_rows: int = FLUSH_ROWS,
        segment_secs: float = SEGMENT_SECS,
        segment_rows: int = SEGMENT_ROWS,
        waiting_rows: int = WAITING_ROWS,
    ) -> None:
        """
        Begin or take up a recording; the latter may sort a log of ``segment_rows`` first.

        Args:
            folder: Made if it is not there.
            listing: The instruments; may only grow at its end when a recording is taken up.
            profiles: Conventions per underlying.
            feed: The feed's name, kept for who reads it.
            clock: Tells when a segment is old enough; the machine's if left out.
            flush_secs: The longest a tick waits for its write.
            flush_rows: How many ticks are written without waiting, and the most in one batch.
            segment_secs: Age at which a log is sorted.
            segment_rows: Size at which a log is sorted; reader and sorter hold one in memory.
            waiting_rows: How far the disk may fall behind.

        Raises:
            ConfigError: The folder is in use or holds something that cannot be continued.
            StorageError: The disk refuses, or what is there is damaged.
        """
        self._clock = SystemClock() if clock is None else clock
        meta = Meta(feed=feed, profiles=dict(profiles), start=self._clock.now())
        self._folder = WriterFolder(folder, listing, meta)
        self._instruments = len(listing)
        self._flush_secs = flush_secs
        self._flush_rows = min(flush_rows, waiting_rows)
        self._segment_ns = int(segment_secs * NS_PER_SECOND)
        self._segment_rows = segment_rows

        # One buffer fills while the other is written; memory that was never filled costs nothing.
        self._filling = np.empty(waiting_rows, dtype=TICK_DTYPE)
        self._writing = np.empty(waiting_rows, dtype=TICK_DTYPE)
        self._filled = 0
        self._accepted = self._flushed = 0  # ticks, since construction
        self._is_urgent = self._is_rotating = self._is_closing = False
        self._failure: StorageError | None = None
        self._changed = threading.Condition()  # guards everything above

        self._log: LogWriter | None = None  # from here on the writing thread's own
        self._log_since = 0
        self._sorter = ThreadPoolExecutor(1, thread_name_prefix="recorder-sort")
        self._thread = threading.Thread(target=self._run, name="recorder-write", daemon=True)
        self._thread.start()
        if self._folder.next_seq:
            self.write(_gap(self._clock.now()))

    @property
    def failure(self) -> StorageError | None:
        """Return why recording stopped, None while it goes on."""
        return self._failure

    @property
    def flushed(self) -> int:
        """Count the ticks that are safe from the death of the process, since construction."""
        return self._flushed

    @property
    def waiting(self) -> int:
        """Count the ticks that are not yet."""
        return self._accepted - self._flushed

    def write(self, batch: TickBatch, *, wait: bool = False) -> None:
        """
        Take ticks, in the order they were received.

        Args:
            batch: Copied; the caller may reuse it.
            wait: Wait for the disk when it falls behind, instead of stopping: for writers that
                are not on an event loop and can make ticks faster than any disk takes them.

        Raises:
            StorageError: Recording has stopped; none of the batch is recorded.
            ValueError: An instrument is not in the listing, or these are no ticks.
        """
        if not len(batch):
            return
        self._require_listed(batch)
        start = 0
        with self._changed:
            while start < len(batch):
                self._require_recording()
                room = min(len(self._filling) - self._filled, len(batch) - start)
                if room < len(batch) - start and not wait:
                    self._overflow(len(batch))
                if room:
                    self._copy(batch[start : start + room])
                    start += room
                else:
                    self._changed.wait()

    def flush(self) -> None:
        """
        Wait until every tick taken so far is with the operating system.

        Raises:
            StorageError: Recording has stopped.
        """
        with self._changed:
            target = self._accepted
            self._is_urgent = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._flushed >= target or self._failure is not None)
            self._require_recording()

    def rotate(self) -> None:
        """
        Flush, and let the next tick begin a new segment.

        Raises:
            StorageError: Recording has stopped.
        """
        with self._changed:
            self._require_recording()
            self._is_rotating = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._is_rotating or self._failure is not None)
            self._require_recording()

    def close(self) -> None:
        """
        Write what waits, sort the last segment and let go of the folder; takes up to seconds.

        Raises:
            StorageError: Recording had stopped, or stops now.
        """
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join()
        self._sorter.shutdown()
        self._folder.release()
        if self._failure is not None:
            raise self._failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _require_listed(self, batch: TickBatch) -> None:
        if batch.dtype != TICK_DTYPE:
            raise ValueError(f"ticks of dtype {batch.dtype}, expected TICK_DTYPE")
        lowest, highest = int(batch["instrument"].min()), int(batch["instrument"].max())
        if lowest < ALL_INSTRUMENTS or highest >= self._instruments:
            raise ValueError(
                f"instruments {lowest} to {highest}, the listing has 0 to {self._instruments - 1}"
            )

    def _require_recording(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._is_closing:
            raise StorageError(f"the recorder of {self._folder.path} is closed")

    def _overflow(self, rows: int) -> None:
        """Stop: the disk is so far behind that nothing more can wait for it."""
        self._failure = StorageError(
            f"recording into {self._folder.path} stopped: the disk does not keep up, {self._filled}"
            f" ticks wait and {rows} more came, at most {len(self._filling)} may wait"
        )
        self._changed.notify_all()
        raise self._failure

    def _copy(self, batch: TickBatch) -> None:
        end = self._filled + len(batch)
        # Whole rows, not field by field: 13 times as fast.
        self._filling.view(_ROW)[self._filled : end] = batch.view(_ROW)
        if self._filled == 0 or end >= self._flush_rows:
            self._changed.notify_all()
        self._filled = end
        self._accepted += len(batch)

    # What follows runs on the writing thread.

    def _run(self) -> None:
        """Write until closed; a failure ends it and is everybody's."""
        try:
            while self._write_once():
                pass
        except Exception as exc:  # noqa: BLE001  # top of a task; whoever writes next is told
            self._log = None
            self._fail(exc)

    def _write_once(self) -> bool:
        """Wait for ticks, write them, rotate if it is time; False when all is done."""
        batch, is_rotating, is_closing = self._take()
        for start in range(0, len(batch), self._flush_rows):
            self._append(batch[start : start + self._flush_rows])
        if is_rotating or is_closing:
            self._finish_segment()
        with self._changed:
            self._flushed += len(batch)
            if is_rotating:
                self._is_rotating = False
            self._changed.notify_all()
        return not is_closing

    def _take(self) -> tuple[TickBatch, bool, bool]:
        """Wait until there is something to do, and take the ticks that wait."""
        with self._changed:
            self._changed.wait_for(lambda: self._filled or self._is_pressed())
            self._changed.wait_for(
                lambda: self._filled >= self._flush_rows or self._is_pressed(), self._flush_secs
            )
            batch = self._filling[: self._filled]
            self._filling, self._writing = self._writing, self._filling
            self._filled = 0
            self._is_urgent = False
            self._changed.notify_all()  # there is room again
            return batch, self._is_rotating, self._is_closing

    def _is_pressed(self) -> bool:
        return self._is_urgent or self._is_rotating or self._is_closing

    def _append(self, batch: TickBatch) -> None:
        if self._log is None:
            path = log_path(self._folder.path, self._folder.next_number)
            self._log = LogWriter(path, self._folder.next_seq)
            self._log_since = self._clock.now()
        self._log.write(batch)
        self._folder.next_seq += len(batch)
        is_old = self._clock.now() - self._log_since >= self._segment_ns
        if is_old or self._log.rows >= self._segment_rows:
            self._finish_segment()

    def _finish_segment(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None
            done = self._sorter.submit(compact, self._folder.path, self._folder.next_number)
            done.add_done_callback(self._after_sorting)
            self._folder.next_number += 1

    def _after_sorting(self, done: "Future[Segment]") -> None:
        exc = done.exception()
        if exc is not None:
            self._fail(exc)

    def _fail(self, exc: BaseException) -> None:
        with self._changed:
            if self._failure is None:
                self._failure = StorageError(f"recording into {self._folder.path} stopped: {exc}")
                self._failure.__cause__ = exc
            self._changed.notify_all()


def _gap(now: int) -> TickBatch:
    """Return the tick that says every value before it may be stale."""
    gap = empty_batch(1)
    gap["instrument"] = ALL_INSTRUMENTS
    gap["kind"] = TickKind.GAP
    gap["ts_event"] = gap["ts_recv"] = now
    return gap
