"""What the gateway asks of the rest of the process: chains, health, counters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.day import Day
from voldesk.model.listing import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """
    A latency histogram.

    Attributes:
        bounds: Upper bounds of the buckets, seconds, rising.
        counts: Observations per bucket, one more than bounds: the last is all that took longer.
        total_secs: Sum of all observations.
    """

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    total_secs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """
    Counters of the process since its start, for ``/metrics``; what is left out is not exported.

    Attributes:
        ticks: Feed -> ticks taken.
        repriced_rows: Underlying -> rows valued again.
        stages: Stage of a tick's life (``receive``, ``column``, ``priced``) -> its latencies.
        queue_depths: Queue -> what waits in it.
        drops: Queue -> what was dropped or conflated away.
        age_secs: Underlying -> age of its newest quote.
    """

    ticks: Mapping[str, int] = field(default_factory=dict)
    repriced_rows: Mapping[str, int] = field(default_factory=dict)
    stages: Mapping[str, Latencies] = field(default_factory=dict)
    queue_depths: Mapping[str, int] = field(default_factory=dict)
    drops: Mapping[str, int] = field(default_factory=dict)
    age_secs: Mapping[str, float] = field(default_factory=dict)


class State(Protocol):
    """The process as the gateway sees it; read on the event loop, never kept."""

    @property
    def chains(self) -> Mapping[str, ChainUpdate]:
        """Return the latest update of each underlying, in the order to show them."""
        ...

    @property
    def listings(self) -> Mapping[str, Listing]:
        """Return what each feed ticks, by the feed's name."""
        ...

    def day(self, underlying: str) -> Day | None:
        """Return an underlying's spot of the day, None before its first spot."""
        ...

    def health(self) -> Mapping[str, Any]:
        """
        Tell how the process is, as JSON knows it.

        ``status`` is ``ok``, ``degraded`` (something is stale, figures still come) or ``down``.
        """
        ...

    def stats(self) -> Stats:
        """Return the counters as they stand."""
        ...
