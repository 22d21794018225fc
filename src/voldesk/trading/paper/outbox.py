"""What the paper venue has said and nobody has heard yet."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable

from voldesk.model.clock import Clock
from voldesk.model.events import Line, LineChanged, Told
from voldesk.model.sessions import NS_PER_SECOND

LONGEST_WAIT_SECS = 1.0  # the clock may have been set, so it is looked at so often


def is_due(due: int, now: int, latency_ns: int) -> bool:
    """
    Say whether what was to arrive at an instant has.

    What would take longer than anything takes was sent before the clock was set back: it has.
    """
    return not 0 < due - now <= latency_ns


class Outbox:
    """
    News in the order it was made, each heard once it has been on its way long enough.

    It is bounded: where more than ``most`` wait, all are dropped and the line is told to be reset,
    upon which who trades asks for everything anew.
    """

    def __init__(self, clock: Clock, latency_ns: int, most: int) -> None:
        self._clock, self._latency_ns, self._most = clock, latency_ns, most
        self._news: deque[tuple[int, Told]] = deque()
        self._changed = asyncio.Event()
        self._is_closed = False

    def put(self, news: Iterable[Told]) -> None:
        """Send news on its way, as of when it happened."""
        self._news.extend((told.at + self._latency_ns, told) for told in news)
        if len(self._news) > self._most:
            now = self._clock.now()
            reason = f"more than {self._most} messages were not read"
            self._news.clear()
            self._news.append((now, LineChanged(line=Line.RESET, reason=reason, at=now)))
        self._changed.set()

    async def told(self) -> AsyncIterator[Told]:
        """Yield news when it arrives, until closed."""
        while not self._is_closed:
            if self._news and is_due(self._news[0][0], self._clock.now(), self._latency_ns):
                yield self._news.popleft()[1]
                continue
            self._changed.clear()
            await self._wait()

    def close(self) -> None:
        """End `told`; what is on its way is not heard."""
        self._is_closed = True
        self._changed.set()

    async def _wait(self) -> None:
        """Wait for more news, or until the next may be due."""
        if not self._news:
            await self._changed.wait()
            return
        secs = (self._news[0][0] - self._clock.now()) / NS_PER_SECOND
        try:
            async with asyncio.timeout(min(max(secs, 0.001), LONGEST_WAIT_SECS)):
                await self._changed.wait()
        except TimeoutError:
            pass  # the next is due, or the clock has another opinion
