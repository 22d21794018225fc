"""The day a monthly contract expires."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.enums import Market
from voldesk.model.errors import WireError
from voldesk.model.expiries_india import monthly_expiry
from voldesk.model.sessions import is_trading_day


@pytest.mark.parametrize(
    ("root", "year", "month", "expiry"),
    [
        ("NIFTY", 2025, 2, date(2025, 2, 27)),
        ("NIFTY", 2025, 8, date(2025, 8, 28)),
        ("NIFTY", 2025, 9, date(2025, 9, 30)),
        ("NIFTY", 2024, 12, date(2024, 12, 26)),
        ("RELIANCE", 2025, 8, date(2025, 8, 28)),
        ("RELIANCE", 2025, 9, date(2025, 9, 30)),
        ("BANKNIFTY", 2024, 2, date(2024, 2, 29)),
        ("BANKNIFTY", 2024, 3, date(2024, 3, 27)),
        ("BANKNIFTY", 2024, 9, date(2024, 9, 25)),
        ("BANKNIFTY", 2025, 1, date(2025, 1, 30)),
        ("SENSEX", 2024, 11, date(2024, 11, 29)),
        ("SENSEX", 2025, 1, date(2025, 1, 28)),
        ("SENSEX", 2025, 9, date(2025, 9, 25)),
        ("BANKEX", 2024, 11, date(2024, 11, 25)),
    ],
)
def test_the_weekday_is_that_of_its_time(root: str, year: int, month: int, expiry: date) -> None:
    """Each root expires on the last weekday the exchange had announced for that month."""
    assert monthly_expiry(root, year, month) == expiry


@pytest.mark.parametrize(
    ("root", "year", "month", "expiry"),
    [
        ("BANKNIFTY", 2024, 12, date(2024, 12, 24)),  # Wednesday the 25th is Christmas
        ("NIFTY", 2026, 3, date(2026, 3, 30)),  # Tuesday the 31st is Mahavir Jayanti
        ("NIFTY", 2023, 3, date(2023, 3, 29)),  # Thursday the 30th is Ram Navami
    ],
)
def test_a_holiday_moves_the_expiry_to_the_day_before(
    root: str, year: int, month: int, expiry: date
) -> None:
    """Where the weekday is a holiday the trading day before it is the expiry."""
    assert monthly_expiry(root, year, month) == expiry


@pytest.mark.parametrize(
    ("root", "year", "month"), [("NIFTYNXT50", 2024, 3), ("SENSEX", 2023, 4), ("NIFTY", 2000, 5)]
)
def test_an_unknown_rule_is_not_guessed(root: str, year: int, month: int) -> None:
    """Before a root's first announcement the caller has to give the date."""
    with pytest.raises(WireError, match=rf"{root} in {year}-{month:02d} is not known"):
        monthly_expiry(root, year, month)


@given(st.integers(2010, 2026), st.integers(1, 12))
def test_an_expiry_is_a_trading_day_late_in_its_month(year: int, month: int) -> None:
    """A monthly expiry lies in its month's last days and is a trading day."""
    expiry = monthly_expiry("NIFTY", year, month)
    assert (expiry.year, expiry.month) == (year, month)
    assert expiry.day > 18
    assert is_trading_day(expiry, Market.INDIA)


def test_the_rule_gives_the_dates_of_the_upstox_master(vendor_data: Path) -> None:
    """The monthly futures of a real master expire on the days the rule gives."""
    master = json.loads((vendor_data / "upstox_format" / "NSE_instruments_sample.json").read_text())
    names = [row["trading_symbol"] for row in master if row["instrument_type"] == "FUT"]
    printed = {(name.split()[0], name.split(" FUT ")[1]) for name in names}
    assert len(printed) == 6
    for root, day in printed:
        month = {"MAR": 3, "APR": 4, "MAY": 5}[day.split()[1]]
        assert monthly_expiry(root, 2026, month) == date(2026, month, int(day.split()[0]))
