import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from deribit_world import NOW, SECOND, simulated_deribit, small_market

from voldesk.model.clock import ManualClock, SystemClock
from voldesk.simulator.deribit import server as server_module
from voldesk.simulator.deribit.server import PATH, DeribitServer, serve_deribit
from voldesk.wire.deribit.messages import write_request

DEADLINE_SECS = 30.0


@asynccontextmanager
async def client_of(server: DeribitServer) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Give a connected client."""
    url = f"ws://127.0.0.1:{server.port}{PATH}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield socket


async def ask(socket: aiohttp.ClientWebSocketResponse, method: str, **params: Any) -> Any:
    """Return the answer to a call; news that come before it are passed over."""
    await socket.send_str(write_request(1, f"public/{method}", params).decode())
    while "id" not in (message := await hear(socket)):
        pass
    return message


async def hear(socket: aiohttp.ClientWebSocketResponse) -> Any:
    """Return the next message."""
    return json.loads(await socket.receive_str(timeout=DEADLINE_SECS))


def name_of(server: DeribitServer) -> str:
    return server.venue.catalogue.instruments[0].instrument_name


async def until_gone(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Read until the line is cut."""
    async with asyncio.timeout(DEADLINE_SECS):
        while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    assert socket.closed


async def test_news_come_after_the_answer() -> None:
    """How the channel stands at once, then whatever changes."""
    async with simulated_deribit() as server, client_of(server) as socket:
        channel = f"ticker.{name_of(server)}.100ms"
        answer = await ask(socket, "subscribe", channels=[channel])
        assert answer["result"] == [channel]
        first, second = await hear(socket), await hear(socket)
        assert first["params"]["channel"] == second["params"]["channel"] == channel
        assert first["params"]["data"]["timestamp"] < second["params"]["data"]["timestamp"]


async def test_two_clients_have_their_own_channels() -> None:
    """What is made once goes to all who want it, and to nobody else."""
    async with simulated_deribit() as server, client_of(server) as one, client_of(server) as other:
        both = [f"quote.{name_of(server)}", "deribit_price_index.btc_usd"]
        await ask(one, "subscribe", channels=both)
        await ask(other, "subscribe", channels=both[1:])
        seen = {(await hear(one))["params"]["channel"] for _ in range(6)}
        assert seen == set(both)
        assert {(await hear(other))["params"]["channel"] for _ in range(4)} == set(both[1:])
        assert len(server.connections) == 2


async def test_calls_over_http() -> None:
    """What needs no channel, with the errors Deribit gives."""
    async with simulated_deribit() as server, aiohttp.ClientSession() as session:
        base = f"http://127.0.0.1:{server.port}/api/v2"
        async with session.get(f"{base}/public/get_instruments?currency=BTC") as response:
            assert response.status == 200
            assert (await response.json())["result"][0]["instrument_name"] == name_of(server)
        async with session.get(f"{base}/public/subscribe?channels=x") as response:
            assert response.status == 400
            assert (await response.json())["error"]["code"] == -32601
        async with session.get(f"{base}/public/ticker?instrument_name=x") as response:
            assert (await response.json())["error"]["code"] == -32602


async def test_a_stall_holds_everything_back() -> None:
    """Also from who connects meanwhile; what was asked is answered when it is over."""
    async with simulated_deribit() as server, client_of(server) as socket:
        await ask(socket, "hello")
        server.faults.begin("stall", {})
        async with client_of(server) as late:
            await late.send_str(write_request(5, "public/hello", {}).decode())
            await socket.send_str(write_request(6, "public/hello", {}).decode())
            with pytest.raises(TimeoutError):
                await late.receive_str(timeout=0.3)
            server.faults.finish("stall")
            assert (await hear(late))["id"] == 5
            assert (await hear(socket))["id"] == 6


