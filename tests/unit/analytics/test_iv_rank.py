import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.analytics.iv_rank import IvPast, iv_percentile, iv_rank

IVS = st.lists(st.one_of(st.floats(0.01, 3.0), st.just(math.nan)), max_size=60)


def test_a_percentile_counts_the_days_below() -> None:
    """Three of four days had a lower iv; a day with the same one did not."""
    past = np.array([0.10, 0.15, 0.19, 0.25, math.nan])
    assert iv_percentile(past, 0.20, 4) == 75.0
    assert iv_percentile(past, 0.19, 4) == 50.0


def test_a_rank_is_a_place_between_the_extremes() -> None:
    """Halfway between low and high is 50; a new high or low is 100 or 0."""
    past = np.array([0.10, 0.30])
    assert iv_rank(past, 0.20, 2) == pytest.approx(50.0)
    assert iv_rank(past, 0.50, 2) == 100.0
    assert iv_rank(past, 0.05, 2) == 0.0


def test_one_value_alone_has_no_rank() -> None:
    """Where every day was the same there is no range to stand in."""
    assert math.isnan(iv_rank(np.array([0.2, 0.2]), 0.2, 2))


@given(IVS, st.floats(0.01, 3.0), st.integers(0, 70))
def test_too_short_a_past_says_nothing(past: list[float], iv: float, least: int) -> None:
    """Below the least count both are NaN, from there on from 0 to 100 (or no range)."""
    values = np.array(past, dtype=np.float64)
    known = int(np.isfinite(values).sum())
    percentile, rank = iv_percentile(values, iv, least), iv_rank(values, iv, least)
    if known < max(least, 1):
        assert math.isnan(percentile)
        assert math.isnan(rank)
    else:
        assert 0.0 <= percentile <= 100.0
        assert math.isnan(rank) or 0.0 <= rank <= 100.0


@given(IVS.filter(lambda past: any(map(math.isfinite, past))), st.floats(0.01, 3.0))
def test_a_higher_iv_stands_no_lower(past: list[float], iv: float) -> None:
    """Both rise with the iv."""
    values = np.array(past, dtype=np.float64)
    assert iv_percentile(values, iv, 1) <= iv_percentile(values, iv * 1.1, 1)


def test_an_unknown_present_has_no_place() -> None:
    """NaN now is NaN, whatever the past."""
    past = np.linspace(0.1, 0.3, 30)
    assert math.isnan(iv_percentile(past, math.nan, 20))
    assert math.isnan(iv_rank(past, math.nan, 20))


def test_nothing_is_known_of_no_past() -> None:
    """An empty past has no values and no spot."""
    past = IvPast()
    assert (past.month.size, past.front.size) == (0, 0)
    assert math.isnan(past.last_spot)
