"""A feed that ticks what a test hands it, when it does."""

import asyncio
from collections.abc import AsyncIterator

from voldesk.model.conventions import Profile, profile_named
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import TickBatch


class PutFeed:
    """Fills ``model.ports.feed.Feed``: yields what is put into it, until it is closed."""

    def __init__(self, listing: Listing, name: str = "put") -> None:
        self.listing = listing
        self.name = name
        self._queue: asyncio.Queue[TickBatch | None] = asyncio.Queue()

    def profile(self, underlying: str) -> Profile:
        assert underlying in self.listing.underlyings
        return profile_named("default")

    def put(self, *batches: TickBatch) -> None:
        """Tick these, in order."""
        for batch in batches:
            self._queue.put_nowait(batch)

    async def open(self) -> None:
        """Be ready."""

    async def batches(self) -> AsyncIterator[TickBatch]:
        while (batch := await self._queue.get()) is not None:
            yield batch

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """Tick everything whatever is wanted."""

    async def close(self) -> None:
        self._queue.put_nowait(None)
