"""What a broker has to tell and nobody has read yet."""

from collections import deque
from typing import Final

from voldesk.model.events import Line, LineChanged, Told

MOST: Final = 10_000


class Outbox:
    """
    A bounded queue of what is told.

    Beyond its bound everything in it is dropped, and what stands in its place is that anything may
    have happened: whoever reads asks for all of it anew.

    Args:
        most: Its bound.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._told: deque[Told] = deque()

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._told)

    def put(self, told: Told) -> None:
        """Add the newest."""
        if len(self._told) >= self._most:
            self._told.clear()
            reason = f"more than {self._most} reports waited to be read"
            self._told.append(LineChanged(line=Line.RESET, reason=reason, at=told.at))
        self._told.append(told)

    def take(self) -> Told:
        """Remove the oldest."""
        return self._told.popleft()
