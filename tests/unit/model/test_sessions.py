"""Sessions, settlement instants and years."""

import csv
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.enums import Market, YearClock
from voldesk.model.roots import AM_SETTLED
from voldesk.model.sessions import (
    NS_PER_DAY,
    NS_PER_MINUTE,
    NS_PER_SECOND,
    NS_PER_YEAR,
    calendar_horizon,
    is_open,
    is_trading_day,
    local_date,
    next_trading_day,
    previous_trading_day,
    seconds_to_settlement,
    session_close,
    session_open,
    settles_at,
    years_between,
)
from voldesk.model.symbols_deribit import parse_deribit
from voldesk.model.symbols_us import parse_occ

NEW_YORK = ZoneInfo("America/New_York")
INDIA = ZoneInfo("Asia/Kolkata")
DAYS = st.dates(date(2010, 1, 1), date(2035, 12, 31))
MARKETS = st.sampled_from(Market)


def instant(text: str, zone: ZoneInfo | None = None) -> int:
    """Return UTC ns of a wall time, UTC unless a zone is given."""
    moment = datetime.fromisoformat(text).replace(tzinfo=zone or UTC)
    return int(moment.timestamp()) * NS_PER_SECOND


@pytest.mark.parametrize(
    ("root", "expiry", "settles"),
    [
        ("SPXW", date(2025, 10, 17), "2025-10-17 16:00"),
        ("SPX", date(2025, 10, 17), "2025-10-17 09:30"),
        ("NDX", date(2025, 10, 17), "2025-10-17 09:30"),
        ("RUT", date(2025, 10, 17), "2025-10-17 09:30"),
        ("VIX", date(2025, 10, 22), "2025-10-22 09:30"),
        ("VIXW", date(2025, 10, 29), "2025-10-29 09:30"),
        ("XSP", date(2025, 10, 17), "2025-10-17 16:00"),
        ("NDXP", date(2025, 10, 17), "2025-10-17 16:00"),
        ("SPY", date(2026, 1, 16), "2026-01-16 16:00"),
        ("AAPL1", date(2025, 7, 18), "2025-07-18 16:00"),
    ],
)
def test_us_roots_settle_at_the_open_or_the_close(root: str, expiry: date, settles: str) -> None:
    """AM-settled roots are fixed at 09:30 New York, all others at 16:00, winter and summer."""
    assert settles_at(root, expiry, Market.US) == instant(settles, NEW_YORK)


@pytest.mark.parametrize("root", ["SPXW", "SPY", "AAPL"])
@pytest.mark.parametrize("day", [date(2025, 11, 28), date(2024, 7, 3), date(2015, 12, 24)])
def test_early_closes_settle_at_one(root: str, day: date) -> None:
    """On half days index, fund and stock options settle on the prices of 13:00 New York."""
    assert settles_at(root, day, Market.US) == instant(f"{day} 13:00", NEW_YORK)


def test_saturday_expiries_settle_on_the_friday() -> None:
    """The Saturdays OCC printed until January 2015 settled the day before."""
    friday = "2015-01-16"
    assert settles_at("TWX", date(2015, 1, 17), Market.US) == instant(f"{friday} 16:00", NEW_YORK)
    assert settles_at("SPX", date(2015, 1, 17), Market.US) == instant(f"{friday} 09:30", NEW_YORK)


def test_a_saturday_after_good_friday_settles_on_thursday() -> None:
    """Where the Friday is a holiday too, the trading day before it counts."""
    thursday = "2014-04-17"
    assert settles_at("GOOG", date(2014, 4, 19), Market.US) == instant(
        f"{thursday} 16:00", NEW_YORK
    )
    assert settles_at("SPX", date(2014, 4, 19), Market.US) == instant(f"{thursday} 09:30", NEW_YORK)


def test_an_unscheduled_closing_settles_the_day_before() -> None:
    """Wednesday weeklies of the day of mourning 2018-12-05 settled on Tuesday's close."""
    expected = instant("2018-12-04 16:00", NEW_YORK)
    assert settles_at("SPXW", date(2018, 12, 5), Market.US) == expected


