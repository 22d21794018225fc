"""A feed held to a pace: for a market whose time does not run with the machine's."""

import asyncio
from collections.abc import AsyncIterator

from voldesk.model.conventions import Profile
from voldesk.model.feed_state import FeedState
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Feed, Mode, StatedFeed
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import TickBatch


class PacedFeed:
    """
    A feed that could hand on batches without a pause, and does so at intervals.

    Who takes longer than the interval, or a feed that needs longer to make a batch, makes the
    whole run slower; nothing piles up. Everything but the pace is the other feed's. Fills
    ``model.ports.feed.Feed``.

    Args:
        feed: Makes the next batch when it is asked for it.
        every_secs: Least time from one batch to the next.
    """

    def __init__(self, feed: Feed, every_secs: float) -> None:
        self._feed = feed
        self._every_secs = every_secs
        self._closed = asyncio.Event()

    @property
    def name(self) -> str:
        """Name the feed as it names itself."""
        return self._feed.name

    @property
    def listing(self) -> Listing:
        """Return what it ticks."""
        return self._feed.listing

    def profile(self, underlying: str) -> Profile:
        """Return the conventions its quotes of that underlying are valued by."""
        return self._feed.profile(underlying)

    async def open(self) -> None:
        """Connect."""
        await self._feed.open()

    async def batches(self) -> AsyncIterator[TickBatch]:
        """Yield its batches, none sooner than the interval after the one before it."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        async for batch in self._feed.batches():
            yield batch
            due = max(due + self._every_secs, loop.time())
            try:
                async with asyncio.timeout_at(due):
                    await self._closed.wait()
            except TimeoutError:
                continue

    def state(self) -> FeedState:
        """Return the state of its line: a market that is paced is one that is made here."""
        if isinstance(self._feed, StatedFeed):
            return self._feed.state()
        return FeedState(is_connected=not self._closed.is_set(), data_type="simulated")

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """Ask for instruments in a mode."""
        await self._feed.want(instruments, mode)

    async def close(self) -> None:
        """Disconnect; ``batches`` ends, also while it waits."""
        self._closed.set()
        await self._feed.close()
