"""The counters as Prometheus reads them; nothing global, one registry per gateway."""

from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from voldesk.gateways.hub import Hub
from voldesk.gateways.state import Latencies

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class _Counters(Collector):
    """Reads the counters of the process and of the hub when it is scraped."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        """Yield every family."""
        yield from self._process()
        yield from self._gateway()

    def _process(self) -> Iterable[Metric]:
        stats = self._hub.state.stats()
        yield _counter("voldesk_ticks", "Ticks taken from a feed", "feed", stats.ticks)
        yield _counter(
            "voldesk_repriced_rows", "Rows valued again", "underlying", stats.repriced_rows
        )
        yield _counter("voldesk_drops", "What a queue dropped or conflated", "queue", stats.drops)
        yield _gauge("voldesk_queue_depth", "What waits", "queue", stats.queue_depths)
        yield _gauge(
            "voldesk_quote_age_seconds", "Age of the newest quote", "underlying", stats.age_secs
        )
        meter = self._hub.meter
        stages = {
            **stats.stages,
            "encoded": meter.encoding.read(),
            "sent": meter.sending.read(),
        }
        yield _histogram("voldesk_stage_seconds", "Time of a stage of a tick's life", stages)

    def _gateway(self) -> Iterable[Metric]:
        meter = self._hub.meter
        clients = GaugeMetricFamily("voldesk_clients", "Streams that are open")
        clients.add_metric([], len(self._hub.clients))
        yield clients
        waiting = GaugeMetricFamily("voldesk_client_waiting", "Messages kept for slow clients")
        waiting.add_metric([], sum(client.waiting for client in self._hub.clients))
        yield waiting
        for name, text, value in (
            ("flushes", "Flushes of the hub", meter.flushes),
            ("messages_encoded", "Messages made, each once for all its readers", meter.encoded),
            ("messages_sent", "Messages written to clients", meter.messages_sent),
            ("sent_bytes", "Bytes written to clients", meter.bytes_sent),
            ("conflated", "Frames a slow client did not get", meter.conflated),
            ("requests_refused", "Requests turned away", meter.refused),
        ):
            yield CounterMetricFamily(f"voldesk_gateway_{name}", text, value=value)
        yield _counter(
            "voldesk_gateway_closed",
            "Clients closed by us",
            "reason",
            {"stalled": meter.closed_stalled, "lagging": meter.closed_lagging},
        )


class Metrics:
    """What ``/metrics`` answers."""

    def __init__(self, hub: Hub) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Counters(hub))

    def read(self) -> bytes:
        """Return the counters in the text format."""
        return generate_latest(self._registry)


def _counter(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _gauge(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _histogram(name: str, text: str, stages: Mapping[str, Latencies]) -> Metric:
    family = HistogramMetricFamily(name, text, labels=["stage"])
    for stage, latencies in stages.items():
        seen = 0
        buckets: list[tuple[str, float]] = []
        for bound, count in zip((*latencies.bounds, None), latencies.counts, strict=True):
            seen += count
            buckets.append(("+Inf" if bound is None else repr(float(bound)), seen))
        family.add_metric([stage], buckets, sum_value=latencies.total_secs)
    return family
