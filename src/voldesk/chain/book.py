"""The live chain of one underlying: ticks in, figures out, and which rows changed."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from voldesk.chain.build import build_ordered
from voldesk.chain.changes import RowChanges
from voldesk.chain.intake import Intake
from voldesk.chain.live_forwards import NEVER, LiveForwards
from voldesk.chain.live_rows import RowPricer, as_block
from voldesk.chain.staleness import Staleness
from voldesk.model.conventions import Profile
from voldesk.model.enums import Market, Status
from voldesk.model.listing import Listing
from voldesk.model.quotes import ChainSnapshot, IntArray, QuoteColumns
from voldesk.model.ticks import TickBatch

_NS_PER_SECOND = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """
    How often a live chain does what no tick asks for, by the instants handed to ``reprice``.

    Attributes:
        forward_refit_secs: A series whose quotes changed has its forward fitted at most this
            often. In between the forward goes with spot. 0: every series at every reprice.
        refits_per_reprice: Most series fitted in one reprice, so that none takes long; a series
            that has waited twice the time above is fitted in any case.
        follow_secs: Rows whose own quotes did not change follow a moved spot or forward at most
            this often. 0: at once. A row with a new quote is always priced at once, and at the
            newest forward.
        decay_secs: Every row is repriced this often, since time passes. 0: at every reprice.
        step_secs: Years go in steps of this much. 0: every instant counts.
    """

    forward_refit_secs: float = 1.0
    refits_per_reprice: int = 4
    follow_secs: float = 0.1
    decay_secs: float = 5.0
    step_secs: float = 0.01


EXACT: Final = Cadence(
    forward_refit_secs=0.0, refits_per_reprice=1, follow_secs=0.0, decay_secs=0.0, step_secs=0.0
)
"""Everything at every reprice: the figures are those of `reprice.value_chain` at that instant."""


class ChainBook:
    """
    Holds the chain of one underlying as its feed ticks it.

    ``apply`` only writes columns; ``reprice`` makes figures of them. Nothing else writes the
    table. All times are handed in: the same ticks and the same instants give the same bits.

    Args:
        listing: What the feed ticks; options of other underlyings are passed over.
        underlying: The one this book is of.
        profile: The conventions its quotes are valued by.
        as_of: UTC ns, where the table stands before the first reprice.
        stale_after_secs: A row is STALE when its quote was received this long ago, and after a
            gap until it is quoted again; None for gaps alone.
        cadence: How often what no tick asks for is done.

    Attributes:
        table: The live table, written in place.
        instrument: Instrument of each row. ``(n,)``
        row_of: Row of each instrument of the listing, -1 where it is none here.
        keys: Key of each row's contract, the same from every feed. ``(n,)``
        multiplier: Units of underlying per contract, NaN where the listing has no option of it.
    """

    def __init__(
        self,
        listing: Listing,
        underlying: str,
        profile: Profile,
        *,
        as_of: int,
        stale_after_secs: float | None = None,
        cadence: Cadence | None = None,
    ) -> None:
        self._cadence = cadence or Cadence()
        is_ours = listing.is_option & (listing.underlying == underlying)
        ours = np.flatnonzero(is_ours)
        table, order = build_ordered(
            _contracts(listing, ours, underlying, profile), profile, as_of=as_of
        )
        columns, block = as_block(table.rows)
        self.table = replace(table, rows=columns, stale_after_secs=stale_after_secs)
        self.instrument: IntArray = ours[order]
        self.row_of = np.full(len(listing), -1, dtype=np.int32)
        self.row_of[self.instrument] = np.arange(len(columns), dtype=np.int32)
        self.multiplier = float(listing.multiplier[ours[0]]) if ours.size else np.nan
        self.keys = listing.key[self.instrument]
        limit_ns = None if stale_after_secs is None else _ns(stale_after_secs)
        self.staleness = Staleness(len(columns), limit_ns)
        self.intake = Intake(self.table, listing, self.row_of, self.staleness)
        self._forwards = LiveForwards(
            self.table,
            refit_ns=_ns(self._cadence.forward_refit_secs),
            refits_per_move=self._cadence.refits_per_reprice,
            step_ns=_ns(self._cadence.step_secs),
        )
        self._pricer = RowPricer(self.table, block, self.intake.sides)
        self._changes = RowChanges(len(columns))
        self._has_moved = np.zeros(len(self.table.series), dtype=np.bool_)
        self._followed_at = self._decayed_at = NEVER
        self._is_whole_due = True

    @property
    def seq(self) -> int:
        """Return the number of the newest reprice that changed something, 0 before the first."""
        return self._changes.seq

    @property
    def spot(self) -> float:
        """Return the newest spot ticked, NaN where unknown."""
        return self.intake.spot

    def apply(self, batch: TickBatch) -> None:
        """Write ticks into the columns; figures follow at the next reprice."""
        self.intake.apply(batch)

    def reprice(self, now: int) -> IntArray:
        """
        Bring the figures up to the ticks applied, and to an instant.

        Rows with new quotes are priced at once; rows whose forward moved, and all rows as time
        passes, when the cadence says so.

        Args:
            now: UTC ns, not before the instant of the last reprice, in general; a clock set back
                delays nothing by more than its cadence.

        Returns:
            Rows of which anything published was written, rising; a copy. ``seq`` is one more than
            before where there are any, or the spot is another.
        """
        table, intake = self.table, self.intake
        has_new_spot = not _is_same(table.spot, intake.spot)
        table.as_of, table.spot = now, intake.spot
        quoted = np.flatnonzero(intake.is_dirty)
        self._forwards.quoted(table.rows.series[quoted])
        self._has_moved |= self._forwards.move(now)
        aged = self.staleness.refresh(now, quoted)
        self._restate(aged)
        rows = self._rows_to_price(now, quoted)
        if rows is None or rows.size:
            self._pricer.price(rows, self.staleness.is_stale)
        is_written = intake.is_touched.copy()
        is_written[aged] = True
        is_written[slice(None) if rows is None else rows] = True
        written = np.flatnonzero(is_written)
        intake.forget()
        if written.size or has_new_spot:
            self._changes.mark(written)
        return written

    def changed_since(self, seq: int) -> IntArray:
        """Return the rows changed by reprices numbered above ``seq``, rising."""
        return self._changes.since(seq)

    def continue_from(self, seq: int) -> None:
        """Count on from another book's number, and have the next reprice price every row."""
        self._changes.continue_from(seq)
        self._is_whole_due = True

    def _rows_to_price(self, now: int, quoted: IntArray) -> IntArray | None:
        """Return the rows to price now, None for all of them."""
        cadence = self._cadence
        self._followed_at = min(self._followed_at, now)  # the clock may have been set back
        self._decayed_at = min(self._decayed_at, now)
        is_decay_due = now - self._decayed_at >= _ns(cadence.decay_secs)
        if is_decay_due or self._is_whole_due:
            self._decayed_at = self._followed_at = now
            self._is_whole_due = False
            self._has_moved[:] = False
            return None
        if not self._has_moved.any() or now - self._followed_at < _ns(cadence.follow_secs):
            return quoted
        follows = self._has_moved.copy()
        self._has_moved[:] = False
        self._followed_at = now
        if follows.all():
            return None
        chosen = follows[self.table.rows.series]
        chosen[quoted] = True
        return np.flatnonzero(chosen)

    def _restate(self, rows: IntArray) -> None:
        """Exchange OK and STALE where that is all that changed."""
        if rows.size:
            status = self.table.rows.status
            is_stale = self.staleness.is_stale[rows]
            status[rows[is_stale & (status[rows] == Status.OK)]] = Status.STALE
            status[rows[~is_stale & (status[rows] == Status.STALE)]] = Status.OK


def _contracts(
    listing: Listing, ours: IntArray, underlying: str, profile: Profile
) -> ChainSnapshot:
    """Return the contracts as a snapshot without a quote."""
    quotes = QuoteColumns.build(
        symbol=listing.symbol[ours],
        root=listing.root[ours],
        expiry=listing.expiry[ours],
        is_call=listing.is_call[ours],
        strike=listing.strike[ours],
    )
    market = Market(listing.market[ours[0]]) if ours.size else profile.market
    return ChainSnapshot(underlying=underlying, source="live", market=market, quotes=quotes)


def _is_same(one: float, other: float) -> bool:
    """Say whether two figures are the same one, or both unknown."""
    return one == other or (math.isnan(one) and math.isnan(other))


def _ns(secs: float) -> int:
    return round(secs * _NS_PER_SECOND)
