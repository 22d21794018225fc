"""
Ticks into columns, in NumPy: by array, nothing per tick.

A batch is its ticks as words of eight bytes, ``(k, 18)``, see ``layout``. What is known stands in
arrays of n rows, m series and c chains:

- a single figure (spot, forward) is ``times`` (the venue's, ours), ``value`` and ``is_lost``;
- ``stamps`` ``(9, n)``: the newest venue time of each row by kind of tick, and of them all;
- ``quotes`` ``(14, n)``: a row of the block per field of a tick;
- ``tallies`` ``(5, c)``, ``chain_marks`` ``(2, c)`` and ``row_marks`` ``(2, n)``: see ``layout``.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from voldesk.pricing.layout import (
    CODES,
    DIRTY,
    EVENT,
    FIELDS,
    FIRST_SPOT,
    FORWARD,
    GAP,
    HAS_FORWARDS,
    HAS_GAP,
    HAS_NEWS,
    IS_JUMBLED,
    IS_LINE_LOST,
    KINDS,
    LAST,
    LATE_COUNT,
    NAMES,
    NEWEST_EVENT,
    NEWEST_RECV,
    NO_TIME,
    OLDEST_RECV,
    OUTCOME,
    RECEIVED,
    TAKEN,
    TICK_COUNT,
    TOUCHED,
    VALUES,
)
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.twin_hard import BoolArray

IntArray = NDArray[np.int64]
CodeArray = NDArray[np.uint8]
IndexArray = NDArray[np.int32]


class _Ticks(NamedTuple):
    """The parts of some ticks; each ``(k,)``."""

    place: IntArray
    event: IntArray
    received: IntArray
    kind: IntArray
    data_type: CodeArray
    present: IntArray
    values: FloatArray  # (k, 18): as floats, where they are

    def take(self, chosen: NDArray[Any]) -> "_Ticks":
        """Return the chosen ticks."""
        return _Ticks._make(part[chosen] for part in self)


class _Figures(NamedTuple):
    """The newest of single figures, as `chain.newest.Newest` keeps them."""

    times: IntArray
    value: FloatArray
    is_lost: BoolArray

    def is_late(self, places: IntArray, events: IntArray) -> BoolArray:
        """Tell which ticks the venue stamped before the one that is known."""
        is_late: BoolArray = (events < self.times[0, places]) & (events != NO_TIME)
        return is_late

    def take(
        self, places: IntArray, values: FloatArray, events: IntArray, received: IntArray
    ) -> None:
        """Write figures in order, none of them late; what is no price is unknown."""
        self.value[places] = np.where((values > 0.0) & (values < np.inf), values, np.nan)
        self.times[1, places] = received
        self.is_lost[places] = False
        np.maximum.at(self.times[0], places, events)


class _Chains(NamedTuple):
    """What is known of each chain."""

    tallies: IntArray
    marks: BoolArray

    def note(self, chain: IntArray, ticks: _Ticks) -> None:
        """Keep when the chains ticked; of one chain's ticks, in order, the last one counts."""
        tallies = self.tallies
        tallies[NEWEST_RECV, chain] = ticks.received
        np.maximum.at(tallies[NEWEST_EVENT], chain, ticks.event)
        first = np.full(tallies.shape[1], NO_TIME, dtype=np.int64)
        first[chain[::-1]] = ticks.received[::-1]
        oldest = tallies[OLDEST_RECV]
        np.copyto(oldest, first, where=oldest == NO_TIME)
        tallies[TICK_COUNT] += np.bincount(chain, minlength=first.size)
        self.marks[IS_LINE_LOST, chain] = False
        self.marks[HAS_NEWS, chain] = True

    def count_late(self, chain: IntArray) -> None:
        """Count ticks that are passed over."""
        self.tallies[LATE_COUNT] += np.bincount(chain, minlength=self.tallies.shape[1])


