"""Feeds written by hand: they tick what a test hands them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pytest

from voldesk.model.conventions import PROFILES, Profile
from voldesk.model.feed_state import FeedState
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import TickBatch


class HandFeed:
    """A feed that yields what is put into it, until it is ended or told to raise."""

    def __init__(self, name: str, listing: Listing, profile: Profile | None = None) -> None:
        self.name = name
        self.listing = listing
        self.fault_of_open: Exception | None = None
        self.fault_of_want: Exception | None = None
        self.opened = self.closed = 0
        self.wants: list[tuple[list[int], Mode]] = []
        self._profile = profile or PROFILES["default"]
        self._queue: asyncio.Queue[TickBatch | Exception | None] = asyncio.Queue()

    def profile(self, _underlying: str) -> Profile:
        return self._profile

    def put(self, *batches: TickBatch) -> None:
        for batch in batches:
            self._queue.put_nowait(batch)

    def end(self, fault: Exception | None = None) -> None:
        self._queue.put_nowait(fault)

    async def open(self) -> None:
        if self.fault_of_open is not None:
            raise self.fault_of_open
        self.opened += 1

    async def batches(self) -> AsyncIterator[TickBatch]:
        while True:
            item = await self._queue.get()
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        if self.fault_of_want is not None:
            raise self.fault_of_want
        self.wants.append((instruments.tolist(), mode))

    async def close(self) -> None:
        self.closed += 1


class StatedHandFeed(HandFeed):
    """A feed written by hand that knows its line."""

    def __init__(self, name: str, listing: Listing, *, limit: int | None = None) -> None:
        super().__init__(name, listing)
        self.line = FeedState(is_connected=True, data_type="live", lines_limit=limit)

    def state(self) -> FeedState:
        return self.line


@pytest.fixture
def stated_feed() -> Callable[..., StatedHandFeed]:
    """Return the maker of feeds that know their line."""
    return StatedHandFeed


@pytest.fixture
def hand_feed() -> Callable[..., HandFeed]:
    """Return the maker of feeds written by hand."""
    return HandFeed


@pytest.fixture
def recording() -> Callable[..., HandFeed]:
    """Return the maker of feeds that tick some batches and end."""

    def make(name: str, listing: Listing, batches: Iterable[Any], **facts: Any) -> HandFeed:
        feed = HandFeed(name, listing, **facts)
        feed.put(*batches)
        feed.end()
        return feed

    return make
