"""How a line to a venue is kept: how long to wait before the next attempt, and planned pauses."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voldesk.model.errors import ConfigError, VenueUnavailable

_NS_PER_SECOND: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BackoffSettings:
    """
    How the pauses between attempts grow.

    Attributes:
        first_secs: Before the second attempt; the first one is made at once.
        factor: Each pause is so many times the one before.
        most_secs: No pause is longer.
        jitter: Each is shortened at random by up to this share, so that many clients that lost
            one venue do not come back in step.
    """

    first_secs: float = 0.1
    factor: float = 2.0
    most_secs: float = 1.0
    jitter: float = 0.5


class Backoff:
    """
    The pauses between attempts at one venue.

    Args:
        settings: See `BackoffSettings`.
        draw: Gives numbers from 0 to below 1.
    """

    def __init__(
        self, settings: BackoffSettings, draw: Callable[[], float] = random.random
    ) -> None:
        self._settings = settings
        self._draw = draw
        self.attempts = 0

    def next_secs(self) -> float:
        """Count an attempt that failed and return how long to wait before the next one."""
        settings = self._settings
        grown = settings.first_secs * settings.factor ** min(self.attempts, 64)
        self.attempts += 1
        return min(grown, settings.most_secs) * (1.0 - settings.jitter * self._draw())

    def reset(self) -> None:
        """Begin anew: an attempt has succeeded."""
        self.attempts = 0


async def retry(
    attempt: Callable[[], Awaitable[None]],
    backoff: Backoff,
    pause: Callable[[float], Awaitable[bool]],
    on_failure: Callable[[VenueUnavailable], None],
) -> bool:
    """
    Try until it succeeds, or nobody wants it any more; say which: True for success.

    Args:
        attempt: Raises `VenueUnavailable` where it did not succeed; what else it raises ends it.
        backoff: Between attempts; begins anew after a success.
        pause: Waits so many seconds; False where the wait was ended because it is over.
        on_failure: Told of each attempt that failed.
    """
    while True:
        try:
            await attempt()
        except VenueUnavailable as exc:
            on_failure(exc)
            if not await pause(backoff.next_secs()):
                return False
        else:
            backoff.reset()
            return True


async def retry_for(
    secs: float,
    attempt: Callable[[], Awaitable[None]],
    backoff: Backoff,
    pause: Callable[[float], Awaitable[bool]],
    on_failure: Callable[[VenueUnavailable], None],
) -> None:
    """
    Try as `retry` does, but for so many seconds at most.

    Raises:
        VenueUnavailable: The last attempt's, when they are over or nobody wants it any more.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + secs
    failures: list[VenueUnavailable] = []

    def note(failure: VenueUnavailable) -> None:
        failures[:] = [failure]
        on_failure(failure)

    async def pause_within(pause_secs: float) -> bool:
        return loop.time() + pause_secs <= end and await pause(pause_secs)

    if not await retry(attempt, backoff, pause_within, note):
        raise failures[0]


class DailyPause:
    """
    A time of day at which a venue is known to be away.

    Args:
        at: ``HH:MM``, when it begins; None where there is none.
        zone: IANA name of the clock it goes by.
        mins: How long it takes at most.

    Raises:
        ConfigError: The time or the zone cannot be read.
    """

    def __init__(self, at: str | None, zone: str, mins: float) -> None:
        self._at: time | None = None
        self._length = timedelta(minutes=mins)
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
            raise ConfigError(f"no time zone named {zone!r}, expected America/New_York") from exc
        if at is not None:
            try:
                self._at = time.fromisoformat(at)
            except ValueError as exc:
                raise ConfigError(f"{at!r} is no time of day, expected 23:45") from exc

    def covers(self, now: int) -> bool:
        """Say whether the venue is expected to be away at an instant, UTC ns."""
        if self._at is None:
            return False
        here = datetime.fromtimestamp(now / _NS_PER_SECOND, self._zone)
        begun = datetime.combine(here.date(), self._at, self._zone)
        if begun > here:
            begun -= timedelta(days=1)
        return here - begun < self._length
