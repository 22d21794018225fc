"""The sockets of the simulated TWS, and what makes its time pass."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

import structlog

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.ib.fault_table import FAULTS
from voldesk.simulator.ib.faults import Faults
from voldesk.simulator.ib.session import Session
from voldesk.simulator.ib.world import World

if TYPE_CHECKING:
    from voldesk.simulator.ib.fault_port import FaultPort

_log: Final = structlog.get_logger(__name__)

STEP_SECS: Final = 0.05
"""Between two steps of the market, on the clock of the machine."""

_HIGH_WATER: Final = 1 << 20
"""Bytes unsent after which a client hears no ticks until it has read most of them."""

_HOPELESS: Final = 1 << 26
"""Bytes unsent after which a client is cut off: even answers it asked for are not read."""


class Connection(asyncio.Protocol):
    """One socket: fills `session.Link` for its session."""

    def __init__(self, world: World, connections: set["Connection"]) -> None:
        self.session = Session(world, self)
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._held: list[bytes] | None = None  # what a stalled connection has not let out

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=_HIGH_WATER, low=_HIGH_WATER // 8)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the session; a defect of ours ends this client alone."""
        try:
            self.session.receive(data)
        except Exception:  # noqa: BLE001  # the top of a client
            _log.exception("tws_session_failed", client=self.session.client_id)
            self.session.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the loop's
        """Let the session go."""
        self._transport = None
        self._connections.discard(self)
        if not self.session.is_over:
            self.session.closed()

    def pause_writing(self) -> None:
        """Hold ticks back: the client reads too slowly."""
        self.session.is_paused = True

    def resume_writing(self) -> None:
        """Tell ticks again: what changed meanwhile is told once, as it stands."""
        self.session.is_paused = False

    # What the session asks

    def send(self, data: bytes) -> None:
        """Send bytes; a client that has let too many pile up is cut off."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._held is not None:
            self._held.append(data)
            return
        if transport.get_write_buffer_size() > _HOPELESS:
            _log.warning("tws_client_too_slow", client=self.session.client_id)
            transport.abort()
            return
        transport.write(data)

    def close(self) -> None:
        """Close once everything is sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Reset the connection."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def is_holding(self) -> bool:
        """Say whether a stall holds something back."""
        return bool(self._held)

    def set_stalled(self, *, is_on: bool) -> None:
        """Hold back everything that is sent, or let it out."""
        held, self._held = self._held, [] if is_on else None
        if held and is_on:
            self._held = held
        elif held:
            self.send(b"".join(held))

    def set_reading(self, *, is_on: bool) -> None:
        """Stop or go on reading what the client sends."""
        if self._transport is None or self._transport.is_closing():
            return
        if is_on:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()


class TwsServer:
    """
    A listening TWS: `serve_tws` makes one.

    Attributes:
        port: Of the API.
        fault_port: Of the fault port, 0 where there is none.
        faults: What can be made to go wrong.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.port = self.fault_port = 0
        self.faults = Faults(world, self, FAULTS)
        self.connections: set[Connection] = set()
        self._host = ""
        self._server: asyncio.Server | None = None
        self._fault_server: FaultPort | None = None
        self._closing = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._opens_at: int | None = None  # when a restart is over, UTC ns of the clock

    async def open(
        self, host: str = "127.0.0.1", port: int = 0, fault_port: int | None = None
    ) -> None:
        """
        Listen, and let time pass.

        Args:
            host: Address of the API.
            port: Of the API; 0 takes a free one.
            fault_port: Likewise, on the loopback; None for none.

        Raises:
            OSError: An address cannot be had.
        """
        self._host, self.port = host, port
        await self._listen()
        if fault_port is not None:
            from voldesk.simulator.ib.fault_port import FaultPort  # noqa: PLC0415  # aiohttp

            self._fault_server = FaultPort(self.faults)
            await self._fault_server.open(fault_port)
            self.fault_port = self._fault_server.port
        self._pump = asyncio.ensure_future(self._run())
        self._pump.set_name("tws market")

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self.world, self.connections), self._host, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self.faults.tick()
                self.world.step()
            except Exception:
                _log.exception("tws_step_failed")
                raise
            if self._opens_at is not None and self.world.wall() >= self._opens_at:
                self._opens_at = None
                await self._listen()
            with suppress(TimeoutError):
                async with asyncio.timeout(STEP_SECS):
                    await self._closing.wait()

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
        if self._fault_server is not None:
            await self._fault_server.close()
        if self._server is not None:
            self._server.close()
        self.reset_all()
        if self._pump is not None:
            await self._pump
        if self._server is not None:
            await self._server.wait_closed()

    # What faults do to connections

    def reset_all(self) -> int:
        """Reset every connection; return how many there were."""
        connections = tuple(self.connections)
        for connection in connections:
            connection.session.abort()
        return len(connections)

    def set_stalled(self, *, is_on: bool) -> None:
        """Let nothing out of any connection, or let it go on."""
        for connection in self.connections:
            connection.set_stalled(is_on=is_on)

    def set_reading(self, *, is_on: bool) -> None:
        """Take nothing in from any connection, or go on."""
        for connection in self.connections:
            connection.set_reading(is_on=is_on)

    def restart(self, secs: float) -> None:
        """Close every connection and the port, and listen anew after a while."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self.connections):
            connection.session.end()
        self._opens_at = self.world.wall() + round(secs * NS_PER_SECOND)
