"""Ticks into the columns of live chains: by array, newest venue time last, nothing per tick."""

from typing import Final

import numpy as np

from voldesk.chain.newest import Newest
from voldesk.chain.shared import SharedColumns
from voldesk.chain.staleness import Staleness
from voldesk.model.enums import PriceUsed
from voldesk.model.listing import Listing
from voldesk.model.quotes import NO_TIME, BoolArray, IntArray
from voldesk.model.ticks import ALL_INSTRUMENTS, TICK_DTYPE, Field, TickBatch, TickKind
from voldesk.pricing import engine, layout

_WORD: Final = 8  # bytes
_RAW: Final = np.dtype((np.void, TICK_DTYPE.itemsize))
_SINGLE_PRICE: Final = {PriceUsed.LAST: Field.LAST, PriceUsed.MARK: Field.MARK}

_AS_THEY_STAND: Final[IntArray] = np.empty(0, dtype=np.int64)


class Intake:
    """
    Writes ticks into the quote columns of chains that share them, and notes what they touched.

    Within a batch and between batches a tick never overwrites one of its contract and kind that
    the venue stamped later; ticks without a stamp count in order of arrival, and the loss of every
    row's line begins a new order. An infinite figure is unknown. Ticks of instruments that are in
    none of the chains, or not in the listing, are passed over.

    A forward that comes with a row is its series', too, until a newer one comes; a row that has
    none any more says nothing of its series.

    Args:
        columns: Of the chains.
        underlyings: Name of each chain.
        listing: What the feed ticks.
        row_of: Row of each instrument of the listing in the shared columns, -1 where it has none.
        price: What the rows are priced from.
        staleness: Is told which rows were quoted, and which lost their line.
        limit_ns: Age beyond which a spot or a venue's forward is too old; see `Newest`.

    Attributes:
        is_touched: Rows ticked and not yet reported. ``(n,)``
        is_dirty: Of these, the ones whose price or vols depend on what was ticked. ``(n,)``
        forwards: Newest venue's forward of each series of all chains.
        spots: Newest spot of each chain.
        spot_type: `model.ticks.DataType` of the spot. This and what follows: ``(chains,)``
        has_news: Whether anything was ticked, or a line lost, since the rows were reported.
        newest_event: Newest venue time since then, ``NO_TIME`` if none.
        oldest_recv: When the first tick since then was received, or ``NO_TIME``.
        newest_recv: When the last tick ever was received, ``NO_TIME`` before the first.
        is_line_lost: No tick has come since the line of every row was lost.
        tick_count: Ticks written.
        late_count: Ticks passed over because a later one had come before them.
        gap_count: Lines lost.
        row_marks: Of which the first two are views, with room to look at eight at once.
        chain_marks: Of which ``has_news`` and ``is_line_lost`` are.
        tallies: Of which the newest and the oldest and the counts are.
    """

    def __init__(
        self,
        columns: SharedColumns,
        underlyings: tuple[str, ...],
        listing: Listing,
        row_of: IntArray,
        price: PriceUsed,
        staleness: Staleness,
        limit_ns: int | None,
    ) -> None:
        rows, chains = columns.rows, len(underlyings)
        size = len(rows)
        self.row_marks: BoolArray = np.zeros((2, size + -size % _WORD), dtype=np.bool_)
        self.is_touched = self.row_marks[layout.TOUCHED, :size]
        self.is_dirty = self.row_marks[layout.DIRTY, :size]
        self.forwards = Newest(columns.forward.size, limit_ns)
        self.spots = Newest(chains, limit_ns)
        self.spot_type = np.zeros(chains, dtype=np.uint8)
        self.chain_marks: BoolArray = np.zeros((2, chains), dtype=np.bool_)
        self.has_news, self.is_line_lost = self.chain_marks
        self.tallies: IntArray = np.zeros((5, chains), dtype=np.int64)
        (
            self.newest_event,
            self.oldest_recv,
            self.newest_recv,
            self.tick_count,
            self.late_count,
        ) = self.tallies
        self.gap_count = np.zeros(chains, dtype=np.int64)
        self._staleness = staleness
        self._chain_of = columns.chain_of_row
        place_of = np.append(row_of, layout.NOT_OURS)  # the last is for what is not in the listing
        for chain, underlying in enumerate(underlyings):
            is_spot = ~listing.is_option & (listing.underlying == underlying)
            place_of[:-1][is_spot] = layout.FIRST_SPOT - chain
        self._place_of = place_of
        self._stamps: IntArray = np.full((layout.KINDS + 1, size), NO_TIME, dtype=np.int64)
        self._told = np.zeros(4, dtype=np.int64)
        self._known = (
            *(place_of, int(Field.BID | Field.ASK | _SINGLE_PRICE.get(price, 0)), self._told),
            *(self.spots.times, self.spots.value, self.spots.is_lost, self.spot_type),
            *(self.forwards.times, self.forwards.value, self.forwards.is_lost),
            *(self.tallies, self.chain_marks, self._stamps, rows.ts_event),
            *(staleness.quoted_at, staleness.is_lost, self.row_marks, rows.data_type),
            *(columns.chain_of_row, columns.series, columns.quotes, columns.is_quoted),
        )

    @property
    def has_forwards(self) -> bool:
        """Say whether a venue's forward ever came."""
        return bool(self._told[layout.HAS_FORWARDS])

    def apply(self, batch: TickBatch) -> None:
        """Write a batch; a GAP in it makes every row stale that is not quoted after it."""
        if not batch.size:
            return
        outcome = self._take(batch, _AS_THEY_STAND)
        if outcome == layout.HAS_GAP:
            self._apply_around_gaps(batch)
        elif outcome == layout.IS_JUMBLED:
            self._take(batch, _order(batch["ts_event"]))

    def _take(self, batch: TickBatch, order: IntArray) -> int:
        """Write ticks in an order; say what they came to, see `layout`."""
        words = np.ascontiguousarray(batch.view(_RAW)).view(np.int64)
        engine.live_calls().take_ticks(words.reshape(-1, layout.TICK_WORDS), order, *self._known)
        return int(self._told[layout.OUTCOME])

    def _apply_around_gaps(self, batch: TickBatch) -> None:
        gaps = np.flatnonzero(batch["kind"] == TickKind.GAP)
        start = 0
        for stop in gaps.tolist():  # one per lost line, not per tick
            self.apply(batch[start:stop])
            self._lose(int(batch["instrument"][stop]))
            start = stop + 1
        self.apply(batch[start:])

    def _lose(self, instrument: int) -> None:
        if instrument == ALL_INSTRUMENTS:
            self._staleness.lose(slice(None))
            self.is_line_lost[:] = self.has_news[:] = True
            self.gap_count += 1
            self._stamps[:] = NO_TIME
            self.spots.lose(slice(None))
            self.forwards.lose(slice(None))
        elif 0 <= instrument < self._place_of.size - 1:
            self._lose_one(self._place_of[[instrument]])

    def _lose_one(self, place: IntArray) -> None:
        if place[0] == layout.NOT_OURS:
            return
        is_row = place[0] >= 0
        chain = self._chain_of[place] if is_row else layout.FIRST_SPOT - place
        if is_row:
            self._staleness.lose(place)
        else:
            self.spots.lose(chain)
        self.has_news[chain] = True
        self.gap_count[chain] += 1


def _order(stamps: IntArray) -> IntArray:
    """Return the ticks by venue time; those without one stay behind the tick they came after."""
    key: IntArray = np.where(stamps == NO_TIME, np.maximum.accumulate(stamps), stamps)
    return np.argsort(key, kind="stable")
