"""One underlying on its way from ticks to updates, and the feeds that can carry it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from voldesk.analytics.summary import summarize
from voldesk.analytics.update import ChainUpdate
from voldesk.chain.book import ChainBook
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Feed
from voldesk.model.quotes import NO_TIME, IntArray

_NEVER: Final = -(2**62)


@dataclass(slots=True, eq=False)
class Source:
    """
    One feed's chain of an underlying.

    Attributes:
        rank: The feed's place in the list the pump was given; the lowest owns the underlying.
        is_down: The feed has ended or failed: nothing more will come.
        reason: Why it is down; "" while it is not.
    """

    feed: Feed
    listing: Listing
    book: ChainBook
    rank: int
    since: int  # UTC ns: when it was opened, NO_TIME until a replay has a time
    is_down: bool = False
    reason: str = ""

    def is_fed(self, now: int, within_ns: int) -> bool:
        """Say whether ticks come: one did lately, or it was opened lately."""
        newest = self.book.intake.newest_recv
        return not self.is_down and now - max(newest, self.since) <= within_ns


class Lane:
    """
    The chain of one underlying: several feeds may tick it, one at a time is published.

    Each feed keeps a chain of its own, so that two never mix in one row. The feed listed first
    owns the underlying. When nothing came from it for a while the next one that ticks stands in,
    and when the owner ticks again it is back; either way every row is published anew, the
    sequence goes on and ``layout`` tells that rows may mean other contracts.

    Args:
        underlying: Its symbol.
        fallback_ns: Silence after which another feed stands in.
        summary_ns: Least time between two summaries.

    Attributes:
        topic: Where it is published.
        sources: The feeds that tick it, the owner first.
        layout: See `ChainUpdate`.
        has_news: Something was ticked, or happened to a feed, since the last turn.
        turned_at: Instant of the last turn, UTC ns.
    """

    def __init__(self, underlying: str, *, fallback_ns: int, summary_ns: int) -> None:
        self.underlying = underlying
        self.topic = f"chain/{underlying}"
        self.sources: list[Source] = []
        self.layout = 0
        self.has_news = False
        self.turned_at = _NEVER
        self._fallback_ns = fallback_ns
        self._summary_ns = summary_ns
        self._summarized_at = _NEVER
        self._active: Source | None = None
        self._seq = 0
        self._stamps = NO_TIME, NO_TIME
        self._rows: IntArray = np.empty(0, dtype=np.int64)

    @property
    def active(self) -> Source:
        """Return the source that is published."""
        return self._active or self.sources[0]

    @property
    def is_standing_in(self) -> bool:
        """Say whether another feed than the owner is published."""
        return self.active is not self.sources[0]

    def join(self, source: Source) -> None:
        """Add a feed's chain, in place of an earlier one of the same feed."""
        kept = [one for one in self.sources if one.rank != source.rank]
        was_active = self._active is not None and self._active not in kept
        self.sources = sorted([*kept, source], key=lambda one: one.rank)
        if was_active:
            self._switch(source)

    def choose(self, now: int) -> None:
        """Have the first feed that is fed published; where none is, the present one stays."""
        fed = next((one for one in self.sources if one.is_fed(now, self._fallback_ns)), None)
        chosen = fed or self.active
        if chosen is not self._active:
            self._switch(chosen)

    def turn(self, now: int) -> bool:
        """Reprice at an instant; say whether there is something to publish."""
        book = self.active.book
        self._stamps = book.intake.newest_event, book.intake.oldest_recv
        self._rows = book.reprice(now)
        self.turned_at, self.has_news = now, False
        has_changed = book.seq != self._seq
        self._seq = book.seq
        return has_changed

    def is_summary_due(self) -> bool:
        """Say whether the summary is old enough; a clock set back does not keep it."""
        return not 0 <= self.turned_at - self._summarized_at < self._summary_ns

    def update(self, ts_flush: int, *, is_summarized: bool) -> ChainUpdate:
        """Return what the last turn changed."""
        book = self.active.book
        summary = None
        if is_summarized:
            summary = summarize(book.table, book.multiplier)
            self._summarized_at = self.turned_at
        ts_event, ts_recv = self._stamps
        return ChainUpdate(
            underlying=self.underlying,
            feed=self.active.feed.name,
            seq=self._seq,
            layout=self.layout,
            table=book.table,
            rows=self._rows,
            rows_since=book.changed_since,
            summary=summary,
            ts_event=ts_event,
            ts_recv=ts_recv,
            ts_flush=ts_flush,
        )

    def _switch(self, source: Source) -> None:
        """Publish another chain from here on, every row of it anew, under the same numbers."""
        if self._active is not None:
            self.layout += 1
        self._active = source
        self._summarized_at = _NEVER
        self.has_news = True
        source.book.continue_from(self._seq)
