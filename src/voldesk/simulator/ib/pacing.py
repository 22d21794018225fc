"""How fast clients may ask: messages per second, and histories of small bars."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from voldesk.model.sessions import NS_PER_SECOND

MESSAGES_PER_SECOND: Final = 50
"""Over all requests of one client; one more is error 100."""

STRIKES: Final = 3
"""Seconds with too many messages after which the client is disconnected."""

_LONG_SECS: Final = 600
_LONG_COUNT: Final = 60
_SHORT_SECS: Final = 2
_SHORT_COUNT: Final = 6
_SAME_SECS: Final = 15


class MessageRate:
    """
    Counts the requests of one client over the last second.

    Attributes:
        limit: Of one second.
        strikes: Seconds in which there were too many.
    """

    def __init__(self, limit: int = MESSAGES_PER_SECOND) -> None:
        self.limit = limit
        self._times: deque[int] = deque()
        self._last_strike = -NS_PER_SECOND
        self.strikes = 0

    def admits(self, now: int) -> bool:
        """Count one request at an instant (ns) and say whether it is within the limit."""
        self._forget(now)
        self._times.append(now)
        if len(self._times) <= self.limit:
            return True
        if now - self._last_strike >= NS_PER_SECOND:
            self._last_strike = now
            self.strikes += 1
        return False

    def has_room(self, now: int) -> bool:
        """Say whether one more request would be within the limit, without counting it."""
        self._forget(now)
        return len(self._times) < self.limit

    @property
    def count(self) -> int:
        """Return the requests of the last second."""
        return len(self._times)

    def _forget(self, now: int) -> None:
        while self._times and now - self._times[0] >= NS_PER_SECOND:
            self._times.popleft()


@dataclass(slots=True)
class HistoryPacing:
    """
    Counts requests for bars of 30 seconds and less, of one client.

    More than 60 in ten minutes, six of one contract in two seconds, or the same one within
    fifteen seconds break the rules; bid-and-ask bars count twice.
    """

    _all: deque[int] = field(default_factory=deque)
    _of_contract: dict[tuple[int, str, str], deque[int]] = field(default_factory=dict)
    _same: dict[object, int] = field(default_factory=dict)

    def admits(self, now: int, con_id: int, exchange: str, what: str, whole: object) -> bool:
        """
        Count one request and say whether it keeps the rules.

        Args:
            now: UTC ns.
            con_id: Of the contract.
            exchange: It was asked for at.
            what: TRADES, MIDPOINT, BID_ASK …
            whole: The request without its number: equal for the same question.
        """
        weight = 2 if what == "BID_ASK" else 1
        contract = self._of_contract.setdefault((con_id, exchange, what), deque())
        _forget(self._all, now, _LONG_SECS)
        _forget(contract, now, _SHORT_SECS)
        self._same = {k: at for k, at in self._same.items() if _is_recent(at, now, _SAME_SECS)}
        if (
            len(self._all) + weight > _LONG_COUNT
            or len(contract) + weight >= _SHORT_COUNT
            or whole in self._same
        ):
            return False
        self._all.extend([now] * weight)
        contract.extend([now] * weight)
        self._same[whole] = now
        return True


def _forget(times: deque[int], now: int, secs: int) -> None:
    while times and not _is_recent(times[0], now, secs):
        times.popleft()


def _is_recent(at: int, now: int, secs: int) -> bool:
    return now - at < secs * NS_PER_SECOND
