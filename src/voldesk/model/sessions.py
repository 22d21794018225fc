"""When markets trade, when contracts settle, and how far one instant is from another."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import overload
from zoneinfo import ZoneInfo

import numpy as np

from voldesk.model import calendars
from voldesk.model.enums import Market, YearClock
from voldesk.model.quotes import FloatArray, IntArray
from voldesk.model.roots import is_am_settled

NS_PER_SECOND = 1_000_000_000
NS_PER_MINUTE = 60 * NS_PER_SECOND
NS_PER_HOUR = 60 * NS_PER_MINUTE
NS_PER_DAY = 24 * NS_PER_HOUR
DAYS_PER_YEAR = 365
NS_PER_YEAR = DAYS_PER_YEAR * NS_PER_DAY
MINUTES_PER_YEAR = DAYS_PER_YEAR * 24 * 60

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DAY = timedelta(days=1)
_FRIDAY, _SATURDAY = 4, 5


def _days(text: str) -> frozenset[int]:
    """Return the days of a calendar text as ``yyyymmdd``."""
    found: set[int] = set()
    for line in text.split("\n"):
        year, *month_days = line.split() or ("",)
        found.update(int(year + month_day) for month_day in month_days)
    return frozenset(found)


def _clock(hour: int, minute: int = 0) -> timedelta:
    """Return wall time as the distance from midnight; negative hours are the evening before."""
    return timedelta(hours=hour, minutes=minute)


@dataclass(frozen=True, slots=True)
class _Hours:
    """The regular session of a market, wall time in its zone."""

    zone: tzinfo
    opens: timedelta
    closes: timedelta
    closes_early: timedelta
    closed: frozenset[int]
    early: frozenset[int]
    horizon: date
    has_weekends: bool = True


_NEW_YORK = ZoneInfo("America/New_York")

_HOURS = {
    # Index options trade 15 minutes longer (and at night), but settle on what the stock market
    # does: 16:00, or 13:00 on an early close (when SPX options trade on to 13:15).
    Market.US: _Hours(
        zone=_NEW_YORK,
        opens=_clock(9, 30),
        closes=_clock(16),
        closes_early=_clock(13),
        closed=_days(calendars.US_CLOSED),
        early=_days(calendars.US_EARLY),
        horizon=date(calendars.US_LAST_YEAR, 12, 31),
    ),
    # Neither the hour of Muhurat trading nor special Saturday sessions are sessions here.
    Market.INDIA: _Hours(
        zone=ZoneInfo("Asia/Kolkata"),
        opens=_clock(9, 15),
        closes=_clock(15, 30),
        closes_early=_clock(15, 30),
        closed=_days(calendars.INDIA_CLOSED),
        early=_days(calendars.INDIA_EARLY),
        horizon=date(calendars.INDIA_LAST_YEAR, 12, 31),
    ),
    Market.DERIBIT: _Hours(
        zone=UTC,
        opens=_clock(0),
        closes=_clock(24),
        closes_early=_clock(24),
        closed=frozenset(),
        early=frozenset(),
        horizon=date.max,
        has_weekends=False,
    ),
    # Globex opens on the evening before the date it trades for. One calendar stands for all CME
    # products, whose holidays and early closes differ in detail.
    Market.CME: _Hours(
        zone=_NEW_YORK,
        opens=_clock(-6),
        closes=_clock(17),
        closes_early=_clock(13),
        closed=_days(calendars.CME_CLOSED),
        early=_days(calendars.CME_EARLY),
        horizon=date(calendars.CME_LAST_YEAR, 12, 31),
    ),
}

_CME_SETTLES = _clock(14, 30)
_DERIBIT_SETTLES = _clock(8)


def calendar_horizon(market: Market) -> date:
    """
    Return the last day whose holidays are known.

    Later days, and those before 2010, are judged by the weekday alone: say so where it matters.
    """
    return _HOURS[market].horizon


def is_trading_day(day: date, market: Market) -> bool:
    """Say whether the market has a session on that day; half a day counts."""
    hours = _HOURS[market]
    if hours.has_weekends and day.weekday() >= _SATURDAY:
        return False
    return _as_number(day) not in hours.closed


def next_trading_day(day: date, market: Market) -> date:
    """Return the first trading day after that day, which itself need not be one."""
    day += _ONE_DAY
    while not is_trading_day(day, market):
        day += _ONE_DAY
    return day


def previous_trading_day(day: date, market: Market) -> date:
    """Return the last trading day before that day, which itself need not be one."""
    day -= _ONE_DAY
    while not is_trading_day(day, market):
        day -= _ONE_DAY
    return day


def session_open(day: date, market: Market) -> int:
    """
    Return when the regular session opens, UTC ns.

    Raises:
        ValueError: The market is closed that day.
    """
    hours = _hours_on(day, market)
    return _instant(day, hours.opens, hours.zone)


def session_close(day: date, market: Market) -> int:
    """
    Return when the regular session closes, UTC ns, early closes honoured.

    Raises:
        ValueError: The market is closed that day.
    """
    hours = _hours_on(day, market)
    return _instant(day, _closing_time(day, hours), hours.zone)


def is_open(ts: int, market: Market) -> bool:
    """Say whether an instant (UTC ns) lies in a regular session; the closing instant does not."""
    today = local_date(ts, market)
    for day in (today, today + _ONE_DAY):  # an evening may belong to the next day's session
        if is_trading_day(day, market):
            is_inside = session_open(day, market) <= ts < session_close(day, market)
            if is_inside:
                return True
    return False


def local_date(ts: int, market: Market) -> date:
    """Return the calendar date of an instant (UTC ns) where the market is."""
    moment = _EPOCH + timedelta(seconds=ts // NS_PER_SECOND)
    return moment.astimezone(_HOURS[market].zone).date()


def settles_at(root: str, expiry: date, market: Market) -> int:
    """
    Return the instant at which a contract's value is fixed, UTC ns.

    - US: the close of the stock market, 16:00 New York or 13:00 on an early close; AM-settled
      roots (`roots.AM_SETTLED`: SPX, NDX, RUT, VIX ...) its opening, 09:30. AM-settled SPX exists
      on third Fridays only: on any other date ``SPX`` is a vendor's name for an SPXW contract.
    - India: 15:30 IST. Deribit: 08:00 UTC. CME: 14:30 New York, or the early close before it.

    Where the printed date is no trading day the trading day before counts: the Saturdays OCC
    printed until January 2015 (their SPX settled at Friday's open), and days of unscheduled
    closing (Cboe C2018120300).
    """
    day = expiry if is_trading_day(expiry, market) else previous_trading_day(expiry, market)
    hours = _HOURS[market]
    if market is Market.US and is_am_settled(root):
        is_weekly = root == "SPX" and not _is_monthly(day)
        return session_close(day, market) if is_weekly else session_open(day, market)
    if market is Market.DERIBIT:
        return _instant(day, _DERIBIT_SETTLES, hours.zone)
    if market is Market.CME:
        return _instant(day, min(_CME_SETTLES, _closing_time(day, hours)), hours.zone)
    return session_close(day, market)


def seconds_to_settlement(as_of: int, root: str, expiry: date, market: Market) -> float:
    """Return the seconds from an instant (UTC ns) to settlement, negative once it is past."""
    return (settles_at(root, expiry, market) - as_of) / NS_PER_SECOND


@overload
def years_between(as_of: int, settles: int, clock: YearClock, market: Market) -> float: ...
@overload
def years_between(
    as_of: IntArray, settles: int | IntArray, clock: YearClock, market: Market
) -> FloatArray: ...
@overload
def years_between(
    as_of: int, settles: IntArray, clock: YearClock, market: Market
) -> FloatArray: ...
def years_between(
    as_of: int | IntArray, settles: int | IntArray, clock: YearClock, market: Market
) -> float | FloatArray:
    """
    Return the years from one instant to another, zero or below when settlement has passed.

    - ``ACT_365``: elapsed time / 365 days; a nanosecond counts.
    - ``ACT_365_MINUTE``: both instants cut to the minute, then as above.
    - ``CALENDAR_DAYS``: whole dates apart where the market is / 365. On the settlement date itself
      that would be 0 all day; there elapsed time counts as in ``ACT_365``.

    Args:
        as_of: Valuation time, UTC ns; one, or an array that broadcasts with ``settles``. The two
            are at most 292 years apart, which is what int64 holds.
        settles: Settlement instant, UTC ns.
        clock: How instants become years.
        market: Whose midnight separates dates; the other clocks do not look at it.
    """
    start, end = np.asarray(as_of, dtype=np.int64), np.asarray(settles, dtype=np.int64)
    if clock is YearClock.ACT_365_MINUTE:
        years = (end // NS_PER_MINUTE - start // NS_PER_MINUTE) / MINUTES_PER_YEAR
    else:
        years = (end - start) / NS_PER_YEAR
    if clock is YearClock.CALENDAR_DAYS:
        zone = _HOURS[market].zone
        days = _local_days(end, zone) - _local_days(start, zone)
        years = np.where(days == 0, years, days / DAYS_PER_YEAR)
    return float(years) if np.ndim(years) == 0 else years


def _is_monthly(day: date) -> bool:
    """
    Say whether US monthly contracts expire that day: on the third Friday, or the day before it.

    The day before counts where the Friday is a holiday, or where that is not known yet.
    """
    third = day.replace(day=1)
    third += timedelta(days=(_FRIDAY - third.weekday()) % 7 + 14)
    if day == third - _ONE_DAY:
        return third > calendar_horizon(Market.US) or not is_trading_day(third, Market.US)
    return day == third


def _as_number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _hours_on(day: date, market: Market) -> _Hours:
    if not is_trading_day(day, market):
        raise ValueError(f"{market} has no session on {day:%A} {day}")
    return _HOURS[market]


def _closing_time(day: date, hours: _Hours) -> timedelta:
    return hours.closes_early if _as_number(day) in hours.early else hours.closes


def _instant(day: date, wall: timedelta, zone: tzinfo) -> int:
    """Return the UTC ns at which clocks in the zone show that wall time of that day."""
    local = (datetime.combine(day, time()) + wall).replace(tzinfo=zone)
    since = local.astimezone(UTC) - _EPOCH
    return (since.days * 86_400 + since.seconds) * NS_PER_SECOND


def _local_days(ts: IntArray, zone: tzinfo) -> IntArray:
    """Return days since 1970-01-01 on the zone's calendar; offsets change on whole UTC hours."""
    hours, where = np.unique(ts // NS_PER_HOUR, return_inverse=True)
    offsets = np.array([_offset_ns(int(hour), zone) for hour in hours], dtype=np.int64)
    days: IntArray = (ts + offsets[where].reshape(ts.shape)) // NS_PER_DAY
    return days


def _offset_ns(hour: int, zone: tzinfo) -> int:
    """Return local minus UTC time, ns, in that hour since 1970-01-01 UTC."""
    offset = (_EPOCH + timedelta(hours=hour)).astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) * NS_PER_SECOND
