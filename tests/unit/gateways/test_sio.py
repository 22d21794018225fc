"""Socket.IO with its own client library."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
import httpx
import pytest
import socketio
from gateway_world import Mirror, World, decode_frame, serving, settle, until

from voldesk.gateways.outbox import Outbox
from voldesk.gateways.push import SocketIoPushOutlet
from voldesk.gateways.server import Gateway

pytestmark = [
    # the client library leaves the response of its last poll unread when it upgrades
    pytest.mark.filterwarnings("ignore:Unclosed connection:ResourceWarning"),
    # and sometimes opens a session it does not close when the server hangs up
    pytest.mark.filterwarnings("ignore:Unclosed client session:ResourceWarning"),
]

WAYS = [["websocket"], ["polling"], ["polling", "websocket"]]


@asynccontextmanager
async def _client(
    gateway: Gateway, transports: list[str]
) -> AsyncIterator[tuple[socketio.AsyncClient, asyncio.Queue[tuple[str, Any]]]]:
    said = asyncio.Queue[tuple[str, Any]]()
    async with aiohttp.ClientSession() as http:  # its own is left open when the server hangs up
        client = socketio.AsyncClient(reconnection=False, http_session=http)
        client.on("*", lambda event, data: said.put_nowait((event, data)))
        await client.connect(gateway.url, transports=transports)
        try:
            yield client, said
        finally:
            await client.disconnect()


async def _some(said: asyncio.Queue[tuple[str, Any]], count: int) -> list[tuple[str, Any]]:
    async with asyncio.timeout(10):
        return [await said.get() for _ in range(count)]


def _world() -> World:
    world = World()
    world.add("NIFTY")
    world.add("BANKNIFTY")
    return world


@pytest.mark.parametrize("transports", WAYS, ids="-".join)
async def test_the_streams_topics_are_events(transports: list[str]) -> None:
    """By either transport and through the upgrade: confirmed, opened, then every change."""
    world = _world()
    async with (
        serving(world, ping_secs=1.0) as gateway,
        _client(gateway, transports) as (client, said),
    ):
        told = await client.call("subscribe", {"topics": ["chain/NIFTY"], "fields": ["bid", "iv"]})
        assert told == {"ok": True, "topics": ["chain/NIFTY"]}
        mirror = Mirror()
        for event, data in await _some(said, 3):
            assert event == data["type"]
            mirror.take(json.dumps(data))
        for _ in range(3):
            world.change("NIFTY")
            ((event, data),) = await _some(said, 1)
            assert event in {"delta", "snapshot"}
            mirror.take(json.dumps(data))
        table = world.chains["NIFTY"].table
        told = [None if value != value else value for value in mirror.columns["bid"].tolist()]  # noqa: PLR0124  # NaN
        wanted = [None if value != value else value for value in table.rows.bid.tolist()]  # noqa: PLR0124  # NaN
        assert told == wanted


@pytest.mark.parametrize("transports", WAYS, ids="-".join)
async def test_binary_frames_are_events_with_bytes(transports: list[str]) -> None:
    """A frame arrives whole, as bytes, under its event."""
    world = _world()
    async with (
        serving(world, ping_secs=1.0) as gateway,
        _client(gateway, transports) as (client, said),
    ):
        wish = {"topics": ["chain/NIFTY"], "fields": ["bid"], "format": "binary"}
        await client.call("subscribe", wish)
        events = await _some(said, 3)
        assert [event for event, _ in events] == ["subscribed", "layout", "frame"]
        frame = decode_frame(events[2][1], ["bid"])
        assert frame["type"] == "snapshot"
        assert len(frame["columns"]["bid"]) == 10


@pytest.mark.parametrize("transports", WAYS, ids="-".join)
async def test_contracts_are_events(transports: list[str]) -> None:
    """Every contract and the ratio come as they do on /ws/greeks."""
    async with (
        serving(_world(), ping_secs=1.0) as gateway,
        _client(gateway, transports) as (client, said),
    ):
        await client.call("subscribe", {"topics": ["greeks/NIFTY"]})
        events = await _some(said, 12)
        contracts = [data for event, data in events if event == "greeks_update"]
        assert len({one["data"]["instrumentKey"] for one in contracts}) == 10
        ratio = next(data for event, data in events if event == "pcr_update")
        assert set(ratio["data"]) == {"pcr", "totalCeOi", "totalPeOi", "timestamp"}


async def test_a_session_on_a_websocket_is_pushed_to() -> None:
    """Past emit: straight from the start, or from the upgrade on."""
    world = _world()
    async with serving(world) as gateway:
        for transports in (["websocket"], ["polling", "websocket"]):
            async with _client(gateway, transports) as (client, said):
                await client.call("subscribe", {"topics": ["chain/NIFTY"]})
                await _some(said, 3)
                (one,) = gateway.hub.clients
                await until(partial(_is_pushed, one))
                for number in range(20):
                    world.change("NIFTY", [number % 10])
                    ((event, data),) = await _some(said, 1)
                    assert event == "delta"
                    assert data["rows"] == [number % 10]
            await until(lambda: not gateway.hub.clients)


def _is_pushed(client: Outbox) -> bool:
    return isinstance(client.outlet, SocketIoPushOutlet)


async def test_topics_are_rooms() -> None:
    """A session stands in the room of each topic it holds, and leaves it with the topic."""
    async with serving(_world()) as gateway, _client(gateway, ["websocket"]) as (client, _):
        server = gateway._socketio._server
        sid = client.get_sid()
        await client.call("subscribe", {"topics": ["chain/NIFTY", "status"]})
        (one,) = gateway._socketio._sessions
        assert {"chain/NIFTY", "status"} <= set(server.rooms(one))
        await client.call("unsubscribe", {"topics": ["status"]})
        assert "status" not in server.rooms(one)
        assert sid == one


@pytest.mark.parametrize(
    ("event", "data", "code"),
    [
        ("subscribe", {"topics": ["chain/X"]}, "unknown_topic"),
        ("subscribe", {"topics": "chain/NIFTY"}, "bad_message"),
        ("subscribe", "chain/NIFTY", "bad_message"),
        ("subscribe", None, "bad_message"),
        ("unsubscribe", {"topics": ["status"]}, "not_subscribed"),
        ("resync", {"topics": 5}, "bad_message"),
    ],
)
async def test_what_is_not_understood_is_acknowledged_so(event: str, data: Any, code: str) -> None:
    """The acknowledgement carries the code, and the session lives on."""
    async with serving(_world()) as gateway, _client(gateway, ["websocket"]) as (client, _):
        told = await client.call(event, data)
        assert (told["ok"], told["code"]) == (False, code)
        assert (await client.call("ping", {"id": 1}))["ok"]


async def test_too_many_operations_are_not_done() -> None:
    """Beyond the allowance the acknowledgement says so."""
    async with (
        serving(_world(), ops_per_sec=2.0) as gateway,
        _client(gateway, ["websocket"]) as (client, _),
    ):
        told = [await client.call("ping", {}) for _ in range(6)]
        assert told[0]["ok"]
        assert told[-1]["code"] == "too_fast"


async def test_one_more_session_than_allowed_is_refused() -> None:
    """The refusal names the limit."""
    async with serving(_world(), clients=1) as gateway, _client(gateway, ["websocket"]):
        with pytest.raises(socketio.exceptions.ConnectionError):
            async with _client(gateway, ["websocket"]):
                pass


@pytest.mark.parametrize("transports", WAYS, ids="-".join)
async def test_a_session_is_ended_with_its_client(transports: list[str]) -> None:
    """When the hub closes a client its session ends; when the session ends the hub forgets it."""
    async with (
        serving(_world(), ping_secs=1.0) as gateway,
        _client(gateway, transports) as (client, _),
    ):
        await client.call("ping", {})
        (one,) = gateway.hub.clients
        one.close(4001, "nothing read")
        await until(lambda: not gateway.hub.clients and not gateway._socketio._sessions)
        await until(lambda: not client.connected)


async def test_a_polling_client_that_does_not_poll_is_not_fed() -> None:
    """Its events wait bounded: after a few the client counts as not writable, and is conflated."""
    world = _world()
    async with (
        serving(world) as gateway,
        httpx.AsyncClient(base_url=f"{gateway.url}socket.io/") as client,
    ):
        way = {"EIO": "4", "transport": "polling"}
        way["sid"] = json.loads((await client.get("", params=way)).text[1:])["sid"]
        await client.post("", params=way, content="40")
        assert (await client.get("", params=way)).text.startswith("40")
        await client.post("", params=way, content='42["subscribe",{"topics":["chain/NIFTY"]}]')
        await until(lambda: not next(iter(gateway.hub.clients)).outlet.is_writable)
        (one,) = gateway.hub.clients
        (socket,) = gateway._socketio._server.eio.sockets.values()
        for _ in range(200):
            world.change("NIFTY")
            await settle()
        assert socket.queue.qsize() <= 16
        assert gateway.hub.meter.conflated > 100
        events = (await client.get("", params=way)).text.split("\x1e")
        assert [json.loads(event[2:])[0] for event in events] == [
            "subscribed",
            "layout",
            "snapshot",
        ]
        await until(lambda: one.is_in_step)
