"""Open, high, low and close of consecutive stretches of time, and how one is cut into seconds."""

from collections.abc import Callable
from typing import Final, NamedTuple, Self

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.simulator.ib.noise import normals

SECONDS_PER_MINUTE: Final = 60
MINUTES_PER_DAY: Final = 1440
SECONDS_PER_DAY: Final = 86_400

_WIGGLE: Final = 0.35  # of a minute's range: how far its seconds stray from the straight line


class Candles(NamedTuple):
    """Prices of consecutive stretches, ``(n,)`` each; NaN where nothing is known."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray

    def mapped(self, figure: Callable[[FloatArray], FloatArray]) -> Self:
        """Return what a figure that rises or falls with the price makes of them."""
        a, b, c, d = (figure(column) for column in self)
        high = np.maximum(np.maximum(a, d), np.maximum(b, c))
        low = np.minimum(np.minimum(a, d), np.minimum(b, c))
        return type(self)(a, high, low, d)

    def take(self, rows: IntArray | slice) -> Self:
        """Return the chosen ones."""
        return type(self)(*(column[rows] for column in self))

    @classmethod
    def joined(cls, parts: list["Candles"]) -> Self:
        """Return parts one after the other."""
        return cls(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    @classmethod
    def flat(cls, price: float, count: int) -> Self:
        """Return stretches in which one price stood still."""
        return cls(*(np.full(count, price) for _ in range(4)))


def cut_minute(minute: Candles, stream: int, number: int) -> Candles:
    """
    Return the seconds of a minute: they fold to it exactly.

    Args:
        minute: One stretch. ``(1,)``
        stream: Of the random numbers.
        number: The minute's own, minutes since 1970: the same one is cut the same way.
    """
    first, high, low, last = (float(column[0]) for column in minute)
    count = SECONDS_PER_MINUTE
    share = np.arange(1, count + 1) / count
    walk = np.cumsum(normals(stream, number * count + np.arange(count)))
    bridge = (walk - share * walk[-1]) / np.sqrt(count)
    close = first + share * (last - first) + _WIGGLE * (high - low) * bridge
    close = np.clip(close, low, high)
    close[-1] = last
    opens = np.concatenate(([first], close[:-1]))
    tops, bottoms = np.maximum(opens, close), np.minimum(opens, close)
    tops[int(np.argmax(tops))] = high
    bottoms[int(np.argmin(bottoms))] = low
    return Candles(opens, tops, bottoms, close)
