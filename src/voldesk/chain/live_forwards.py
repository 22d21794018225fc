"""Forwards of a live chain: fitted now and then, carried along with spot and time in between."""

import math
from typing import Final

import numpy as np

from voldesk.chain.forwards import (
    CARRY,
    Choice,
    Parity,
    choose_forwards,
    fit_parity,
    forget_fit,
    wants_parity,
)
from voldesk.chain.table import ChainTable
from voldesk.model.enums import ForwardSource
from voldesk.model.quotes import NO_TIME, BoolArray, FloatArray, IntArray
from voldesk.model.sessions import years_between
from voldesk.pricing import layout
from voldesk.pricing.twin_moves import carried

NEVER: Final = layout.NEVER
"""An instant before all others, far enough from the ends of int64 to be subtracted."""

_SAME: Final = 1e-12  # relative: two ways to compute one figure

_QUOTED: Final = ForwardSource.QUOTED.value
_WITH_SPOT: Final = (ForwardSource.SPOT_RATE.value, ForwardSource.ESCROWED.value)


class Standing:
    """
    How the forwards of several chains stand, side by side, so that all are carried in one pass.

    Args:
        series: Of all chains.
        chains: How many there are.

    Attributes:
        chosen: Forward, discount, years and spot as last chosen among the sources. ``(4, m)``
        growth: Of the forward against spot, per year. ``(m,)``
        due_at: When the next stretch of each series begins.
        is_alive: Series that had time left at the last move.
        is_on_quoted: Series that stand on the venue's own forward.
        has_moved: Series whose forward moved and whose rows have not followed yet.
        spot: Of each chain as of its last move, NaN where it served no forward. ``(chains,)``
        moved_at: When that was.
        known_spot: Newest spot of each chain as of its last reprice, however old.
        known_type: How live that was.
        known_lapse: Why it served no forward.
        moves: Marks of a chain by `pricing.layout`. ``(3, chains)``
        cadence: When it follows and decays. ``(6, chains)``
        is_odd: Chains that are never moved by the one pass.
    """

    def __init__(self, series: int, chains: int) -> None:
        self.chosen: FloatArray = np.full((4, series), np.nan)
        self.growth: FloatArray = np.zeros(series)
        self.due_at: IntArray = np.full(series, NEVER, dtype=np.int64)
        self.is_alive, self.is_on_quoted, self.has_moved = np.zeros((3, series), dtype=np.bool_)
        self.spot: FloatArray = np.full(chains, np.nan)
        self.moved_at: IntArray = np.full(chains, NEVER, dtype=np.int64)
        self.known_spot: FloatArray = np.full(chains, np.nan)
        self.known_type, self.known_lapse = np.zeros((2, chains), dtype=np.uint8)
        self.moves: BoolArray = np.zeros((3, chains), dtype=np.bool_)
        self.moves[layout.IS_WHOLE_DUE] = True
        self.cadence: IntArray = np.zeros((6, chains), dtype=np.int64)
        self.cadence[[layout.FOLLOWED_AT, layout.DECAYED_AT]] = NEVER
        self.is_odd: BoolArray = np.zeros(chains, dtype=np.bool_)


