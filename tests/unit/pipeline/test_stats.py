"""Counters and histograms."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.pipeline.stats import BOUNDS_SECS, Latency


@pytest.mark.parametrize(
    ("duration_ns", "bucket"),
    [(-5, 0), (0, 0), (1_000, 0), (1_001, 1), (2_000, 1), (2_001, 2), (10**11, len(BOUNDS_SECS))],
)
def test_a_duration_falls_into_the_bucket_whose_bound_keeps_it(
    duration_ns: int, bucket: int
) -> None:
    """At most the bound, above the one before; what is longer than all has the last."""
    latency = Latency()
    latency.add(duration_ns)
    assert latency.counts[bucket] == 1
    assert latency.count == 1
    assert latency.sum_ns == max(duration_ns, 0)


@given(st.lists(st.integers(1, 10**10), min_size=1))
def test_a_quantile_is_a_bound_that_enough_durations_keep(durations: list[int]) -> None:
    """The bound told is kept by at least that share, and half of it is not."""
    latency = Latency()
    for duration in durations:
        latency.add(duration)
    bound = latency.quantile_secs(0.9)
    kept = sum(duration <= bound * 1e9 * (1 + 1e-9) for duration in durations)
    assert kept >= 0.9 * len(durations)


def test_of_nothing_there_is_no_quantile() -> None:
    """NaN, not zero."""
    assert math.isnan(Latency().quantile_secs(0.5))
