"""How many orders went out lately, counted in sliding windows."""

from collections import deque

LONGEST_SECS = 60.0


class Throttle:
    """
    Counts what happened within the last seconds, exactly.

    It is handed the time, in seconds of a clock that never steps back (the event loop's), since
    setting the machine's clock must not make room for orders.
    """

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def count(self, now: float) -> None:
        """Take note that one went out."""
        self._times.append(now)

    def within(self, secs: float, now: float) -> int:
        """
        Return how many went out later than so many seconds ago.

        Raises:
            ValueError: More than `LONGEST_SECS` are asked for: what lies further back is forgotten.
        """
        if secs > LONGEST_SECS:
            raise ValueError(f"a window of {secs} s, expected at most {LONGEST_SECS} s")
        while self._times and now - self._times[0] >= LONGEST_SECS:
            self._times.popleft()
        return sum(1 for time in self._times if now - time < secs)
