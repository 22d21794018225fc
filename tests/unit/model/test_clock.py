"""Clocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.clock import Clock, ManualClock, SystemClock

YEAR_2020_NS = 1_577_836_800_000_000_000


def test_the_system_clock_counts_utc_nanoseconds() -> None:
    """The machine's time is past 2020 and in nanoseconds."""
    clock: Clock = SystemClock()
    assert YEAR_2020_NS < clock.now() < 10 * YEAR_2020_NS


def test_a_manual_clock_stands_still() -> None:
    """Reading a manual clock does not move it."""
    clock: Clock = ManualClock(7)
    assert [clock.now(), clock.now()] == [7, 7]


@given(st.integers(0, 2**62), st.lists(st.integers(0, 2**40)))
def test_steps_add_up(start: int, steps: list[int]) -> None:
    """A manual clock is as far from its start as all its steps together."""
    clock = ManualClock(start)
    for step in steps:
        clock.advance(step)
    assert clock.now() == start + sum(steps)


def test_a_manual_clock_never_goes_back() -> None:
    """A step back is refused with both instants, and the clock stays where it was."""
    clock = ManualClock(10)
    clock.set(20)
    clock.set(20)
    with pytest.raises(ValueError, match="clock at 20 ns cannot go back to 19 ns"):
        clock.set(19)
    with pytest.raises(ValueError, match="clock at 20 ns cannot go back to 15 ns"):
        clock.advance(-5)
    assert clock.now() == 20
