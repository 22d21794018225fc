"""The gateway as a whole: binding, starting, stopping."""

import asyncio
import socket
from pathlib import Path

import httpx
import pytest
from gateway_world import World, serving, until
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from voldesk.gateways.server import bind
from voldesk.model.errors import ConfigError


async def test_a_port_in_use_is_the_operators_to_change() -> None:
    """Found when the gateway is made, with address and port in the message."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1 port {port}"):
            async with serving(World(), port=port):
                pass


def test_localhost_is_both_addresses() -> None:
    """One port on 127.0.0.1 and, where the machine has it, on ::1."""
    sockets = bind("localhost", 0)
    try:
        assert sockets[0].getsockname()[0] == "127.0.0.1"
        assert len({sock.getsockname()[1] for sock in sockets}) == 1
    finally:
        for sock in sockets:
            sock.close()


@pytest.mark.parametrize("host", ["not an address", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    """What cannot be bound is a setting to change."""
    with pytest.raises((ConfigError), match="cannot listen on"):
        bind(host, 0)


async def test_unsafe_settings_do_not_start() -> None:
    """Nothing is bound before the settings are known to be safe."""
    with pytest.raises(ConfigError, match="is_exposed"):
        async with serving(World(), host="0.0.0.0"):
            pass


async def test_addresses_are_told() -> None:
    """The page's address, and one that signs in once, with the code where no server sees it."""
    async with serving(World()) as gateway:
        assert gateway.url == f"http://127.0.0.1:{gateway.port}/"
        assert gateway.sign_in_url().startswith(f"{gateway.url}#code=")
        assert gateway.sign_in_url() != gateway.sign_in_url()


async def test_stopping_says_goodbye() -> None:
    """Clients hear that the server stops; the port is free again."""
    world = World()
    world.add("NIFTY")
    async with serving(world) as gateway:
        client = await connect(f"ws://127.0.0.1:{gateway.port}/ws/status")
        await client.recv()
        port = gateway.port
    with pytest.raises(ConnectionClosedError) as caught:
        await client.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1012
    async with serving(world, port=port) as again:
        assert again.port == port


async def test_a_signal_is_left_to_the_process() -> None:
    """The gateway installs no handler: the loop's own are those from before."""
    import signal  # noqa: PLC0415  # only here

    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with serving(World()):
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_the_page_is_served_beside_the_api(tmp_path: Path) -> None:
    """Files of the folder at the root, the API under its path, Socket.IO under its own."""
    (tmp_path / "index.html").write_text("<!doctype html>")
    async with (
        serving(World(), web_folder=tmp_path) as gateway,
        httpx.AsyncClient(base_url=gateway.url) as client,
    ):
        assert (await client.get("/")).text == "<!doctype html>"
        assert (await client.get("/chain/NIFTY")).text == "<!doctype html>"
        assert (await client.get("/api/v1/health")).json() == {"status": "ok"}
        assert (await client.get("/socket.io/?EIO=4&transport=polling")).text[0] == "0"
        assert (await client.get("/api/v1/nope")).status_code == 404


async def test_another_origin_may_read_where_it_is_allowed() -> None:
    """CORS for exactly the origins of the settings, preflight included."""
    origin = "http://127.0.0.1:5173"
    async with (
        serving(World(), origins=(origin,)) as gateway,
        httpx.AsyncClient(base_url=gateway.url) as client,
    ):
        answer = await client.get("/api/v1/health", headers={"origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin
        ask = {"origin": origin, "access-control-request-method": "POST"}
        answer = await client.request("OPTIONS", "/api/v1/session", headers=ask)
        assert answer.status_code == 200
        other = await client.get("/api/v1/health", headers={"origin": "http://127.0.0.1:5174"})
        assert other.status_code == 403


async def test_two_gateways_do_not_meet() -> None:
    """Nothing is global: two processes' worth of gateway run in one loop."""
    first, second = World(), World()
    first.add("NIFTY")
    async with serving(first) as one, serving(second) as two:
        async with httpx.AsyncClient() as client:
            told = [
                (await client.get(f"{each.url}api/v1/underlyings")).json() for each in (one, two)
            ]
        assert [len(chains) for chains in told] == [1, 0]
        async with connect(f"ws://127.0.0.1:{one.port}/ws/status"):
            await until(lambda: len(one.hub.clients) == 1)
            assert not two.hub.clients
            await asyncio.sleep(0)
