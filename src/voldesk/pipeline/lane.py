"""One underlying on its way from ticks to updates, and the feeds that can carry it."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass, fields, replace
from typing import Final, TypeVar

import numpy as np

from voldesk.analytics.summary import Summary, summarize, summarize_in_steps
from voldesk.analytics.update import ChainUpdate
from voldesk.chain.book import ChainBook
from voldesk.chain.shelf import Shelf
from voldesk.chain.table import ChainTable, RowColumns, SeriesColumns
from voldesk.model.ports.feed import Feed
from voldesk.model.quotes import NO_TIME, IntArray

Columns = TypeVar("Columns", RowColumns, SeriesColumns)

_NEVER: Final = -(2**62)


@dataclass(slots=True, eq=False)
class Source:
    """
    One feed's chain of an underlying.

    Attributes:
        shelf: Where the chain's book stands.
        rank: The feed's place in the list the pump was given; the lowest owns the underlying.
        since: When it was opened, UTC ns; ``NO_TIME`` in a replay that has not begun.
        is_down: The feed has ended or failed: nothing more will come.
        reason: Why it is down; "" while it is not.
    """

    feed: Feed
    shelf: Shelf
    book: ChainBook
    rank: int
    since: int
    is_down: bool = False
    reason: str = ""

    def is_fed(self, now: int, within_ns: int) -> bool:
        """Say whether ticks come: the last one is not older than that."""
        newest = self.book.newest_recv
        return not self.is_down and newest != NO_TIME and now - newest <= within_ns


class Lane:
    """
    The chain of one underlying: several feeds may tick it, one at a time is published.

    Each feed keeps a chain of its own, so that two never mix in one row. The feed listed first
    owns the underlying. While nothing comes from it the next one that ticks stands in, and when
    the owner ticks again it is back; either way every row is published anew, the
    sequence goes on and ``layout`` tells that rows may mean other contracts.

    Args:
        underlying: Its symbol.
        fallback_ns: Silence after which another feed stands in.
        summary_ns: Least time between two summaries.

    Attributes:
        topic: Where it is published.
        sources: The feeds that tick it, the owner first.
        layout: See `ChainUpdate`.
        turned_at: Instant of the last turn, UTC ns.
    """

    def __init__(self, underlying: str, *, fallback_ns: int, summary_ns: int) -> None:
        self.underlying = underlying
        self.topic = f"chain/{underlying}"
        self.sources: list[Source] = []
        self.layout = 0
        self.turned_at = _NEVER
        self._fallback_ns = fallback_ns
        self._summary_ns = summary_ns
        self._summarized_at = _NEVER
        self._summarized_seq = 0
        self._summary: Summary | None = None
        self._active: Source | None = None
        self._has_switched = False
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

    @property
    def has_news(self) -> bool:
        """Say whether something was ticked, or another feed chosen, since the last turn."""
        return self._has_switched or self.active.book.has_news

    def join(self, source: Source) -> None:
        """Add a feed's chain, in place of an earlier one of the same feed."""
        kept = [one for one in self.sources if one.rank != source.rank]
        was_active = self._active is not None and self._active not in kept
        self.sources = sorted([*kept, source], key=lambda one: one.rank)
        if was_active:
            self._switch(source)

    def choose(self, now: int) -> None:
        """Have the first feed that is fed published; where none is, the present one stays."""
        if len(self.sources) == 1 and self._active is self.sources[0]:
            return
        fed = next((one for one in self.sources if one.is_fed(now, self._fallback_ns)), None)
        chosen = fed or self.active
        if chosen is not self._active:
            self._switch(chosen)

    def begin(self, now: int) -> None:
        """Note what a turn is made of, before its chain is repriced."""
        book = self.active.book
        self._stamps = book.newest_event, book.oldest_recv
        self.turned_at = now

    def end(self, rows: IntArray) -> bool:
        """Take the rows that repricing wrote; say whether there is something to publish."""
        self._rows, self._has_switched = rows, False
        seq = self.active.book.seq
        has_changed = seq != self._seq
        self._seq = seq
        return has_changed

    def is_summary_due(self) -> bool:
        """Say whether the summary is old enough; a clock set back does not keep it."""
        return not 0 <= self.turned_at - self._summarized_at < self._summary_ns

    @property
    def has_summary(self) -> bool:
        """Say whether a summary was ever made of the chain that is published."""
        return self._summarized_at != _NEVER

    @property
    def is_summary_behind(self) -> bool:
        """Say whether the chain has changed since its last summary, and that is old enough."""
        return self._seq != self._summarized_seq and self.is_summary_due()

    def summarize(self) -> Generator[None, None, None]:
        """
        Make the summary of the chain as it stands in steps; the next update will have it.

        The chain's first one is made by `update`, at once.
        """
        self._note_summary()
        book, layout = self.active.book, self.layout
        summary = yield from summarize_in_steps(_frozen(book.table), book.multiplier)
        if self.layout == layout:  # else it is of other contracts
            self._summary = summary

    def update(self, ts_flush: int, *, is_summarized: bool) -> ChainUpdate:
        """Return what the last turn changed, with a summary of it, or one made since the last."""
        book = self.active.book
        summary, self._summary = self._summary, None
        if is_summarized:
            self._note_summary()
            summary = summarize(book.table, book.multiplier)
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

    def _note_summary(self) -> None:
        self._summarized_at, self._summarized_seq = self.turned_at, self._seq

    def _switch(self, source: Source) -> None:
        """Publish another chain from here on, every row of it anew, under the same numbers."""
        if self._active is not None:
            self.layout += 1
        self._active = source
        self._summarized_at, self._summary = _NEVER, None
        self._has_switched = True
        source.book.continue_from(self._seq)


def _frozen(table: ChainTable) -> ChainTable:
    """Return what analytics read of a table, as it stands."""
    return replace(table, rows=_copied(table.rows), series=_copied(table.series))


def _copied(columns: Columns) -> Columns:
    copies = {spec.name: getattr(columns, spec.name).copy() for spec in fields(columns)}
    return replace(columns, **copies)


def turn(lanes: Iterable[Lane], now: int) -> list[Lane]:
    """Reprice lanes, those of one shelf together; return the ones with something to publish."""
    of_shelf: dict[Shelf, list[Lane]] = {}
    for lane in lanes:
        lane.begin(now)
        of_shelf.setdefault(lane.active.shelf, []).append(lane)
    changed = []
    for shelf, those in of_shelf.items():
        written = shelf.reprice(now, [lane.active.book for lane in those])
        changed += [lane for lane, rows in zip(those, written, strict=True) if lane.end(rows)]
    return changed
