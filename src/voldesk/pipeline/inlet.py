"""Where one feed enters: its batches kept for a moment, then dealt out to its chains."""

from itertools import pairwise
from typing import Final

import numpy as np

from voldesk.model.ports.feed import Feed
from voldesk.model.ticks import ALL_INSTRUMENTS, TickBatch, TickKind, empty_batch
from voldesk.pipeline.lane import Lane, Source

_STRAY: Final = -1

_ALL_LOST: Final = empty_batch(1)
_ALL_LOST["kind"], _ALL_LOST["instrument"] = TickKind.GAP, ALL_INSTRUMENTS


class Inlet:
    """
    The batches of one feed between their receipt and the flush.

    What waits is bounded by ``most_pending`` ticks: beyond it everything is written into the
    columns at once, where of each contract the newest values stay. Nothing is dropped but values
    that were overwritten.

    Attributes:
        feed: Where they come from.
        topic: Where its batches are published.
        rank: Its place among the feeds.
        batches_waiting: Batches taken since the last `deal`.
        stray_count: Ticks of no instrument of the listing.
        is_down: The feed has not opened yet, or has ended or failed.
        reason: Why it is down.
    """

    def __init__(self, feed: Feed, rank: int, most_pending: int) -> None:
        self.feed = feed
        self.topic = f"ticks/{feed.name}"
        self.rank = rank
        self.batches_waiting = 0
        self.stray_count = 0
        self.is_down = True
        self.reason = "not opened yet"
        self.sources: tuple[Source, ...] = ()
        self._lanes: tuple[Lane, ...] = ()
        self._most_pending = most_pending
        self._pending: list[TickBatch] = []
        self._ticks_waiting = 0
        self._lane_of = np.array([_STRAY], dtype=np.int16)

    def connect(self, lanes: tuple[Lane, ...], sources: tuple[Source, ...]) -> None:
        """Deal to these from now on, one source of each lane, in the same order."""
        listing = self.feed.listing
        lane_of = np.full(len(listing) + 1, _STRAY, dtype=np.int16)  # the last: not in the listing
        for index, lane in enumerate(lanes):
            lane_of[:-1][listing.underlying == lane.underlying] = index
        self._lane_of = lane_of
        self._lanes, self.sources = lanes, sources
        self.is_down, self.reason = False, ""

    def reopen(self, now: int) -> None:
        """Go on with the chains there are; what they know is from before the line was lost."""
        self.is_down, self.reason = False, ""
        for lane, source in zip(self._lanes, self.sources, strict=True):
            source.is_down, source.reason, source.since = False, "", now
            source.book.apply(_ALL_LOST)
            lane.has_news = True

    def fail(self, reason: str) -> None:
        """Note that nothing more will come."""
        self.is_down, self.reason = True, reason
        for lane, source in zip(self._lanes, self.sources, strict=True):
            source.is_down, source.reason = True, reason
            lane.has_news = True

    def take(self, batch: TickBatch) -> None:
        """Keep a batch for the next `deal`."""
        self.batches_waiting += 1
        self._pending.append(batch)
        self._ticks_waiting += batch.size
        if self._ticks_waiting > self._most_pending:
            waiting = self.batches_waiting
            self.deal()
            self.batches_waiting = waiting  # the feed is still ahead of the flush

    def deal(self) -> None:
        """Write what waits into the columns of its chains."""
        self.batches_waiting = 0
        if not self._pending:
            return
        pending, self._pending, self._ticks_waiting = self._pending, [], 0
        self._deal(pending[0] if len(pending) == 1 else np.concatenate(pending))

    def _deal(self, batch: TickBatch) -> None:
        index = batch["instrument"].view(np.uint32).astype(np.intp)
        lane = self._lane_of.take(index, mode="clip")
        if not lane.size:
            return
        if (batch["kind"] == TickKind.GAP).any():
            for source in range(len(self.sources)):  # everybody's line may be the one that is lost
                self._apply(source, batch)
            return
        first, last = int(lane.min()), int(lane.max())
        if first == last:
            if first != _STRAY:
                self._apply(first, batch)
        else:
            order = np.argsort(lane, kind="stable")
            ends = np.searchsorted(lane[order], np.arange(-1, last + 1), side="right").tolist()
            batch = batch[order]
            for source, (start, stop) in enumerate(pairwise(ends)):
                if start < stop:
                    self._apply(source, batch[start:stop])
        if first == _STRAY:
            self.stray_count += int(np.count_nonzero(lane == _STRAY))

    def _apply(self, source: int, batch: TickBatch) -> None:
        self.sources[source].book.apply(batch)
        self._lanes[source].has_news = True
