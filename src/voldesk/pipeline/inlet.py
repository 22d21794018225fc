"""Where one feed enters: its batches kept for a moment, then written into its chains."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Feed
from voldesk.model.ticks import ALL_INSTRUMENTS, TICK_DTYPE, TickBatch, TickKind, empty_batch
from voldesk.pipeline.lane import Source

if TYPE_CHECKING:
    from voldesk.chain.shelf import Shelf

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
        listing: What the chains were made of; None before the feed has opened.
        sources: Its chain of each underlying.
        batches_waiting: Batches taken since the last `deal`.
        stray_count: Ticks of no instrument of the listing.
        is_down: The feed has not opened yet, or has ended or failed.
        reason: Why it is down.
    """

    def __init__(self, feed: Feed, rank: int, most_pending: int) -> None:
        self.feed = feed
        self.topic = f"ticks/{feed.name}"
        self.rank = rank
        self.listing: Listing | None = None
        self.sources: tuple[Source, ...] = ()
        self.batches_waiting = 0
        self.stray_count = 0
        self.is_down = True
        self.reason = "not opened yet"
        self._shelves: tuple[Shelf, ...] = ()
        self._most_pending = most_pending
        self._pending: list[TickBatch] = []
        self._ticks_waiting = 0

    def connect(self, listing: Listing, sources: Sequence[Source]) -> None:
        """Write into these chains from now on."""
        self.listing, self.sources = listing, tuple(sources)
        self._shelves = tuple(dict.fromkeys(source.shelf for source in sources))
        self.is_down, self.reason = False, ""

    def reopen(self, now: int) -> None:
        """Go on with the chains there are; what they know is from before the line was lost."""
        self.is_down, self.reason = False, ""
        for source in self.sources:
            source.is_down, source.reason, source.since = False, "", now
        for shelf in self._shelves:
            shelf.apply(_ALL_LOST)

    def fail(self, reason: str) -> None:
        """Note that nothing more will come."""
        self.is_down, self.reason = True, reason
        for source in self.sources:
            source.is_down, source.reason = True, reason

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
        if not self._pending or self.listing is None:
            return
        pending, self._pending, self._ticks_waiting = self._pending, [], 0
        batch = pending[0] if len(pending) == 1 else _joined(pending)
        for shelf in self._shelves:
            shelf.apply(batch)
        instrument, size = batch["instrument"], len(self.listing)
        is_known = instrument.view(np.uint32) < size
        if not is_known.all():
            is_stray = ~is_known & (batch["kind"] != TickKind.GAP)
            self.stray_count += int(np.count_nonzero(is_stray))


def _joined(batches: Sequence[TickBatch]) -> TickBatch:
    """Return batches as one, byte for byte: NumPy would join structured rows field by field."""
    parts = [np.ascontiguousarray(batch).data for batch in batches]
    return np.frombuffer(b"".join(parts), dtype=TICK_DTYPE)
