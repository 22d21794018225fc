"""Alerts through the whole of a process: made over HTTP, told on every face, exactly once."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio
from gateway_world import until
from put_feed import PutFeed
from websockets.asyncio.client import ClientConnection, connect

from voldesk.app.feeds import Feeds
from voldesk.app.node import Node, build_node, run_node, token
from voldesk.app.settings import Loaded, Settings
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.clock import ManualClock
from voldesk.strategies.alerts import AlertSettings, Cross, Rule

NOON = 1_790_784_000_000_000_000
DEADLINE_SECS = 60.0
ALERTS = "api/v1/alerts"
RULE: dict[str, Any] = {
    "name": "spot",
    "underlying": "SPX",
    "field": "spot",
    "level": 102.5,
    "crosses": "both",
}
PATH = (101.0, 103.0, 102.6, 102.5, 102.6, 102.0, 104.0, 104.5, 99.0, 98.0, 102.5, 102.4)
CROSSED = [("up", 103.0), ("down", 102.0), ("up", 104.0), ("down", 99.0)]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a process that keeps its alerts and has one that tells a single crossing."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    fixed = Rule(
        name="once", underlying="SPX", field="spot", level=102.5, crosses=Cross.BOTH, is_once=True
    )
    return Settings(
        gateway=GatewaySettings(port=0),
        alerts=AlertSettings(rules=(fixed,), file=tmp_path / "alerts.json"),
    )


class Desk:
    """A node that runs, its feed in the test's hand."""

    def __init__(self, node: Node, feed: PutFeed, market: Any, settings: Settings) -> None:
        assert node.gateway is not None
        self.node = node
        self.url = node.gateway.url
        self.key = {"authorization": f"Bearer {token(settings)}"}
        self._feed = feed
        self._market = market
        self._at = NOON

    async def move(self, spot: float) -> None:
        """Tick a spot, another than the last, and wait until it is published."""
        self._at += 1_000
        self._feed.put(self._market.spot(spot, self._at))
        await until(lambda: self._published() == (spot, self._at), DEADLINE_SECS)

    def _published(self) -> tuple[float, int] | None:
        update = self.node.bus.last("chain/SPX")
        return None if update is None else (update.table.spot, update.ts_event)


@asynccontextmanager
async def running(settings: Settings, market: Any) -> AsyncIterator[Desk]:
    feed = PutFeed(market.listing)
    feeds = Feeds((feed,), ManualClock(NOON), is_replay=False, is_ageless=True)
    node = build_node(Loaded(settings, {}), feeds=feeds)
    stop, started = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
        group.create_task(run_node(node, stop, lambda _: started.set()))
        await started.wait()
        desk = Desk(node, feed, market, settings)
        await desk.move(100.0)
        yield desk
        stop.set()


async def told(client: ClientConnection) -> list[dict[str, Any]]:
    """Return the alerts a client was told up to now: those before the answer to a ping."""
    found: list[dict[str, Any]] = []
    await client.send('{"op":"ping"}')
    while True:
        said = json.loads(await client.recv())
        if said["type"] == "pong":
            return found
        if said["type"] == "alert":
            found.append(said["data"])


async def test_each_crossing_is_told_once_on_every_face(
    settings: Settings, market: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bus, log, WebSocket and Socket.IO say the same crossings; one rule says but its first."""
    async with (
        running(settings, market) as desk,
        httpx.AsyncClient(base_url=desk.url, headers=desk.key) as http,
        connect(desk.url.replace("http", "ws") + "ws/stream") as client,
        socketio.AsyncSimpleClient() as other,
    ):
        heard: list[Any] = []
        desk.node.bus.on("alerts", lambda _, alert: heard.append(alert))
        await client.send('{"op":"subscribe","topics":["alerts"]}')
        assert json.loads(await client.recv())["type"] == "subscribed"
        await other.connect(desk.url)
        assert (await other.call("subscribe", {"topics": ["alerts"]}))["ok"]
        assert (await http.post(ALERTS, json=RULE)).status_code == 201
        for spot in PATH:
            await desk.move(spot)
        alerts = await told(client)
        events: list[Any] = []
        while len(events) < len(alerts):
            name, *said = await other.receive(timeout=DEADLINE_SECS)
            events += [one["data"] for one in said if name == "alert"]
        held = {one["name"]: one for one in (await http.get(ALERTS)).json()}
    mine = [(one["direction"], one["value"]) for one in alerts if one["rule"] == "spot"]
    assert mine == CROSSED
    assert [one["value"] for one in alerts if one["rule"] == "once"] == [103.0]
    assert [(one.rule, one.value) for one in heard] == [(a["rule"], a["value"]) for a in alerts]
    assert events == alerts
    said = capsys.readouterr().out
    assert said.count("SPX spot crossed 102.5") == len(alerts)
    assert (held["once"]["is_spent"], held["spot"]["is_spent"]) == (True, False)


async def test_alerts_outlive_the_process(settings: Settings, market: Any) -> None:
    """One that was made is there after a restart and tells; one that was removed is not."""
    async with (
        running(settings, market) as desk,
        httpx.AsyncClient(base_url=desk.url, headers=desk.key) as http,
    ):
        for name in ("spot", "gone"):
            answer = await http.post(ALERTS, json={**RULE, "name": name})
            assert answer.json()["is_kept"]
        assert (await http.delete(f"{ALERTS}/gone")).status_code == 204
    async with running(settings, market) as desk:
        heard: list[Any] = []
        desk.node.bus.on("alerts", lambda _, alert: heard.append(alert))
        await desk.move(104.0)
        assert sorted(alert.rule for alert in heard) == ["once", "spot"]
