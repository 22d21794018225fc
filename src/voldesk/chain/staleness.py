"""Which rows of a live chain are stale: too old, or from before their feed lost its line."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.model.quotes import BoolArray, IntArray

_NEVER: Final = -(2**62)
_CHECKS_PER_LIMIT: Final = 16  # a row is found stale at most a sixteenth of the limit too late

_NO_ROWS: Final[IntArray] = np.empty(0, dtype=np.int64)


class Staleness:
    """
    Keeps when each row was quoted last, by our clock: the venue's may be wrong.

    Rows are looked through when the oldest of them may have passed the limit, and at most so many
    times per limit, not at every turn.

    Args:
        size: Rows.
        limit_ns: Age beyond which a quote is stale; None for no limit.

    Attributes:
        is_stale: As of the last `refresh`. A row never quoted is not stale. ``(n,)``
        is_lost: Rows that were quoted, but not since the line was lost. ``(n,)``
    """

    def __init__(self, size: int, limit_ns: int | None) -> None:
        self.is_stale = np.zeros(size, dtype=np.bool_)
        self.is_lost = np.zeros(size, dtype=np.bool_)
        self._limit_ns = limit_ns
        self._quoted_at = np.full(size, _NEVER, dtype=np.int64)
        self._look_at = _NEVER
        self._has_lost_rows = self._has_news = False

    def quoted(self, rows: NDArray[np.intp], received: IntArray) -> None:
        """Note when rows were quoted: of one row named twice the later place counts."""
        self._quoted_at[rows] = received
        if self._has_lost_rows:
            self.is_lost[rows] = False

    def lose(self, rows: slice | NDArray[np.intp]) -> None:
        """Note that the line of rows was lost: what was known of them may be wrong by now."""
        self.is_lost[rows] = self._quoted_at[rows] != _NEVER
        self._has_lost_rows = self._has_news = True

    def refresh(self, now: int, quoted: IntArray) -> IntArray:
        """
        Bring ``is_stale`` to an instant.

        Args:
            now: UTC ns.
            quoted: Rows quoted since the last refresh.

        Returns:
            Other rows that became stale, or ceased to be since the clock was set back.
        """
        self.is_stale[quoted] = self._are_stale(now, quoted)
        if not self._has_news and not self._is_time_to_look(now):
            return _NO_ROWS
        everywhere: BoolArray = self._are_stale(now, slice(None))
        changed = np.flatnonzero(everywhere != self.is_stale)
        self.is_stale[:] = everywhere
        self._has_news = False
        self._has_lost_rows = bool(self.is_lost.any())
        self._plan(now)
        return changed

    def _are_stale(self, now: int, rows: slice | IntArray) -> BoolArray:
        if self._limit_ns is None:
            return self.is_lost[rows]
        quoted_at = self._quoted_at[rows]
        is_old: BoolArray = (now - quoted_at > self._limit_ns) & (quoted_at != _NEVER)
        return is_old | self.is_lost[rows]

    def _is_time_to_look(self, now: int) -> bool:
        if self._limit_ns is None:
            return False
        return now >= self._look_at or now < self._look_at - 2 * self._limit_ns

    def _plan(self, now: int) -> None:
        """Look again when the oldest fresh quote will have passed the limit."""
        if self._limit_ns is None:
            return
        fresh = self._quoted_at[~self.is_stale & (self._quoted_at != _NEVER)]
        oldest = int(fresh.min()) if fresh.size else now
        self._look_at = max(oldest + self._limit_ns + 1, now + self._limit_ns // _CHECKS_PER_LIMIT)
