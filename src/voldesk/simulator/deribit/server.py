"""The sockets of the simulated Deribit, what makes its time pass, and the door for faults."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
from aiohttp import WSMsgType, web

from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError
from voldesk.simulator.deribit.faults import FAULTS, Faults
from voldesk.simulator.deribit.session import Refused, Session
from voldesk.simulator.deribit.venue import Venue
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.wire.deribit.messages import NO_METHOD, write_answer, write_refusal

_log: Final = structlog.get_logger(__name__)

STEP_SECS: Final = 0.1
"""Between two steps of the market, on the clock of the machine."""

PATH: Final = "/ws/api/v2"
_MOST_BYTES: Final = 1 << 20  # of a request
_MOST_WAITING: Final = 1_000  # answers not sent: a client that reads none of them is cut off
_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Connection:
    """
    One client's socket.

    News wait by channel, the newest in place of one that was not sent yet; answers wait in order,
    and a client with 1,000 of them is cut off.
    """

    def __init__(self, session: Session, request: web.Request) -> None:
        self.session = session
        self.is_stalled = False
        self._request = request
        self._socket = web.WebSocketResponse(max_msg_size=_MOST_BYTES, compress=False)
        self._answers: deque[bytes] = deque()
        self._news: dict[str, bytes] = {}
        self._work = asyncio.Event()

    async def serve(self) -> web.WebSocketResponse:
        """Talk until either side is gone."""
        await self._socket.prepare(self._request)
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write(), name="deribit writer")
            try:
                async for message in self._socket:
                    if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                        self.answer(self.session.receive(message.data))
                        self.tell(self.session.take_fresh())
                        self._end_if_over()
            finally:
                writer.cancel()
        return self._socket

    def answer(self, data: bytes) -> None:
        """Send bytes after those before."""
        self._answers.append(data)
        if len(self._answers) > _MOST_WAITING:
            self.abort()
        self._work.set()

    def tell(self, news: dict[str, bytes]) -> None:
        """Send news of channels."""
        self._news.update(news)
        self._work.set()

    def beat(self) -> None:
        """Send a heartbeat where it is due."""
        heartbeat = self.session.beat()
        if heartbeat is not None:
            self.answer(heartbeat)
        self._end_if_over()

    def set_stalled(self, *, is_on: bool) -> None:
        """Let nothing out, or let it go on."""
        self.is_stalled = is_on
        self._work.set()

    def abort(self) -> None:
        """Reset the connection."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def _end_if_over(self) -> None:
        if self.session.is_over and not self._answers:
            self.abort()

    async def _write(self) -> None:
        with suppress(ConnectionError):
            while True:
                await self._work.wait()
                self._work.clear()
                while not self.is_stalled and (self._answers or self._news):
                    if self._answers:
                        data = self._answers.popleft()
                    else:
                        data = self._news.pop(next(iter(self._news)))
                    await self._socket.send_frame(data, WSMsgType.TEXT)
                self._end_if_over()


