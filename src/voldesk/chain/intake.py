"""Ticks into the columns of a live table: by array, newest venue time last, nothing per tick."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.chain.staleness import Staleness
from voldesk.chain.table import ChainTable, IndexArray
from voldesk.model.enums import PriceUsed
from voldesk.model.listing import Listing
from voldesk.model.quotes import NO_TIME, FloatArray, IntArray
from voldesk.model.ticks import ALL_INSTRUMENTS, Field, TickBatch, TickKind

Places = NDArray[np.intp]

SIDES: Final = ("bid", "ask", "last")
"""Fields that a venue may count in coin."""

_NOT_OURS: Final = -1
_SPOT: Final = -2
_KINDS: Final = 8  # kinds added later share the last clock


class Intake:
    """
    Writes ticks into the quote columns of one live table, and remembers what they touched.

    Within a batch and between batches a tick never overwrites one of its contract and kind that
    the venue stamped later; ticks without a stamp count in order of arrival, and the loss of every
    row's line begins a new order. An infinite figure is unknown. Ticks of instruments that are not
    the table's, or not in the listing, are passed over.

    Attributes:
        row_of: Row of each instrument of the listing, -1 where it has none here.
        sides: Bid, ask and last as the venue counts them: the table's own columns, or arrays of
            their own where some premiums are in coin. By name, ``(n,)``
        spot: Newest spot of the underlying, NaN where unknown.
        is_touched: Rows ticked since the last `forget`. ``(n,)``
        is_dirty: Of these, the ones whose price or vols depend on what was ticked. ``(n,)``
        late_count: Ticks passed over because a later one had come before them.
        stray_count: Ticks of no instrument of the listing.
        tick_count: Ticks written.
        newest_event: Newest venue time since the last `forget`, ``NO_TIME`` if none.
        oldest_recv: When the first tick since the last `forget` was received, or ``NO_TIME``.
        newest_recv: When the last tick ever was received, ``NO_TIME`` before the first.
        is_line_lost: No tick has come since the line of every row was lost.
    """

    def __init__(
        self, table: ChainTable, listing: Listing, row_of: IndexArray, staleness: Staleness
    ) -> None:
        rows = table.rows
        self.row_of = row_of
        self.sides: dict[str, FloatArray] = (
            {name: np.full(len(rows), np.nan) for name in SIDES}
            if table.is_coin.any()
            else {name: getattr(rows, name) for name in SIDES}
        )
        self.spot = np.nan
        self.is_touched = np.zeros(len(rows), dtype=np.bool_)
        self.is_dirty = np.zeros(len(rows), dtype=np.bool_)
        self.late_count = self.stray_count = self.tick_count = 0
        self.newest_event = self.oldest_recv = self.newest_recv = NO_TIME
        self.is_line_lost = False
        self._staleness = staleness
        self._ts_event = rows.ts_event
        self._columns = tuple(
            (field.value, name, self.sides[name] if name in SIDES else getattr(rows, name))
            for field, name in ((field, str(field.name).lower()) for field in Field)
        )
        self._price_bits = np.uint32(
            Field.BID | Field.ASK | (Field.LAST if table.profile.price is PriceUsed.LAST else 0)
        )
        place = row_of.astype(np.intp)
        is_spot = ~listing.is_option & (listing.underlying == table.underlying)
        place[is_spot] = _SPOT
        self._place_of = np.append(place, _NOT_OURS)  # the last is for what is not in the listing
        self._stamp = np.full(_KINDS * len(rows), NO_TIME, dtype=np.int64)
        self._row_stamp = np.full(len(rows), NO_TIME, dtype=np.int64)
        self._spot_stamp = NO_TIME

    def apply(self, batch: TickBatch) -> None:
        """Write a batch; a GAP in it makes every row stale that does not tick after it."""
        gaps = np.flatnonzero(batch["kind"] == TickKind.GAP)
        if not gaps.size:
            self._write(batch)
            return
        start = 0
        for stop in gaps.tolist():  # one per lost line, not per tick
            self._write(batch[start:stop])
            self._gap(int(batch["instrument"][stop]))
            start = stop + 1
        self._write(batch[start:])

    def forget(self) -> None:
        """Begin a new stretch: nothing is touched."""
        self.is_touched[:] = False
        self.is_dirty[:] = False
        self.newest_event = self.oldest_recv = NO_TIME

    def _gap(self, instrument: int) -> None:
        if instrument == ALL_INSTRUMENTS:
            self._staleness.lose(slice(None))
            self.is_line_lost = True
            self._stamp[:] = self._row_stamp[:] = self._spot_stamp = NO_TIME
        elif 0 <= instrument < self.row_of.size and self.row_of[instrument] >= 0:
            self._staleness.lose(self.row_of[[instrument]])

    def _write(self, batch: TickBatch) -> None:
        if not batch.size:
            return
        batch = _in_order(batch)
        index = batch["instrument"].view(np.uint32).astype(np.intp)  # -1 is beyond the end, too
        place = self._place_of.take(index, mode="clip")
        if int(place.min()) < 0:
            self._write_spot(batch[place == _SPOT])
            self.stray_count += int(np.count_nonzero(index >= self.row_of.size))
            is_ours = place >= 0
            batch, place = batch[is_ours], place[is_ours]
        if batch.size:
            self._write_rows(batch, place)

    def _write_spot(self, batch: TickBatch) -> None:
        said = batch[(batch["present"] & np.uint32(Field.LAST)) != 0]
        if not said.size:
            return
        stamp = int(said["ts_event"][-1])
        if stamp != NO_TIME and stamp < self._spot_stamp:
            self.late_count += int(said.size)
            return
        spot = float(said["last"][-1])
        self.spot = spot if 0.0 < spot < np.inf else np.nan
        self._spot_stamp = max(stamp, self._spot_stamp)
        self._note(said, stamp)

    def _write_rows(self, batch: TickBatch, rows: Places) -> None:
        stamps = batch["ts_event"].astype(np.int64)
        cell = np.minimum(batch["kind"], _KINDS - 1).astype(np.intp) * self.is_dirty.size + rows
        known = self._stamp[cell]
        is_late = (stamps < known) & (stamps != NO_TIME)
        if is_late.any():
            self.late_count += int(np.count_nonzero(is_late))
            keep = ~is_late
            batch, rows, stamps, cell = batch[keep], rows[keep], stamps[keep], cell[keep]
            if not batch.size:
                return
        _keep_newest(self._stamp, cell, stamps)
        _keep_newest(self._row_stamp, rows, stamps)
        self._ts_event[rows] = self._row_stamp[rows]
        for column, values, at in self._sent(batch):
            column[rows if at is None else rows[at]] = values
        self._mark(batch, rows)
        self._note(batch, int(stamps[-1]))

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
                    at = np.flatnonzero(present & np.uint32(bit))
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

    def _note(self, batch: TickBatch, stamp: int) -> None:
        self.tick_count += int(batch.size)
        self.is_line_lost = False
        self.newest_event = max(self.newest_event, stamp)
        received = batch["ts_recv"]
        if self.oldest_recv == NO_TIME:
            self.oldest_recv = int(received[0])
        self.newest_recv = int(received[-1])


def _in_order(batch: TickBatch) -> TickBatch:
    """Return the ticks by venue time; those without one stay behind the tick they came after."""
    stamps = batch["ts_event"]
    if stamps.size < 2 or bool((stamps[1:] >= stamps[:-1]).all()):
        return batch
    key: IntArray = np.where(stamps == NO_TIME, np.maximum.accumulate(stamps), stamps)
    return batch[np.argsort(key, kind="stable")]


def _keep_newest(known: IntArray, at: Places, stamps: IntArray) -> None:
    """Raise the stamps known to those of ticks in order; of one place the last is the newest."""
    if int(stamps.min()) == NO_TIME:
        np.maximum.at(known, at, stamps)
    else:
        known[at] = np.maximum(stamps, known[at])
