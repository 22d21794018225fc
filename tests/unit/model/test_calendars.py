"""The calendar tables against the library they were made from, day by day."""

import warnings
from datetime import date, datetime, timedelta

import exchange_calendars
import pytest

from voldesk.model import calendars
from voldesk.model.enums import Market
from voldesk.model.sessions import (
    NS_PER_HOUR,
    NS_PER_SECOND,
    calendar_horizon,
    is_trading_day,
    session_close,
    session_open,
)

TABLES = {
    Market.US: ("XNYS", calendars.US_LAST_YEAR),
    Market.INDIA: ("XBOM", calendars.INDIA_LAST_YEAR),
    Market.CME: ("CMES", calendars.CME_LAST_YEAR),
}
Sessions = dict[date, tuple[int, int]]


def _utc_ns(moment: datetime) -> int:
    return int(moment.timestamp()) * NS_PER_SECOND


def _library_sessions(name: str, last_year: int) -> Sessions:
    """Return open and close of every session, UTC ns, as exchange_calendars has them."""
    with warnings.catch_warnings(action="ignore"):  # what pandas has to say to the library
        calendar = exchange_calendars.get_calendar(
            name, start=f"{calendars.FIRST_YEAR}-01-01", end=f"{last_year}-12-31"
        )
    opens = calendar.opens.map(_utc_ns).tolist()
    closes = calendar.closes.map(_utc_ns).tolist()
    days = [session.date() for session in calendar.sessions]
    return dict(zip(days, zip(opens, closes, strict=True), strict=True))


@pytest.mark.parametrize("market", TABLES)
def test_every_day_agrees_with_the_library(market: Market) -> None:
    """Trading days and early closes are those of exchange_calendars on every day of the table."""
    sessions = _library_sessions(*TABLES[market])
    day = date(calendars.FIRST_YEAR, 1, 1)
    trading_days = 0
    while day <= calendar_horizon(market):
        assert is_trading_day(day, market) == (day in sessions), day
        if day in sessions:
            opened, closed = sessions[day]
            # The library lets Globex run to the next session, 18:00; it stops at 17:00.
            is_full = closed - opened == 24 * NS_PER_HOUR
            assert session_open(day, market) == opened, day
            assert session_close(day, market) == closed - (NS_PER_HOUR if is_full else 0), day
            trading_days += 1
        day += timedelta(days=1)
    assert trading_days == len(sessions) > 4000


@pytest.mark.parametrize("market", TABLES)
def test_tables_reach_past_the_present_year(market: Market) -> None:
    """The tables begin in 2010 and know 2026 to its end."""
    assert calendars.FIRST_YEAR == 2010
    assert calendar_horizon(market) >= date(2026, 12, 31)
    assert calendar_horizon(market) == date(TABLES[market][1], 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        calendars.US_CLOSED,
        calendars.US_EARLY,
        calendars.INDIA_CLOSED,
        calendars.CME_CLOSED,
        calendars.CME_EARLY,
    ],
)
def test_tables_list_weekdays_in_order(text: str) -> None:
    """Each table lists weekdays once, from the first to the last."""
    days = [
        date(int(year), int(word[:2]), int(word[2:]))
        for year, *words in (line.split() for line in text.strip().splitlines())
        for word in words
    ]
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 for day in days)
