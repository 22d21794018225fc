"""The WebSocket endpoints: ``/ws/stream``, and the fixed ``/ws/greeks`` and ``/ws/status``."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import date
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.responses import Response

from voldesk.gateways.frames import Message
from voldesk.gateways.hub import Hub
from voldesk.gateways.outbox import Outbox
from voldesk.gateways.plain import PlainOutlet
from voldesk.gateways.problems import MEDIA_TYPE, ClientError, problem_body
from voldesk.gateways.push import EXTENSION, PushOutlet
from voldesk.gateways.request import Request
from voldesk.gateways.session import Allowance, StreamSession, decode_op
from voldesk.gateways.topics import Wish, requests_of
from voldesk.model.clock import Clock

TOO_FAST: Final = 4003
"""Close code: the client sends more than it may."""

_GOODBYE_SECS: Final = 5.0
_MAX_SYMBOLS: Final = 16

Hear = Callable[[Outbox, str | bytes], None]
"""Takes one message of a client."""


def stream_router(hub: Hub, clock: Clock) -> APIRouter:
    """Return the WebSocket routes."""
    router = APIRouter()

    @router.websocket("/ws/stream")
    async def stream(websocket: WebSocket) -> None:
        await _serve(websocket, hub, _talk(hub, clock), ())

    @router.websocket("/ws/greeks")
    async def greeks(websocket: WebSocket) -> None:
        symbols = _symbols(websocket, hub)
        topics = tuple(f"greeks/{symbol}" for symbol in symbols)
        await _serve(websocket, hub, _ignore, topics, websocket.query_params.get("expiry"))

    @router.websocket("/ws/status")
    async def status(websocket: WebSocket) -> None:
        await _serve(websocket, hub, _ignore, ("status",))

    return router


def _talk(hub: Hub, clock: Clock) -> Hear:
    """Return what hears one client of ``/ws/stream``."""
    allowance = Allowance(hub.settings.ops_per_sec)
    limit = hub.settings.message_bytes

    def hear(client: Outbox, text: str | bytes) -> None:
        session = StreamSession(hub, client, clock)
        if not allowance.spend(asyncio.get_running_loop().time()):
            client.close(TOO_FAST, f"more than {hub.settings.ops_per_sec:g} messages per second")
            return
        try:
            op = decode_op(text, limit)
        except ClientError as exc:
            session.complain(exc)
        else:
            session.obey(op)

    return hear


def _ignore(_: Outbox, __: str | bytes) -> None:
    """Let clients say what they like where nothing is asked of them."""


def _symbols(websocket: WebSocket, hub: Hub) -> list[str]:
    """Return the underlyings of ``?symbol=A,B``; the first that is served if left out."""
    asked = websocket.query_params.get("symbol")
    if asked is None:
        return list(hub.state.chains)[:1] or [""]
    return list(dict.fromkeys(part for part in asked.split(",") if part))


async def _serve(
    websocket: WebSocket, hub: Hub, hear: Hear, topics: tuple[str, ...], expiry: str | None = None
) -> None:
    """Serve one client from handshake to close; what cannot be served is refused before it."""
    try:
        requests = _requests(hub, topics, expiry)
    except ClientError as exc:
        body = problem_body(exc.status, exc.code, exc.message)
        await websocket.send_denial_response(
            Response(body, exc.status.value, media_type=MEDIA_TYPE)
        )
        return

    def begin(client: Outbox) -> None:
        for request in requests:
            hub.subscribe(client, request)
        client.settle()

    await websocket.accept()
    protocol = websocket.scope.get("extensions", {}).get(EXTENSION)
    if protocol is not None and hub.settings.is_pushing:
        client = hub.attach(PushOutlet(protocol))
        try:
            begin(client)
            await _read(websocket, client, hear)
        finally:
            hub.detach(client)
    else:
        await _serve_plain(websocket, hub, begin, hear)


async def _serve_plain(
    websocket: WebSocket, hub: Hub, begin: Callable[[Outbox], None], hear: Hear
) -> None:
    async def send(messages: Sequence[Message]) -> None:
        for message in messages:
            if message.is_text:
                await websocket.send_text(message.payload.decode())
            else:
                await websocket.send_bytes(message.payload)

    outlet = PlainOutlet(send)
    client = hub.attach(outlet)

    async def read() -> None:
        await _read(websocket, client, hear)
        outlet.is_closed.set()

    async def pump() -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # gone while we sent
            await outlet.pump()
        outlet.is_closed.set()

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(pump(), name="ws send"),
                group.create_task(read(), name="ws read"),
            ]
            begin(client)
            await outlet.is_closed.wait()
            for task in tasks:
                task.cancel()
    finally:
        hub.detach(client)
    if outlet.goodbye is not None:
        with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(_GOODBYE_SECS):
                await websocket.close(*outlet.goodbye)


async def _read(websocket: WebSocket, client: Outbox, hear: Hear) -> None:
    """Hand on what a client says until it leaves or is closed."""
    while True:
        event = await websocket.receive()
        if event["type"] == "websocket.disconnect" or client.is_closed:
            return
        text = event.get("text")
        hear(client, event["bytes"] if text is None else text)


def _requests(hub: Hub, topics: tuple[str, ...], expiry: str | None) -> list[Request]:
    """
    Return what a client gets from the start.

    Raises:
        ClientError: There is no such thing, or no room.
    """
    if len(topics) > _MAX_SYMBOLS:
        raise ClientError(
            "too_many_topics", f"{len(topics)} symbols, at most {_MAX_SYMBOLS} may be"
        )
    if len(hub.clients) >= hub.settings.clients:
        raise ClientError(
            "too_many_clients",
            f"{len(hub.clients)} clients are connected, at most {hub.settings.clients} may be",
            HTTPStatus.SERVICE_UNAVAILABLE,
        )
    wish = Wish(expiry=None if expiry is None else _date(expiry))
    return requests_of(topics, wish, hub.state, is_named=len(topics) > 1)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ClientError(
            "bad_expiry", f"expiry {text[:40]!r} is not a date such as 2025-11-27"
        ) from None
