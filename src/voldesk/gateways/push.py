"""The fast way out: whole frames straight to the transport of uvicorn's WebSocket protocol."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Final, TypeAlias, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

from voldesk.gateways.frames import Parcel

EXTENSION: Final = "voldesk.push"
"""Where an ASGI scope holds its connection's `PushProtocol`."""

Told: TypeAlias = Callable[[], None]

_UNSENT_BYTES: Final = 16_384
"""What the kernel may hold unsent; more would only make a slow reader's data older."""

_SEND_BUFFER: Final = 65_536
"""The kernel's whole send buffer where it has no `TCP_NOTSENT_LOWAT`."""

_LINGER_SECS: Final = 5.0
"""How long a client may take to hear why it was closed."""


class PushProtocol(WebSocketsSansIOProtocol):
    """
    uvicorn's protocol, open to writers that bring whole frames.

    A frame written between two of uvicorn's own (pings, replies) is as good as one of its own,
    since each is written whole. Compression must be off: a frame is bytes here.
    """

    outlet: "PushOutlet | None" = None

    def handle_connect(self, event: Request) -> None:
        """Begin the handshake; the scope tells the application where to find us."""
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            cast("dict[str, object]", scope["extensions"])[EXTENSION] = self

    def pause_writing(self) -> None:
        """Hear from the transport that the client does not take more now."""
        super().pause_writing()
        if self.outlet is not None:
            self.outlet.is_writable = False

    def resume_writing(self) -> None:
        """Hear from the transport that everything written has left."""
        super().resume_writing()
        if self.outlet is not None:
            self.outlet.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that there is nobody any more."""
        if self.outlet is not None:
            self.outlet.is_writable = False
            self.outlet = None
        super().connection_lost(exc)

    def hang_up(self, code: int, reason: str) -> None:
        """Say why, tell the application, and cut the line if the client takes too long to hear."""
        if self.close_sent or self.transport.is_closing():
            self.transport.abort()
            return
        with contextlib.suppress(InvalidState):  # the client has begun to close
            self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_timer = self.loop.call_later(_LINGER_SECS, self.transport.abort)


class PushOutlet:
    """
    Writes parcels to a transport; the transport's own flow control says when to stop.

    A transport that is closing drops what is written, and one that is closed has told the
    protocol, which has made the outlet unwritable.
    """

    __slots__ = ("_protocol", "_put", "is_writable", "on_writable")

    def __init__(self, protocol: PushProtocol) -> None:
        """Take the connection over for writing, once its handshake is complete."""
        self._protocol = protocol
        self._put = protocol.transport.write
        self.is_writable = protocol.writable.is_set()
        self.on_writable: Told = _nothing
        tune(protocol.transport)
        protocol.outlet = self

    @property
    def backlog(self) -> int:
        """Bytes that have not left."""
        return self._protocol.transport.get_write_buffer_size()

    def write(self, parcel: Parcel) -> int:
        """Write a parcel; what does not leave at once makes the outlet unwritable."""
        data = parcel.frame
        self._put(data)
        return len(data)

    def close(self, code: int, reason: str) -> None:
        """Hang up with a reason."""
        self.is_writable = False
        self._protocol.outlet = None
        self._protocol.hang_up(code, reason)

    def resume(self) -> None:
        """Be writable again, and say so on the next turn: this is called out of the transport."""
        self.is_writable = True
        asyncio.get_running_loop().call_soon(self.on_writable)


class SocketIoPushOutlet(PushOutlet):
    """The same for a Socket.IO session that stands on a WebSocket."""

    __slots__ = ()

    def write(self, parcel: Parcel) -> int:
        """Write a parcel as events."""
        data = parcel.socketio
        self._put(data)
        return len(data)


def tune(transport: asyncio.Transport) -> None:
    """Keep what waits for a slow client in our hands, where newer figures replace it."""
    transport.set_write_buffer_limits(high=0)
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    try:
        if option is None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        else:
            sock.setsockopt(socket.IPPROTO_TCP, option, _UNSENT_BYTES)
    except OSError:  # an old kernel: the client only sees older figures
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)


def _nothing() -> None:
    """Nobody asked to be told."""
