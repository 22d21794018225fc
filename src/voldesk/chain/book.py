"""The live chain of one underlying: its table, its forwards, and which rows changed when."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from voldesk.chain.changes import RowChanges
from voldesk.chain.intake import Intake
from voldesk.chain.live_forwards import LiveForwards, Standing
from voldesk.chain.newest import Lapse
from voldesk.chain.table import ChainTable, IndexArray
from voldesk.model.enums import YearClock
from voldesk.model.listing import Listing
from voldesk.model.quotes import BoolArray, IntArray, TextArray
from voldesk.model.ticks import DataType, TickBatch
from voldesk.pricing import layout

_NS_PER_SECOND: Final = 1e9
_GOLDEN: Final = 0.6180339887498949  # its multiples, modulo 1, lie as far apart as can be
_SERVES: Final = int(Lapse.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """
    How often a live chain does what no tick asks for, by the instants handed to ``reprice``.

    Of each, time is cut into equal stretches and it is done once in each, at the first reprice.
    Where the stretches begin goes by the underlying's name, and by series, so that what many
    chains do seldom does not fall on one reprice.

    Attributes:
        forward_refit_secs: A series whose quotes changed has its forward fitted once in each
            stretch of so long. In between the forward goes with spot. 0: every series at every
            reprice.
        refits_per_reprice: Most series fitted in one reprice, so that none takes long; a series
            that has waited twice the time above is fitted in any case.
        follow_secs: Rows whose own quotes did not change follow a moved spot or forward once in
            a stretch of so long. 0: at once. A row with a new quote is always priced at once, and
            at the newest forward.
        decay_secs: Every row is repriced this often, since time passes. 0: at every reprice.
        step_secs: Years go in steps of this much. 0: every instant counts.
    """

    forward_refit_secs: float = 1.0
    refits_per_reprice: int = 4
    follow_secs: float = 0.25
    decay_secs: float = 5.0
    step_secs: float = 0.01


EXACT: Final = Cadence(
    forward_refit_secs=0.0, refits_per_reprice=1, follow_secs=0.0, decay_secs=0.0, step_secs=0.0
)
"""Everything at every reprice: the figures are those of `reprice.value_chain` at that instant."""


class ChainBook:
    """
    Holds the chain of one underlying as its feed ticks it: one book of a `shelf.Shelf`.

    A book on a shelf of its own is used by itself (`shelf.open_book`); of several the shelf
    applies and reprices all at once. Nothing else writes the table. All times are handed in: the
    same ticks and the same instants give the same bits.

    Attributes:
        table: The live table, written in place.
        instrument: Instrument of each row. ``(n,)``
        keys: Key of each row's contract, the same from every feed. ``(n,)``
        multiplier: Units of underlying per contract, NaN where the listing has no option of it.
        index: Its place on the shelf.
    """

    def __init__(
        self,
        index: int,
        table: ChainTable,
        instrument: IntArray,
        listing: Listing,
        intake: Intake,
        reprice: Callable[[int, Sequence["ChainBook"]], list[IntArray]],
        series: slice,
        is_quoted: BoolArray,
        standing: Standing,
        changes: RowChanges,
        cadence: Cadence,
    ) -> None:
        self.index = index
        self.table = table
        self.instrument = instrument
        self.keys: TextArray = listing.key[instrument]
        self.multiplier = float(listing.multiplier[instrument[0]]) if instrument.size else math.nan
        self._listing = listing
        self._intake = intake
        self._reprice = reprice
        self._series = series
        phase = crc32(table.underlying.encode()) / 2**32  # the same in every process
        every_ns = (_ns(cadence.follow_secs), _ns(cadence.decay_secs))
        for at, every in zip((layout.FOLLOW_EVERY, layout.DECAY_EVERY), every_ns, strict=True):
            standing.cadence[at : at + 2, index] = every, int(phase * every)
        standing.is_odd[index] = table.profile.clock is not YearClock.ACT_365
        self._standing = standing
        self._changes = changes
        self._forwards = LiveForwards(
            table,
            is_quoted=is_quoted[series],
            refit_ns=_ns(cadence.forward_refit_secs),
            phases=(phase + _GOLDEN * np.arange(len(table.series), dtype=np.float64)) % 1.0,
            refits_per_move=cadence.refits_per_reprice,
            step_ns=_ns(cadence.step_secs),
            standing=standing,
            chain=index,
            first=series.start,
        )
        self._quoted_lapses = np.zeros(len(table.series), dtype=np.uint8)

    @property
    def row_of(self) -> IndexArray:
        """Return the row of each instrument of the listing, -1 where it has none; made anew."""
        row_of = np.full(len(self._listing), -1, dtype=np.int32)
        row_of[self.instrument] = np.arange(self.instrument.size, dtype=np.int32)
        return row_of

    @property
    def seq(self) -> int:
        """Return the number of the newest reprice that changed something, 0 before the first."""
        return self._changes.seq

    @property
    def spot(self) -> float:
        """Return the newest spot ticked, however old, NaN where unknown."""
        return float(self._intake.spots.value[self.index])

    @property
    def data_type(self) -> DataType:
        """Return how live its data are, as of the last reprice: see `ChainTable.data_type`."""
        return self.table.data_type

    @property
    def has_news(self) -> bool:
        """Say whether anything was ticked, or a line lost, since the last reprice."""
        return bool(self._intake.has_news[self.index])

    @property
    def is_line_lost(self) -> bool:
        """Say whether the line was lost and no tick has come since."""
        return bool(self._intake.is_line_lost[self.index])

    @property
    def newest_event(self) -> int:
        """Return the newest venue time since the last reprice, ``NO_TIME`` if none."""
        return int(self._intake.newest_event[self.index])

    @property
    def oldest_recv(self) -> int:
        """Return when the first tick since the last reprice was received, or ``NO_TIME``."""
        return int(self._intake.oldest_recv[self.index])

    @property
    def newest_recv(self) -> int:
        """Return when the last tick ever was received, ``NO_TIME`` before the first."""
        return int(self._intake.newest_recv[self.index])

    @property
    def tick_count(self) -> int:
        """Return how many ticks were written."""
        return int(self._intake.tick_count[self.index])

    @property
    def late_count(self) -> int:
        """Return how many ticks were passed over because a later one had come before them."""
        return int(self._intake.late_count[self.index])

    @property
    def gap_count(self) -> int:
        """Return how often a line was lost."""
        return int(self._intake.gap_count[self.index])

    def apply(self, batch: TickBatch) -> None:
        """Write ticks into the columns of the shelf; figures follow at the next reprice."""
        self._intake.apply(batch)

    def reprice(self, now: int) -> IntArray:
        """
        Bring the figures up to the ticks applied, and to an instant: see `shelf.Shelf.reprice`.

        Returns:
            Rows of which anything published was written, rising; a copy. ``seq`` is one more than
            before where there are any, or the spot is another.
        """
        return self._reprice(now, (self,))[0]

    def changed_since(self, seq: int) -> IntArray:
        """Return the rows changed by reprices numbered above ``seq``, rising."""
        return self._changes.since(seq)

    def continue_from(self, seq: int) -> None:
        """Count on from another book's number, and have the next reprice price every row."""
        self._changes.continue_from(seq)
        self._standing.moves[layout.IS_WHOLE_DUE, self.index] = True

    def move(self, now: int) -> None:
        """Bring forwards to an instant, fitting and choosing what is to be; for the shelf."""
        self._judge(now)
        self._standing.has_moved[self._series] |= self._forwards.move(now)

    def _judge(self, now: int) -> None:
        """Let the spot and the venue's forwards serve that are new enough, say why of others."""
        table, spots, forwards = self.table, self._intake.spots, self._intake.forwards
        lapse = spots.lapse(self.index, now)
        self._standing.known_lapse[self.index] = lapse
        table.spot_lack = spots.why(lapse, "spot")
        if self._intake.has_forwards:
            lapses = forwards.lapses(self._series, now)
            self._forwards.quote(np.where(lapses == _SERVES, forwards.value[self._series], np.nan))
            if (lapses != self._quoted_lapses).any():
                self._quoted_lapses = lapses
                table.quoted_lacks = {
                    series: forwards.why(Lapse(lapses[series]), "forward of the venue")
                    for series in np.flatnonzero(lapses != _SERVES).tolist()
                }


def _ns(secs: float) -> int:
    return round(secs * _NS_PER_SECOND)
