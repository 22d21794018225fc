"""The WebSocket endpoints, one thing at a time; the scenarios stand in tests/integration."""

import asyncio
import json
from typing import Any

import pytest
from gateway_world import World, serving, until
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from voldesk.gateways.ws import TOO_FAST


def _world() -> World:
    world = World()
    world.add("NIFTY", expiries=2)
    world.add("BANKNIFTY", strikes=3)
    return world


async def _some(client: Any, count: int) -> list[Any]:
    async with asyncio.timeout(10):
        return [json.loads(await client.recv()) for _ in range(count)]


async def test_without_a_symbol_the_first_underlying_is_told() -> None:
    """Messages of one underlying, whose ratio needs no name."""
    async with (
        serving(_world()) as gateway,
        connect(f"ws://127.0.0.1:{gateway.port}/ws/greeks") as client,
    ):
        said = await _some(client, 21)
        assert said[0]["type"] == "pcr_update"
        assert set(said[0]["data"]) == {"pcr", "totalCeOi", "totalPeOi", "timestamp"}
        contracts = [one["data"] for one in said if one["type"] == "greeks_update"]
        assert {one["symbol"] for one in contracts} == {"NIFTY"}
        assert len({one["instrumentKey"] for one in contracts}) == 20


async def test_several_symbols_and_one_expiry() -> None:
    """Named ratios, and only contracts of the expiry."""
    async with (
        serving(_world()) as gateway,
        connect(
            f"ws://127.0.0.1:{gateway.port}/ws/greeks?symbol=NIFTY,BANKNIFTY&expiry=2025-11-27"
        ) as client,
    ):
        said = await _some(client, 18)
        assert {one["data"]["symbol"] for one in said} == {"NIFTY", "BANKNIFTY"}
        expiries = {one["data"]["expiry"] for one in said if one["type"] == "greeks_update"}
        assert expiries == {"2025-11-27"}


async def test_what_a_client_of_fixed_messages_says_is_ignored() -> None:
    """Keep-alives in whatever form do no harm."""
    world = _world()
    async with (
        serving(world) as gateway,
        connect(f"ws://127.0.0.1:{gateway.port}/ws/status") as client,
    ):
        assert await _some(client, 1) == [{"type": "status_update", "data": {"status": "ok"}}]
        await client.send("ping")
        await client.send(b"\x00")
        world.bus.publish("status", {"status": "degraded"})
        assert (await _some(client, 1))[0]["data"] == {"status": "degraded"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/ws/greeks?symbol=X", 400, "unknown_topic"),
        ("/ws/greeks?symbol=NIFTY&expiry=soon", 400, "bad_expiry"),
        ("/ws/greeks?symbol=NIFTY&expiry=2031-01-01", 404, "unknown_expiry"),
        (f"/ws/greeks?symbol={','.join(map(str, range(17)))}", 400, "too_many_topics"),
        ("/ws/nope", 404, "not_found"),
    ],
)
async def test_what_cannot_be_is_refused_before_the_handshake(
    path: str, status: int, code: str
) -> None:
    """The answer to the handshake is a problem, not a stream that closes."""
    async with serving(_world()) as gateway:
        with pytest.raises(InvalidStatus) as caught:
            await connect(f"ws://127.0.0.1:{gateway.port}{path}")
        assert caught.value.response.status_code == status
        assert json.loads(caught.value.response.body or b"")["code"] == code


async def test_a_process_without_a_chain_has_no_contracts() -> None:
    """Before the first chain there is nothing to tell, and that is said."""
    async with serving(World()) as gateway:
        with pytest.raises(InvalidStatus) as caught:
            await connect(f"ws://127.0.0.1:{gateway.port}/ws/greeks")
        assert caught.value.response.status_code == 400


async def test_one_more_client_than_allowed_is_refused() -> None:
    """503 with the limit, and room again when one leaves."""
    async with serving(_world(), clients=1) as gateway:
        url = f"ws://127.0.0.1:{gateway.port}/ws/stream"
        async with connect(url):
            with pytest.raises(InvalidStatus) as caught:
                await connect(url)
            assert caught.value.response.status_code == 503
        await until(lambda: not gateway.hub.clients)
        async with connect(url):
            pass


async def test_a_client_that_talks_too_much_is_closed() -> None:
    """More than two seconds' worth of messages at once: closed with the limit in the reason."""
    async with (
        serving(_world(), ops_per_sec=5.0) as gateway,
        connect(f"ws://127.0.0.1:{gateway.port}/ws/stream") as client,
    ):
        for _ in range(10):
            await client.send('{"op":"ping"}')
            await client.recv()
        await client.send('{"op":"ping"}')
        with pytest.raises(ConnectionClosedError) as caught:
            await client.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == TOO_FAST
        assert "more than 5 messages per second" in caught.value.rcvd.reason


@pytest.mark.parametrize("is_pushing", [True, False])
async def test_a_client_that_leaves_is_forgotten(is_pushing: bool) -> None:
    """Client and channel go when the connection does, by either way out."""
    world = _world()
    async with serving(world, is_pushing=is_pushing) as gateway:
        async with connect(f"ws://127.0.0.1:{gateway.port}/ws/stream") as client:
            await client.send('{"op":"subscribe","topics":["chain/NIFTY"]}')
            await _some(client, 3)
        await until(lambda: not gateway.hub.clients)
        world.change("NIFTY")


async def test_the_plain_way_says_why_it_closes() -> None:
    """Without the push protocol the close still has its code and reason."""
    async with (
        serving(_world(), is_pushing=False) as gateway,
        connect(f"ws://127.0.0.1:{gateway.port}/ws/stream") as client,
    ):
        await until(lambda: bool(gateway.hub.clients))
        (one,) = gateway.hub.clients
        one.close(4001, "nothing read")
        with pytest.raises(ConnectionClosedError) as caught:
            await client.recv()
        assert caught.value.rcvd is not None
        assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (4001, "nothing read")
