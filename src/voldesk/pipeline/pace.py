"""How often to flush: as often as the processor allows, and when ticks come."""

from typing import Final

_SMOOTHING: Final = 0.2  # of what a flush takes: a long one now and then does not widen the gap
_SHARE: Final = 0.6  # of a core for flushes: there are fewer where they would take more
_EARLY: Final = 0.3  # of a gap
_SOON_SECS: Final = 0.0005  # sooner than that is now to the timers of a loop


class Pace:
    """
    The gap between two flushes, made of what they take.

    A flush had better come with ticks than after them: in the last part of a gap the next ticks
    are not made to wait, and what that flush was early, the one after it is later.

    Args:
        min_gap_secs: The gap is not made shorter than this.
        max_gap_secs: Nor longer than this.

    Attributes:
        gap_secs: At present.
    """

    def __init__(self, min_gap_secs: float, max_gap_secs: float) -> None:
        self.gap_secs = min_gap_secs
        self._min_gap_secs = min_gap_secs
        self._max_gap_secs = max_gap_secs
        self._busy_secs = 0.0
        self._due = 0.0

    def wait_secs(self, now: float) -> float:
        """Return how long a flush has to wait, 0 where it may be now; ``now`` is in seconds."""
        wait = self._due - now
        return wait if wait > max(_EARLY * self.gap_secs, _SOON_SECS) else 0.0

    def begin(self, now: float) -> None:
        """Note that a flush begins."""
        self._due = max(self._due, now) + self.gap_secs

    def end(self, busy_secs: float) -> None:
        """Note what a flush took, in CPU time: the gap grows until flushes keep to their share."""
        self._busy_secs += _SMOOTHING * (busy_secs - self._busy_secs)
        gap_secs = max(self._min_gap_secs, self._busy_secs / _SHARE)
        self.gap_secs = min(gap_secs, self._max_gap_secs)