class DeribitServer:
    """
    A listening Deribit: `serve_deribit` makes one.

    It answers over a WebSocket at ``/ws/api/v2``, and calls without channels over HTTP below
    ``/api/v2/``. ``GET /faults`` lists what can go wrong, ``POST /faults/{name}`` with a JSON
    object of parameters makes it happen, ``DELETE`` puts it right; a page in a browser can do none
    of it.

    Attributes:
        port: It listens at.
        faults: What can be made to go wrong.
    """

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.port = 0
        self.faults = Faults(venue, self)
        self.connections: set[Connection] = set()
        self._is_stalled = False
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None

    async def open(self, host: str, port: int) -> None:
        """
        Listen, and let time pass.

        Raises:
            OSError: The address cannot be had.
        """
        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_get(PATH, self._serve)
        app.router.add_get("/api/v2/{scope}/{method}", self._answer_http)
        app.router.add_get("/faults", self._list_faults)
        app.router.add_post("/faults/{name}", self._begin_fault)
        app.router.add_delete("/faults/{name}", self._end_fault)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        self._pump = asyncio.ensure_future(self._run())
        self._pump.set_name("deribit market")

    @property
    def pump(self) -> asyncio.Task[None]:
        """The task that lets the market go on: done when closed, or when the market failed."""
        assert self._pump is not None, "a server that is not open"
        return self._pump

    async def close(self) -> None:
        """
        Cut every client off and stop listening.

        Raises:
            Exception: What the market failed of, if it did.
        """
        self._closing.set()
        self.reset_all()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._pump is not None:
            await self._pump

    async def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self.faults.tick()
                self.venue.step()
                self._tell_all()
            except Exception:
                _log.exception("deribit_step_failed")
                raise
            with suppress(TimeoutError):
                async with asyncio.timeout(STEP_SECS):
                    await self._closing.wait()

    def _tell_all(self) -> None:
        """Tell every client the news of its channels, each made once for all of them."""
        wanted = {
            name: channel
            for connection in self.connections
            for name, channel in connection.session.channels.items()
        }
        news = self.venue.news(wanted.values())
        for connection in tuple(self.connections):
            mine = connection.session.channels
            connection.tell({name: data for name, data in news.items() if name in mine})
            connection.beat()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self.venue.mishaps.is_away:
            return web.Response(status=503, text="temporarily unavailable")
        connection = Connection(Session(self.venue), request)
        connection.is_stalled = self._is_stalled
        self.connections.add(connection)
        try:
            return await connection.serve()
        finally:
            self.connections.discard(connection)

    async def _answer_http(self, request: web.Request) -> web.Response:
        method = f"{request.match_info['scope']}/{request.match_info['method']}"
        status = 200
        try:
            session = _Caller(self.venue)
            body = write_answer(None, session.call(method, dict(request.query)))
        except Refused as refused:
            status, body = 400, write_refusal(None, refused.error)
        return web.Response(body=body, status=status, content_type="application/json")

    # What faults do to connections

    def reset_all(self) -> int:
        """Reset every connection; return how many there were."""
        connections = tuple(self.connections)
        for connection in connections:
            connection.abort()
        return len(connections)

    def set_stalled(self, *, is_on: bool) -> None:
        """Let nothing out of any connection, or let it go on."""
        self._is_stalled = is_on
        for connection in self.connections:
            connection.set_stalled(is_on=is_on)

    def send_all(self, data: bytes) -> None:
        """Send bytes to every client."""
        for connection in tuple(self.connections):
            connection.answer(data)

    def test_all(self) -> None:
        """Ask every client whether it is there."""
        for connection in tuple(self.connections):
            connection.answer(connection.session.test())

    # The door for faults

    async def _list_faults(self, request: web.Request) -> web.Response:
        _require_local(request)
        rows = [
            {
                "name": name,
                "about": fault.about,
                "parameters": dict(fault.parameters),
                "active": name in self.faults.active,
            }
            for name, fault in FAULTS.items()
        ]
        return web.json_response({"faults": rows})

    async def _begin_fault(self, request: web.Request) -> web.Response:
        _require_local(request)
        name = request.match_info["name"]
        text = await request.text()
        try:
            values: Any = json.loads(text) if text.strip() else {}
            used = self.faults.begin(name, _object(values))
        except (ConfigError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        is_active = name in self.faults.active
        return web.json_response({"name": name, "parameters": dict(used), "active": is_active})

    async def _end_fault(self, request: web.Request) -> web.Response:
        _require_local(request)
        name = request.match_info["name"]
        if not self.faults.finish(name):
            return web.json_response({"error": f"fault {name!r} is not active"}, status=404)
        return web.json_response({"name": name, "active": False})


class _Caller(Session):
    """A client over HTTP, where there are no channels."""

    def call(self, method: str, params: Mapping[str, Any]) -> object:
        """Do what a call says; return its result."""
        if method.endswith(("subscribe", "subscribe_all", "heartbeat")):
            raise Refused(NO_METHOD, "Method not found")
        return super().call(method, params)


async def serve_deribit(
    market: SyntheticMarket,
    clock: Clock,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    speed: float = 1.0,
) -> DeribitServer:
    """
    Serve Deribit's public data on a simulated market, until `DeribitServer.close`.

    Args:
        market: Moved by the server alone from now on.
        clock: What its time runs along with.
        host: Address to listen on.
        port: 0 takes a free one: see `DeribitServer.port`.
        speed: Market seconds per second of the clock.

    Raises:
        OSError: The address cannot be had.
    """
    server = DeribitServer(Venue(market, clock, speed=speed))
    await server.open(host, port)
    return server


def _object(values: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the body says
    if not isinstance(values, dict):
        raise ConfigError("the body is no JSON object")
    return values


def _require_local(request: web.Request) -> None:
    """
    Refuse requests of pages, and those that name another host than the loopback.

    Raises:
        HTTPForbidden: It is one of these.
    """
    host = request.host if request.host.endswith("]") else request.host.rsplit(":", 1)[0]
    if host not in _HOSTS or "Origin" in request.headers:
        raise web.HTTPForbidden(text="faults are for programs on this machine")
