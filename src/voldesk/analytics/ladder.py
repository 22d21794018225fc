"""One series as a ladder: its strikes in order, each with a call and a put."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from voldesk.model.quotes import BoolArray, FloatArray, IntArray

ABSENT = -1


@dataclass(frozen=True, slots=True)
class Ladder:
    """
    Where the rows of one series stand on its strikes.

    Attributes:
        strike: The distinct known strikes, ascending. ``(m,)``
        call_row: The row of the call at each strike, ``ABSENT`` where there is none. ``(m,)``
        put_row: The same for the put. ``(m,)``
    """

    strike: FloatArray
    call_row: IntArray
    put_row: IntArray

    @classmethod
    def of(cls, strike: FloatArray, is_call: BoolArray) -> Self:
        """Order the rows of one series; of two rows for one contract the later counts."""
        rows = np.flatnonzero(np.isfinite(strike))
        levels, place = levels_of(strike[rows])
        call_row = np.full(len(levels), ABSENT, dtype=np.int64)
        put_row = np.full(len(levels), ABSENT, dtype=np.int64)
        chosen = is_call[rows]
        call_row[place[chosen]] = rows[chosen]
        put_row[place[~chosen]] = rows[~chosen]
        return cls(levels, call_row, put_row)

    @classmethod
    def of_chain(
        cls, strike: FloatArray, is_call: BoolArray, series: NDArray[np.integer], count: int
    ) -> tuple[Self, IntArray]:
        """
        Return the ladders of all series one behind the other, and where each begins.

        Args:
            strike: Of rows in order of series and strike, each contract once. ``(n,)``
            is_call: ``(n,)``
            series: Of each row. ``(n,)``
            count: How many series there are; the second answer is ``(count + 1,)``.
        """
        rows = np.flatnonzero(np.isfinite(strike))
        level, of_series, chosen = strike[rows], series[rows], is_call[rows]
        is_new = np.ones(len(rows), dtype=np.bool_)
        is_new[1:] = (level[1:] != level[:-1]) | (of_series[1:] != of_series[:-1])
        place = is_new.cumsum() - 1
        sides = np.full((2, np.count_nonzero(is_new)), ABSENT, dtype=np.int64)
        sides[0, place[chosen]] = rows[chosen]
        sides[1, place[~chosen]] = rows[~chosen]
        bounds = np.searchsorted(of_series[is_new], np.arange(count + 1))
        return cls(level[is_new], sides[0], sides[1]), bounds

    def calls(self, column: FloatArray) -> FloatArray:
        """Return a column's value for the call at each strike, NaN where there is no call."""
        return _at(column, self.call_row)

    def puts(self, column: FloatArray) -> FloatArray:
        """Return a column's value for the put at each strike, NaN where there is no put."""
        return _at(column, self.put_row)


def levels_of(strike: FloatArray) -> tuple[FloatArray, IntArray]:
    """
    Return the distinct strikes, ascending, and the place of each row's among them.

    A chain's rows stand in order of strike already; then no sort is needed, a quarter of the time.
    """
    if not len(strike) or (strike[1:] < strike[:-1]).any():
        return np.unique(strike, return_inverse=True)
    is_new = np.ones(len(strike), dtype=np.bool_)
    np.not_equal(strike[1:], strike[:-1], out=is_new[1:])
    return strike[is_new], is_new.cumsum() - 1


def _at(column: FloatArray, row: IntArray) -> FloatArray:
    """Return ``column[row]``, NaN where the row is ``ABSENT``."""
    if not len(column):
        return np.full(len(row), np.nan)
    return np.where(row == ABSENT, np.nan, column[row])