def take_ticks(
    words: IntArray,
    order: IntArray,
    place_of: IntArray,
    price_bits: int,
    told: IntArray,
    spot_times: IntArray,
    spot_value: FloatArray,
    spot_lost: BoolArray,
    spot_type: CodeArray,
    fwd_times: IntArray,
    fwd_value: FloatArray,
    fwd_lost: BoolArray,
    tallies: IntArray,
    chain_marks: BoolArray,
    stamps: IntArray,
    ts_event: IntArray,
    quoted_at: IntArray,
    row_lost: BoolArray,
    row_marks: BoolArray,
    data_type: CodeArray,
    chain_of: IntArray,
    series_of: IndexArray,
    quotes: FloatArray,
    is_quoted: BoolArray,
) -> None:
    """
    Write ticks, of one contract and kind the ones that the venue did not stamp earlier.

    - ``order``: The ticks by venue time; empty where they stand so, or may not.
    - ``place_of``: Row of each instrument, or what ``layout`` says; the last place is for those
      beyond.
    - ``price_bits``: Fields a row is priced from: a tick with one makes it dirty.
    - ``told``: Becomes what the batch came to, and whether ever a forward was taken. With no
      order given nothing is written of ticks that need one, or that have a gap among them.
    """
    told[OUTCOME] = TAKEN if order.size else _look_through(words)
    if told[OUTCOME] != TAKEN:
        return
    ticks, chains = _read(words, place_of), _Chains(tallies, chain_marks)
    if order.size:
        ticks = ticks.take(order)
    at_spots = ticks.take(ticks.place <= FIRST_SPOT)
    _take_spots(at_spots, _Figures(spot_times, spot_value, spot_lost), spot_type, chains)

    rows = ticks.place
    kept = rows >= 0
    kept[kept] = ~_is_late_row(ticks.take(kept), stamps)
    chains.count_late(chain_of[rows[(rows >= 0) & ~kept]])
    ticks = ticks.take(kept)
    rows = ticks.place
    np.maximum.at(stamps, (ticks.kind, rows), ticks.event)
    np.maximum.at(stamps[KINDS], rows, ticks.event)
    ts_event[rows] = stamps[KINDS, rows]
    _write_fields(ticks, quotes)
    told[HAS_FORWARDS] |= _take_forwards(ticks, series_of, _Figures(fwd_times, fwd_value, fwd_lost))
    data_type[rows] = ticks.data_type
    row_marks[TOUCHED, rows] = True
    chains.note(chain_of[rows], ticks)

    ticks = ticks.take((ticks.present & price_bits) != 0)
    rows = ticks.place
    row_marks[DIRTY, rows] = is_quoted[series_of[rows]] = True
    quoted_at[rows] = ticks.received
    row_lost[rows] = False


def _look_through(words: IntArray) -> int:
    """Say whether ticks can be taken as they stand."""
    if ((words[:, CODES] & 0xFF) == GAP).any():
        return HAS_GAP
    events = words[:, EVENT]
    return IS_JUMBLED if (events[1:] < events[:-1]).any() else TAKEN


def _read(words: IntArray, place_of: IntArray) -> _Ticks:
    index = np.minimum(words[:, NAMES] & 0xFFFFFFFF, place_of.size - 1)
    return _Ticks(
        place_of[index],
        words[:, EVENT],
        words[:, RECEIVED],
        np.minimum(words[:, CODES] & 0xFF, KINDS - 1),
        ((words[:, CODES] >> 8) & 0xFF).astype(np.uint8),
        (words[:, NAMES] >> 32) & 0xFFFFFFFF,
        words.view(np.float64),
    )


def _take_spots(ticks: _Ticks, spots: _Figures, spot_type: CodeArray, chains: _Chains) -> None:
    chain = FIRST_SPOT - ticks.place
    is_late = spots.is_late(chain, ticks.event)
    chains.count_late(chain[is_late])
    ticks, chain = ticks.take(~is_late), chain[~is_late]
    chains.marks[HAS_NEWS, chain[spot_type[chain] != ticks.data_type]] = True
    spot_type[chain] = ticks.data_type
    says_it = (ticks.present & (1 << LAST)) != 0
    ticks, chain = ticks.take(says_it), chain[says_it]
    spots.take(chain, ticks.values[:, VALUES + LAST], ticks.event, ticks.received)
    chains.note(chain, ticks)


def _is_late_row(ticks: _Ticks, stamps: IntArray) -> BoolArray:
    """Tell which ticks come after a later one of their row and kind."""
    is_late: BoolArray = (ticks.event < stamps[ticks.kind, ticks.place]) & (ticks.event != NO_TIME)
    return is_late


def _write_fields(ticks: _Ticks, quotes: FloatArray) -> None:
    """Write the fields that were sent; infinite is unknown."""
    somewhere = int(np.bitwise_or.reduce(ticks.present))
    with np.errstate(invalid="ignore"):
        for field in range(FIELDS):
            if somewhere & (1 << field):
                at = np.flatnonzero(ticks.present & (1 << field))
                values = ticks.values[at, VALUES + field]
                quotes[field, ticks.place[at]] = values + (values - values)


def _take_forwards(ticks: _Ticks, series_of: IndexArray, forwards: _Figures) -> bool:
    """Take what came as their rows' forward as that of their series; say whether any did."""
    values = ticks.values[:, VALUES + FORWARD]
    says_it = ((ticks.present & (1 << FORWARD)) != 0) & (values > 0.0) & (values < np.inf)
    ticks, values = ticks.take(says_it), values[says_it]
    series = series_of[ticks.place].astype(np.int64)
    is_new = ~forwards.is_late(series, ticks.event)
    ticks = ticks.take(is_new)
    forwards.take(series[is_new], values[is_new], ticks.event, ticks.received)
    return bool(is_new.any())
