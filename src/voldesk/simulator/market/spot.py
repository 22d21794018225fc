"""
How spots and vols move: exact steps between the instants at which somebody looks.

The log of vol and the tilt of the smile are Ornstein-Uhlenbeck processes, drawn from their exact
laws; the spot takes log-normal steps of the vol at each step's start, and rare jumps. Shocks to
spots share a factor of the world's and one of their market's; a shock to a spot moves its vol.
Every law scales with the time elapsed, so how often the path is looked at changes nothing but
how long one vol stands (at most the gap between two looks).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.model.sessions import NS_PER_YEAR
from voldesk.simulator.market.universe import UnderlyingSpec


class State(NamedTuple):
    """What the market is at an instant, one entry per look (or underlying)."""

    spot: FloatArray  # quote currency, a multiple of the spot's tick
    vol: FloatArray  # instantaneous, a fraction
    rho: FloatArray  # tilt of the smile


class SpotPaths:
    """The paths of all underlyings, latest point kept; looked at forward in time only."""

    def __init__(
        self, specs: Sequence[UnderlyingSpec], start: int, rng: np.random.Generator
    ) -> None:
        dynamics = [spec.dynamics for spec in specs]
        markets = [spec.market for spec in specs]
        self._rng = rng
        self._at = start
        self._homes = np.unique(np.array(markets, dtype=np.str_), return_inverse=True)[1]
        self._base_vol = np.array([d.vol for d in dynamics])
        self._vol_sd = np.array([d.log_vol_sd for d in dynamics])
        self._skew_sd = np.array([d.skew_sd for d in dynamics])
        self._reversion = np.array([d.reversion for d in dynamics])
        self._leverage = np.array([d.leverage for d in dynamics])
        self._jump_rate = np.array([d.jumps_per_year for d in dynamics])
        self._jump_mean = np.array([d.jump_mean for d in dynamics])
        self._jump_sd = np.array([d.jump_sd for d in dynamics])
        self._world = np.array([d.world for d in dynamics])
        self._home = np.array([d.home for d in dynamics])
        self._own = np.sqrt(1.0 - self._world**2 - self._home**2)
        jump = np.exp(self._jump_mean + 0.5 * self._jump_sd**2) - 1.0
        carry = np.array([spec.rate - spec.dividend_yield for spec in specs])
        self._drift = carry - self._jump_rate * jump
        self._tilt = np.arctanh(np.array([spec.smile.rho for spec in specs]))
        self._spot_tick = np.array([spec.spot_tick for spec in specs])
        self._log_spot = np.log(np.array([spec.spot for spec in specs]))
        self._log_vol = np.zeros(len(specs))  # around the base
        self._skew = np.zeros(len(specs))  # around the tilt

    @property
    def latest(self) -> State:
        """The state of every underlying at the last look (or the start), in order of the specs."""
        return self._seen(np.arange(len(self._tilt)), self._log_spot, self._log_vol, self._skew)

    def advance(self, times: IntArray, underlying: IntArray) -> State:
        """
        Return the state of the chosen underlying at each instant, and move all of them there.

        Args:
            times: UTC ns, ascending, none before the last look, the last one at most ten years
                after it. ``(n,)``
            underlying: Index of the spec that is looked at. ``(n,)``
        """
        gaps = np.diff(times, prepend=self._at)
        years = (gaps / NS_PER_YEAR)[:, np.newaxis]
        spot_shock, vol_shock, skew_shock = self._shocks(len(times))
        log_vol = self._reverted(years, self._vol_sd * vol_shock, self._log_vol)
        skew = self._reverted(years, self._skew_sd * skew_shock, self._skew)
        before = np.vstack((self._log_vol, log_vol[:-1]))
        vol = self._base_vol * np.exp(before)
        steps = (self._drift - 0.5 * vol * vol) * years + vol * np.sqrt(years) * spot_shock
        steps += self._jumps(years)
        log_spot = self._log_spot + np.cumsum(steps, axis=0)
        self._at = int(times[-1])
        self._log_spot, self._log_vol, self._skew = log_spot[-1], log_vol[-1], skew[-1]
        look = np.arange(len(times)), underlying
        return self._seen(underlying, log_spot[look], log_vol[look], skew[look])

    def _seen(
        self, underlying: IntArray, log_spot: FloatArray, log_vol: FloatArray, skew: FloatArray
    ) -> State:
        per_unit = np.rint(
            1.0 / self._spot_tick[underlying]
        )  # so that 0.15 is 3 / 20, not 3 * 0.05
        return State(
            spot=np.rint(np.exp(log_spot) * per_unit) / per_unit,
            vol=self._base_vol[underlying] * np.exp(log_vol),
            rho=np.tanh(self._tilt[underlying] + skew),
        )

    def _shocks(self, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return standard normal shocks to spots, vols and skews, each ``(count, m)``."""
        m = len(self._tilt)
        drawn = self._rng.standard_normal((count, 4 * m + 1))
        world, home = drawn[:, :1], drawn[:, 1 : m + 1][:, self._homes]
        own, vol_own, skew = (drawn[:, 1 + i * m : 1 + (i + 1) * m] for i in (1, 2, 3))
        spot = self._world * world + self._home * home + self._own * own
        vol = self._leverage * spot + np.sqrt(1.0 - self._leverage**2) * vol_own
        return spot, vol, skew

    def _reverted(self, years: FloatArray, shocks: FloatArray, start: FloatArray) -> FloatArray:
        """
        Return a process that reverts to 0, after each step; the exact law of each.

        Args:
            years: Of each step. ``(n, 1)``
            shocks: Normal, of the long-run standard deviation. ``(n, m)``
            start: Before the first step. ``(m,)``
        """
        grown = np.exp(self._reversion * np.cumsum(years, axis=0))
        noise = np.sqrt(-np.expm1(-2.0 * self._reversion * years)) * shocks
        reverted: FloatArray = (start + np.cumsum(noise * grown, axis=0)) / grown
        return reverted

    def _jumps(self, years: FloatArray) -> FloatArray:
        """Return the log of the jumps in each step, ``(n, m)``, nearly all 0."""
        counts = self._rng.poisson(self._jump_rate * years)
        size = np.zeros(counts.shape)
        step, which = np.nonzero(counts)
        if step.size:
            n = counts[step, which]
            noise = np.sqrt(n) * self._rng.standard_normal(n.size)
            size[step, which] = n * self._jump_mean[which] + noise * self._jump_sd[which]
        return size
