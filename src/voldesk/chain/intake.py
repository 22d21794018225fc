"""Ticks into the columns of live chains: by array, newest venue time last, nothing per tick."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.chain.newest import Newest, Places, keep_newest
from voldesk.chain.shared import SharedColumns
from voldesk.chain.staleness import Staleness
from voldesk.model.enums import PriceUsed
from voldesk.model.listing import Listing
from voldesk.model.quotes import NO_TIME, BoolArray, FloatArray, IntArray
from voldesk.model.ticks import ALL_INSTRUMENTS, TICK_DTYPE, Field, TickBatch, TickKind

_NOT_OURS: Final = -1
_FIRST_SPOT: Final = -2  # and below: the spot of chain 0, 1, ...
_RAW: Final = np.dtype((np.void, TICK_DTYPE.itemsize))
_KINDS: Final = 8  # kinds added later share the last clock
_COLUMN_OF: Final = {"forward": "vendor_forward"}  # of the rows, where a field has another name
_SINGLE_PRICE: Final = {PriceUsed.LAST: Field.LAST, PriceUsed.MARK: Field.MARK}


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
        limit_ns: int | None,
    ) -> None:
        rows, chains = columns.rows, len(underlyings)
        self.is_touched = np.zeros(len(rows), dtype=np.bool_)
        self.is_dirty = np.zeros(len(rows), dtype=np.bool_)
        self.forwards = Newest(columns.forward.size, limit_ns)
        self.spots = Newest(chains, limit_ns)
        self.spot_type = np.zeros(chains, dtype=np.uint8)
        self.has_news = np.zeros(chains, dtype=np.bool_)
        self.newest_event = np.full(chains, NO_TIME, dtype=np.int64)
        self.oldest_recv = np.full(chains, NO_TIME, dtype=np.int64)
        self.newest_recv = np.full(chains, NO_TIME, dtype=np.int64)
        self.is_line_lost = np.zeros(chains, dtype=np.bool_)
        self.tick_count = np.zeros(chains, dtype=np.int64)
        self.late_count = np.zeros(chains, dtype=np.int64)
        self.gap_count = np.zeros(chains, dtype=np.int64)
        self._staleness = staleness
        self._chain_of, self._series_of = columns.chain_of_row, columns.series
        self._data_type, self._has_types = rows.data_type, False
        self._forward_column = rows.vendor_forward
        self._ts_event = rows.ts_event
        self._columns = tuple(
            (field.value, name, columns.sides.get(name, getattr(rows, _COLUMN_OF.get(name, name))))
            for field, name in ((field, str(field.name).lower()) for field in Field)
        )
        self._price_bits = np.uint32(Field.BID | Field.ASK | _SINGLE_PRICE.get(price, 0))
        self._place_of = np.append(row_of, _NOT_OURS)  # the last is for what is not in the listing
        for chain, underlying in enumerate(underlyings):
            is_spot = ~listing.is_option & (listing.underlying == underlying)
            self._place_of[:-1][is_spot] = _FIRST_SPOT - chain
        self._stamp = np.full(_KINDS * len(rows), NO_TIME, dtype=np.int64)
        self._row_stamp = np.full(len(rows), NO_TIME, dtype=np.int64)

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
            self.spots.lose(slice(None))
            self.forwards.lose(slice(None))
        elif 0 <= instrument < self._place_of.size - 1:
            self._lose_one(self._place_of[[instrument]])

    def _lose_one(self, place: Places) -> None:
        if place[0] == _NOT_OURS:
            return
        is_row = place[0] >= 0
        chain = self._chain_of[place] if is_row else _FIRST_SPOT - place
        if is_row:
            self._staleness.lose(place)
        else:
            self.spots.lose(chain)
        self.has_news[chain] = True
        self.gap_count[chain] += 1

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
                self._write_spots(_taken(batch, ticks), _FIRST_SPOT - place[at_spot])
            place = place[at_row]
            chosen = at_row if chosen is None else chosen[at_row]
        if place.size:
            self._write_rows(batch if chosen is None else _taken(batch, chosen), place)

    def _write_spots(self, batch: TickBatch, chain: Places) -> None:
        is_late = self.spots.is_late(chain, batch["ts_event"])
        if is_late.any():
            self.late_count += np.bincount(chain[is_late], minlength=self.late_count.size)
            batch, chain = batch[~is_late], chain[~is_late]
        self.has_news[chain[self.spot_type[chain] != batch["data_type"]]] = True
        self.spot_type[chain] = batch["data_type"]
        says_it = (batch["present"] & np.uint32(Field.LAST)) != 0
        batch, chain = batch[says_it], chain[says_it]
        if batch.size:
            self.spots.take(chain, batch["last"], batch["ts_event"], batch["ts_recv"])
            self._note(batch, chain)

    def _write_rows(self, batch: TickBatch, rows: Places) -> None:
        stamps = batch["ts_event"].astype(np.int64)
        cell = np.minimum(batch["kind"], _KINDS - 1) * np.intp(self.is_dirty.size) + rows
        is_late = stamps < self._stamp[cell]
        if is_late.any():
            keep = ~is_late | (stamps == NO_TIME)
            late = np.bincount(self._chain_of[rows[~keep]], minlength=self.late_count.size)
            self.late_count += late
            batch, rows = _taken(batch, keep), rows[keep]
            stamps, cell = stamps[keep], cell[keep]
            if not batch.size:
                return
        keep_newest(self._stamp, cell, stamps)
        keep_newest(self._row_stamp, rows, stamps)
        self._ts_event[rows] = self._row_stamp[rows]
        for column, values, at in self._sent(batch):
            column[rows if at is None else rows[at]] = values
            if column is self._forward_column:
                self._write_forwards(batch, rows, values, at)
        self._write_types(batch["data_type"], rows)
        self._mark(batch, rows)
        self._note(batch, self._chain_of[rows])

    def _write_forwards(
        self, batch: TickBatch, rows: Places, values: FloatArray, at: Places | None
    ) -> None:
        """Take what came as their rows' forward as that of their series."""
        ticks = np.arange(rows.size) if at is None else at
        is_one = values > 0.0
        values, ticks = values[is_one], ticks[is_one]
        series, stamps = self._series_of[rows[ticks]].astype(np.intp), batch["ts_event"][ticks]
        is_new = ~self.forwards.is_late(series, stamps)
        if is_new.any():
            received = batch["ts_recv"][ticks]
            self.forwards.take(series[is_new], values[is_new], stamps[is_new], received[is_new])

    def _write_types(self, types: NDArray[np.uint8], rows: Places) -> None:
        """Keep how live the data are; nothing to do while all of them are."""
        if self._has_types or types.any():
            self._has_types = True
            self._data_type[rows] = types

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
        keep_newest(self.newest_event, chain, batch["ts_event"])
        if fresh.any():
            first = np.full(fresh.size, NO_TIME, dtype=np.int64)
            first[chain[::-1]] = received[::-1]
            np.copyto(self.oldest_recv, first, where=fresh)
        self.tick_count += np.bincount(chain, minlength=fresh.size)
        self.is_line_lost[chain] = False
        self.has_news[chain] = True


def _taken(batch: TickBatch, chosen: Places | BoolArray) -> TickBatch:
    """Return chosen ticks, byte for byte: NumPy would copy structured rows field by field."""
    taken: TickBatch = batch.view(_RAW)[chosen].view(TICK_DTYPE)
    return taken


def _order(stamps: IntArray) -> Places | None:
    """
    Return the ticks by venue time, None where they stand so already.

    Those without a time stay behind the tick they came after.
    """
    if stamps.size < 2 or bool((stamps[1:] >= stamps[:-1]).all()):
        return None
    key: IntArray = np.where(stamps == NO_TIME, np.maximum.accumulate(stamps), stamps)
    return np.argsort(key, kind="stable")
