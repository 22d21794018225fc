"""What Prometheus reads."""

from gateway_world import Tray, World
from prometheus_client.parser import text_string_to_metric_families

from voldesk.gateways.hub import Hub
from voldesk.gateways.metrics import Metrics
from voldesk.gateways.request import Request
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.state import Latencies, Stats


async def test_every_counter_is_exported_and_parses() -> None:
    """Ticks, rows, stages, depths, drops, ages, clients: under their names, with their labels."""
    world = World()
    world.add("NIFTY")
    world.stats_now = Stats(
        ticks={"sim": 1_000},
        repriced_rows={"NIFTY": 40},
        stages={"priced": Latencies(bounds=(0.001, 0.01), counts=(3, 2, 1), total_secs=0.5)},
        queue_depths={"ticks": 7},
        drops={"late": 2},
        age_secs={"NIFTY": 0.25},
    )
    hub = Hub(world.bus, world, GatewaySettings())
    client = hub.attach(Tray())
    hub.subscribe(client, Request(topic="status"))
    client.settle()
    samples = {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(Metrics(hub).read().decode())
        for sample in family.samples
    }
    assert samples["voldesk_ticks_total", "sim"] == 1_000
    assert samples["voldesk_repriced_rows_total", "NIFTY"] == 40
    assert samples["voldesk_queue_depth", "ticks"] == 7
    assert samples["voldesk_drops_total", "late"] == 2
    assert samples["voldesk_quote_age_seconds", "NIFTY"] == 0.25
    assert samples["voldesk_clients",] == 1
    assert samples["voldesk_gateway_messages_sent_total",] == 1
    assert samples["voldesk_gateway_closed_total", "stalled"] == 0
    buckets = [samples["voldesk_stage_seconds_bucket", one, "priced"] for one in ("0.001", "0.01")]
    assert buckets == [3, 5]
    assert samples["voldesk_stage_seconds_bucket", "+Inf", "priced"] == 6
    assert samples["voldesk_stage_seconds_sum", "priced"] == 0.5
    assert samples["voldesk_stage_seconds_count", "encoded"] == 0
