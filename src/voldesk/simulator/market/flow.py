"""Who trades: arrivals by contract, trades, volume and open interest."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.simulator.market.legs import CALL, PUT, Legs
from voldesk.simulator.market.universe import UnderlyingSpec

TRADE_SHARE: Final = 0.08
"""Share of a contract's own events that are trades."""

OPEN_INTEREST_SHARE: Final = 0.02
"""Share that are news of open interest, where it changes during the day."""

_QUIETEST = 0.04  # weight of a far wing, of the money's
_REACH = 1.3  # standard deviations within which most trade
_NEAR_YEARS = 0.06  # expiries further off trade less
_OI_REACH = 2.2
_ROUND = ((10, 4.0), (5, 2.0))  # every so many strikes, so many times the open interest
_DAYS_VOLUME = 0.4  # of the open interest, traded before the simulation starts


class Arrivals(NamedTuple):
    """Events of contracts' own in order of time, ``(n,)``."""

    ts: IntArray  # UTC ns
    contract: IntArray  # flat: 2 * leg + side
    is_trade: BoolArray
    is_open_interest: BoolArray  # neither: a quote of new size


class Flow:
    """
    The order flow of all contracts: how often each is busy, what has traded, what is held.

    A contract is ``2 * leg + side``. Volumes and open interest count contracts, ``(2n,)``.
    """

    def __init__(
        self, specs: Sequence[UnderlyingSpec], legs: Legs, rng: np.random.Generator
    ) -> None:
        self._legs = legs
        self._rng = rng
        of = legs.underlying
        self._log_strike = np.log(legs.strike)
        self._rate = np.array([spec.quoting.events_per_sec for spec in specs])
        self._size = np.repeat(np.array([spec.quoting.size for spec in specs])[of], 2)
        is_live = np.array([spec.quoting.is_oi_live for spec in specs])
        self._is_oi_live = np.repeat(is_live[of], 2)
        self._mean_oi = np.array([spec.quoting.open_interest for spec in specs])
        self._cumulative = np.zeros(2 * len(legs))
        self.events_per_sec = 0.0
        self.volume = np.zeros(2 * len(legs))
        self.open_interest = np.zeros(2 * len(legs))
        self.last = np.full(2 * len(legs), np.nan)
        self.traded_ts = np.zeros(2 * len(legs), dtype=np.int64)
        self.held_ts = np.zeros(2 * len(legs), dtype=np.int64)

    def fill(self, start: int, stdevs: FloatArray, years: FloatArray) -> None:
        """
        Set the open interest and volume that the simulation starts with.

        Most is held near the money, at round strikes, in puts below the spot and calls above it.

        Args:
            start: UTC ns.
            stdevs: Of each leg, ``ln(K / F) / (vol sqrt(years))``. ``(n,)``
            years: To its expiry. ``(n,)``
        """
        legs = self._legs
        shape = np.exp(-0.5 * (stdevs / _OI_REACH) ** 2) + 0.01
        shape *= _roundness(legs)
        shape /= 1.0 + years / (4.0 * _NEAR_YEARS)
        sides = shape[:, np.newaxis] * np.ones(2)
        lean = np.tanh(stdevs)
        sides[:, CALL] *= 1.0 + 0.7 * lean
        sides[:, PUT] *= 1.0 - 0.7 * lean
        sides *= np.exp(0.6 * self._rng.standard_normal(sides.shape))
        total = np.bincount(legs.underlying, weights=sides.sum(axis=1), minlength=len(legs.count))
        mean = total / np.maximum(2 * legs.count, 1)
        sides *= (self._mean_oi / mean)[legs.underlying][:, np.newaxis]
        self.open_interest[:] = np.rint(sides).reshape(-1)
        busy = _busyness(stdevs, years).repeat(2)
        traded = self._rng.exponential(_DAYS_VOLUME * self.open_interest * busy)
        self.volume[:] = np.floor(traded)
        self.traded_ts[:] = self.held_ts[:] = start

    def review(
        self, stdevs: FloatArray, years: FloatArray, activity: FloatArray, intensity: float
    ) -> None:
        """
        Set how often each contract's events come until the next review.

        Args:
            stdevs: Of each leg, as in `fill`. ``(n,)``
            years: To its expiry; 0 and below where it has settled. ``(n,)``
            activity: Of each underlying's market, 1 on average. ``(m,)``
            intensity: A factor on all of them.
        """
        legs = self._legs
        weight = np.where(years > 0.0, _busyness(stdevs, np.maximum(years, 0.0)), 0.0)
        total = np.bincount(legs.underlying, weights=weight, minlength=len(legs.count))
        chain_rate = self._rate * activity * intensity * 2 * legs.count
        rate = weight * (chain_rate / np.where(total > 0.0, total, 1.0))[legs.underlying]
        self._cumulative = np.cumsum(np.repeat(0.5 * rate, 2))
        self.events_per_sec = float(self._cumulative[-1])

    def arrivals(self, start: int, end: int) -> Arrivals:
        """Draw what comes after ``start`` and not after ``end``, UTC ns."""
        rng = self._rng
        count = rng.poisson(self.events_per_sec * (end - start) * 1e-9)
        ts = uniform_times(rng, start, end, count)
        drawn = rng.random((2, count))
        contract = np.searchsorted(self._cumulative, drawn[0] * self.events_per_sec, side="right")
        is_trade = drawn[1] < TRADE_SHARE
        is_open_interest = drawn[1] > 1.0 - OPEN_INTEREST_SHARE
        is_open_interest &= self._is_oi_live[contract]
        return Arrivals(ts, contract, is_trade, is_open_interest)

    def trade(self, ts: IntArray, contract: IntArray, price: FloatArray) -> FloatArray:
        """Let contracts trade, in order of time; return each one's volume after it, ``(n,)``."""
        size = np.ceil(self._rng.exponential(0.2 * self._size[contract]))
        volume = self.volume[contract] + _running_sum(contract, size)
        self.volume[contract] = volume  # of one contract's trades the last one counts
        self.last[contract] = price
        self.traded_ts[contract] = ts
        return volume

    def hold(self, ts: IntArray, contract: IntArray) -> FloatArray:
        """Change open interest, in order of time; return it after each change, ``(n,)``."""
        change = np.rint(self._size[contract] * (0.3 + self._rng.standard_normal(len(contract))))
        held = np.maximum(self.open_interest[contract] + _running_sum(contract, change), 0.0)
        self.open_interest[contract] = held
        self.held_ts[contract] = ts
        return held

    def new_day(self, contract: IntArray) -> IntArray:
        """Start the volume of contracts at 0 again; return those that had any."""
        had_some: IntArray = contract[self.volume[contract] > 0.0]
        self.volume[contract] = 0.0
        return had_some

    def sizes(self, contract: IntArray) -> FloatArray:
        """Draw bid and ask sizes for quotes of those contracts, whole contracts, ``(2, n)``."""
        return np.ceil(self._rng.exponential(self._size[contract], (2, len(contract))))


