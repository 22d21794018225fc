"""Chains over real sockets: every client ends with the server's figures, whatever it is like."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import numpy as np
import pytest
from gateway_world import Mirror, World, serving, settle, until
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from voldesk.gateways.server import Gateway

WAYS = pytest.mark.parametrize("is_pushing", [True, False], ids=["push", "plain"])
FORMATS = pytest.mark.parametrize("form", ["json", "binary"])


def _url(gateway: Gateway, path: str = "/ws/stream") -> str:
    return f"ws://127.0.0.1:{gateway.port}{path}"


async def _subscribe(client: ClientConnection, **wish: Any) -> Mirror:
    await client.send(json.dumps({"op": "subscribe", "topics": ["chain/NIFTY"], **wish}))
    mirror = Mirror()
    for _ in range(3):
        mirror.take(await client.recv())
    return mirror


async def _follow(client: ClientConnection, mirror: Mirror, world: World) -> None:
    """Apply messages until the copy stands where the server does."""
    update = world.chains["NIFTY"]
    async with asyncio.timeout(20):
        while mirror.spot != update.table.spot:
            mirror.take(await client.recv())
    for name in mirror.fields:
        wanted = getattr(update.table.rows, name).astype(float)
        np.testing.assert_allclose(mirror.columns[name], wanted, rtol=1e-6, equal_nan=True)


@WAYS
@FORMATS
@settings(max_examples=5, deadline=None)
@given(
    updates=st.lists(
        st.lists(st.integers(0, 39), unique=True, min_size=1).map(sorted), min_size=1, max_size=25
    )
)
async def test_snapshot_and_deltas_give_the_servers_table(
    is_pushing: bool, form: str, updates: list[list[int]]
) -> None:
    """Random rows change at a random pace; early and late clients end with the same figures."""
    world = World()
    world.add("NIFTY", strikes=20)
    async with serving(world, is_pushing=is_pushing) as gateway, AsyncExitStack() as stack:
        first = await stack.enter_async_context(connect(_url(gateway)))
        mirrors = [(first, await _subscribe(first, format=form))]
        for place, rows in enumerate(updates):
            world.change("NIFTY", rows)
            await settle(place % 7)
            if place == len(updates) // 2:
                late = await stack.enter_async_context(connect(_url(gateway)))
                mirrors.append((late, await _subscribe(late, format=form, rate=200)))
        for client, mirror in mirrors:
            await _follow(client, mirror, world)


@FORMATS
async def test_both_ways_out_send_the_same_bytes(form: str) -> None:
    """Pushed past ASGI or sent through it, a client receives the same messages in order."""
    heard: list[list[str | bytes]] = []
    for is_pushing in (True, False):
        world = World(seed=5)
        world.add("NIFTY", strikes=20)
        async with (
            serving(world, is_pushing=is_pushing) as gateway,
            connect(_url(gateway)) as client,
        ):
            topics = ["chain/NIFTY", "summary/NIFTY", "alerts", "status"]
            await client.send(json.dumps({"op": "subscribe", "topics": topics, "format": form}))
            said = [await client.recv() for _ in range(4)]
            for number in range(20):
                world.change("NIFTY", has_summary=number % 5 == 0)
                world.bus.publish("alerts", {"number": number})
                await settle()
                said += [await client.recv() for _ in range(3 if number % 5 == 0 else 2)]
            heard.append(said)
    assert heard[0] == heard[1]
    assert {type(one) for one in heard[0]} == ({str} if form == "json" else {str, bytes})


async def _stalled(gateway: Gateway) -> socket.socket:
    """Open a stream, subscribe, and never read again; the kernel holds as little as it can."""
    loop = asyncio.get_running_loop()
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    sock.setblocking(False)
    await loop.sock_connect(sock, ("127.0.0.1", gateway.port))
    head = (
        f"GET /ws/stream HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await loop.sock_sendall(sock, head.encode())
    await loop.sock_recv(sock, 4_096)
    payload = json.dumps({"op": "subscribe", "topics": ["chain/NIFTY"]}).encode()
    await loop.sock_sendall(sock, bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload)
    return sock


@WAYS
async def test_a_stalled_client_costs_the_others_nothing(is_pushing: bool) -> None:
    """It is conflated, then closed; the others get every frame, and little is kept for it."""
    world = World()
    world.add("NIFTY", strikes=500)
    every_row = np.arange(1_000)
    async with (
        serving(world, is_pushing=is_pushing, stall_secs=0.5) as gateway,
        connect(_url(gateway), max_size=None) as client,
    ):
        mirror = await _subscribe(client, format="binary")
        stalled = await _stalled(gateway)
        await until(lambda: len(gateway.hub.clients) == 2)
        other = next(one for one in gateway.hub.clients if "chain/NIFTY" in one.subscriptions)
        frames = 0
        kept = 0
        async with asyncio.timeout(30):
            while len(gateway.hub.clients) == 2:
                world.change("NIFTY", every_row)
                await settle()
                said = mirror.take(await client.recv())
                frames += said["type"] == "delta"
                kept = max(kept, *(one.outlet.backlog for one in gateway.hub.clients))
        assert other in gateway.hub.clients
        assert mirror.snapshots == 1
        assert frames == mirror.deltas > 10
        assert gateway.hub.meter.conflated > 5
        assert gateway.hub.meter.closed_stalled == 1
        assert kept <= 1_000_000
        await _follow(client, mirror, world)
        stalled.close()


async def test_a_client_that_wakes_up_in_time_gets_a_snapshot() -> None:
    """Read again before it is closed, it continues from the table as it stands."""
    world = World()
    world.add("NIFTY", strikes=500)
    async with (
        serving(world) as gateway,
        connect(_url(gateway), max_size=None, max_queue=1) as client,
    ):
        mirror = await _subscribe(client)
        (one,) = gateway.hub.clients
        for _ in range(400):
            world.change("NIFTY", np.arange(1_000))
            await settle()
            if gateway.hub.meter.conflated > 20:
                break
        assert not one.is_in_step
        await _follow(client, mirror, world)
        assert mirror.snapshots >= 2
        assert one.is_in_step


async def test_a_lagging_reader_of_every_message_is_closed_with_a_reason() -> None:
    """A lossless topic is never silently thinned out."""
    world = World()
    world.add("NIFTY")
    async with (
        serving(world, waiting_messages=50) as gateway,
        connect(_url(gateway), max_size=None, max_queue=1) as client,
    ):
        await client.send(json.dumps({"op": "subscribe", "topics": ["alerts"]}))
        await client.recv()
        for number in range(3_000):
            world.bus.publish("alerts", {"number": number, "text": "x" * 20_000})
            await settle(2)
            if not gateway.hub.clients:
                break
        numbers = [json.loads(said)["data"]["number"] async for said in _until_closed(client)]
        assert numbers == list(range(len(numbers)))
        assert gateway.hub.meter.closed_lagging == 1
        assert "at most 50" in (client.close_reason or "at most 50")  # or cut off while reading


async def _until_closed(client: ClientConnection) -> AsyncIterator[str | bytes]:
    with suppress(ConnectionClosedError):
        while True:
            yield await client.recv()


@WAYS
async def test_a_script_gets_the_fixed_messages(is_pushing: bool) -> None:
    """A plain websockets client, no header set, reads contracts and ratio field by field."""
    world = World()
    rows = world.add("NIFTY").rows
    async with (
        serving(world, is_pushing=is_pushing) as gateway,
        connect(_url(gateway, "/ws/greeks")) as client,
    ):
        said = [json.loads(await client.recv()) for _ in range(12)]
        contracts = {
            one["data"]["instrumentKey"]: one for one in said if one["type"] == "greeks_update"
        }
        assert set(contracts) == set(rows.symbol)
        for row, symbol in enumerate(rows.symbol):
            one = contracts[symbol]
            assert set(one) == {"type", "data"}
            data = one["data"]
            assert list(data) == [
                "instrumentKey",
                "symbol",
                "strike",
                "type",
                "expiry",
                "price",
                "oi",
                "iv",
                "greeks",
                "timestamp",
            ]
            assert (data["symbol"], data["strike"]) == ("NIFTY", rows.strike[row])
            assert data["type"] == ("CE" if rows.is_call[row] else "PE")
            assert list(data["greeks"]) == ["delta", "gamma", "theta", "vega", "rho"]
            for name, value in data["greeks"].items():
                wanted = getattr(rows, name)[row]
                assert value == wanted or (value is None and np.isnan(wanted))
        world.change("NIFTY", [4])
        changed = json.loads(await client.recv())
        assert changed["data"]["instrumentKey"] == rows.symbol[4]
        ratio = json.loads(await client.recv())
        assert list(ratio["data"]) == ["pcr", "totalCeOi", "totalPeOi", "timestamp"]
