import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.app.render.numbers import (
    UNKNOWN,
    count,
    days_left,
    fixed,
    grouped,
    money,
    percent,
    price_decimals,
    scale_decimals,
)

PRICES = st.lists(st.integers(0, 10_000_000).map(lambda cents: cents / 100.0), min_size=1)


@given(PRICES)
def test_price_decimals_lose_nothing(prices: list[float]) -> None:
    """Cents are shown exactly, with no more decimals than they need."""
    decimals = price_decimals(prices)
    assert decimals <= 2
    assert all(float(fixed(price, decimals)) == price for price in prices)


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([5.0, 12.0], 0),
        ([5.05, 0.1], 2),
        ([0.0005], 4),
        ([1 / 3], 4),
        ([1000 / 3], 2),
        ([math.nan], 0),
        ([], 0),
    ],
)
def test_price_decimals_follow_the_tick(values: list[float], decimals: int) -> None:
    """The finest price decides; unknown prices have no say."""
    assert price_decimals(values) == decimals


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([0.0021, 0.0003], 5), ([123.0], 0), ([-9.87], 2), ([0.0], 0), ([math.nan], 0), ([1e-30], 8)],
)
def test_scale_decimals_give_three_digits(values: list[float], decimals: int) -> None:
    """The largest magnitude has three significant digits, within reason."""
    assert scale_decimals(values) == decimals


def test_zero_has_no_sign() -> None:
    """What rounds to nothing is nothing."""
    assert fixed(-0.0004, 2) == "0.00"
    assert fixed(-0.006, 2) == "-0.01"


@pytest.mark.parametrize("write", [count, grouped, money, days_left, percent])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_unknown_is_a_dash(write: object, value: float) -> None:
    """No writer prints nan."""
    assert callable(write)
    assert write(value) == UNKNOWN


def test_contracts_have_separators() -> None:
    """Thousands by comma, tens of millions in short."""
    assert [count(0.0), count(12345.0), count(23_456_789.0)] == ["0", "12,345", "23.5M"]


def test_percent_is_of_one() -> None:
    """A vol of 0.1845 reads 18.45."""
    assert percent(0.1845) == "18.45"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.3123e9, "+2.31bn"),
        (-999_999.0, "-1m"),
        (0.0, "0"),
        (12.0, "+12"),
        (-1.5e3, "-1.5k"),
        (4.2e12, "+4.2tn"),
    ],
)
def test_money_is_short_and_signed(value: float, text: str) -> None:
    """Three digits and a unit, rounding up into the next unit."""
    assert money(value) == text


@pytest.mark.parametrize(
    ("days", "text"), [(0.1, "2.4h"), (2.5, "2.5d"), (30.2, "30d"), (-1.0, "0h")]
)
def test_time_left_is_in_the_unit_that_matters(days: float, text: str) -> None:
    """Hours in the last two days, then days."""
    assert days_left(days / 365.0) == text


def test_a_headline_price_has_separators() -> None:
    """An index level is read at a glance."""
    assert grouped(6711.2) == "6,711.20"
