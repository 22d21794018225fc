import asyncio
from pathlib import Path
from typing import Any

import pytest
from live_world import NOON, HandFeed
from strategy_world import TODAY

from voldesk.app.feeds import Feeds
from voldesk.app.node import build_node, run_node
from voldesk.app.scan_rounds import SCANS, ScanRounds
from voldesk.app.scan_watchlist import Round, Watchlist
from voldesk.app.settings import Loaded, Settings
from voldesk.bus.local import LocalBus
from voldesk.model.clock import ManualClock, SystemClock
from voldesk.model.errors import ConfigError, StorageError
from voldesk.pipeline.pump import Pump
from voldesk.strategies.zero_dte.scanner import unseen
from voldesk.strategies.zero_dte.settings import ScanSettings

SETTINGS = ScanSettings(schedule="every 1s")


class Scripted(Watchlist):
    """A watchlist that cannot be looked at once, and finds nothing then."""

    looks = 0

    async def look(self, on_done: Any = None) -> Round:
        self.looks += 1
        assert on_done is None
        if self.looks == 1:
            raise ExceptionGroup("a look", [StorageError("the disk is gone")])
        return Round((unseen("SPX", "no figures"),))


def scripted(market: Any, bus: LocalBus) -> Scripted:
    feeds = Feeds((HandFeed(market.listing),), ManualClock(NOON), is_replay=False, is_ageless=True)
    pump = Pump(feeds.feeds, bus, feeds.clock)
    return Scripted(pump, bus, feeds, ("SPX",), SETTINGS, None)


async def test_rounds_are_told(make_market: Any) -> None:
    """A round that could not be is left out; the next one is the object of ``scan --json``."""
    bus = LocalBus()
    watchlist = scripted(make_market(expiries=(TODAY,)), bus)
    rounds = ScanRounds(watchlist, bus, SETTINGS, SystemClock())
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        task = group.create_task(rounds.run(), name="scan")
        async with bus.latest(SCANS) as told:
            topic, document = await anext(told)
        task.cancel()
    assert topic == SCANS
    assert watchlist.looks == 2
    assert [one["reason"] for one in document["scans"]] == ["no figures"]
    assert (document["candidates"], document["orders"]) == ([], [])


def test_a_schedule_has_to_be_one(market: Any) -> None:
    """And so have the other settings."""
    bus = LocalBus()
    for settings in (ScanSettings(), ScanSettings(schedule="every 1s", contracts=0)):
        with pytest.raises(ConfigError):
            ScanRounds(scripted(market, bus), bus, settings, SystemClock())


async def test_a_process_that_serves_goes_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its settings have a watchlist and a schedule; what it found is on the bus."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    settings = Settings.model_validate(
        {
            "sim": {"symbols": ("BTC",)},
            "gateway": {"port": 0},
            "trading": {"broker": "off"},
            "scan": {"watchlist": ("BTC",), "schedule": "every 1s"},
        }
    )
    node = build_node(Loaded(settings, {}))
    stop = asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(run_node(node, stop), name="node")
        async with node.bus.latest(SCANS) as told:
            _, document = await anext(told)
        stop.set()
    assert [one["underlying"] for one in document["scans"]] == ["BTC"]


@pytest.mark.parametrize("scan", [{"watchlist": ("BTC",)}, {"schedule": "every 1s"}])
async def test_without_a_watchlist_or_a_schedule_there_are_no_rounds(
    scan: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process serves all the same."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    given = {"sim": {"symbols": ("BTC",)}, "gateway": {"port": 0}, "trading": {"broker": "off"}}
    node = build_node(Loaded(Settings.model_validate({**given, "scan": scan}), {}))
    assert node.scans is None
    over = asyncio.Event()
    over.set()
    async with asyncio.timeout(60):
        await run_node(node, over)