@pytest.mark.parametrize(
    ("expiry", "settles"),
    [
        (date(2023, 8, 18), "2023-08-18 09:30"),
        (date(2023, 8, 11), "2023-08-11 16:00"),
        (date(2023, 8, 17), "2023-08-17 16:00"),
        (date(2026, 6, 18), "2026-06-18 09:30"),  # Friday the 19th is Juneteenth
        (date(2027, 6, 17), "2027-06-17 09:30"),
        (date(2030, 4, 18), "2030-04-18 09:30"),  # Good Friday, beyond the table
        (date(2030, 4, 19), "2030-04-19 09:30"),
        (date(2030, 4, 17), "2030-04-17 16:00"),
    ],
)
def test_spx_settles_at_the_open_on_its_monthly_date_only(expiry: date, settles: str) -> None:
    """A vendor's SPX of any other date is an SPXW contract and settles at the close."""
    assert settles_at("SPX", expiry, Market.US) == instant(settles, NEW_YORK)


@pytest.mark.parametrize(
    ("root", "expiry", "market", "settles"),
    [
        ("NIFTY", date(2025, 2, 27), Market.INDIA, "2025-02-27 10:00"),
        ("BTC", date(2024, 12, 27), Market.DERIBIT, "2024-12-27 08:00"),
        ("BTC", date(2024, 3, 9), Market.DERIBIT, "2024-03-09 08:00"),  # a Saturday
        ("BTC", date(2024, 12, 25), Market.DERIBIT, "2024-12-25 08:00"),
        ("LO", date(2012, 2, 15), Market.CME, "2012-02-15 19:30"),
        ("LO", date(2012, 7, 17), Market.CME, "2012-07-17 18:30"),
        ("LO", date(2025, 11, 28), Market.CME, "2025-11-28 18:00"),  # early close
        ("SPX", date(2025, 10, 17), Market.INDIA, "2025-10-17 10:00"),
    ],
)
def test_other_markets_settle_at_their_hour(
    root: str, expiry: date, market: Market, settles: str
) -> None:
    """India settles at 15:30 IST, Deribit at 08:00 UTC on any day, CME at 14:30 New York."""
    assert settles_at(root, expiry, market) == instant(settles)


@given(st.sampled_from([*sorted(AM_SETTLED), "SPXW", "SPY"]), DAYS, MARKETS)
def test_settlement_is_on_the_printed_day_or_the_trading_day_before(
    root: str, expiry: date, market: Market
) -> None:
    """No contract settles after its printed date, nor before the last session up to it."""
    day = local_date(settles_at(root, expiry, market), market)
    assert day == (
        expiry if is_trading_day(expiry, market) else previous_trading_day(expiry, market)
    )


@given(DAYS, MARKETS)
def test_neighbouring_trading_days_are_inverse(day: date, market: Market) -> None:
    """The day before the next trading day after a trading day is that day."""
    later, earlier = next_trading_day(day, market), previous_trading_day(day, market)
    assert earlier < day < later
    assert is_trading_day(later, market)
    assert is_trading_day(earlier, market)
    if is_trading_day(day, market):
        assert previous_trading_day(later, market) == day
        assert next_trading_day(earlier, market) == day


def test_weekends_alone_count_beyond_the_table() -> None:
    """Past the published horizon a holiday is taken for a trading day, a Sunday never."""
    assert calendar_horizon(Market.DERIBIT) == date.max
    christmas = date(2035, 12, 25)
    assert christmas > calendar_horizon(Market.US)
    assert is_trading_day(christmas, Market.US)
    assert not is_trading_day(date(2035, 12, 23), Market.US)


def test_sessions_follow_daylight_saving() -> None:
    """New York opens an hour earlier in UTC once clocks go forward, India never moves."""
    assert session_open(date(2025, 3, 7), Market.US) == instant("2025-03-07 14:30")
    assert session_open(date(2025, 3, 10), Market.US) == instant("2025-03-10 13:30")
    assert session_open(date(2025, 3, 10), Market.INDIA) == instant("2025-03-10 03:45")
    assert session_close(date(2025, 3, 10), Market.INDIA) == instant("2025-03-10 10:00")


def test_globex_opens_on_the_evening_before() -> None:
    """Monday's CME session opens on Sunday at 18:00 New York and ends at 17:00."""
    assert session_open(date(2025, 3, 10), Market.CME) == instant("2025-03-09 18:00", NEW_YORK)
    assert session_close(date(2025, 3, 10), Market.CME) == instant("2025-03-10 17:00", NEW_YORK)


def test_deribit_never_closes() -> None:
    """One day's close is the next day's open."""
    day = date(2024, 12, 31)
    assert session_close(day, Market.DERIBIT) == session_open(date(2025, 1, 1), Market.DERIBIT)
    assert is_open(instant("2024-12-29 03:00"), Market.DERIBIT)


@pytest.mark.parametrize("ask", [session_open, session_close])
def test_a_closed_day_has_no_session(ask: object) -> None:
    """Asking for the hours of a closed day is an error that names the day."""
    assert callable(ask)
    with pytest.raises(ValueError, match="us has no session on Friday 2025-07-04"):
        ask(date(2025, 7, 4), Market.US)


