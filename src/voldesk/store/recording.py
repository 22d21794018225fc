"""One reader over a recording, whether its segments are logs still or sorted already."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from voldesk.model.conventions import Profile
from voldesk.model.listing import Listing
from voldesk.model.ticks import TickBatch
from voldesk.store.folder import read_head
from voldesk.store.schema import Meta, joined
from voldesk.store.segments import Segment, describe, read_segment, segment_numbers

CHUNK_ROWS: Final = 65_536
_LONG_AGO: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Recording:
    """
    What a folder held when it was opened; a recorder may go on writing there.

    Attributes:
        folder: Where it lies.
        meta: What it says about itself.
        listing: Its instruments; row i is instrument i of the ticks.
    """

    folder: Path
    meta: Meta
    listing: Listing
    _segments: tuple[Segment, ...]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """
        Open a recording; a log that ends in the middle of a batch is read up to that batch.

        Raises:
            ConfigError: There is none, or one of a newer major version than we read.
            StorageError: It is damaged.
        """
        meta, listing = read_head(folder)
        described = (describe(folder, number) for number in segment_numbers(folder))
        return cls(folder, meta, listing, tuple(one for one in described if one.rows))

    @property
    def feed(self) -> str:
        """Name the feed that was recorded."""
        return self.meta.feed

    @property
    def profiles(self) -> dict[str, Profile]:
        """Return the conventions per underlying."""
        return self.meta.profiles

    @property
    def count(self) -> int:
        """Count the ticks."""
        return sum(segment.rows for segment in self._segments)

    @property
    def span(self) -> tuple[int, int] | None:
        """Return the smallest and the largest ``ts_recv``, None if there are no ticks."""
        if not self._segments:
            return None
        return (
            min(segment.first_ts for segment in self._segments),
            max(segment.last_ts for segment in self._segments),
        )

    def batches(
        self, start: int | None = None, end: int | None = None, every_ns: int | None = None
    ) -> Iterator[TickBatch]:
        """
        Yield ticks in the order they were received, one segment in memory at a time.

        The order is that of arrival (``seq``). It is that of ``ts_recv`` too, as long as the
        recorder's clock was never set back; where it was, what came later still comes later.

        Args:
            start: The first ``ts_recv`` wanted, UTC ns.
            end: The first ``ts_recv`` not wanted any more, UTC ns.
            every_ns: Yield one batch per step of that many nanoseconds in which anything came,
                steps beginning at whole multiples; 1 is a batch per instant. None yields
                batches of up to 65,536 ticks whose borders mean nothing.

        Raises:
            StorageError: A segment cannot be read any more.
            ValueError: The step is not positive.
        """
        if every_ns is not None and every_ns < 1:
            raise ValueError(f"a step of {every_ns} ns, expected at least 1")
        chunks = self._chunks(start, end)
        return chunks if every_ns is None else _steps(chunks, every_ns)

    def _chunks(self, start: int | None, end: int | None) -> Iterator[TickBatch]:
        for segment in self._segments:
            is_early = start is not None and segment.last_ts < start
            is_late = end is not None and segment.first_ts >= end
            if not is_early and not is_late:
                ticks = _within(read_segment(self.folder, segment), start, end)
                for row in range(0, len(ticks), CHUNK_ROWS):
                    yield ticks[row : row + CHUNK_ROWS]


def _within(ticks: TickBatch, start: int | None, end: int | None) -> TickBatch:
    """Return the ticks with ``start <= ts_recv < end``."""
    times = ticks["ts_recv"]
    is_wanted = np.ones(len(ticks), dtype=np.bool_)
    if start is not None:
        is_wanted &= times >= start
    if end is not None:
        is_wanted &= times < end
    return ticks if is_wanted.all() else joined(ticks[is_wanted])


def _steps(chunks: Iterable[TickBatch], every_ns: int) -> Iterator[TickBatch]:
    """Cut chunks where a step ends; a clock set back opens no step that was closed."""
    latest = _LONG_AGO
    waiting: list[TickBatch] = []
    for chunk in chunks:
        times = np.maximum(np.maximum.accumulate(chunk["ts_recv"]), latest)
        steps = times // every_ns
        cuts = (np.flatnonzero(steps[1:] != steps[:-1]) + 1).tolist()
        if waiting and steps[0] != latest // every_ns:
            yield _one(waiting)
            waiting = []
        begin = 0
        for cut in cuts:
            yield _one([*waiting, chunk[begin:cut]])
            waiting = []
            begin = cut
        waiting.append(chunk[begin:])
        latest = int(times[-1])
    if waiting:
        yield _one(waiting)


def _one(parts: list[TickBatch]) -> TickBatch:
    return parts[0] if len(parts) == 1 else joined(*parts)
