"""Who has a market-data line now: what is near the money stays, what is far goes round."""

import bisect
import heapq
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np

from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.venues.ib.settings import LineSettings

_RECENTRE_STEPS: Final = 0.75  # of the step between strikes: halfway the ranks stay as they are
_SHORT_TURN: Final = 1 / 3


class Change(NamedTuple):
    """Instruments to stop and to start, in that order; the most important ones start first."""

    stop: list[int]
    start: list[int]


class LinePlan:
    """
    Spends the lines of an account where they matter.

    An underlying always has its line. If all that is wanted fits, all of it streams. Else the
    contracts up to ``atm_strikes`` from the money stay, the nearest first, and the rest share what
    is left: each has a line for ``dwell_secs``, in turn. Which strikes are near changes when the
    money has moved by three quarters of a step.

    Pure: it is told what happened and asked what to do; times are seconds on any steady clock.

    Args:
        listing: Of the feed.
        settings: See `LineSettings`.
    """

    def __init__(self, listing: Listing, settings: LineSettings) -> None:
        self._listing = listing
        self._settings = settings
        self._limit = max(settings.limit - settings.spare, 1)
        self._modes = [Mode.FULL] * len(listing)
        self._money: dict[str, float] = {}  # by underlying: where its ranks are counted from
        self._ladders = _ladders(listing)
        self._resting: dict[int, float] = {}  # until when, by instrument
        self._active: dict[int, float] = {}  # since when, by instrument
        self._staying: list[int] = []
        self._turning: list[int] = []
        self._order = _orders(listing)
        self._served: dict[int, float] = {}  # when its last turn ended
        self._allowance = 0.0  # of lines that may change hands
        self._allowed_at: float | None = None
        self._is_stale = True

    @property
    def limit(self) -> int:
        """Return how many lines there may be."""
        return self._limit

    @property
    def active(self) -> tuple[int, ...]:
        """Return the instruments that have a line, in the order they got it."""
        return tuple(self._active)

    def want(self, instruments: IntArray, mode: Mode) -> None:
        """Have instruments in a mode from now on; at first every one is wanted in full."""
        for instrument in np.asarray(instruments).tolist():
            self._modes[instrument] = mode
        self._is_stale = True

    def follow(self, spots: Mapping[str, float]) -> None:
        """Take where the money of each underlying is; NaN leaves it where it was."""
        for underlying, spot in spots.items():
            before = self._money.get(underlying, math.nan)
            if not math.isfinite(spot):
                continue
            if abs(spot - before) <= _RECENTRE_STEPS * self._step(underlying, before):
                continue
            self._money[underlying] = spot
            self._is_stale = True

    def rest(self, instrument: int, until_secs: float) -> None:
        """Give an instrument no line until then; infinity is for ever."""
        self._resting[instrument] = until_secs
        self._active.pop(instrument, None)
        self._is_stale = True

    def lose(self, instruments: Iterable[int]) -> None:
        """Take note that the venue has dropped lines, to be made again."""
        for instrument in instruments:
            self._active.pop(instrument, None)

    def refuse(self, instrument: int) -> None:
        """Take note that a line was one too many: there are no more than those that stand."""
        self._active.pop(instrument, None)
        self._limit = max(min(self._limit, len(self._active)), 1)
        self._is_stale = True

    def restart(self) -> None:
        """Take note that every line is gone, and with them what was learnt of the limit."""
        self._active.clear()
        self._limit = max(self._settings.limit - self._settings.spare, 1)
        self._resting = {key: until for key, until in self._resting.items() if math.isinf(until)}
        self._is_stale = True

    def due(self, now_secs: float, is_complete: Callable[[int], bool]) -> Change:
        """
        Return what has to change now, and take it as done.

        Args:
            now_secs: The time.
            is_complete: Says of an instrument whether it has told all that a look is for: its turn
                may end after a third of its time then.
        """
        ended = [one for one, until in self._resting.items() if until <= now_secs]
        for instrument in ended:
            del self._resting[instrument]
        if self._is_stale or ended:
            self._rank()
        turning = set(self._turning)
        stays = set(self._staying)
        stop = [one for one in self._active if one not in stays and one not in turning]
        holders = [one for one in self._active if one in turning]
        slots = max(self._limit - len(self._staying), 0)
        over = holders[: max(len(holders) - slots, 0)]
        over += self._turns_over(holders[len(over) :], now_secs, is_complete)
        free = slots - len(holders) + len(over)
        coming = self._waiting(free)
        over = over[: max(len(holders) + len(coming) - slots, 0)]  # nobody waits for the rest
        stop += over
        start = [one for one in self._staying if one not in self._active] + coming
        for instrument in stop:
            del self._active[instrument]
            self._served[instrument] = now_secs
        for instrument in start:
            self._active[instrument] = now_secs
        return Change(stop, start)

    def _turns_over(
        self, holders: list[int], now_secs: float, is_complete: Callable[[int], bool]
    ) -> list[int]:
        """Return whose turn is over, oldest first, no more than may change hands now."""
        settings = self._settings
        if self._allowed_at is None:
            self._allowed_at = now_secs
        earned = (now_secs - self._allowed_at) * settings.changes_per_sec
        self._allowance = min(self._allowance + earned, float(settings.changes_per_sec))
        self._allowed_at = now_secs
        over: list[int] = []
        for instrument in holders:
            if len(over) + 1 > self._allowance:
                break
            held_secs = now_secs - self._active[instrument]
            least_secs = settings.dwell_secs
            if held_secs < least_secs and is_complete(instrument):
                least_secs *= _SHORT_TURN
            if held_secs >= least_secs:
                over.append(instrument)
        self._allowance -= len(over)
        return over

    def _waiting(self, count: int) -> list[int]:
        """Return so many of those that wait for a turn, who had none for longest first."""
        if count <= 0:
            return []
        waiting = (one for one in self._turning if one not in self._active)
        return heapq.nsmallest(count, waiting, key=lambda one: self._served.get(one, -math.inf))

    def _rank(self) -> None:
        """Share the lines out anew: who stays, and who takes turns."""
        self._is_stale = False
        wanted = [
            one
            for one, mode in enumerate(self._modes)
            if mode is not Mode.NONE and one not in self._resting
        ]
        is_option = self._listing.is_option
        underlyings = [one for one in wanted if not is_option[one]]
        options = [one for one in wanted if is_option[one]]
        room = max(self._limit - len(underlyings), 0)
        if len(options) <= room:
            self._staying, self._turning = (underlyings + options)[: self._limit], []
            return
        steps = self._steps()
        options.sort(key=lambda one: (steps[one], *self._order[one]))
        kept = room - min(max(math.ceil(room * self._settings.rotating_share), 1), room)
        near = [
            one
            for one in options
            if steps[one] <= self._settings.atm_strikes and self._modes[one] is Mode.FULL
        ][:kept]
        chosen = set(near)
        self._staying = (underlyings + near)[: self._limit]
        self._turning = [one for one in options if one not in chosen]

    def _steps(self) -> dict[int, int]:
        """Return how many strikes each option is from the money."""
        found: dict[int, int] = {}
        for ladder in self._ladders:
            money = self._money.get(ladder.underlying, math.nan)
            centre = ladder.nearest(money)
            for instrument, place in ladder.places:
                found[instrument] = abs(place - centre)
        return found

    def _step(self, underlying: str, money: float) -> float:
        """Return the smallest distance of two strikes of an underlying at the money; 0 unknown."""
        if not math.isfinite(money):
            return 0.0
        steps = [one.step(money) for one in self._ladders if one.underlying == underlying]
        return min(steps, default=0.0)