@pytest.mark.parametrize(
    ("text", "market", "is_in"),
    [
        ("2025-10-17 09:29:59", Market.US, False),
        ("2025-10-17 09:30:00", Market.US, True),
        ("2025-10-17 15:59:59", Market.US, True),
        ("2025-10-17 16:00:00", Market.US, False),
        ("2025-10-18 12:00:00", Market.US, False),
        ("2025-11-28 13:30:00", Market.US, False),
        ("2025-03-09 18:30:00", Market.CME, True),
        ("2025-03-09 17:30:00", Market.CME, False),
        ("2025-03-10 17:30:00", Market.CME, False),
        ("2025-03-10 18:30:00", Market.CME, True),
        ("2025-03-14 18:30:00", Market.CME, False),
    ],
)
def test_the_open_is_in_the_session_and_the_close_is_not(
    text: str, market: Market, is_in: bool
) -> None:
    """A session includes its first instant and ends before its last."""
    assert is_open(instant(text, NEW_YORK), market) is is_in


def test_the_local_date_is_the_markets() -> None:
    """Late evening in New York is the next day in India."""
    ts = instant("2025-10-16 21:00", NEW_YORK)
    assert local_date(ts, Market.US) == date(2025, 10, 16)
    assert local_date(ts, Market.INDIA) == date(2025, 10, 17)
    assert local_date(instant("1969-12-31 23:00") + 1, Market.DERIBIT) == date(1969, 12, 31)


def test_seconds_to_settlement_count_down_through_zero() -> None:
    """On the last day every second counts, and after it the count is negative."""
    close = instant("2025-10-17 16:00", NEW_YORK)
    terms = ("SPXW", date(2025, 10, 17), Market.US)
    assert seconds_to_settlement(close - 90 * NS_PER_SECOND, *terms) == 90.0
    assert seconds_to_settlement(close - 1, *terms) == 1e-9
    assert seconds_to_settlement(close + NS_PER_SECOND, *terms) == -1.0


def test_act_365_counts_nanoseconds() -> None:
    """A year of 365 days is 1, and a nanosecond more is more."""
    end = instant("2025-10-17 20:00")
    assert years_between(end - NS_PER_YEAR, end, YearClock.ACT_365, Market.US) == 1.0
    assert years_between(end - 1, end, YearClock.ACT_365, Market.US) == 1 / NS_PER_YEAR
    assert years_between(end, end, YearClock.ACT_365, Market.US) == 0.0
    assert years_between(end + 1, end, YearClock.ACT_365, Market.US) == -1 / NS_PER_YEAR


def test_act_365_minute_cuts_both_instants() -> None:
    """Seconds do not count, neither of the valuation time nor of the settlement."""
    start, end = instant("2025-10-01 22:01:00"), instant("2025-10-17 20:00:00")
    whole = (end - start) / NS_PER_YEAR
    late = start + NS_PER_MINUTE - 1
    assert years_between(late, end, YearClock.ACT_365_MINUTE, Market.US) == whole
    assert years_between(start, end + 59, YearClock.ACT_365_MINUTE, Market.US) == whole
    assert years_between(start - 1, end, YearClock.ACT_365_MINUTE, Market.US) > whole


def test_calendar_days_count_midnights_where_the_market_is() -> None:
    """The hour of the day does not count, only how many local dates lie between."""
    end = instant("2025-10-17 15:30", INDIA)
    for text in ("2025-10-07 00:00", "2025-10-07 09:15", "2025-10-07 23:59"):
        assert (
            years_between(instant(text, INDIA), end, YearClock.CALENDAR_DAYS, Market.INDIA)
            == 10 / 365
        )
    # 20:00 in New York is already the 8th in India.
    evening = instant("2025-10-07 20:00", NEW_YORK)
    assert years_between(evening, end, YearClock.CALENDAR_DAYS, Market.INDIA) == 9 / 365


def test_calendar_days_keep_the_value_of_the_last_day() -> None:
    """On the settlement date elapsed time counts, so that 0DTE is not 0 years."""
    end = instant("2025-10-17 15:30", INDIA)
    morning = instant("2025-10-17 09:30", INDIA)
    assert years_between(morning, end, YearClock.CALENDAR_DAYS, Market.INDIA) == 0.25 / 365
    after = instant("2025-10-17 16:30", INDIA)
    assert years_between(after, end, YearClock.CALENDAR_DAYS, Market.INDIA) < 0
    next_day = instant("2025-10-18 09:15", INDIA)
    assert years_between(next_day, end, YearClock.CALENDAR_DAYS, Market.INDIA) == -1 / 365


