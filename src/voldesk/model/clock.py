"""The time: the only module of the project that reads it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time to whoever is handed it."""

    def now(self) -> int:
        """Return int64 UTC nanoseconds since 1970-01-01."""
        ...


class SystemClock:
    """The machine's clock; it may step back when the machine's time is set."""

    def now(self) -> int:
        """Return int64 UTC nanoseconds since 1970-01-01."""
        return time.time_ns()


class ManualClock:
    """A clock that stands still until told otherwise, for tests and replay."""

    def __init__(self, start: int = 0) -> None:
        self._now = start

    def now(self) -> int:
        """Return the time last set, int64 UTC nanoseconds."""
        return self._now

    def set(self, now: int) -> None:
        """
        Move to an instant, UTC nanoseconds; the same one again is no move.

        Raises:
            ValueError: It lies before the present one.
        """
        if now < self._now:
            raise ValueError(f"clock at {self._now} ns cannot go back to {now} ns")
        self._now = now

    def advance(self, step_ns: int) -> None:
        """
        Move on by that many nanoseconds.

        Raises:
            ValueError: The step is negative.
        """
        self.set(self._now + step_ns)
