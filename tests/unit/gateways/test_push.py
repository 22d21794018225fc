"""The pushed way out, over real sockets."""

import asyncio
import json
import socket
from typing import Any

import pytest
from gateway_world import World, serving, until
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from voldesk.gateways.frames import Message, Parcel
from voldesk.gateways.push import PushOutlet, tune
from voldesk.gateways.server import Gateway


async def _outlet(gateway: Gateway) -> PushOutlet:
    await until(lambda: bool(gateway.hub.clients))
    (client,) = gateway.hub.clients
    outlet = client.outlet
    assert isinstance(outlet, PushOutlet)
    return outlet


def _url(gateway: Gateway) -> str:
    return f"ws://127.0.0.1:{gateway.port}/ws/stream"


async def test_frames_fall_between_the_protocols_own() -> None:
    """Pushed frames, replies and pings of both sides keep the stream whole."""
    ping_secs = 1.0  # also how long a loaded machine has for the answer
    async with (
        serving(World(), ping_secs=ping_secs, ops_per_sec=1e9) as gateway,
        connect(_url(gateway)) as client,
    ):
        outlet = await _outlet(gateway)
        said: list[Any] = []
        clock, count = asyncio.get_running_loop(), 0
        started = clock.time()
        while clock.time() < started + 1.2 * ping_secs:  # so that one of the server's falls between
            number, count = count, count + 1
            outlet.write(Parcel([Message("e", b"%d" % number)]))
            await client.send(json.dumps({"op": "ping", "id": number}))
            await (await client.ping())
            said += [json.loads(await client.recv()) for _ in range(2)]
        assert [one for one in said if isinstance(one, int)] == list(range(count))
        assert [one["id"] for one in said if isinstance(one, dict)] == list(range(count))


async def test_a_full_line_pauses_and_resumes() -> None:
    """Written past what the client reads the outlet is not writable, until it is read again."""
    async with (
        serving(World()) as gateway,
        connect(_url(gateway), max_queue=1, max_size=None) as client,
    ):
        outlet = await _outlet(gateway)
        told: list[bool] = []
        outlet.on_writable = lambda: told.append(True)
        parcel = Parcel([Message("e", b"0" * 1_000_000)])
        written = 0
        while not outlet.backlog:
            outlet.write(parcel)
            written += 1
            await asyncio.sleep(0)
        assert not outlet.is_writable
        assert outlet.backlog > 0
        assert not told
        for _ in range(written):
            await client.recv()
        await until(lambda: bool(told) and outlet.is_writable)
        assert outlet.backlog == 0


async def test_a_client_hears_why_it_was_closed() -> None:
    """The close frame carries code and reason, and the endpoint ends."""
    async with serving(World()) as gateway, connect(_url(gateway)) as client:
        outlet = await _outlet(gateway)
        outlet.close(4001, "nothing read for 10 s")
        with pytest.raises(ConnectionClosedError) as caught:
            await client.recv()
        assert caught.value.rcvd is not None
        assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (4001, "nothing read for 10 s")
        await until(lambda: not gateway.hub.clients)


async def test_nothing_is_written_after_the_end() -> None:
    """A parcel for a connection that is closing is dropped, and closing twice does no harm."""
    async with serving(World()) as gateway:
        async with connect(_url(gateway)):
            outlet = await _outlet(gateway)
        await until(lambda: not gateway.hub.clients)
        assert not outlet.is_writable
        outlet.write(Parcel([Message("e", b"1")]))
        outlet.close(1000, "")
        outlet.close(1000, "")


class FakeTransport:
    """A transport that knows its socket."""

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self.high: int | None = None

    def set_write_buffer_limits(self, high: int) -> None:
        self.high = high

    def get_extra_info(self, name: str) -> Any:
        assert name == "socket"
        return self.sock


def test_the_kernel_keeps_little() -> None:
    """The socket holds at most 16 KiB unsent, the transport nothing."""
    with socket.socket() as sock:
        transport = FakeTransport(sock)
        tune(transport)  # type: ignore[arg-type]  # only what is called
        assert transport.high == 0
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == 16_384


def test_other_sockets_are_left_alone() -> None:
    """A Unix socket has no such option, a transport may have no socket."""
    with socket.socket(socket.AF_UNIX) as sock:
        before = sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        tune(FakeTransport(sock))  # type: ignore[arg-type]  # only what is called
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == before
    tune(FakeTransport(None))  # type: ignore[arg-type]  # only what is called


def test_an_old_kernel_gets_a_small_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the option is missing or refused the send buffer is bounded instead."""
    for option in (None, 9_999):
        if option is None:
            monkeypatch.delattr(socket, "TCP_NOTSENT_LOWAT")
        else:
            monkeypatch.setattr(socket, "TCP_NOTSENT_LOWAT", option, raising=False)
        with socket.socket() as sock:
            tune(FakeTransport(sock))  # type: ignore[arg-type]  # only what is called
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * 65_536
