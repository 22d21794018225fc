"""Where prices come from: walks, the simulated market grafted on one, and what follows others."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.simulator.ib.candles import MINUTES_PER_DAY, Candles, cut_minute
from voldesk.simulator.ib.noise import stream
from voldesk.simulator.ib.observed import SpotTrack
from voldesk.simulator.ib.walks import Walk


class Path(Protocol):
    """A price by time, unrounded."""

    def minutes(self, day: int) -> Candles:
        """Return the 1440 minutes of a day (UTC, counted from 1970); NaN after the present."""
        ...

    def seconds(self, minute: int) -> Candles:
        """Return the 60 seconds of a minute, counted since 1970; NaN after the present."""
        ...


class Spliced:
    """
    A walk that leads to where the simulated market began, and goes on as it was seen to.

    Args:
        walk: The past; scaled so that it ends where the track begins.
        track: What was seen.
        name: Of the path, for the seconds of minutes whose own are no longer kept.
    """

    def __init__(self, walk: Walk, track: SpotTrack, name: str) -> None:
        self._walk = walk
        self._track = track
        self._stream = stream(name, "cut")
        opened = float(track.minutes(track.first_minute, 1).open[0])
        self._scale = opened / walk.close_before(track.first_minute * 60)

    def minutes(self, day: int) -> Candles:
        """Return the minutes of a day: the walk's, and from the track's first on the track's."""
        first = day * MINUTES_PER_DAY
        begins = self._track.first_minute
        if begins >= first + MINUTES_PER_DAY:
            return self._past(self._walk.minutes(day))
        seen = self._track.minutes(first, MINUTES_PER_DAY)
        if begins <= first:
            return seen
        past = self._past(self._walk.minutes(day)).take(slice(0, begins - first))
        return Candles.joined([past, seen.take(slice(begins - first, None))])

    def seconds(self, minute: int) -> Candles:
        """Return the seconds of a minute."""
        if minute < self._track.first_minute:
            return self._past(self._walk.seconds(minute))
        if self._track.has_seconds(minute):
            return self._track.seconds(minute)
        return cut_minute(self._track.minutes(minute, 1), self._stream, minute)

    def _past(self, candles: Candles) -> Candles:
        return Candles(*(column * self._scale for column in candles))


class Following:
    """
    A path that is another one times a factor: an ETF of an index, a future of its underlying.

    Args:
        leader: The other one.
        factor: Of each minute, counted since 1970. ``(n,) -> (n,)``
    """

    def __init__(self, leader: Path, factor: Callable[[IntArray], FloatArray]) -> None:
        self._leader = leader
        self._factor = factor

    def minutes(self, day: int) -> Candles:
        """Return the minutes of a day."""
        factor = self._factor(day * MINUTES_PER_DAY + np.arange(MINUTES_PER_DAY))
        return Candles(*(column * factor for column in self._leader.minutes(day)))

    def seconds(self, minute: int) -> Candles:
        """Return the seconds of a minute."""
        factor = float(self._factor(np.array([minute]))[0])
        return Candles(*(column * factor for column in self._leader.seconds(minute)))
