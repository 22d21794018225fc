"""Ticks into the columns of live chains: by array, newest venue time last, nothing per tick."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.chain.shared import SharedColumns
from voldesk.chain.staleness import Staleness
from voldesk.model.enums import PriceUsed
from voldesk.model.listing import Listing
from voldesk.model.quotes import NO_TIME, FloatArray, IntArray
from voldesk.model.ticks import ALL_INSTRUMENTS, Field, TickBatch, TickKind

Places = NDArray[np.intp]

_NOT_OURS: Final = -1
_FIRST_SPOT: Final = -2  # and below: the spot of chain 0, 1, ...
_KINDS: Final = 8  # kinds added later share the last clock


class Intake:
    """
    Writes ticks into the quote columns of chains that share them, and notes what they touched.

    Within a batch and between batches a tick never overwrites one of its contract and kind that
    the venue stamped later; ticks without a stamp count in order of arrival, and the loss of every
    row's line begins a new order. An infinite figure is unknown. Ticks of instruments that are in
    none of the chains, or not in the listing, are passed over.

    Args:
        columns: Of the chains.
        underlyings: Name of each chain.
        listing: What the feed ticks.
        row_of: Row of each instrument of the listing in the shared columns, -1 where it has none.
        price: What the rows are priced from.
        staleness: Is told which rows were quoted, and which lost their line.

    Attributes:
        is_touched: Rows ticked and not yet reported. ``(n,)``
        is_dirty: Of these, the ones whose price or vols depend on what was ticked. ``(n,)``
        spot: Newest spot of each chain, NaN where unknown. This and what follows: ``(chains,)``
        has_news: Whether anything was ticked, or a line lost, since `forget`.
        newest_event: Newest venue time since `forget`, ``NO_TIME`` if none.
        oldest_recv: When the first tick since `forget` was received, or ``NO_TIME``.
        newest_recv: When the last tick ever was received, ``NO_TIME`` before the first.
        is_line_lost: No tick has come since the line of every row was lost.
        tick_count: Ticks written.
        late_count: Ticks passed over because a later one had come before them.
        gap_count: Lines lost.
    """

    def __init__(
        self,
        columns: SharedColumns,
        underlyings: tuple[str, ...],
        listing: Listing,
        row_of: IntArray,
        price: PriceUsed,
        staleness: Staleness,
    ) -> None:
        rows, chains = columns.rows, len(underlyings)
        self.is_touched = np.zeros(len(rows), dtype=np.bool_)
        self.is_dirty = np.zeros(len(rows), dtype=np.bool_)
        self.spot = np.full(chains, np.nan)
        self.has_news = np.zeros(chains, dtype=np.bool_)
        self.newest_event = np.full(chains, NO_TIME, dtype=np.int64)
        self.oldest_recv = np.full(chains, NO_TIME, dtype=np.int64)
        self.newest_recv = np.full(chains, NO_TIME, dtype=np.int64)
        self.is_line_lost = np.zeros(chains, dtype=np.bool_)
        self.tick_count = np.zeros(chains, dtype=np.int64)
        self.late_count = np.zeros(chains, dtype=np.int64)
        self.gap_count = np.zeros(chains, dtype=np.int64)
        self._staleness = staleness
        self._chain_of = columns.chain_of_row
        self._ts_event = rows.ts_event
        self._columns = tuple(
            (field.value, name, columns.sides.get(name, getattr(rows, name)))
            for field, name in ((field, str(field.name).lower()) for field in Field)
        )
        self._price_bits = np.uint32(
            Field.BID | Field.ASK | (Field.LAST if price is PriceUsed.LAST else 0)
        )
        self._place_of = np.append(row_of, _NOT_OURS)  # the last is for what is not in the listing
        for chain, underlying in enumerate(underlyings):
            is_spot = ~listing.is_option & (listing.underlying == underlying)
            self._place_of[:-1][is_spot] = _FIRST_SPOT - chain
        self._stamp = np.full(_KINDS * len(rows), NO_TIME, dtype=np.int64)
        self._row_stamp = np.full(len(rows), NO_TIME, dtype=np.int64)
        self._spot_stamp = np.full(chains, NO_TIME, dtype=np.int64)

    def apply(self, batch: TickBatch) -> None:
        """Write a batch; a GAP in it makes every row stale that is not quoted after it."""
        gaps = np.flatnonzero(batch["kind"] == TickKind.GAP)
        start = 0
        for stop in gaps.tolist():  # one per lost line, not per tick
            self._write(batch[start:stop])
            self._lose(int(batch["instrument"][stop]))
            start = stop + 1
        self._write(batch[start:])

    def forget(self, chains: slice | IntArray) -> None:
        """Begin a new stretch for chains whose rows have been reported."""
        self.has_news[chains] = False
        self.newest_event[chains] = self.oldest_recv[chains] = NO_TIME

    def _lose(self, instrument: int) -> None:
        if instrument == ALL_INSTRUMENTS:
            self._staleness.lose(slice(None))
            self.is_line_lost[:] = self.has_news[:] = True
            self.gap_count += 1
            self._stamp[:] = NO_TIME
            self._row_stamp[:] = NO_TIME
            self._spot_stamp[:] = NO_TIME
        elif 0 <= instrument < self._place_of.size and self._place_of[instrument] >= 0:
            row = self._place_of[[instrument]]
            self._staleness.lose(row)
            self.has_news[self._chain_of[row]] = True
            self.gap_count[self._chain_of[row]] += 1

    def _write(self, batch: TickBatch) -> None:
        if not batch.size:
            return
        index = batch["instrument"].view(np.uint32).astype(np.intp)  # -1 is beyond the end, too
        place = self._place_of.take(index, mode="clip")
        chosen = _order(batch["ts_event"])
        if chosen is not None:
            place = place[chosen]
        if int(place.min()) < 0:
            at_spot, at_row = np.flatnonzero(place < _NOT_OURS), np.flatnonzero(place >= 0)
            if at_spot.size:
                ticks = at_spot if chosen is None else chosen[at_spot]
                self._write_spots(batch[ticks], _FIRST_SPOT - place[at_spot])
            place = place[at_row]
            chosen = at_row if chosen is None else chosen[at_row]
        if place.size:
            self._write_rows(batch if chosen is None else batch[chosen], place)

    def _write_spots(self, batch: TickBatch, chain: Places) -> None:
        stamps = batch["ts_event"]
        is_late = (stamps < self._spot_stamp[chain]) & (stamps != NO_TIME)
        says_it = (batch["present"] & np.uint32(Field.LAST)) != 0
        self.late_count += np.bincount(chain[is_late], minlength=self.spot.size)
        taken = says_it & ~is_late
        batch, chain = batch[taken], chain[taken]
        if batch.size:
            spot = batch["last"]
            self.spot[chain] = np.where((spot > 0.0) & (spot < np.inf), spot, np.nan)
            _keep_newest(self._spot_stamp, chain, batch["ts_event"])
            self._note(batch, chain)

    def _write_rows(self, batch: TickBatch, rows: Places) -> None:
        stamps = batch["ts_event"].astype(np.int64)
        cell = np.minimum(batch["kind"], _KINDS - 1) * np.intp(self.is_dirty.size) + rows
        is_late = stamps < self._stamp[cell]
        if is_late.any():
            keep = ~is_late | (stamps == NO_TIME)
            late = np.bincount(self._chain_of[rows[~keep]], minlength=self.spot.size)
            self.late_count += late
            batch, rows, stamps, cell = batch[keep], rows[keep], stamps[keep], cell[keep]
            if not batch.size:
                return
        _keep_newest(self._stamp, cell, stamps)
        _keep_newest(self._row_stamp, rows, stamps)
        self._ts_event[rows] = self._row_stamp[rows]
        for column, values, at in self._sent(batch):
            column[rows if at is None else rows[at]] = values
        self._mark(batch, rows)
        self._note(batch, self._chain_of[rows])

    def _sent(self, batch: TickBatch) -> Iterator[tuple[FloatArray, FloatArray, Places | None]]:
        """Yield each column with the values sent for it and the ticks that did (None: all)."""
        present = batch["present"]
        somewhere = int(np.bitwise_or.reduce(present))
        everywhere = int(np.bitwise_and.reduce(present))
        with np.errstate(invalid="ignore"):
            for bit, name, column in self._columns:
                if not somewhere & bit:
                    continue
                values, at = batch[name], None
                if not everywhere & bit:
                    at = (present & np.uint32(bit)).nonzero()[0]
                    values = values[at]
                yield column, values + (values - values), at  # infinite becomes NaN

    def _mark(self, batch: TickBatch, rows: Places) -> None:
        self.is_touched[rows] = True
        has_price = (batch["present"] & self._price_bits) != 0
        received = batch["ts_recv"]
        if not has_price.all():
            rows, received = rows[has_price], received[has_price]
        self.is_dirty[rows] = True
        self._staleness.quoted(rows, received)

    def _note(self, batch: TickBatch, chain: Places) -> None:
        """Keep when the chains ticked; of one chain's ticks, in order, the last one counts."""
        received, fresh = batch["ts_recv"], self.oldest_recv == NO_TIME
        self.newest_recv[chain] = received
        _keep_newest(self.newest_event, chain, batch["ts_event"])
        if fresh.any():
            first = np.full(fresh.size, NO_TIME, dtype=np.int64)
            first[chain[::-1]] = received[::-1]
            np.copyto(self.oldest_recv, first, where=fresh)
        self.tick_count += np.bincount(chain, minlength=fresh.size)
        self.is_line_lost[chain] = False
        self.has_news[chain] = True


def _order(stamps: IntArray) -> Places | None:
    """
    Return the ticks by venue time, None where they stand so already.

    Those without a time stay behind the tick they came after.
    """
    if stamps.size < 2 or bool((stamps[1:] >= stamps[:-1]).all()):
        return None
    key: IntArray = np.where(stamps == NO_TIME, np.maximum.accumulate(stamps), stamps)
    return np.argsort(key, kind="stable")


def _keep_newest(known: IntArray, at: Places, stamps: IntArray) -> None:
    """Raise the stamps known to those of ticks in order; of one place the last is the newest."""
    if int(stamps.min()) == NO_TIME:
        np.maximum.at(known, at, stamps)
    else:
        known[at] = np.maximum(stamps, known[at])
