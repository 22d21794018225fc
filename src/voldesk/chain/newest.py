"""The newest of single figures, a spot or a venue's forward, and whether it may be stood on."""

import math
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.model.quotes import NO_TIME, BoolArray, FloatArray, IntArray

Places = NDArray[np.intp]

LONGEST_SECS: Final = 300.0
"""Age at which a figure is too old where quotes have no limit, as in a recording of minutes."""

_NS_PER_SECOND: Final = 1e9


class Lapse(IntEnum):
    """Why a figure may not be stood on."""

    NONE = 0  # it may
    UNKNOWN = 1  # it never came, or came as none
    OLD = 2  # it came too long ago
    LOST = 3  # it came before the line was lost


class Newest:
    """
    Keeps the newest of each of some figures, and when it came, by our clock.

    What stands on an old quote shows its age in the quote; what stands on an old spot does not.
    So a figure serves for so long only, and not beyond the loss of its line.

    Args:
        size: Figures.
        limit_ns: Age beyond which one is too old; None for `LONGEST_SECS`.

    Attributes:
        value: NaN where unknown, however old. ``(k,)``
        times: The venue's newest stamp, and when it was received, UTC ns. ``(2, k)``
        is_lost: Its line was lost since. ``(k,)``
        limit_ns: Age beyond which one is too old.
    """

    def __init__(self, size: int, limit_ns: int | None) -> None:
        self.value: FloatArray = np.full(size, np.nan)
        self.times: IntArray = np.full((2, size), NO_TIME, dtype=np.int64)
        self.is_lost: BoolArray = np.zeros(size, dtype=np.bool_)
        self.limit_ns = round(LONGEST_SECS * _NS_PER_SECOND) if limit_ns is None else limit_ns

    def lose(self, places: Places | slice) -> None:
        """Note that a line was lost: figures serve again, and in a new order, once they come."""
        self.is_lost[places] = True
        self.times[0, places] = NO_TIME

    def lapse(self, place: int, now: int) -> Lapse:
        """Return the lapse of one figure at an instant, UTC ns."""
        if math.isnan(self.value[place]):
            return Lapse.UNKNOWN
        if self.is_lost[place]:
            return Lapse.LOST
        return Lapse.OLD if now - self.times[1, place] > self.limit_ns else Lapse.NONE

    def lapses(self, places: slice, now: int) -> NDArray[np.uint8]:
        """Return the lapse of each of some figures at an instant, UTC ns."""
        value, is_lost = self.value[places], self.is_lost[places]
        lapses = np.zeros(value.size, dtype=np.uint8)
        lapses[now - self.times[1, places] > self.limit_ns] = Lapse.OLD
        lapses[is_lost] = Lapse.LOST
        lapses[np.isnan(value)] = Lapse.UNKNOWN
        return lapses

    def why(self, lapse: Lapse, name: str) -> str:
        """Say what a lapse of a figure of that name means, nothing where it may be stood on."""
        limit_secs = self.limit_ns / _NS_PER_SECOND
        return {
            Lapse.NONE: "",
            Lapse.UNKNOWN: f"no {name}",
            Lapse.OLD: f"the {name} is more than {limit_secs:g} s old",
            Lapse.LOST: f"no {name} since the line was lost",
        }[lapse]
