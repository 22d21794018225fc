"""Sockets of the simulated TWS."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable

import pytest
from tws_client import make_world

from voldesk.simulator.ib.server import TwsServer
from voldesk.wire.ib.answers_account import CurrentTime
from voldesk.wire.ib.framing import Deframer, frame
from voldesk.wire.ib.handshake import hello
from voldesk.wire.ib.messages import decode_answer, encode_request
from voldesk.wire.ib.requests_market import RequestCurrentTime, StartApi

DEADLINE = 10.0


@pytest.fixture
async def server() -> AsyncIterator[TwsServer]:
    made = TwsServer(make_world())
    await made.open(fault_port=0)
    yield made
    await made.close()


class Caller:
    """A client on a real socket that reads until it has what it waits for."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._deframer = Deframer()

    @classmethod
    async def connect(cls, server: TwsServer, client_id: int = 1) -> "Caller":
        caller = cls(*await asyncio.open_connection("127.0.0.1", server.port))
        caller.writer.write(hello(100, 178))
        await caller.until(b"178\0")
        caller.writer.write(frame(encode_request(StartApi(client_id), 178)))
        await caller.until(b"9\0")
        return caller

    async def until(self, start: bytes) -> bytes:
        async with asyncio.timeout(DEADLINE):
            while True:
                data = await self.reader.read(65_536)
                if not data:
                    raise ConnectionResetError
                for payload in self._deframer.receive(data):
                    if payload.startswith(start):
                        return payload

    async def ask_time(self) -> int:
        self.writer.write(frame(encode_request(RequestCurrentTime(), 178)))
        answer = decode_answer(await self.until(b"49\0"), 178)
        assert isinstance(answer, CurrentTime)
        return answer.time

    async def wait_closed(self) -> None:
        async with asyncio.timeout(DEADLINE):
            try:
                while await self.reader.read(65_536):
                    pass
            except ConnectionError:
                return

    def close(self) -> None:
        self.writer.close()


async def until(is_so: Callable[[], bool]) -> None:
    """Give the loop its turns until something is so."""
    async with asyncio.timeout(DEADLINE):
        while not is_so():  # noqa: ASYNC110  # nobody tells: the loop has to be looked at
            await asyncio.sleep(0)


async def gone(server: TwsServer) -> None:
    await until(lambda: not server.connections)


async def test_a_conversation(server: TwsServer) -> None:
    """Connect, ask, leave; nothing stays behind."""
    caller = await Caller.connect(server)
    assert await caller.ask_time() > 0
    caller.close()
    await gone(server)
    assert server.world.sessions == {}


async def test_a_hundred_resets(server: TwsServer) -> None:
    """Clients that are cut off a hundred times come back, and nothing piles up."""
    for _ in range(100):
        caller = await Caller.connect(server)
        server.reset_all()
        await caller.wait_closed()
        caller.close()
    await gone(server)
    assert server.world.lines.in_use == 0


async def test_a_client_that_vanishes(server: TwsServer) -> None:
    """A reset from the other side frees the client id."""
    caller = await Caller.connect(server)
    linger = struct.pack("ii", 1, 0)
    caller.writer.get_extra_info("socket").setsockopt(1, 13, linger)  # SO_LINGER: reset on close
    caller.close()
    await gone(server)
    again = await Caller.connect(server)
    again.close()


async def test_strangers_are_closed(server: TwsServer) -> None:
    """What is no client of this API is closed, and the others do not notice."""
    caller = await Caller.connect(server)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    async with asyncio.timeout(DEADLINE):
        assert await reader.read() == b""
    writer.close()
    assert await caller.ask_time() > 0
    caller.close()


async def test_a_stall_holds_everything_back(server: TwsServer) -> None:
    """While it lasts nothing comes; afterwards everything does, in order."""
    caller = await Caller.connect(server)
    server.set_stalled(is_on=True)
    server.set_stalled(is_on=True)
    caller.writer.write(frame(encode_request(RequestCurrentTime(), 178)))
    (connection,) = server.connections
    await until(lambda: connection.is_holding)
    server.set_stalled(is_on=False)
    await caller.until(b"49\0")
    caller.close()


async def test_unread_requests_wait(server: TwsServer) -> None:
    """While TWS reads nothing requests wait in the socket; then they are answered."""
    caller = await Caller.connect(server)
    server.set_reading(is_on=False)
    caller.writer.write(frame(encode_request(RequestCurrentTime(), 178)))
    server.set_reading(is_on=True)
    await caller.until(b"49\0")
    caller.close()


async def test_a_restart(server: TwsServer) -> None:
    """The port is closed for a while, then the same port answers again."""
    caller = await Caller.connect(server)
    port = server.port
    server.restart(0.1)
    await caller.wait_closed()
    caller.close()
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection("127.0.0.1", port)
    assert isinstance(server.world.clock.now(), int)
    server.world.clock.advance(10**9)  # type: ignore[attr-defined]  # the tests' clock
    async with asyncio.timeout(DEADLINE):
        while True:
            try:
                again = await Caller.connect(server)
                break
            except OSError:
                await asyncio.sleep(0)
    assert server.port == port
    again.close()


async def test_a_defect_of_ours_ends_one_client(server: TwsServer) -> None:
    """Bytes that make a session fail cut that client off, and the others do not notice."""
    first, second = await Caller.connect(server, 1), await Caller.connect(server, 2)

    def fail(_: object) -> None:
        raise ZeroDivisionError

    server.world.sessions[1]._handlers[RequestCurrentTime] = fail
    first.writer.write(frame(encode_request(RequestCurrentTime(), 178)))
    await first.wait_closed()
    first.close()
    assert await second.ask_time() > 0
    second.close()


async def test_a_client_that_reads_nothing(server: TwsServer) -> None:
    """Its ticks wait once a megabyte is unsent, and it is cut off when all hope is gone."""
    caller = await Caller.connect(server)
    (connection,) = server.connections
    connection.send(bytes(8 << 20))
    assert connection.session.is_paused
    connection.send(bytes(64 << 20))
    connection.send(b"x")
    await gone(server)
    await caller.wait_closed()
    caller.close()


async def test_a_slow_reader_catches_up(server: TwsServer) -> None:
    """Once it has read most of what waits its ticks go on."""
    caller = await Caller.connect(server)
    (connection,) = server.connections
    connection.send(bytes(8 << 20))
    assert connection.session.is_paused
    async with asyncio.timeout(DEADLINE):
        await caller.reader.readexactly(8 << 20)
    await until(lambda: not connection.session.is_paused)
    caller.close()


async def test_a_market_that_fails_is_not_kept_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that raises ends the market, and whoever closes the server hears what it was."""
    made = TwsServer(make_world())
    await made.open()

    def fail() -> None:
        raise RuntimeError("no more ticks")

    monkeypatch.setattr(made.world, "step", fail)
    async with asyncio.timeout(DEADLINE):
        await asyncio.wait({made.pump})
    with pytest.raises(RuntimeError, match="no more ticks"):
        await made.close()
