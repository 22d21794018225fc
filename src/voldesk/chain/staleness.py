"""Which rows of a live chain are stale: too old, or from before their feed lost its line."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.model.quotes import BoolArray, IntArray
from voldesk.pricing.layout import NEVER

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
        quoted_at: When each row was quoted last, UTC ns; who writes it says that the row is not
            lost, and how stale it is, too. ``(n,)``
        limit_ns: As given.
    """

    def __init__(self, size: int, limit_ns: int | None) -> None:
        self.is_stale = np.zeros(size, dtype=np.bool_)
        self.is_lost = np.zeros(size, dtype=np.bool_)
        self.limit_ns = limit_ns
        self.quoted_at = np.full(size, NEVER, dtype=np.int64)
        self._look_at = NEVER
        self._has_news = False

    def lose(self, rows: slice | NDArray[np.intp]) -> None:
        """Note that the line of rows was lost: what was known of them may be wrong by now."""
        self.is_lost[rows] = self.quoted_at[rows] != NEVER
        self._has_news = True

    def refresh(self, now: int) -> IntArray:
        """
        Bring ``is_stale`` to an instant, UTC ns, once it says the same of rows quoted since.

        Returns:
            Rows that became stale, or ceased to be since the clock was set back.
        """
        if not self._has_news and not self._is_time_to_look(now):
            return _NO_ROWS
        everywhere = self._are_stale(now)
        changed = np.flatnonzero(everywhere != self.is_stale)
        self.is_stale[:] = everywhere
        self._has_news = False
        self._plan(now)
        return changed

    def _are_stale(self, now: int) -> BoolArray:
        if self.limit_ns is None:
            return self.is_lost
        is_old: BoolArray = (now - self.quoted_at > self.limit_ns) & (self.quoted_at != NEVER)
        return is_old | self.is_lost

    def _is_time_to_look(self, now: int) -> bool:
        if self.limit_ns is None:
            return False
        return now >= self._look_at or now < self._look_at - 2 * self.limit_ns

    def _plan(self, now: int) -> None:
        """Look again when the oldest fresh quote will have passed the limit."""
        if self.limit_ns is None:
            return
        fresh = self.quoted_at[~self.is_stale & (self.quoted_at != NEVER)]
        oldest = int(fresh.min()) if fresh.size else now
        self._look_at = max(oldest + self.limit_ns + 1, now + self.limit_ns // _CHECKS_PER_LIMIT)