def uniform_times(rng: np.random.Generator, start: int, end: int, count: int) -> IntArray:
    """Draw that many instants after ``start`` and not after ``end``, ascending, UTC ns."""
    return np.sort(rng.integers(start + 1, end + 1, count))


def _busyness(stdevs: FloatArray, years: FloatArray) -> FloatArray:
    near = np.exp(-0.5 * (stdevs / _REACH) ** 2) / (1.0 + years / _NEAR_YEARS)
    return near + _QUIETEST


def _roundness(legs: Legs) -> FloatArray:
    """Return how much each strike is liked for being round, counted in steps of its series."""
    step = np.full(len(legs.settles), np.inf)
    gaps = np.diff(legs.strike, prepend=np.nan)
    is_inside = np.diff(legs.series, prepend=-1) == 0
    np.minimum.at(step, legs.series[is_inside], gaps[is_inside])
    liked = np.ones(len(legs))
    for every, times in reversed(_ROUND):
        multiple = legs.strike / (every * step[legs.series])
        liked[np.abs(multiple - np.rint(multiple)) < 1e-9] = times
    return liked


def _running_sum(contract: IntArray, values: FloatArray) -> FloatArray:
    """Return, for each entry, the sum of its contract's values so far, itself included."""
    order = np.argsort(contract, kind="stable")
    total = np.cumsum(values[order])
    is_first = np.diff(contract[order], prepend=-1) != 0
    before_group = (total - values[order])[is_first]
    sums = np.empty(len(values))
    sums[order] = total - before_group[np.cumsum(is_first) - 1]
    return sums