class LiveForwards:
    """
    Keeps forward, discount and years of every series of a live table.

    A fit and the choice that follows cost a hundred microseconds, a tick a few: so a series is
    fitted anew when its quotes changed and its fit has some age. In between its forward goes with
    spot (the ratio of the two stands) and, where it was made of spot and a rate, with time; its
    discount goes with time at the same rate. All by the instants handed in, so a replay fits where
    the day did.

    Args:
        table: A table of which each series has one point.
        is_quoted: Series of which quotes changed: whoever sees quotes sets it, a fit clears it.
        refit_ns: A series is fitted once in each stretch of so long. 0: every series at every move.
        phases: Where in time the stretches of each series begin, as shares of one: different ones
            keep the fits of many series from falling together. ``(m,)``
        refits_per_move: Most series fitted in one move, oldest fits first; a fit older than two
            stretches does not wait.
        step_ns: Time goes in steps of this much: a move within it changes nothing but with spot.
        standing: Of several chains; None for one of its own.
        chain: Place of the table among them.
        first: Its first series among theirs.
    """

    def __init__(
        self,
        table: ChainTable,
        *,
        is_quoted: BoolArray,
        refit_ns: int,
        phases: FloatArray,
        refits_per_move: int,
        step_ns: int,
        standing: Standing | None = None,
        chain: int = 0,
        first: int = 0,
    ) -> None:
        size = len(table.series)
        standing, own = standing or Standing(size, 1), slice(first, first + size)
        self._table = table
        self._refit_ns = refit_ns
        self._phase_ns = (phases * refit_ns).astype(np.int64)
        self._refits_per_move = refits_per_move
        self._has_pairs = np.array(
            [not table.is_coin[table.slice(index)].any() for index in range(size)], dtype=np.bool_
        )  # premiums in coin become prices by a forward, and cannot tell one
        self._parity = Parity.nothing(size)
        self._fits = _Stand(np.full((4, size), np.nan))  # as fitted
        self._chosen = _Stand(standing.chosen[:, own])
        self._growth, self._due_at = standing.growth[own], standing.due_at[own]
        self._is_alive, self._is_on_quoted = standing.is_alive[own], standing.is_on_quoted[own]
        self._standing, self._chain = standing, chain
        self._is_quoted = is_quoted
        self._step_ns = step_ns
        self._is_requoted = np.zeros(size, dtype=np.bool_)  # by the venue, since the last move
        self._has_new_quotes = self._has_come = self._has_gone = False
        self._nothing = np.zeros(size, dtype=np.bool_)

    @property
    def _spot(self) -> float:
        """Return the spot of the last move."""
        return float(self._standing.spot[self._chain])

    @property
    def _moved_at(self) -> int:
        """Return the instant of the last move."""
        return int(self._standing.moved_at[self._chain])

    def quote(self, forwards: FloatArray) -> None:
        """Take the venue's own forwards that may be stood on, NaN where there is none. ``(m,)``."""
        known = self._table.points.quoted
        is_other = ~((forwards == known) | (np.isnan(forwards) & np.isnan(known)))
        if is_other.any():
            self._has_new_quotes = True
            self._is_requoted |= is_other
            is_gone, was_gone = np.isnan(forwards), np.isnan(known)
            self._has_come |= bool((was_gone & ~is_gone).any())
            self._has_gone |= bool((is_gone & ~was_gone).any())
            known[:] = forwards

    def move(self, now: int) -> BoolArray:
        """
        Bring years, forwards and discounts to an instant, at the spot the table has.

        Returns:
            Series whose forward or discount is not the one of the move before, but for the time
            that passed. ``(m,)``
        """
        table, points, spot = self._table, self._table.points, self._table.live_spot
        is_same_spot = spot == self._spot or (math.isnan(spot) and math.isnan(self._spot))
        has_news = self._has_new_quotes or not is_same_spot
        if 0 <= now - self._moved_at < self._step_ns and not has_news:
            return self._nothing
        settles = table.series.settles_at
        left = years_between(now, settles, table.profile.clock, table.market)
        years = np.where(settles == NO_TIME, np.nan, left)
        points.valued_at[:] = now
        points.spot[:] = table.series.spot[:] = spot
        points.years[:] = table.series.years[:] = years
        is_alive = years > 0.0
        has_moved = not is_same_spot and math.isfinite(spot)
        has_others = self._has_others(spot, is_alive)
        due = self._due(now, is_alive)
        with np.errstate(all="ignore"):
            forward, discount = self._carried(self._chosen, years, growth=self._growth)
            if has_others or due.any():
                moved = self._choose(now, due, forward, discount)
            else:
                moved = self._follow(forward, discount)
        if has_moved:
            moved |= ~self._is_on_quoted
        self._is_alive[:] = is_alive
        self._standing.spot[self._chain], self._standing.moved_at[self._chain] = spot, now
        if self._has_new_quotes:
            self._has_new_quotes = self._has_come = self._has_gone = False
            self._is_requoted[:] = False
        return moved

    def _has_others(self, spot: float, is_alive: BoolArray) -> bool:
        """Say whether the sources are to be chosen anew; where one is gone, fit what can be."""
        is_known, was_known = math.isfinite(spot), math.isfinite(self._spot)
        has_gone = self._has_gone or (was_known and not is_known)
        if has_gone:
            self._due_at[:] = NEVER
            self._is_quoted[:] = True
        has_come = self._has_come or (is_known and not was_known)
        is_first = self._moved_at == NEVER
        return is_first or has_gone or has_come or bool((is_alive != self._is_alive).any())

    def _follow(self, forward: FloatArray, discount: FloatArray) -> BoolArray:
        """Write the forwards carried, and the venue's where series stand on them."""
        table, points, on = self._table, self._table.points, self._is_on_quoted
        if self._has_new_quotes:
            self._chosen.forward[on] = forward[on] = points.quoted[on]
        points.forward[:] = table.series.forward[:] = forward
        points.discount[:] = table.series.discount[:] = discount
        return on & self._is_requoted

    def _due(self, now: int, is_alive: BoolArray) -> BoolArray:
        """Tell which series are to be fitted now."""
        if self._refit_ns == 0:
            return is_alive
        if now < self._moved_at:  # the clock was set back
            np.minimum(self._due_at, self._next_stretch(now), out=self._due_at)
        due = is_alive & self._is_quoted & (self._due_at <= now)
        if np.count_nonzero(due) > self._refits_per_move:
            waiting = np.where(due, now - self._due_at, -1)
            last = np.partition(waiting, -self._refits_per_move)[-self._refits_per_move]
            due &= (waiting >= last) | (waiting >= self._refit_ns)
        return due

    def _next_stretch(self, now: int) -> IntArray:
        """Return when each series' next stretch begins."""
        refit_ns, phase_ns = self._refit_ns, self._phase_ns
        return ((now - phase_ns) // refit_ns + 1) * refit_ns + phase_ns

    def _carried(
        self, stand: "_Stand", years: FloatArray, growth: FloatArray | float
    ) -> tuple[FloatArray, FloatArray]:
        """Return forward and discount of a stand at the table's spot and the years left now."""
        return carried(stand.block, self._table.live_spot, years, growth)

    def _choose(
        self, now: int, due: BoolArray, expected: FloatArray, expected_discount: FloatArray
    ) -> BoolArray:
        """Fit the series that are due, choose every series' source anew, tell which moved."""
        table, points, parity = self._table, self._table.points, self._parity
        years = points.years.tolist()
        for index in [index for index in parity.fits if not years[index] > 0.0]:
            forget_fit(table, parity, index)
        carried = self._carried(self._fits, points.years, growth=0.0)
        parity.forward[:], parity.discount[:] = carried
        asked = due & self._has_pairs & wants_parity(table)
        fit_parity(table, parity, asked)
        spots = points.spot.copy()
        self._fits.take(asked, parity.forward, parity.discount, points.years, spots)
        if self._refit_ns:
            self._due_at[due] = self._next_stretch(now)[due]
        self._is_quoted[due] = False
        forward, _ = choose_forwards(table, parity)
        self._is_on_quoted[:] = forward.word == forward.words.index(_QUOTED)
        spots[self._is_on_quoted] = np.nan  # the venue's forward goes with nothing but itself
        self._chosen.take(slice(None), points.forward, points.discount, points.years, spots)
        self._growth[:] = self._growth_of(forward)
        return due | ~(
            _is_same(points.forward, expected) & _is_same(points.discount, expected_discount)
        )

    def _growth_of(self, forward: Choice) -> FloatArray:
        """Return the rate at which each series' forward goes with time, by its source."""
        table = self._table
        rate = 0.0 if table.profile.rate is None else table.profile.rate
        words = np.array([rate if word in _WITH_SPOT else 0.0 for word in forward.words])
        growth = words[forward.word]
        is_carry = forward.word == forward.words.index(CARRY)
        if not is_carry.any():
            return growth
        points = table.points
        carry = np.log(points.forward / points.spot) / points.years
        return np.where(is_carry & np.isfinite(carry), carry, growth)


class _Stand:
    """Forward and discount of each series, and the years and spot they belong to."""

    def __init__(self, block: FloatArray) -> None:
        self.block = block
        self.forward, self.discount, self.years, self.spot = block

    def take(
        self,
        chosen: BoolArray | slice,
        forward: FloatArray,
        discount: FloatArray,
        years: FloatArray,
        spots: FloatArray,
    ) -> None:
        """Write the chosen series."""
        self.forward[chosen] = forward[chosen]
        self.discount[chosen] = discount[chosen]
        self.years[chosen] = years[chosen]
        self.spot[chosen] = spots[chosen]


def _is_same(values: FloatArray, expected: FloatArray) -> BoolArray:
    """Tell where two figures are one but for rounding; unknown is the same as unknown."""
    is_near: BoolArray = np.abs(values - expected) <= _SAME * np.abs(expected)
    return is_near | (np.isnan(values) & np.isnan(expected))
