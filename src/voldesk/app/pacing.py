"""Time that runs faster or slower than the machine's, for a market that does."""

from collections.abc import AsyncIterator

import numpy as np

from voldesk.model.clock import Clock
from voldesk.model.conventions import Profile
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Feed, Mode
from voldesk.model.quotes import NO_TIME, IntArray


class PacedClock:
    """
    A clock that starts with another and runs ``speed`` times as fast.

    Raises:
        ValueError: ``speed`` is not above 0.
    """

    def __init__(self, clock: Clock, speed: float) -> None:
        if not speed > 0.0:
            raise ValueError(f"a clock at speed {speed}, expected above 0")
        self._clock = clock
        self._start = clock.now()
        self._speed = speed

    def now(self) -> int:
        """Return int64 UTC nanoseconds, from the start on counted at the speed."""
        return self._start + round((self._clock.now() - self._start) * self._speed)


class StampedFeed:
    """
    A feed whose ticks are received at their own market's time: fills ``model.ports.feed.Feed``.

    Ages and years are then those of the market, whatever the pace at which it is played. A tick
    without a time of its own is received with the newest one before it, or at the clock's.

    Args:
        feed: Of which everything else stays as it is.
        clock: The market's.
    """

    def __init__(self, feed: Feed, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock

    @property
    def name(self) -> str:
        """Name the feed as it names itself."""
        return self._feed.name

    @property
    def listing(self) -> Listing:
        """Return what it ticks."""
        return self._feed.listing

    def profile(self, underlying: str) -> Profile:
        """Return the conventions its quotes of that underlying are valued by."""
        return self._feed.profile(underlying)

    async def open(self) -> None:
        """Connect."""
        await self._feed.open()

    async def batches(self) -> AsyncIterator[np.ndarray[tuple[int], np.dtype[np.void]]]:
        """Yield its ticks with ``ts_recv`` by the market's clock."""
        async for batch in self._feed.batches():
            if len(batch):
                newest = int(batch["ts_event"].max())
                batch["ts_recv"] = self._clock.now() if newest == NO_TIME else newest
            yield batch

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """Ask for instruments in a mode."""
        await self._feed.want(instruments, mode)

    async def close(self) -> None:
        """Disconnect."""
        await self._feed.close()
