"""How often to flush, told without a clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.pipeline.pace import Pace

MIN, MAX = 0.001, 0.25


def _pace(busy_secs: float) -> Pace:
    """Return a pace that has seen many flushes that took so long."""
    pace = Pace(MIN, MAX)
    for _ in range(100):
        pace.end(busy_secs)
    return pace


def test_after_a_pause_a_flush_is_at_once() -> None:
    """Nothing waits before the first flush, nor once a gap has passed."""
    pace = Pace(MIN, MAX)
    assert pace.wait_secs(7.0) == 0.0
    pace.begin(7.0)
    assert pace.wait_secs(7.0) == pytest.approx(MIN)
    assert pace.wait_secs(7.5) == 0.0


@pytest.mark.parametrize(
    ("busy_secs", "gap_secs"), [(1e-5, MIN), (0.006, 0.01), (0.03, 0.05), (3.0, MAX)]
)
def test_the_gap_leaves_time_for_others(busy_secs: float, gap_secs: float) -> None:
    """It grows with what a flush takes, between its bounds."""
    assert _pace(busy_secs).gap_secs == pytest.approx(gap_secs)


def test_one_long_flush_does_not_widen_the_gap_for_long() -> None:
    """A single one counts by a fifth, and is forgotten."""
    pace = _pace(0.003)
    pace.end(0.03)
    assert pace.gap_secs < 0.02
    for _ in range(30):
        pace.end(0.003)
    assert pace.gap_secs == pytest.approx(0.005, rel=0.02)


def test_ticks_late_in_a_gap_are_flushed_and_the_next_gap_is_longer() -> None:
    """A flush a fifth of a gap early does not change when the one after it is due."""
    pace = _pace(0.006)
    pace.begin(1.0)
    assert pace.wait_secs(1.005) == pytest.approx(0.005)
    assert pace.wait_secs(1.008) == 0.0
    pace.begin(1.008)
    assert pace.wait_secs(1.011) == pytest.approx(0.009)


@given(st.lists(st.floats(0.0, 0.02), min_size=20, max_size=60))
def test_flushes_are_no_more_than_the_gap_allows(pauses: list[float]) -> None:
    """Whenever ticks come, over a while there is at most one flush per gap, and one to begin."""
    pace, now, flushes = _pace(0.006), 0.0, 0
    for pause in pauses:
        now += pause
        if not pace.wait_secs(now):
            pace.begin(now)
            flushes += 1
    assert flushes <= now / pace.gap_secs + 2
