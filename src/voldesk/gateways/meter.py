"""The gateway's own counters: what it encoded, sent, conflated and closed, and how long it took."""

from bisect import bisect_left
from typing import Final

from voldesk.gateways.state import Latencies

BOUNDS: Final = (50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 100e-3, 1.0)
"""Upper bounds of the latency buckets, seconds."""


class Stopwatch:
    """Collects durations into buckets."""

    __slots__ = ("_counts", "_total")

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self._total = 0.0

    def add(self, secs: float) -> None:
        """Count one duration; below 0 (two clocks that disagree) counts as 0."""
        self._counts[bisect_left(BOUNDS, secs)] += 1
        self._total += max(secs, 0.0)

    def read(self) -> Latencies:
        """Return what was collected so far."""
        return Latencies(bounds=BOUNDS, counts=tuple(self._counts), total_secs=self._total)


class Meter:
    """Counters since the start; written by the hub and its outboxes, read by ``/metrics``."""

    __slots__ = (
        "bytes_sent",
        "closed_lagging",
        "closed_stalled",
        "conflated",
        "encoded",
        "encoding",
        "flushes",
        "messages_sent",
        "refused",
        "sending",
    )

    def __init__(self) -> None:
        self.flushes = 0
        self.encoded = 0  # messages made, each for all its readers
        self.messages_sent = 0
        self.bytes_sent = 0
        self.conflated = 0  # frames a slow client did not get
        self.closed_stalled = 0
        self.closed_lagging = 0
        self.refused = 0  # requests the guard or the auth turned away
        self.encoding = Stopwatch()  # per flush
        self.sending = Stopwatch()  # per flush