async def test_faults_reach_every_client() -> None:
    """What is no message, a question whether it is there, and the end of the line."""
    async with simulated_deribit() as server, client_of(server) as socket:
        await ask(socket, "hello")
        server.faults.begin("heartbeat", {})
        assert (await hear(socket))["params"]["type"] == "test_request"
        server.faults.begin("bad_frame", {"count": 1})
        with pytest.raises(ValueError, match="Unterminated"):
            await hear(socket)
        server.faults.begin("reset", {})
        await until_gone(socket)


async def test_who_has_no_credits_left_is_cut_off() -> None:
    """The refusal is sent before."""
    async with simulated_deribit() as server, client_of(server) as socket:
        for _ in range(5):
            await ask(socket, "get_instruments", currency="USDC", kind="future")
        answer = await ask(socket, "get_instruments", currency="USDC", kind="future")
        assert answer["error"]["code"] == 10028
        await until_gone(socket)


async def test_who_reads_no_answers_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are kept for a client only up to a number."""
    monkeypatch.setattr(server_module, "_MOST_WAITING", 3)
    async with simulated_deribit() as server, client_of(server) as socket:
        server.faults.begin("stall", {})
        for number in range(4):
            await socket.send_str(write_request(number, "public/hello", {}).decode())
        await until_gone(socket)


async def test_a_client_that_is_not_there_is_cut_off() -> None:
    """It was asked by a heartbeat, and did not answer."""
    clock = ManualClock(NOW)
    async with simulated_deribit(small_market(), clock) as server, client_of(server) as socket:
        await ask(socket, "set_heartbeat", interval=10)
        clock.advance(10 * SECOND)
        assert (await hear(socket))["params"]["type"] == "test_request"
        clock.advance(10 * SECOND)
        await until_gone(socket)


async def test_faults_over_http() -> None:
    """They are listed, begun and ended; what is wrong with a request is said."""
    async with simulated_deribit() as server, aiohttp.ClientSession() as session:
        base = f"http://127.0.0.1:{server.port}/faults"
        async with session.post(f"{base}/away", data='{"secs": 0}') as response:
            told = await response.json()
            assert told == {"name": "away", "parameters": {"secs": 0.0}, "active": True}
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            async with client_of(server):
                pass
        async with session.get(base) as response:
            rows = {row["name"]: row for row in (await response.json())["faults"]}
            assert rows["away"]["active"]
            assert not rows["stall"]["active"]
        for status in (200, 404):
            async with session.delete(f"{base}/away") as response:
                assert response.status == status
        for name, body in (("flood", ""), ("stall", "{"), ("stall", "[]"), ("stall", '{"x":1}')):
            async with session.post(f"{base}/{name}", data=body) as response:
                assert response.status == 400
                assert (await response.json())["error"]


@pytest.mark.parametrize("headers", [{"Origin": "https://example.com"}, {"Host": "example.com"}])
async def test_a_page_can_do_no_harm(headers: dict[str, str]) -> None:
    """Neither with its origin nor by a name of another machine."""
    async with simulated_deribit() as server, aiohttp.ClientSession(headers=headers) as session:
        base = f"http://127.0.0.1:{server.port}/faults"
        async with session.get(base) as response:
            assert response.status == 403
        async with session.post(f"{base}/reset") as response:
            assert response.status == 403
        async with session.delete(f"{base}/stall") as response:
            assert response.status == 403


async def test_a_market_that_fails_is_no_venue() -> None:
    """Its task ends, and closing raises what it was."""
    server = await serve_deribit(small_market(), SystemClock())
    server.venue.market = None  # type: ignore[assignment]  # nothing can go on without
    async with asyncio.timeout(DEADLINE_SECS):
        await asyncio.wait([server.pump])
    with pytest.raises(AttributeError):
        await server.close()


async def test_a_port_that_is_taken() -> None:
    """It is the operator's to choose another."""
    async with simulated_deribit() as server:
        with pytest.raises(OSError, match="address already in use"):
            await serve_deribit(small_market(), SystemClock(), port=server.port)