class _Ladder:
    """The strikes of one series, rising, and where on it each contract stands."""

    def __init__(
        self, underlying: str, strikes: list[float], places: list[tuple[int, int]]
    ) -> None:
        self.underlying = underlying
        self.places = places
        self._strikes = strikes

    def nearest(self, money: float) -> int:
        """Return the place of the strike nearest to the money; the middle one where unknown."""
        strikes = self._strikes
        if not math.isfinite(money):
            return len(strikes) // 2
        above = bisect.bisect_left(strikes, money)
        if above == len(strikes):
            return above - 1
        if above > 0 and money - strikes[above - 1] <= strikes[above] - money:
            return above - 1
        return above

    def step(self, money: float) -> float:
        """Return the distance of two strikes at the money, 0 where there is one alone."""
        strikes = self._strikes
        if len(strikes) == 1:
            return 0.0
        place = min(max(self.nearest(money), 1), len(strikes) - 1)
        return strikes[place] - strikes[place - 1]


def _ladders(listing: Listing) -> list[_Ladder]:
    series: dict[tuple[str, str, str], list[int]] = {}
    for instrument in np.flatnonzero(listing.is_option).tolist():
        name = (
            str(listing.underlying[instrument]),
            str(listing.root[instrument]),
            str(listing.expiry[instrument]),
        )
        series.setdefault(name, []).append(instrument)
    made = []
    for (underlying, _, _), instruments in series.items():
        strikes = sorted({float(listing.strike[one]) for one in instruments})
        place = {strike: index for index, strike in enumerate(strikes)}
        places = [(one, place[float(listing.strike[one])]) for one in instruments]
        made.append(_Ladder(underlying, strikes, places))
    return made


def _orders(listing: Listing) -> dict[int, tuple[int, int]]:
    """Return what decides between options as near: how far their series is, then their place."""
    found: dict[int, tuple[int, int]] = {}
    seen: dict[str, list[str]] = {}
    for instrument in np.flatnonzero(listing.is_option).tolist():
        dates = seen.setdefault(str(listing.underlying[instrument]), [])
        name = f"{listing.expiry[instrument]} {listing.root[instrument]}"
        if name not in dates:
            dates.append(name)  # a listing stands by settlement
        found[instrument] = (dates.index(name), instrument)
    return found
