"""How much flows and how long it takes: counters and histograms for the metrics endpoint."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from voldesk.model.quotes import IntArray

BOUNDS_SECS: Final = tuple(1e-6 * 2**power for power in range(25))
"""Upper bounds of the buckets of a latency histogram: 1 microsecond, doubling, to 17 seconds."""

_BUCKETS: Final = len(BOUNDS_SECS) + 1  # the last takes what is longer
_NS_PER_US: Final = 1_000


@dataclass(slots=True)
class Latency:
    """
    A histogram of durations.

    Attributes:
        counts: Durations per bucket: at most ``BOUNDS_SECS[i]`` and above the bound before it;
            the last bucket has no bound. ``(26,)``
        sum_ns: All durations together.
    """

    counts: IntArray = field(default_factory=lambda: np.zeros(_BUCKETS, dtype=np.int64))
    sum_ns: int = 0

    def add(self, duration_ns: int) -> None:
        """Count one duration; a negative one, of a clock set back, counts as none."""
        whole_us = max(-(-duration_ns // _NS_PER_US), 1)
        self.counts[min((whole_us - 1).bit_length(), _BUCKETS - 1)] += 1
        self.sum_ns += max(duration_ns, 0)

    @property
    def count(self) -> int:
        """Return how many durations were counted."""
        return int(self.counts.sum())

    def quantile_secs(self, share: float) -> float:
        """Return a bound that at least this share of the durations kept; NaN of none."""
        total = self.count
        if not total:
            return float("nan")
        place = int(np.searchsorted(self.counts.cumsum(), share * total))
        return BOUNDS_SECS[place] if place < len(BOUNDS_SECS) else float("inf")


@dataclass(slots=True)
class PumpStats:
    """
    What a pump did since it began.

    Attributes:
        ticks: Taken from feeds.
        batches: They came in.
        rows: Written by repricing, counted each time.
        updates: Published.
        flushes: Turns in which something was published or might have been.
        late_ticks: Passed over because a newer one had come before.
        stray_ticks: Of instruments no listing has.
        gaps: Lines lost, counted for each underlying that they carry.
        gap_secs: The least time between flushes at present.
        applied: From the receipt of the oldest tick of a flush to its columns being written; not
            in a replay.
        priced: From there to the figures of all its underlyings.
        published: Until every listener of an update has run, per update.
    """

    ticks: int = 0
    batches: int = 0
    rows: int = 0
    updates: int = 0
    flushes: int = 0
    late_ticks: int = 0
    stray_ticks: int = 0
    gaps: int = 0
    gap_secs: float = 0.0
    applied: Latency = field(default_factory=Latency)
    priced: Latency = field(default_factory=Latency)
    published: Latency = field(default_factory=Latency)
