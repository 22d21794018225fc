from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.app.schedule import parse_schedule
from voldesk.model.errors import ConfigError

ZONE = "America/New_York"
SECOND = 10**9


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("text", "secs"), [("every 30s", 30), ("every 5m", 300), ("every 1.5 h", 5_400)]
)
def test_every_so_often(text: str, secs: int) -> None:
    """From now, whatever the hour."""
    assert parse_schedule(text, ZONE).after(7) == 7 + secs * SECOND


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-20T13:00", "2026-11-20T14:35"),  # 9:35 in New York
        ("2026-11-20T14:35", "2026-11-20T17:00"),
        ("2026-11-20T17:00", "2026-11-21T14:35"),
        ("2026-10-31T17:00", "2026-11-01T14:35"),  # clocks went back
        ("2026-03-08T12:00", "2026-03-08T13:35"),  # and forward
    ],
)
def test_times_of_the_day(now: str, then: str) -> None:
    """The next one later than now, by the clock of the zone, tomorrow if need be."""
    assert parse_schedule("12:00, 09:35", ZONE).after(utc(now)) == utc(then)


@given(st.integers(1_500_000_000, 2_500_000_000), st.integers(0, 23), st.integers(0, 59))
def test_the_next_time_is_within_a_day_and_an_hour(now: int, hour: int, minute: int) -> None:
    """Later than now, and no later than tomorrow's."""
    then = parse_schedule(f"{hour}:{minute:02d}", ZONE).after(now * SECOND)
    assert 0 < then - now * SECOND <= 25 * 3_600 * SECOND


@pytest.mark.parametrize(
    "text", ["", "sometimes", "every 5 parsecs", "every 0s", "every 999h", "25:00", "9:35,", "9.35"]
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    """The message repeats it."""
    with pytest.raises(ConfigError, match="schedule"):
        parse_schedule(text, ZONE)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", ""])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    """The message repeats it."""
    with pytest.raises(ConfigError, match="no time zone"):
        parse_schedule("every 5m", zone)
