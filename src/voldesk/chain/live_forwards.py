"""Forwards of a live chain: fitted now and then, carried along with spot and time in between."""

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
        refit_ns: Least age of a fit that is replaced. 0: every series at every move.
        refits_per_move: Most series fitted in one move, oldest fits first; a fit twice as old as
            it should be does not wait.
        step_ns: Time goes in steps of this much: a move within it changes nothing but with spot.
    """

    def __init__(
        self,
        table: ChainTable,
        *,
        is_quoted: BoolArray,
        refit_ns: int,
        refits_per_move: int,
        step_ns: int,
    ) -> None:
        size = len(table.series)
        self._table = table
        self._refit_ns = refit_ns
        self._refits_per_move = refits_per_move
        self._has_pairs = np.array(
            [not table.is_coin[table.slice(index)].any() for index in range(size)], dtype=np.bool_
        )  # premiums in coin become prices by a forward, and cannot tell one
        self._parity = Parity.nothing(size)
        self._fits = _Stand(size)  # as fitted
        self._chosen = _Stand(size)  # as last chosen among the sources
        self._growth = np.zeros(size)  # of the forward against spot, per year
        self._fitted_at = np.full(size, NEVER, dtype=np.int64)
        self._is_quoted = is_quoted
        self._is_alive = np.zeros(size, dtype=np.bool_)
        self._step_ns = step_ns
        self._spot = np.nan
        self._moved_at = NEVER
        self._nothing = np.zeros(size, dtype=np.bool_)

    def move(self, now: int) -> BoolArray:
        """
        Bring years, forwards and discounts to an instant, at the spot the table has.

        Returns:
            Series whose forward or discount is not the one of the move before, but for the time
            that passed. ``(m,)``
        """
        table, points = self._table, self._table.points
        if 0 <= now - self._moved_at < self._step_ns and table.spot == self._spot:
            return self._nothing
        is_first = self._moved_at == NEVER
        settles = table.series.settles_at
        left = years_between(now, settles, table.profile.clock, table.market)
        years = np.where(settles == NO_TIME, np.nan, left)
        points.valued_at[:] = now
        points.spot[:] = table.series.spot[:] = table.spot
        points.years[:] = table.series.years[:] = years
        is_alive = years > 0.0
        due = self._due(now, is_alive)
        is_known = np.isfinite(table.spot) == np.isfinite(self._spot)
        has_moved = bool(table.spot != self._spot) and np.isfinite(table.spot)
        with np.errstate(all="ignore"):
            forward, discount = self._carried(self._chosen, years, growth=self._growth)
            has_others = not is_known or bool((is_alive != self._is_alive).any())
            if is_first or has_others or due.any():
                moved = self._choose(now, due, forward, discount)
            else:
                moved = np.full(years.size, has_moved)
                points.forward[:] = table.series.forward[:] = forward
                points.discount[:] = table.series.discount[:] = discount
        self._spot, self._is_alive, self._moved_at = table.spot, is_alive, now
        return moved | has_moved

    def _due(self, now: int, is_alive: BoolArray) -> BoolArray:
        """Tell which series are to be fitted now."""
        if self._refit_ns == 0:
            return is_alive
        np.minimum(self._fitted_at, now, out=self._fitted_at)  # the clock may have been set back
        age = now - self._fitted_at
        due = is_alive & self._is_quoted & (age >= self._refit_ns)
        if np.count_nonzero(due) > self._refits_per_move:
            waiting = np.where(due, age, -1)
            last = np.partition(waiting, -self._refits_per_move)[-self._refits_per_move]
            due &= (age >= last) | (age >= 2 * self._refit_ns)
        return due

    def _carried(
        self, stand: "_Stand", years: FloatArray, growth: FloatArray | float
    ) -> tuple[FloatArray, FloatArray]:
        """Return forward and discount of a stand at the table's spot and the years left now."""
        ratio = self._table.spot / stand.spot
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
        self._fits.take(asked, parity.forward, parity.discount, points.years, table.spot)
        self._fitted_at[due] = now
        self._is_quoted[due] = False
        forward, _ = choose_forwards(table, parity)
        everywhere = np.ones(due.size, dtype=np.bool_)
        self._chosen.take(everywhere, points.forward, points.discount, points.years, table.spot)
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
        spot: float,
    ) -> None:
        """Write the chosen series."""
        self.forward[chosen] = forward[chosen]
        self.discount[chosen] = discount[chosen]
        self.years[chosen] = years[chosen]
        self.spot[chosen] = spot


def _is_same(values: FloatArray, expected: FloatArray) -> BoolArray:
    """Tell where two figures are one but for rounding; unknown is the same as unknown."""
    is_near: BoolArray = np.abs(values - expected) <= _SAME * np.abs(expected)
    return is_near | (np.isnan(values) & np.isnan(expected))
