"""When something is done again: ``every 5m``, or at times of the day."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from voldesk.model.errors import ConfigError
from voldesk.model.sessions import NS_PER_SECOND

_EVERY: Final = re.compile(r"every (\d+(?:\.\d+)?)\s?(s|m|h)", re.ASCII)
_UNIT_SECS: Final = {"s": 1.0, "m": 60.0, "h": 3_600.0}
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_LEAST_SECS: Final = 1.0
_LONGEST_SECS: Final = 7 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """
    Instants at which something is done.

    Attributes:
        every_secs: Between two of them; None where ``times`` say when.
        times: Of the day, rising.
        zone: Whose clock they are of.
    """

    every_secs: float | None
    times: tuple[time, ...]
    zone: ZoneInfo

    def after(self, now: int) -> int:
        """Return the first instant later than one, both UTC ns."""
        if self.every_secs is not None:
            return now + round(self.every_secs * NS_PER_SECOND)
        here = datetime.fromtimestamp(now // NS_PER_SECOND, UTC).astimezone(self.zone)
        days = (here.date() + timedelta(days=ahead) for ahead in range(3))
        instants = (datetime.combine(day, at, self.zone) for day in days for at in self.times)
        # A time that the change to summer time skips is the instant it would have been before.
        later = (round(one.timestamp()) * NS_PER_SECOND for one in instants)
        return min(one for one in later if one > now)


def parse_schedule(text: str, zone: str) -> Schedule:
    """
    Read a schedule.

    Args:
        text: ``every 30s``, ``every 5m``, ``every 1h``, or times such as ``09:35,12:00``.
        zone: Whose clock times are of, such as ``America/New_York``.

    Raises:
        ConfigError: It is none, or there is no such zone.
    """
    try:
        where = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as exc:
        raise ConfigError(f"no time zone {zone!r}: {exc}") from exc
    every = _EVERY.fullmatch(text.strip())
    if every:
        secs = float(every[1]) * _UNIT_SECS[every[2]]
        if not _LEAST_SECS <= secs <= _LONGEST_SECS:
            raise ConfigError(f"schedule {text!r}: give from 1 second to a week")
        return Schedule(every_secs=secs, times=(), zone=where)
    times = sorted({_time(part.strip(), text) for part in text.split(",")})
    return Schedule(every_secs=None, times=tuple(times), zone=where)


def _time(part: str, text: str) -> time:
    found = _TIME.fullmatch(part)
    try:
        if found:
            return time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise ConfigError(f"schedule {text!r}: {part!r} is no time; give 'every 5m' or '09:35,12:00'")
