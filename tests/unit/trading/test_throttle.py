"""Windows slide: no second ever holds more than was counted in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.trading.throttle import LONGEST_SECS, Throttle


@given(st.lists(st.floats(0, 30), max_size=60), st.floats(0.01, LONGEST_SECS))
def test_counts_equal_a_plain_count(steps: list[float], secs: float) -> None:
    """After any sequence of events the window holds exactly those not older than it."""
    throttle, times, now = Throttle(), [], 0.0
    for step in steps:
        now += step
        throttle.count(now)
        times.append(now)
        assert throttle.within(secs, now) == sum(now - time < secs for time in times)


def test_a_longer_window_is_refused() -> None:
    """What is forgotten is not counted as nothing."""
    with pytest.raises(ValueError, match=r"at most 60\.0 s"):
        Throttle().within(61, 0.0)
