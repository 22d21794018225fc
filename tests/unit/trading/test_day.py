"""The account's day: where it began, its peak, and both after a restart."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from voldesk.model.clock import ManualClock
from voldesk.model.enums import Market
from voldesk.model.errors import StorageError
from voldesk.model.sessions import NS_PER_DAY
from voldesk.trading.day import Day, DayMoney, read_day, write_day

NOW = 1_768_593_600_000_000_000  # 15:00 in New York


@contextmanager
def a_day(kept: Day | None = None) -> Iterator[tuple[DayMoney, ManualClock, list[float]]]:
    """Give a day with its clock and the equity it is told."""
    clock, equity = ManualClock(NOW), [1000.0]
    yield DayMoney(lambda: equity[-1], clock, Market.US, kept), clock, equity


def test_the_day_keeps_its_beginning_and_its_peak() -> None:
    """Both stay while equity moves or is unknown, and begin anew with the exchange's date."""
    with a_day() as (money, clock, equity):
        for now in (1000.0, 1200.0, math.nan, 900.0):
            equity.append(now)
            day = money.look()
        assert (day.first, day.peak) == (1000.0, 1200.0)
        clock.advance(NS_PER_DAY)
        assert (money.look().first, money.look().peak) == (900.0, 900.0)


def test_a_day_survives_the_process(tmp_path: Path) -> None:
    """What was kept is read again, unknown figures included, and counts on the same date alone."""
    path = tmp_path / "day.json"
    assert read_day(path) is None
    with a_day() as (money, _, equity):
        write_day(path, money.look())
        kept = read_day(path)
        equity.append(700.0)
        with a_day(kept) as (again, clock, later):
            later.append(700.0)
            assert again.look().first == 1000.0
            clock.advance(NS_PER_DAY)
            assert again.look().first == 700.0
    assert kept is not None
    blank = replace(kept, first=math.nan, peak=math.nan)
    write_day(path, blank)
    found = read_day(path)
    assert found is not None
    assert math.isnan(found.first)


def test_a_damaged_day_is_said(tmp_path: Path) -> None:
    """What is no day, or cannot be kept, is an error of storage."""
    path = tmp_path / "day.json"
    path.write_text("[]")
    with pytest.raises(StorageError, match="cannot be read"):
        read_day(path)
    with pytest.raises(StorageError, match="cannot be kept"):
        write_day(tmp_path / "missing" / "day.json", Day(on=date(2026, 1, 16)))


def test_a_day_is_the_exchange_s() -> None:
    """An evening in Europe is the same day in New York, midnight there ends it."""
    with a_day() as (money, _, _):
        assert money.is_today(NOW - 14 * 3_600 * 10**9)
        assert not money.is_today(NOW - 16 * 3_600 * 10**9)
        assert money.equity() == 1000.0