@given(
    st.lists(st.integers(0, 2 * 10**18), min_size=1, max_size=5),
    st.integers(0, 2 * 10**18),
    st.sampled_from(YearClock),
    MARKETS,
)
def test_arrays_give_what_single_instants_give(
    starts: list[int], end: int, clock: YearClock, market: Market
) -> None:
    """Every row of an array has the value it has alone, whichever side the array is on."""
    rows = np.array(starts, dtype=np.int64)
    alone = [years_between(start, end, clock, market) for start in starts]
    assert years_between(rows, end, clock, market).tolist() == alone
    back = [years_between(end, start, clock, market) for start in starts]
    assert years_between(end, rows, clock, market).tolist() == back
    table = years_between(rows[:, np.newaxis], rows[np.newaxis, :], clock, market)
    assert table.shape == (len(starts), len(starts))
    assert np.diagonal(table).tolist() == [0.0] * len(starts)


def test_no_instants_give_no_years() -> None:
    """Empty arrays are answered with empty arrays."""
    none = np.array([], dtype=np.int64)
    for clock in YearClock:
        assert years_between(none, 0, clock, Market.US).shape == (0,)


@given(st.integers(0, 2 * 10**18), st.integers(0, 400 * NS_PER_DAY), MARKETS)
def test_clocks_agree_within_their_grain(start: int, distance: int, market: Market) -> None:
    """Minutes differ from seconds by less than a minute, calendar days by less than a day."""
    end = start + distance
    exact = years_between(start, end, YearClock.ACT_365, market)
    minute = years_between(start, end, YearClock.ACT_365_MINUTE, market)
    days = years_between(start, end, YearClock.CALENDAR_DAYS, market)
    assert abs(minute - exact) <= NS_PER_MINUTE / NS_PER_YEAR + 1e-15
    # a local day has 25 hours once a year
    assert abs(days - exact) <= 25 / 24 / 365 + 1e-15


def test_lean_files_printed_saturdays(vendor_data: Path) -> None:
    """Every expiry in the recorded names of 2014 settles on a trading day, Saturdays on Friday."""
    found = set()
    for file in (vendor_data / "lean_twx_minute_2014-06" / "option").glob("*quote*.zip"):
        with zipfile.ZipFile(file) as archive:
            found |= {name.rsplit("_", 1)[1].removesuffix(".csv") for name in archive.namelist()}
    expiries = {datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date() for text in found}
    saturdays = {day for day in expiries if day.weekday() == 5}
    assert date(2015, 1, 17) in saturdays
    for day in expiries:
        settled = local_date(settles_at("TWX", day, Market.US), Market.US)
        assert is_trading_day(settled, Market.US)
        assert settled == (day - timedelta(days=1) if day in saturdays else day)


def test_cboe_monthlies_settle_at_the_open(vendor_data: Path) -> None:
    """Every SPX date in CBOE's tables is monthly, holidays moved; SPXW settle at the close."""
    seen = set()
    for file in (vendor_data / "cboe_quotetable_spx_2025-10-01").glob("*.csv"):
        with file.open(newline="") as lines:
            for row in csv.reader(lines):
                if len(row) < 22 or row[0] == "Expiration Date":
                    continue
                contract = parse_occ(row[1])
                seen.add((contract.root, contract.expiry))
    assert ("SPX", date(2026, 6, 18)) in seen
    for root, expiry in seen:
        hour = "09:30" if root == "SPX" else "16:00"
        assert settles_at(root, expiry, Market.US) == instant(f"{expiry} {hour}", NEW_YORK)


def test_deribit_instruments_settle_at_eight(vendor_data: Path) -> None:
    """Deribit's last word on a contract comes as it settles: 48 ms late in one recording."""
    lines = (vendor_data / "deribit_okx_ws_messages" / "deribit.jsonl").read_text().splitlines()
    checked = 0
    for line in lines:
        data = json.loads(line).get("params", {}).get("data", {})
        name = data.get("instrument_name", "") if isinstance(data, dict) else ""
        if name.endswith(("-C", "-P")):
            contract = parse_deribit(name)
            settles = settles_at(contract.root, contract.expiry, Market.DERIBIT)
            assert settles % NS_PER_DAY == 8 * 3600 * NS_PER_SECOND
            assert data["timestamp"] * 1_000_000 < settles + NS_PER_SECOND
            checked += 1
    assert checked >= 6
