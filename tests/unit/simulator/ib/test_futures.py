"""Families of futures."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.simulator.ib.futures import FAMILIES, MONTH_LETTERS

BY_SYMBOL = {family.product.symbol: family for family in FAMILIES}


@pytest.mark.parametrize(
    ("symbol", "year", "month", "last"),
    [
        ("ES", 2026, 12, date(2026, 12, 18)),  # third Friday
        ("NQ", 2026, 6, date(2026, 6, 18)),  # the third Friday is Juneteenth, trading goes on
        ("CL", 2026, 1, date(2025, 12, 19)),  # three business days before 25 December
        ("GC", 2026, 12, date(2026, 12, 29)),  # third last business day
        ("VIX", 2026, 1, date(2026, 1, 21)),  # 30 days before 20 February
    ],
)
def test_last_days_follow_the_rules(symbol: str, year: int, month: int, last: date) -> None:
    """Each family ends when its exchange's specification says, give or take a holiday."""
    assert abs((BY_SYMBOL[symbol].last_day(year, month) - last).days) <= 1


@given(st.dates(date(2015, 1, 1), date(2026, 12, 1)))
def test_the_nearest_are_alive_and_ascend(day: date) -> None:
    """Whenever asked, the count is right, nothing has ended, and months ascend."""
    for family in FAMILIES:
        found = family.months_after(day)
        assert len(found) == family.count
        assert all(last >= day and month in family.months for _, month, last in found)
        assert [row[:2] for row in found] == sorted(row[:2] for row in found)


@given(st.dates(date(2015, 1, 1), date(2026, 12, 1)))
def test_what_has_ended_and_what_has_not_meet(day: date) -> None:
    """The months that ended before a day are followed by those that end on it or later."""
    for family in FAMILIES:
        ended = family.months_until(date(day.year - 2, 1, 1), day)
        assert all(last < day for _, _, last in ended)
        months = [row[:2] for row in (*ended, *family.months_after(day))]
        assert months == sorted(set(months))
        apart = [12 * y + m - 12 * u - n for (u, n), (y, m) in pairwise(months)]
        assert max(apart) <= 3


def test_letters_name_the_months() -> None:
    """March is H, December is Z."""
    assert MONTH_LETTERS[2] == "H"
    assert MONTH_LETTERS[11] == "Z"
    assert len(set(MONTH_LETTERS)) == 12
