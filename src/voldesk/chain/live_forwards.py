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

NEVER: Final = -(2**62)
"""An instant before all others, far enough from the ends of int64 to be subtracted."""

_SAME: Final = 1e-12  # relative: two ways to compute one figure

_QUOTED: Final = ForwardSource.QUOTED.value
_WITH_SPOT: Final = (ForwardSource.SPOT_RATE.value, ForwardSource.ESCROWED.value)


class LiveForwards:
    """
    Keeps forward, discount and years of every series of a live table.

    A parity fit costs some hundred microseconds, a tick a few: so a series is fitted anew when
    its quotes changed and its fit has some age. In between its forward goes with spot (the ratio
    of the two stands) and, where it was made of spot and a rate, with time; its discount goes
    with time at the same rate. All by the instants handed in, so a replay fits where the day did.

    Args:
        table: A table of which each series has one point.
        is_quoted: Series of which quotes changed: whoever sees quotes sets it, a fit clears it.
        refit_ns: A series is fitted once in each stretch of so long. 0: every series at every move.
        phases: Where in time the stretches of each series begin, as shares of one: different ones
            keep the fits of many series from falling together. ``(m,)``
        refits_per_move: Most series fitted in one move, oldest fits first; a fit older than two
            stretches does not wait.
        step_ns: Time goes in steps of this much: a move within it changes nothing but with spot.
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
    ) -> None:
        size = len(table.series)
        self._table = table
        self._refit_ns = refit_ns
        self._phase_ns = (phases * refit_ns).astype(np.int64)
        self._refits_per_move = refits_per_move
        self._has_pairs = np.array(
            [not table.is_coin[table.slice(index)].any() for index in range(size)], dtype=np.bool_
        )  # premiums in coin become prices by a forward, and cannot tell one
        self._parity = Parity.nothing(size)
        self._fits = _Stand(size)  # as fitted
        self._chosen = _Stand(size)  # as last chosen among the sources
        self._growth = np.zeros(size)  # of the forward against spot, per year
        self._due_at = np.full(size, NEVER, dtype=np.int64)  # when the next stretch begins
        self._is_quoted = is_quoted
        self._is_alive = np.zeros(size, dtype=np.bool_)
        self._step_ns = step_ns
        self._is_on_quoted = np.zeros(size, dtype=np.bool_)
        self._is_requoted = np.zeros(size, dtype=np.bool_)  # by the venue, since the last move
        self._has_new_quotes = self._has_come = self._has_gone = False
        self._spot = math.nan
        self._moved_at = NEVER
        self._nothing = np.zeros(size, dtype=np.bool_)

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
        self._spot, self._is_alive, self._moved_at = spot, is_alive, now
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
        ratio = self._table.live_spot / stand.spot
        ratio = np.where(np.isfinite(ratio) & (ratio > 0.0), ratio, 1.0)
        forward = stand.forward * ratio * np.exp(growth * (years - stand.years))
        discount = np.exp(np.log(stand.discount) * years / stand.years)
        return forward, discount

    def _choose(
        self, now: int, due: BoolArray, expected: FloatArray, expected_discount: FloatArray
    ) -> BoolArray:
        """Fit the series that are due, choose every series' source anew, tell which moved."""
        table, points, parity = self._table, self._table.points, self._parity
        for index in [index for index in parity.fits if not points.years[index] > 0.0]:
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
        self._is_on_quoted = forward.word == forward.words.index(_QUOTED)
        spots[self._is_on_quoted] = np.nan  # the venue's forward goes with nothing but itself
        everywhere = np.ones(due.size, dtype=np.bool_)
        self._chosen.take(everywhere, points.forward, points.discount, points.years, spots)
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
        points = table.points
        carry = np.log(points.forward / points.spot) / points.years
        return np.where(is_carry & np.isfinite(carry), carry, growth)


class _Stand:
    """Forward and discount of each series, and the years and spot they belong to."""

    def __init__(self, size: int) -> None:
        self.forward = np.full(size, np.nan)
        self.discount = np.full(size, np.nan)
        self.years = np.full(size, np.nan)
        self.spot = np.full(size, np.nan)

    def take(
        self,
        chosen: BoolArray | IntArray,
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
