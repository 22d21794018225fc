"""When instruments trade: sessions as instants, and as the text of contract details."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from voldesk.model.enums import Market
from voldesk.model.sessions import NS_PER_SECOND, is_trading_day, session_close

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = _EPOCH.date()
_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_SHORT_DAY: Final = timedelta(hours=13)

Window = tuple[int, int]
"""From and to, minutes from the local midnight that begins the trading day; may be negative."""


class Session(NamedTuple):
    """One stretch of trading, UTC seconds, and the trading day it counts for."""

    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """
    When something trades, in wall time of its zone.

    Attributes:
        zone_id: As TWS names the zone; an IANA name as well.
        calendar: Whose closed days count; None: weekends, New Year's Day and Christmas.
        trading: Windows of a trading day.
        liquid: The regular session, one window.
        early_cut: How much earlier the regular session ends on days of early close, minutes.
    """

    zone_id: str
    calendar: Market | None
    trading: tuple[Window, ...]
    liquid: Window
    early_cut: int = 0

    @property
    def zone(self) -> ZoneInfo:
        """The zone."""
        return ZoneInfo(self.zone_id)

    def is_trading_day(self, day: date) -> bool:
        """Say whether there is a session for that day."""
        if self.calendar is not None:
            return is_trading_day(day, self.calendar)
        return day.weekday() < _SATURDAY and (day.month, day.day) not in {(1, 1), (12, 25)}

    def sessions(self, first: date, last: date, *, is_regular: bool) -> Iterator[Session]:
        """Yield the sessions of the trading days from ``first`` to ``last``, ascending."""
        day = first
        while day <= last:
            yield from self.sessions_of(day, is_regular=is_regular)
            day += _ONE_DAY

    def sessions_of(self, day: date, *, is_regular: bool) -> tuple[Session, ...]:
        """Return the sessions of one day: none where there is no trading."""
        return _sessions(self, day, is_regular)

    def local_day(self, second: int) -> date:
        """Return the calendar date of an instant (UTC seconds) in the zone."""
        return (_EPOCH + timedelta(seconds=second)).astimezone(self.zone).date()

    def spans(self, day: int, *, is_regular: bool) -> tuple[tuple[int, int, int, int], ...]:
        """
        Return which minutes of a UTC day (counted from 1970) lie in sessions.

        Returns:
            First minute, the one after the last, and where the whole session begins and ends; all
            counted from the day's midnight UTC.
        """
        first = _EPOCH_DAY + timedelta(days=day)
        found = []
        for near in (first - _ONE_DAY, first, first + _ONE_DAY):
            for session in self.sessions_of(near, is_regular=is_regular):
                begins, ends = ((at - day * 86_400) // 60 for at in session[1:])
                start, end = max(begins, 0), min(ends, 1440)
                if end > start:
                    found.append((start, end, begins, ends))
        return tuple(found)

    def trading_day_at(self, second: int, *, is_regular: bool) -> date | None:
        """Return the trading day whose session an instant lies in, or None between sessions."""
        today = self.local_day(second)
        for day in (today, today + _ONE_DAY):
            for session in self.sessions_of(day, is_regular=is_regular):
                if session.start <= second < session.end:
                    return day
        return None

    def text(self, first: date, day_count: int, *, is_regular: bool) -> str:
        """Return the sessions of some calendar days as contract details print them."""
        return _text(self, first, day_count, is_regular)


@lru_cache(maxsize=256)
def _text(hours: Hours, first: date, day_count: int, is_regular: bool) -> str:
    days = (first + n * _ONE_DAY for n in range(day_count))
    return ";".join(_text_of(hours, day, is_regular=is_regular) for day in days)


def _text_of(hours: Hours, day: date, *, is_regular: bool) -> str:
    sessions = hours.sessions_of(day, is_regular=is_regular)
    if not sessions:
        return f"{day:%Y%m%d}:CLOSED"
    spans = ((local_time(s.start, hours.zone), local_time(s.end, hours.zone)) for s in sessions)
    return ";".join(f"{start:%Y%m%d:%H%M}-{end:%Y%m%d:%H%M}" for start, end in spans)


def local_time(second: int, zone: ZoneInfo) -> datetime:
    """Return an instant (UTC seconds) as clocks of the zone show it."""
    return (_EPOCH + timedelta(seconds=second)).astimezone(zone)


def instant(day: date, minutes: int, zone: ZoneInfo) -> int:
    """Return the UTC seconds at which clocks of the zone are that many minutes into the day."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return int((wall.replace(tzinfo=zone).astimezone(UTC) - _EPOCH).total_seconds())


