"""A chain that ticks by hand, and a feed that hands on what it is given."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np

from voldesk.analytics.summary import Summary, summarize
from voldesk.analytics.update import ChainUpdate
from voldesk.chain.book import EXACT
from voldesk.chain.shelf import open_book
from voldesk.model.conventions import Profile, profile_named
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.ticks import TickBatch

NOON = 1_790_784_000_000_000_000  # 2026-09-30 16:00 UTC
SECOND = 10**9


class HandChain:
    """One underlying of a listing as a pump would publish it, batch by batch."""

    def __init__(self, listing: Listing, underlying: str = "SPX") -> None:
        self.book = open_book(
            listing, underlying, profile_named("default"), as_of=NOON, cadence=EXACT
        )
        self.underlying = underlying
        self.seq = 0

    def update(self, *batches: TickBatch, at: int = NOON, has_summary: bool = True) -> ChainUpdate:
        """Apply ticks and return the update they make."""
        for batch in batches:
            self.book.apply(batch)
        rows = self.book.reprice(at)
        self.seq += 1
        table = self.book.table
        summary: Summary | None = summarize(table, 100.0) if has_summary else None
        return ChainUpdate(
            underlying=self.underlying,
            feed="hand",
            seq=self.seq,
            layout=0,
            table=table,
            rows=rows,
            rows_since=lambda _: np.arange(len(table.rows)),
            summary=summary,
            ts_event=at,
            ts_recv=at,
            ts_flush=at,
        )


class HandFeed:
    """Fills ``model.ports.feed.Feed``: the batches it was made with, then the end, or silence."""

    def __init__(
        self,
        listing: Listing,
        batches: Sequence[TickBatch] = (),
        *,
        name: str = "hand",
        is_endless: bool = False,
        error: Exception | None = None,
    ) -> None:
        self.listing = listing
        self.name = name
        self.wanted: list[tuple[int, Mode]] = []
        self.is_open = False
        self._batches = batches
        self._is_endless = is_endless
        self._error = error
        self._closed = asyncio.Event()

    def profile(self, underlying: str) -> Profile:
        assert underlying in self.listing.underlyings
        return profile_named("default")

    async def open(self) -> None:
        if self._error is not None:
            raise self._error
        self.is_open = True

    async def batches(self) -> AsyncIterator[TickBatch]:
        for batch in self._batches:
            yield batch
            await asyncio.sleep(0)
        if self._is_endless:
            await self._closed.wait()

    async def want(self, instruments: Any, mode: Mode) -> None:
        self.wanted.append((len(instruments), mode))

    async def close(self) -> None:
        self.is_open = False
        self._closed.set()
