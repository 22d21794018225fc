"""Socket.IO: the stream's topics as events, pushed past ``emit`` where the transport allows."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
import socketio
from starlette.types import Receive, Scope, Send

from voldesk.gateways.frames import Message
from voldesk.gateways.hub import Hub
from voldesk.gateways.outbox import Outbox
from voldesk.gateways.plain import PlainOutlet
from voldesk.gateways.problems import ClientError
from voldesk.gateways.push import EXTENSION, PushProtocol, SocketIoPushOutlet
from voldesk.gateways.session import Allowance, Op, StreamSession
from voldesk.model.clock import Clock

_PACKETS_PER_POLL: Final = 8
"""Events sent before a polling client has fetched them: its library takes 16 packets at once."""

FindPush = Callable[[], PushProtocol | None]
"""Finds the connection of a session, once it is a WebSocket that can be pushed to."""

_LOOK_SECS: Final = 0.1  # how often an upgrade is looked for
_GOODBYE_SECS: Final = 1.0
_OPS: Final = ("subscribe", "unsubscribe", "resync", "ping")


class _Session:
    """One Socket.IO session."""

    def __init__(self, client: Outbox, allowance: Allowance, stream: StreamSession) -> None:
        self.client = client
        self.allowance = allowance
        self.stream = stream
        self.serving: asyncio.Task[None] | None = None


class SocketIoGateway:
    """
    An ASGI application at ``/socket.io`` that serves the hub's topics.

    A client emits ``subscribe``, ``unsubscribe``, ``resync`` or ``ping`` with what ``/ws/stream``
    takes, and gets each message as an event of the name of its type. The acknowledgement says
    whether it was understood.
    """

    def __init__(self, hub: Hub, clock: Clock) -> None:
        settings = hub.settings
        self._hub = hub
        self._clock = clock
        self._server = socketio.AsyncServer(
            async_mode="asgi",
            cors_allowed_origins=[],  # the guard has looked at the Origin
            max_http_buffer_size=settings.message_bytes_hard,
            ping_interval=settings.ping_secs,
            ping_timeout=settings.ping_secs,
            http_compression=False,
        )
        self._app = socketio.ASGIApp(self._server, socketio_path="socket.io")
        self._sessions: dict[str, _Session] = {}
        self._upgrades: dict[str, PushProtocol] = {}  # by Engine.IO session
        self._group: asyncio.TaskGroup | None = None
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        for op in _OPS:
            self._server.on(op, self._listener(op))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; remember the WebSocket that takes over a polling session."""
        if scope["type"] == "websocket":
            query = parse_qs(scope["query_string"].decode("latin-1"))
            protocol = scope.get("extensions", {}).get(EXTENSION)
            if protocol is not None and "sid" in query:
                self._upgrades[query["sid"][0]] = protocol
                try:
                    await self._app(scope, receive, send)
                finally:
                    self._upgrades.pop(query["sid"][0], None)
                return
        await self._app(scope, receive, send)

    async def run(self) -> None:
        """Own the tasks of sessions until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                await asyncio.Event().wait()
            finally:
                self._group = None
                await self._server.shutdown()

    async def close(self) -> None:
        """Disconnect every session, so that no request is left waiting."""
        await asyncio.gather(*(self._end(sid) for sid in list(self._sessions)))

    async def _connect(self, sid: str, environ: dict[str, Any], _auth: object = None) -> bool:
        if self._group is None:
            return False
        eio_sid = self._server.manager.eio_sid_from_sid(sid, "/")
        socket = self._server.eio.sockets[eio_sid]
        first = environ["asgi.scope"].get("extensions", {}).get(EXTENSION)

        def find_push() -> PushProtocol | None:
            if not self._hub.settings.is_pushing or not socket.upgraded or socket.closed:
                return None
            return first if first is not None else self._upgrades.get(eio_sid)

        async def send(messages: Sequence[Message]) -> None:
            for start in range(0, len(messages), _PACKETS_PER_POLL):
                for message in messages[start : start + _PACKETS_PER_POLL]:
                    await self._emit(sid, message)
                await socket.queue.join()  # until the client has fetched them

        protocol, plain = find_push(), PlainOutlet(send)
        try:
            client = self._hub.attach(plain if protocol is None else SocketIoPushOutlet(protocol))
        except ClientError as exc:
            raise socketio.exceptions.ConnectionRefusedError(exc.message) from exc
        stream = StreamSession(self._hub, client, self._clock)
        session = _Session(client, Allowance(self._hub.settings.ops_per_sec), stream)
        self._sessions[sid] = session
        if protocol is None:
            session.serving = self._group.create_task(
                self._emit_until_upgraded(sid, session.client, plain, find_push), name=f"sio {sid}"
            )
        return True

    async def _emit_until_upgraded(
        self, sid: str, client: Outbox, plain: PlainOutlet, find_push: FindPush
    ) -> None:
        """
        Emit to a session until it can be pushed to; hang up when the hub closes it before.

        An Engine.IO client takes the WebSocket into use only when its last poll was answered, so
        nothing that was emitted can come after what is pushed.
        """
        protocol = None
        async with asyncio.TaskGroup() as group:
            pump = group.create_task(plain.pump(), name="sio send")
            while protocol is None and not plain.is_closed.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECS):
                        await plain.is_closed.wait()
                protocol = find_push() if plain.is_writable else None
            pump.cancel()
        if protocol is None:
            await self._end(sid)
            return
        client.outlet = SocketIoPushOutlet(protocol)
        client.outlet.on_writable = client.settle
        client.settle()

    async def _end(self, sid: str) -> None:
        """Disconnect a session; one that polls no more is left to its ping timeout."""
        with contextlib.suppress(KeyError, TimeoutError):  # it may have left by itself
            async with asyncio.timeout(_GOODBYE_SECS):
                await self._server.disconnect(sid)

    async def _emit(self, sid: str, message: Message) -> None:
        data = msgspec.json.decode(message.payload) if message.is_text else message.payload
        await self._server.emit(message.event, data, to=sid)

    async def _disconnect(self, sid: str, *_: object) -> None:
        session = self._sessions.pop(sid, None)
        if session is not None:
            self._hub.detach(session.client)
            if session.serving is not None and session.serving is not asyncio.current_task():
                session.serving.cancel()

    def _listener(self, name: str) -> Callable[..., Any]:
        async def hear(sid: str, data: object = None) -> dict[str, Any]:
            session = self._sessions.get(sid)
            if session is None:
                return {"ok": False, "code": "closed", "message": "the session has ended"}
            if not session.allowance.spend(asyncio.get_running_loop().time()):
                limit = f"more than {self._hub.settings.ops_per_sec:g} messages per second"
                return {"ok": False, "code": "too_fast", "message": limit}
            try:
                return await self._obey(sid, session, name, data)
            except ClientError as exc:
                return {"ok": False, "code": exc.code, "message": exc.message}

        return hear

    async def _obey(self, sid: str, session: _Session, name: str, data: object) -> dict[str, Any]:
        """
        Do one operation, and put the session into the rooms of the topics it holds.

        Raises:
            ClientError: It cannot be done.
        """
        given = {} if data is None else data
        if not isinstance(given, dict):
            raise ClientError("bad_message", f"{name} takes an object, not {type(data).__name__}")
        try:
            op: Op = msgspec.convert({**given, "op": name}, Op)
        except msgspec.ValidationError as exc:
            raise ClientError("bad_message", f"message not understood: {exc}") from exc
        before = set(session.client.subscriptions)
        error = session.stream.obey(op)
        after = set(session.client.subscriptions)
        for topic in after - before:
            await self._server.enter_room(sid, topic)
        for topic in before - after:
            await self._server.leave_room(sid, topic)
        if error is not None:
            raise error
        return {"ok": True, "topics": sorted(after)}