@lru_cache(maxsize=65_536)
def _sessions(hours: Hours, day: date, is_regular: bool) -> tuple[Session, ...]:
    if not hours.is_trading_day(day):
        return ()
    cut = hours.early_cut if _closes_early(hours, day) else 0
    zone = hours.zone
    windows = (hours.liquid,) if is_regular else hours.trading
    last = max(end for _, end in windows)
    made = []
    for start, end in windows:
        stop = end - cut if end == last else end
        made.append(Session(day, instant(day, start, zone), instant(day, stop, zone)))
    return tuple(session for session in made if session.end > session.start)


def _closes_early(hours: Hours, day: date) -> bool:
    if hours.calendar is None or not hours.early_cut:
        return False
    closes = _EPOCH + timedelta(seconds=session_close(day, hours.calendar) // NS_PER_SECOND)
    wall = closes.astimezone(ZoneInfo("America/New_York"))
    return timedelta(hours=wall.hour) <= _SHORT_DAY


def _at(hour: int, minute: int = 0) -> int:
    return 60 * hour + minute


_EASTERN: Final = "US/Eastern"
_CENTRAL: Final = "US/Central"
_ALL_DAY: Final = (_at(0), _at(24))

US_STOCK: Final = Hours(
    _EASTERN, Market.US, ((_at(4), _at(20)),), (_at(9, 30), _at(16)), early_cut=_at(3)
)
US_OPTION: Final = Hours(
    _EASTERN, Market.US, ((_at(9, 30), _at(16)),), (_at(9, 30), _at(16)), early_cut=_at(3)
)
US_INDEX: Final = Hours(
    _EASTERN, Market.US, ((_at(9, 30), _at(16)),), (_at(9, 30), _at(16)), early_cut=_at(3)
)
INDEX_OPTION: Final = Hours(
    _EASTERN,
    Market.US,
    ((_at(-4, 15), _at(9, 25)), (_at(9, 30), _at(17))),
    (_at(9, 30), _at(16, 15)),
    early_cut=_at(3),
)
CME: Final = Hours(_CENTRAL, Market.CME, ((_at(-7), _at(16)),), (_at(8, 30), _at(16)), _at(4))
NYMEX: Final = Hours(_EASTERN, Market.CME, ((_at(-6), _at(17)),), (_at(9, 30), _at(17)), _at(4))
FOREX: Final = Hours(_EASTERN, None, ((_at(-7, 15), _at(17)),), (_at(-7, 15), _at(17)))
CRYPTO: Final = Hours(_EASTERN, Market.DERIBIT, (_ALL_DAY,), _ALL_DAY)
EUREX: Final = Hours("MET", None, ((_at(1, 10), _at(22)),), (_at(9), _at(17, 30)))
XETRA: Final = Hours("MET", None, ((_at(9), _at(17, 30)),), (_at(9), _at(17, 30)))
NSE: Final = Hours(
    "Asia/Calcutta", Market.INDIA, ((_at(9, 15), _at(15, 30)),), (_at(9, 15), _at(15, 30))
)
BOND: Final = Hours(_EASTERN, Market.US, ((_at(8), _at(17)),), (_at(8), _at(17)), early_cut=_at(3))
