"""The words of a history request: bar sizes, durations and ends, read as TWS reads them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voldesk.simulator.ib.refusal import Refused, invalid

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Unit(StrEnum):
    """What a duration counts."""

    SECOND = "S"
    DAY = "D"
    WEEK = "W"
    MONTH = "M"
    YEAR = "Y"


@dataclass(frozen=True, slots=True)
class Duration:
    """How far a request reaches back from its end."""

    count: int
    unit: Unit

    def first_day(self, last: date) -> date:
        """Return the calendar day that weeks, months or years before a day begin after."""
        if self.unit is Unit.WEEK:
            return last - timedelta(weeks=self.count)
        months = self.count * (12 if self.unit is Unit.YEAR else 1)
        month = last.year * 12 + last.month - 1 - months
        year, place = divmod(month, 12)
        return _safe_date(max(year, 1), place + 1, last.day)


@dataclass(frozen=True, slots=True)
class BarSize:
    """
    How long a bar is.

    Attributes:
        name: As TWS spells it.
        seconds: Of an intraday bar; 0 for days and longer.
        days: ``D``, ``W`` or ``M`` for those; empty for an intraday bar.
    """

    name: str
    seconds: int = 0
    days: str = ""


_INTRADAY: Final = {
    "1 secs": 1,
    "5 secs": 5,
    "10 secs": 10,
    "15 secs": 15,
    "30 secs": 30,
    "1 min": 60,
    "2 mins": 120,
    "3 mins": 180,
    "5 mins": 300,
    "10 mins": 600,
    "15 mins": 900,
    "20 mins": 1200,
    "30 mins": 1800,
    "1 hour": 3600,
    "2 hours": 7200,
    "3 hours": 10_800,
    "4 hours": 14_400,
    "8 hours": 28_800,
}
_DAILY: Final = {"1 day": "D", "1W": "W", "1M": "M"}
_ALIASES: Final = {
    "1 sec": "1 secs",
    "1 mins": "1 min",
    "1 hours": "1 hour",
    "1D": "1 day",
    "1 week": "1W",
    "1 weeks": "1W",
    "1 month": "1M",
    "1 months": "1M",
}

BAR_SIZES: Final = (*_INTRADAY, *_DAILY)
"""What a request may ask for."""

_DURATION: Final = re.compile(r"([0-9]{1,9}) ?([SDWMY])\Z")
_MOST: Final = {  # of each unit, and what to ask for beyond that
    Unit.SECOND: (86_400, "days"),
    Unit.DAY: (365, "years"),
    Unit.WEEK: (52, "years"),
    Unit.MONTH: (12, "years"),
    Unit.YEAR: (100, "pieces"),
}
_LONGEST: Final = {  # bar seconds: days of history asked for at once, about what TWS allows
    1: 1,
    5: 2,
    10: 2,
    15: 2,
    30: 2,
    60: 31,
    120: 62,
    180: 62,
    300: 365,
    600: 365,
    900: 365,
    1200: 365,
}
_UNIT_DAYS: Final = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 365}
_END: Final = re.compile(
    r"(?P<date>[0-9]{8})?(?P<sep>[ -]?)(?P<time>[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?"
    r"(?: (?P<zone>[A-Za-z][A-Za-z0-9_+/-]*))?\Z"
)
_BAD_END: Final = (
    "End Date/Time: The date, time, or time-zone entered is invalid. The correct format is "
    "yyyymmdd hh:mm:ss xx/xxxx where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 "
    "US/Eastern  Note that there is a space between the date and time, and between the time and "
    "time-zone.  If no date is specified, current date is assumed. If no time-zone is specified, "
    "local time-zone is assumed(deprecated).  You can also provide yyyymmddd-hh:mm:ss time is in "
    "UTC. Note that there is a dash between the date and time in UTC notation."
)


def bar_size_named(text: str) -> BarSize:
    """
    Return the bar size a request names.

    Raises:
        Refused: There is no such size (321).
    """
    name = _ALIASES.get(text, text)
    if name in _INTRADAY:
        return BarSize(name, seconds=_INTRADAY[name])
    if name in _DAILY:
        return BarSize(name, days=_DAILY[name])
    raise invalid(
        "Historical data bar size setting is invalid. Legal ones are: " + ", ".join(BAR_SIZES)
    )


def duration_of(text: str) -> Duration:
    """
    Return how far back a request reaches; without a unit it counts seconds.

    Raises:
        Refused: The text is no duration, or one too long for its unit (321).
    """
    found = _DURATION.match(text.strip() + (" S" if text.strip().isdigit() else ""))
    if found is None or int(found.group(1)) == 0:
        raise invalid(
            f"Historical data request duration string [{text}] is invalid.  "
            "Format is 'integer{SPACE}unit (S|D|W|M|Y)'."
        )
    duration = Duration(int(found.group(1)), Unit(found.group(2)))
    most, instead = _MOST[duration.unit]
    if duration.count > most:
        raise invalid(
            "Historical data requests for durations longer than"
            f" {most} {duration.unit.name.lower()}s must be made in {instead}."
        )
    return duration


def require_short(duration: Duration, size: BarSize) -> None:
    """
    Refuse more history than TWS sends at once of bars that short.

    Raises:
        Refused: The duration is too long for the size (162).
    """
    days = _UNIT_DAYS.get(duration.unit, 0) * duration.count
    if size.seconds and days > _LONGEST.get(size.seconds, 365 * 5):
        message = "Historical Market Data Service error message:Time length exceed max."
        raise Refused(162, message)


def end_of(text: str, now: int, zone_id: str) -> int:
    """
    Return the end of a request, UTC seconds.

    Args:
        text: ``20231006-20:00:00`` is UTC, ``20231006 16:00:00 US/Eastern`` names its zone,
            without one the contract's counts; empty is now.
        now: UTC seconds.
        zone_id: Of the contract.

    Raises:
        Refused: The text is no time (10314).
    """
    if not text.strip():
        return now
    found = _END.match(text.strip())
    if found is None or not (found["date"] or found["time"]):
        raise Refused(10_314, _BAD_END)
    zone: tzinfo = UTC if found["sep"] == "-" else _zone(found["zone"] or zone_id)
    today = (_EPOCH + timedelta(seconds=now)).astimezone(zone)
    day = found["date"] or f"{today:%Y%m%d}"
    clock = found["time"] or "00:00:00"
    if clock.count(":") == 1:
        clock += ":00"
    try:
        wall = datetime.strptime(f"{day} {clock}", "%Y%m%d %H:%M:%S").replace(tzinfo=zone)
        second = int((wall - _EPOCH).total_seconds())
    except (ValueError, OverflowError):
        raise Refused(10_314, _BAD_END) from None
    if second < 0:  # before 1970 there is nothing to ask about, and soon no date either
        raise Refused(10_314, _BAD_END)
    return second


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(_ZONES.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(10_314, _BAD_END) from None


_ZONES: Final = {"GMT": "UTC", "PST": "US/Pacific", "CST": "US/Central", "JST": "Asia/Tokyo"}


def _safe_date(year: int, month: int, day: int) -> date:
    for shorter in range(4):
        try:
            return date(year, month, day - shorter)
        except ValueError:
            continue
    raise AssertionError("a month has 28 days at least")
