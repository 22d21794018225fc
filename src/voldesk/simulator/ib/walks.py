"""
A price path that is a function of time: it can be entered in any year, and always agrees.

A day's move is one number of a stream; within the day a Brownian bridge leads from one midnight
(UTC) to the next through 1440 minutes, busy in the regular session and quiet outside it; a minute
is cut into seconds when somebody asks. Days without trading stand nearly still.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np

from voldesk.model.quotes import FloatArray
from voldesk.simulator.ib.candles import (
    MINUTES_PER_DAY,
    SECONDS_PER_MINUTE,
    Candles,
    cut_minute,
)
from voldesk.simulator.ib.hours import Hours
from voldesk.simulator.ib.noise import normals, stream, uniforms
from voldesk.simulator.ib.recent import Recent

ANCHOR: Final = date(2026, 1, 2)
"""When every walk stands at its level, at midnight UTC."""

_EPOCH: Final = date(1970, 1, 1)
_FIRST_DAY: Final = 0
_LAST_DAY: Final = (date(2060, 1, 1) - _EPOCH).days
_ANCHOR_DAY: Final = (ANCHOR - _EPOCH).days
_THURSDAY: Final = 3  # the weekday of day 0
_SATURDAY: Final = 5
_WEEKEND: Final = 0.002  # of a weekday's variance
_NIGHT: Final = 0.12  # of the regular session's, per minute
_MEMORY: Final = 250  # days after which a reverting walk has forgotten
_WICK: Final = 0.4
_KEPT_DAYS: Final = 24
_KEPT_MINUTES: Final = 64


@dataclass(frozen=True, slots=True)
class Gait:
    """
    How a walk walks.

    Attributes:
        level: Where it stands at `ANCHOR`, above 0; a reverting one is drawn back to it.
        vol: Per year, a fraction.
        drift: Per year, of the log.
        half_life: Days in which a reverting walk loses half its distance; None for one that
            does not revert.
    """

    level: float
    vol: float
    drift: float = 0.0
    half_life: float | None = None


class Walk:
    """
    One path.

    Args:
        name: Gives the path its numbers, with the seed.
        seed: Of everything random.
        gait: How it moves.
        hours: When it is busy.
    """

    def __init__(self, name: str, seed: int, gait: Gait, hours: Hours) -> None:
        self._days = stream(seed, name, "days")
        self._minutes = stream(seed, name, "minutes")
        self._wicks = stream(seed, name, "wicks")
        self._seconds = stream(seed, name, "seconds")
        self._hours = hours
        self._vol = gait.vol
        self._weights = _weights(hours)
        self._levels = self._walked(gait)
        self._known: Recent[int, Candles] = Recent(_KEPT_DAYS)
        self._cut: Recent[int, Candles] = Recent(_KEPT_MINUTES)

    def minutes(self, day: int) -> Candles:
        """Return the 1440 minutes of a day, counted from 1970-01-01, UTC."""
        return self._known.get(day, lambda: self._day(day))

    def seconds(self, minute: int) -> Candles:
        """Return the 60 seconds of a minute, counted since 1970."""
        return self._cut.get(minute, lambda: self._minute(minute))

    def close_before(self, second: int) -> float:
        """Return the price that a second (UTC) begins with."""
        minute, rest = divmod(second, SECONDS_PER_MINUTE)
        return float(self.seconds(minute).open[rest])

    def _minute(self, minute: int) -> Candles:
        day, place = divmod(minute, MINUTES_PER_DAY)
        return cut_minute(self.minutes(day).take(slice(place, place + 1)), self._seconds, minute)

    def _walked(self, gait: Gait) -> FloatArray:
        """Return the log price at the beginning of every day."""
        days = np.arange(_FIRST_DAY, _LAST_DAY + 1)
        steps = gait.vol * np.sqrt(self._weights) * normals(self._days, days)
        if gait.half_life is None:
            steps += gait.drift * self._weights
            path = np.concatenate(([0.0], np.cumsum(steps)))
            walked: FloatArray = np.log(gait.level) + path - path[_ANCHOR_DAY]
            return walked
        kept = 0.5 ** (np.arange(_MEMORY) / gait.half_life)
        path = np.convolve(steps, kept)[: len(steps)]
        drawn_back: FloatArray = np.log(gait.level) + np.concatenate(([0.0], path))
        return drawn_back

    def _day(self, day: int) -> Candles:
        number = day * MINUTES_PER_DAY + np.arange(MINUTES_PER_DAY)
        variance = _shares(self._hours.spans(day, is_regular=True))
        share = np.cumsum(variance)
        sd = self._vol * np.sqrt(self._weights[day])
        walk = np.cumsum(np.sqrt(variance) * normals(self._minutes, number))
        start, end = self._levels[day], self._levels[day + 1]
        close = start + share * (end - start) + sd * (walk - share * walk[-1])
        close[-1] = end
        opens = np.concatenate(([start], close[:-1]))
        reach = _WICK * sd * np.sqrt(variance)
        high = np.maximum(opens, close) - reach * np.log(uniforms(self._wicks, 2 * number))
        low = np.minimum(opens, close) + reach * np.log(uniforms(self._wicks, 2 * number + 1))
        return Candles(*(np.exp(column) for column in (opens, high, low, close)))


@lru_cache(maxsize=256)
def _shares(spans: tuple[tuple[int, int, int, int], ...]) -> FloatArray:
    """Return the share of each minute in its day's variance; they add up to 1."""
    variance = np.full(MINUTES_PER_DAY, _NIGHT)
    for start, end, begins, ends in spans:
        variance[start:end] = u_shape(start, end, begins, ends)
    shares: FloatArray = variance / variance.sum()
    return shares


def u_shape(start: int, end: int, begins: int, ends: int) -> FloatArray:
    """Return how busy each minute from start to end of a session is, 1 on average over it."""
    from_middle = 2.0 * (np.arange(start, end) - begins) / (ends - begins) - 1.0
    bent: FloatArray = 0.55 + 1.35 * from_middle * from_middle
    return bent


def _weights(hours: Hours) -> FloatArray:
    """Return the years each day counts for, from day 0."""
    days = np.arange(_FIRST_DAY, _LAST_DAY + 1)
    if hours.is_trading_day(date(2026, 1, 3)):  # a Saturday: open all week
        return np.full(len(days), 1.0 / 365.0)
    is_weekend = (days + _THURSDAY) % 7 >= _SATURDAY
    return np.where(is_weekend, _WEEKEND, 1.0) / 261.0
