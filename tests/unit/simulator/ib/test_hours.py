"""Trading hours as instants and as text."""

from datetime import date

import pytest
from ib_reference import utc

from voldesk.simulator.ib import hours
from voldesk.simulator.ib.hours import Hours, instant, local_time

ALL = (
    hours.US_STOCK,
    hours.US_OPTION,
    hours.INDEX_OPTION,
    hours.CME,
    hours.NYMEX,
    hours.FOREX,
    hours.CRYPTO,
    hours.EUREX,
    hours.XETRA,
    hours.NSE,
    hours.BOND,
)


def test_hours_print_as_contract_details_do() -> None:
    """The text of a stock's week is that of a real recording, New Year's Day closed."""
    text = hours.US_STOCK.text(date(2019, 12, 31), 4, is_regular=False)
    assert text == (
        "20191231:0400-20191231:2000;20200101:CLOSED;"
        "20200102:0400-20200102:2000;20200103:0400-20200103:2000"
    )
    liquid = hours.US_STOCK.text(date(2020, 1, 3), 2, is_regular=True)
    assert liquid == "20200103:0930-20200103:1600;20200104:CLOSED"


def test_futures_open_on_the_evening_before() -> None:
    """A session that begins on Sunday evening counts for Monday."""
    assert hours.CME.text(date(2026, 6, 22), 1, is_regular=False) == ("20260621:1700-20260622:1600")


def test_early_closes_are_honoured() -> None:
    """The day after Thanksgiving ends at 13:00, extended trading three hours earlier too."""
    day = date(2026, 11, 27)
    assert hours.US_STOCK.text(day, 1, is_regular=True) == "20261127:0930-20261127:1300"
    assert hours.US_STOCK.text(day, 1, is_regular=False) == "20261127:0400-20261127:1700"


@pytest.mark.parametrize("each", ALL)
def test_sessions_ascend_without_overlap(each: Hours) -> None:
    """Over a year no session of a market begins before the one before it has ended."""
    for is_regular in (True, False):
        found = list(each.sessions(date(2025, 6, 1), date(2026, 6, 1), is_regular=is_regular))
        assert len(found) > 200
        ends = [session.end for session in found]
        starts = [session.start for session in found]
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_an_instant_knows_its_trading_day() -> None:
    """Sunday evening is Monday for futures and nothing for stocks."""
    sunday = utc("2026-06-21T23:30")
    assert hours.CME.trading_day_at(sunday, is_regular=False) == date(2026, 6, 22)
    assert hours.US_STOCK.trading_day_at(sunday, is_regular=False) is None


def test_spans_are_minutes_of_the_utc_day() -> None:
    """New York's regular session is 13:30 to 20:00 UTC in summer, 14:30 to 21:00 in winter."""
    summer = (date(2026, 6, 23) - date(1970, 1, 1)).days
    winter = (date(2026, 1, 6) - date(1970, 1, 1)).days
    assert hours.US_STOCK.spans(summer, is_regular=True) == ((810, 1200, 810, 1200),)
    assert hours.US_STOCK.spans(winter, is_regular=True) == ((870, 1260, 870, 1260),)


def test_walls_and_instants_are_inverse() -> None:
    """An instant made of a wall time shows that wall time."""
    zone = hours.US_STOCK.zone
    shown = local_time(instant(date(2026, 6, 23), 11 * 60, zone), zone)
    assert f"{shown:%Y%m%d %H:%M}" == "20260623 11:00"
    assert hours.US_STOCK.local_day(utc("2026-06-24T02:00")) == date(2026, 6, 23)
