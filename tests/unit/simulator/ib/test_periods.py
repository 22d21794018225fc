"""The words of history requests."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ib_reference import START, utc

from voldesk.simulator.ib.periods import (
    BAR_SIZES,
    Duration,
    Unit,
    bar_size_named,
    duration_of,
    end_of,
    require_short,
)
from voldesk.simulator.ib.refusal import Refused


@pytest.mark.parametrize("name", BAR_SIZES)
def test_every_bar_size_is_read(name: str) -> None:
    """A size is seconds, or days, weeks or months, never both."""
    size = bar_size_named(name)
    assert bool(size.seconds) != bool(size.days)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("1 week", "1W"), ("1 month", "1M"), ("1D", "1 day"), ("1 sec", "1 secs")],
)
def test_sizes_have_one_name_whatever_the_spelling(spelling: str, name: str) -> None:
    """The long and the short spelling mean one size under one name."""
    assert bar_size_named(spelling) == bar_size_named(name)


@pytest.mark.parametrize("name", ["7 mins", "", "1 year", "0 mins", "1 MIN"])
def test_other_bar_sizes_are_refused(name: str) -> None:
    """Error 321 lists the sizes there are."""
    with pytest.raises(Refused, match="setting is invalid") as it:
        bar_size_named(name)
    assert it.value.code == 321


@given(st.integers(1, 12), st.sampled_from("SDWMY"))
def test_durations_are_read(count: int, unit: str) -> None:
    """A count and a unit, with or without the space between."""
    assert duration_of(f"{count} {unit}") == Duration(count, Unit(unit))
    assert duration_of(f"{count}{unit}") == Duration(count, Unit(unit))


@pytest.mark.parametrize(
    "text", ["", "1 X", "0 D", "D", "-1 D", "366 D", "86401 S", "13 M", "53 W", "101 Y", "1.5 D"]
)
def test_other_durations_are_refused(text: str) -> None:
    """What is no duration, or too long for its unit, is error 321."""
    with pytest.raises(Refused) as caught:
        duration_of(text)
    assert caught.value.code == 321


def test_a_duration_without_unit_counts_seconds() -> None:
    """As TWS reads a bare number."""
    assert duration_of("30") == Duration(30, Unit.SECOND)


@pytest.mark.parametrize(
    ("duration", "last", "first"),
    [
        ("1 W", date(2026, 6, 23), date(2026, 6, 16)),
        ("1 M", date(2026, 3, 31), date(2026, 2, 28)),
        ("2 Y", date(2024, 2, 29), date(2022, 2, 28)),
        ("12 M", date(2023, 9, 4), date(2022, 9, 4)),
    ],
)
def test_months_and_years_reach_back_on_the_calendar(
    duration: str, last: date, first: date
) -> None:
    """A day that does not exist is the last of its month."""
    assert duration_of(duration).first_day(last) == first


def test_short_bars_come_in_short_stretches() -> None:
    """A month of seconds is too much, a month of minutes is not."""
    with pytest.raises(Refused, match="Time length exceed max"):
        require_short(duration_of("1 M"), bar_size_named("1 secs"))
    require_short(duration_of("1 M"), bar_size_named("1 min"))
    require_short(duration_of("50 Y"), bar_size_named("1 day"))


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("", START),
        ("20231006-20:00:00", utc("2023-10-06T20:00")),
        ("20231006 16:00:00 US/Eastern", utc("2023-10-06T20:00")),
        ("20231006 16:00:00", utc("2023-10-06T20:00")),
        ("20231006 20:00:00 UTC", utc("2023-10-06T20:00")),
        ("20231006 16:00", utc("2023-10-06T20:00")),
        ("20231006", utc("2023-10-06T04:00")),
        ("10:30:00", utc("2026-06-23T14:30")),
        ("20231006 20:00:00 GMT", utc("2023-10-06T20:00")),
    ],
)
def test_ends_are_read_with_and_without_a_zone(text: str, second: int) -> None:
    """A dash means UTC, a name its zone, nothing the zone of the contract; no date is today."""
    assert end_of(text, START, "US/Eastern") == second


@pytest.mark.parametrize(
    "text",
    [
        "junk",
        "20231306 16:00:00",
        "20231006 25:00:00",
        "20231006 16:00:00 Mars/North",
        "00010101-00:00:00",
        "-",
    ],
)
def test_ends_that_are_no_times_are_refused(text: str) -> None:
    """Error 10314 explains the form."""
    with pytest.raises(Refused, match="The date, time, or time-zone entered is invalid") as caught:
        end_of(text, START, "US/Eastern")
    assert caught.value.code == 10_314


@given(
    st.text(max_size=30) | st.from_regex(r"[0-9]{8}[ -][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( [A-Z]{3})?")
)
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    """No word, however odd, ends in anything but a value or an error of TWS."""
    for read in (bar_size_named, duration_of, lambda word: end_of(word, START, "US/Eastern")):
        with contextlib.suppress(Refused):
            assert read(text) is not None


@given(st.integers(1, 100), st.sampled_from([Unit.WEEK, Unit.MONTH, Unit.YEAR]))
def test_any_duration_reaches_back_to_some_day(count: int, unit: Unit) -> None:
    """However long, the first day is a date before the last."""
    last = date(2026, 3, 31)
    assert Duration(count, unit).first_day(last) < last
