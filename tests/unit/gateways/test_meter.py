"""The gateway's counters."""

import pytest

from voldesk.gateways.meter import BOUNDS, Meter, Stopwatch


@pytest.mark.parametrize(("secs", "bucket"), [(0.0, 0), (BOUNDS[0], 0), (0.002, 5), (9.0, 11)])
def test_a_duration_falls_into_the_bucket_that_bounds_it(secs: float, bucket: int) -> None:
    """A bound belongs to its own bucket; what is longer than all to the last."""
    watch = Stopwatch()
    watch.add(secs)
    read = watch.read()
    assert read.counts[bucket] == sum(read.counts) == 1
    assert read.total_secs == secs
    assert len(read.counts) == len(read.bounds) + 1


def test_a_clock_that_steps_back_takes_nothing_off() -> None:
    """A negative duration counts as none."""
    watch = Stopwatch()
    watch.add(-1.0)
    assert watch.read().total_secs == 0.0


def test_a_meter_begins_at_zero() -> None:
    """Nothing is counted before anything happened."""
    meter = Meter()
    assert meter.messages_sent == meter.conflated == meter.refused == 0
