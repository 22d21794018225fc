"""The process as a pump knows it: the filler of `State` that the node of a live process uses."""

from collections.abc import Mapping
from typing import Any, Final

from voldesk.analytics.update import ChainUpdate
from voldesk.bus.local import Listener, LocalBus
from voldesk.gateways.day import Day, DayWatch
from voldesk.gateways.health import health_document
from voldesk.gateways.state import Latencies, Stats
from voldesk.model.listing import Listing
from voldesk.pipeline.pump import Pump
from voldesk.pipeline.stats import BOUNDS_SECS, Latency

_NS_PER_SECOND: Final = 1e9


class PumpState:
    """Keeps the newest update of each underlying off the bus; the rest is asked of the pump."""

    def __init__(self, pump: Pump, bus: LocalBus) -> None:
        self._pump = pump
        self._latest: dict[str, ChainUpdate] = {}
        self._days = DayWatch()
        self._listener: Listener = bus.on("chain/*", self._hear, name="gateway state")

    @property
    def chains(self) -> Mapping[str, ChainUpdate]:
        """Return the latest update of each underlying, in order of first publication."""
        return self._latest

    @property
    def listings(self) -> Mapping[str, Listing]:
        """Return what each feed that is open ticks."""
        serving = {
            source.feed.name: source.feed
            for underlying in self._pump.underlyings
            for source in self._pump.sources(underlying)
        }
        return {name: feed.listing for name, feed in serving.items()}

    def day(self, underlying: str) -> Day | None:
        """Return an underlying's spot of the day as it was seen on the bus."""
        return self._days.of(underlying)

    def health(self) -> Mapping[str, Any]:
        """Return the pump's health as clients are told it."""
        return health_document(self._pump.health())

    def stats(self) -> Stats:
        """Return the pump's counters, and how old each underlying's newest tick is."""
        stats = self._pump.stats()
        health = self._pump.health()["underlyings"]
        return Stats(
            ticks={"all": stats.ticks},
            repriced_rows={"all": stats.rows},
            stages={
                "column": _latencies(stats.applied),
                "priced": _latencies(stats.priced),
                "published": _latencies(stats.published),
            },
            drops={"late": stats.late_ticks, "stray": stats.stray_ticks},
            age_secs={
                one["underlying"]: one["age_secs"] for one in health if one["age_secs"] is not None
            },
        )

    def close(self) -> None:
        """Stop listening."""
        self._listener()

    def _hear(self, _: str, update: ChainUpdate) -> None:
        self._latest[update.underlying] = update
        self._days.take(update)


def _latencies(latency: Latency) -> Latencies:
    return Latencies(
        bounds=BOUNDS_SECS,
        counts=tuple(latency.counts.tolist()),
        total_secs=latency.sum_ns / _NS_PER_SECOND,
    )
