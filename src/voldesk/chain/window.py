"""Which rows of a chain are near the money: windows that follow it, and do not flutter."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from voldesk.chain.table import ChainTable
from voldesk.model.quotes import BoolArray, FloatArray, IntArray

_NEVER_CENTRED: Final = -1
_HALF: Final = 0.5  # of a step: where the next strike becomes the nearest


@dataclass(frozen=True, slots=True)
class Strikes:
    """So many strikes on either side of the centre one; 0 is the at-the-money pair alone."""

    each_side: int


@dataclass(frozen=True, slots=True)
class Points:
    """Strikes at most so far from the centre one, in quote currency per unit of underlying."""

    each_side: float


@dataclass(frozen=True, slots=True)
class WindowChange:
    """Rows that came into a window and rows that left it, rising."""

    entering: IntArray
    leaving: IntArray

    def __bool__(self) -> bool:
        return bool(self.entering.size or self.leaving.size)


class AtmWindow:
    """
    Keeps the rows around the money of each series of a table.

    The centre is a strike. It moves to the strike nearest to the money only when the money is
    further from it than ``hysteresis_steps`` of the step to the neighbour on that side: halfway
    between two strikes the window stays where it is.

    Args:
        table: Its strikes and series are read, once.
        width: How wide.
        hysteresis_steps: Above 0.5, where the neighbour would be as near.
        series: Which series have a window; None for all.

    Raises:
        ValueError: The width is negative, or the hysteresis not above one half.
    """

    def __init__(
        self,
        table: ChainTable,
        width: Strikes | Points,
        *,
        hysteresis_steps: float = 0.75,
        series: IntArray | None = None,
    ) -> None:
        if not width.each_side >= 0:
            raise ValueError(f"a window of {width.each_side} on each side, expected 0 or more")
        if not hysteresis_steps > _HALF:
            raise ValueError(f"hysteresis of {hysteresis_steps} steps, expected more than 0.5")
        chosen = range(len(table.series)) if series is None else series.tolist()
        self._width = width
        self._hysteresis_steps = hysteresis_steps
        self._ladders = [_Ladder.of(table, index) for index in chosen]
        self._is_inside = np.zeros(len(table.rows), dtype=np.bool_)

    @property
    def rows(self) -> IntArray:
        """Return the rows inside, rising."""
        return np.flatnonzero(self._is_inside)

    def follow(self, money: float | FloatArray) -> WindowChange:
        """
        Move to where the money is.

        Args:
            money: Spot, or the forward of each series with a window, in order; where it is not
                a finite number the window stays as it is.
        """
        has_moved = False
        for ladder, centre in zip(
            self._ladders, np.broadcast_to(money, len(self._ladders)).tolist(), strict=True
        ):
            has_moved |= ladder.follow(centre, self._hysteresis_steps)
        if not has_moved:
            return _change(self._is_inside, self._is_inside)
        inside = np.zeros_like(self._is_inside)
        for ladder in self._ladders:
            inside[ladder.rows(self._width)] = True
        change = _change(self._is_inside, inside)
        self._is_inside = inside
        return change


class DeltaBand:
    """
    Keeps the rows whose delta, in absolute value, lies in a band.

    A row comes in when its delta is inside, and leaves when it is outside by more than the margin.
    A row without a delta stays what it was.

    Raises:
        ValueError: The band is empty or the margin negative.
    """

    def __init__(self, size: int, low: float, high: float, *, margin: float = 0.02) -> None:
        if not 0.0 <= low < high:
            raise ValueError(f"a delta band from {low} to {high} is empty")
        if not margin >= 0.0:
            raise ValueError(f"a margin of {margin}, expected 0 or more")
        self._low, self._high, self._margin = low, high, margin
        self._is_inside = np.zeros(size, dtype=np.bool_)

    @property
    def rows(self) -> IntArray:
        """Return the rows inside, rising."""
        return np.flatnonzero(self._is_inside)

    def follow(self, delta: FloatArray) -> WindowChange:
        """Take the deltas as they are now, as published. ``(n,)``."""
        size = np.abs(delta)
        enters = (size >= self._low) & (size <= self._high)
        leaves = (size < self._low - self._margin) | (size > self._high + self._margin)
        inside = (self._is_inside | enters) & ~leaves
        change = _change(self._is_inside, inside)
        self._is_inside = inside
        return change


class _Ladder:
    """The strikes of one series, the rows of each, and which strike is the centre."""

    def __init__(self, strikes: FloatArray, first: IntArray, start: int) -> None:
        self._strikes = strikes  # rising, each once
        self._first = first + start  # row of each strike's first contract, and that after the last
        self._centre = _NEVER_CENTRED

    @classmethod
    def of(cls, table: ChainTable, series: int) -> "_Ladder":
        where = table.slice(series)
        strike = table.rows.strike[where]
        strikes, first = np.unique(strike[np.isfinite(strike)], return_index=True)
        known = int(np.count_nonzero(np.isfinite(strike)))  # NaN strikes stand last
        return cls(strikes, np.append(first, known), where.start)

    def follow(self, money: float, hysteresis_steps: float) -> bool:
        """Move the centre if the money is far enough from it; say whether it moved."""
        if not np.isfinite(money) or not self._strikes.size:
            return False
        if self._centre != _NEVER_CENTRED:
            side = 1 if money > self._strikes[self._centre] else -1
            neighbour = self._centre + side
            if not 0 <= neighbour < self._strikes.size:
                return False
            step = abs(self._strikes[neighbour] - self._strikes[self._centre])
            if abs(money - self._strikes[self._centre]) <= hysteresis_steps * step:
                return False
        nearest = int(np.argmin(np.abs(self._strikes - money)))
        has_moved = nearest != self._centre
        self._centre = nearest
        return has_moved

    def rows(self, width: Strikes | Points) -> slice:
        if self._centre == _NEVER_CENTRED:
            return slice(0, 0)
        if isinstance(width, Strikes):
            low = max(self._centre - width.each_side, 0)
            high = min(self._centre + width.each_side, self._strikes.size - 1)
        else:
            centre = self._strikes[self._centre]
            low = int(np.searchsorted(self._strikes, centre - width.each_side, side="left"))
            high = int(np.searchsorted(self._strikes, centre + width.each_side, side="right")) - 1
        return slice(int(self._first[low]), int(self._first[high + 1]))


def _change(before: BoolArray, after: BoolArray) -> WindowChange:
    return WindowChange(np.flatnonzero(after & ~before), np.flatnonzero(before & ~after))
