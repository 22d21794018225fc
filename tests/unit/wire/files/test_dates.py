"""Tests of `wire.files.dates`."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.quotes import NO_TIME
from voldesk.wire.files.dates import (
    KOLKATA,
    NEW_YORK,
    date_column,
    instant_column,
    parse_date,
    parse_instant,
)

DAY = date(2026, 4, 17)


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-17", "2026/04/17", "20260417", "2026-04-17T15:30:00", "2026-04-17 16:00:00+00:00",
        "Fri Apr 17 2026", "17 Apr 2026", "17-Apr-2026", "17-APR-26", "17APR26", "Apr 17, 2026",
        "April 17, 2026", "4/17/2026", "04/17/2026", "17/04/2026", "17.04.2026", "17-04-2026",
        "Fr 17. April 2026", "ven. 17 avril 2026", "ven 17 apr 2026", "17 de abril de 2026",
        "17 апреля 2026 \u0433.", "2026年4月17日", " 2026-04-17 ",
    ],
)  # fmt: skip
def test_every_writing_of_a_date_is_read(text: str) -> None:
    """ISO, compact, worded in several languages, US and European order name the same day."""
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["", "-", "17", "13-09-22", "2026-13-01", "31-Feb-2025", "Apr 2026", "17 Foo 2026", "abc", "0"],
)
def test_what_names_no_certain_date_is_refused(text: str) -> None:
    """Impossible days, unknown months and two-digit years in doubt are no dates."""
    assert parse_date(text) is None


def test_slashed_dates_follow_the_one_that_is_certain() -> None:
    """A day above 12 in one cell settles the order of the column."""
    us, _ = date_column(["4/5/2026", "4/6/2026"])
    rest, _ = date_column(["4/5/2026", "17/4/2026"])
    assert us.astype(str).tolist() == ["2026-04-05", "2026-04-06"]
    assert rest.astype(str).tolist() == ["2026-05-04", "2026-04-17"]


def test_a_column_tells_bad_cells_from_blank_ones() -> None:
    """Blank cells are NaT in silence, others are named; epoch numbers and date objects are read."""
    cells = [
        "2026-04-17",
        "",
        None,
        "soon",
        1776384000,
        "1776384000000",
        DAY,
        datetime(2026, 4, 17),  # noqa: DTZ001  # Parquet gives naive ones
    ]
    days, bad = date_column(cells)
    assert bad == [3]
    assert np.isnat(days).tolist() == [False, True, True, True, False, False, False, False]
    assert set(days[[0, 4, 5, 6, 7]].astype(str)) == {"2026-04-17"}


def test_json_values_that_are_no_cells_are_bad() -> None:
    """A list where a date belongs is named, not raised."""
    assert date_column([["2026-04-17"], "2026-04-17"])[1] == [0]
    assert instant_column([{}, "2026-04-17 10:00"], UTC)[1] == [0]


def at(text: str) -> int:
    """Return the UTC ns of an ISO text with a zone."""
    return (
        (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC))
        // timedelta(microseconds=1)
        * 1000
    )


@pytest.mark.parametrize(
    "text",
    [
        "October 1, 2025 at 6:01 PM EDT", "Oct 01 2025 @ 18:01 ET", "1 October 2025,6:01 PM EDT",
        "Date 1 October 2025, 6:01 PM EDT",
        "1 ottobre 2025 alle ore 18:01 EDT",  # codespell:ignore
        "1. Oktober 2025 um 18:01 GMT-4",  # codespell:ignore
        "1 октября 2025 \u0433. \u0432 18:01 GMT-4", "10/1/2025, 6:01\u202fPM EDT",
        "2025年10月1日 18:01", "01.10.2025, 18:01 EDT",
        "2025-10-01T18:01:00-04:00", "2025-10-01 18:01", "2025-10-01T22:01:00Z",
        "10/1/2025 18:01:00", "1-Oct-2025 18:01:00", "1759356060", "1759356060000",
        "1759356060000000", "1759356060000000000",
        "2025-10-01 5:01 p.m. CDT", "1 octobre 2025 à 22:01 UTC",
    ],
)  # fmt: skip
def test_every_writing_of_an_instant_is_read(text: str) -> None:
    """Stamps with and without a zone, in several languages, and epoch numbers of any unit."""
    assert parse_instant(text, NEW_YORK) == at("2025-10-01T22:01:00+00:00")


def test_a_time_without_a_zone_is_on_the_given_clock() -> None:
    """The same text is another instant in Mumbai, and the season counts in New York."""
    assert parse_instant("13-Feb-2025 15:30:00", KOLKATA) == at("2025-02-13T10:00:00+00:00")
    assert parse_instant("2025-02-13 16:00", NEW_YORK) == at("2025-02-13T21:00:00+00:00")
    assert parse_instant("2025-07-14 16:00", NEW_YORK) == at("2025-07-14T20:00:00+00:00")


@pytest.mark.parametrize(
    "cell",
    ["2025-10-01", "4 June 4, 3:15 PM EDT", "October 1, 2025 at 6:01 PM XYZ", "25:99", "noon", "-5",
     "1e400", 20251001, "2025-10-01 18:61", "1 Oct 2025 18:01 GMT+99"],
)  # fmt: skip
def test_what_is_no_instant_is_refused(cell: object) -> None:
    """A date alone, an unknown zone, an impossible time and small numbers are no instants."""
    assert parse_instant(cell, UTC) is None


def test_blank_instants_are_no_time() -> None:
    """A column tells blanks from what cannot be read."""
    instants, bad = instant_column(["", None, "nan", float("nan"), "x", 1759356060.5], UTC)
    assert instants[:4].tolist() == [NO_TIME] * 4
    assert bad == [4]
    assert instants[5] == 1759356060_500_000_000


@given(
    st.datetimes(
        min_value=datetime(1980, 1, 1),  # noqa: DTZ001  # a wall time without a zone
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001  # a wall time without a zone
        timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
    )
)
def test_iso_instants_come_back_to_the_microsecond(moment: datetime) -> None:
    """Printing an instant and reading it is the identity."""
    assert parse_instant(moment.isoformat(), UTC) == at(moment.isoformat())
