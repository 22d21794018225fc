from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.app.instants import iso_instant, market_time, parse_date, parse_instant
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError

MICROSECOND = 1000


@given(st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_an_instant_reads_back(micros: int) -> None:
    """What is written with Z parses to the same nanoseconds, to the microsecond."""
    ts = micros * MICROSECOND
    assert parse_instant(iso_instant(ts)) == ts


def test_whole_seconds_have_no_fraction() -> None:
    """Microseconds are written only where they are not zero."""
    assert iso_instant(1_759_348_800_000_000_000) == "2025-10-01T20:00:00Z"
    assert iso_instant(1_759_348_800_000_250_000) == "2025-10-01T20:00:00.000250Z"


def test_an_offset_is_honoured() -> None:
    """New York's 16:00 is 20:00 in UTC in summer."""
    assert parse_instant("2025-10-01T16:00-04:00") == parse_instant("2025-10-01T20:00Z")


@pytest.mark.parametrize("text", ["2025-10-01T16:00", "2025-10-01", "soon", ""])
def test_a_doubtful_instant_is_refused(text: str) -> None:
    """A time without an offset is as useless as no time."""
    with pytest.raises(ConfigError, match="2025-10-17T16:00:00-04:00"):
        parse_instant(text)


def test_a_date_is_iso_8601() -> None:
    """Dates parse, other words are refused with an example."""
    assert parse_date("2025-10-17") == date(2025, 10, 17)
    with pytest.raises(ConfigError, match="2025-10-17"):
        parse_date("17/10/2025")


def test_a_market_shows_its_own_clock() -> None:
    """New York and Mumbai read their wall clock, Deribit UTC."""
    ts = parse_instant("2025-10-01T20:00:00Z")
    assert market_time(ts, Market.US) == "Wed 2025-10-01 16:00:00 EDT (20:00:00Z)"
    assert market_time(ts, Market.INDIA) == "Thu 2025-10-02 01:30:00 IST (20:00:00Z)"
    assert market_time(ts, Market.DERIBIT) == "Wed 2025-10-01 20:00:00 UTC"
