"""The gateway put together: one ASGI application, one server, in the caller's task group."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from voldesk.bus.local import LocalBus
from voldesk.gateways.alert_desk import AlertDesk
from voldesk.gateways.alerts import alerts_router
from voldesk.gateways.auth import SESSION_HEADER, Auth, Keys
from voldesk.gateways.guard import Guard, is_socketio
from voldesk.gateways.hub import Hub
from voldesk.gateways.order_accounts import accounts_router
from voldesk.gateways.order_desk import OrderDesk
from voldesk.gateways.order_routes import orders_router
from voldesk.gateways.problems import MEDIA_TYPE, ClientError, problem_body
from voldesk.gateways.push import PushProtocol
from voldesk.gateways.rest import rest_router
from voldesk.gateways.settings import GatewaySettings
from voldesk.gateways.sio import SocketIoGateway
from voldesk.gateways.state import State
from voldesk.gateways.web import Page
from voldesk.gateways.ws import stream_router
from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError

_EVERY_NAME: Final = frozenset({"localhost", "0.0.0.0", "::"})  # noqa: S104  # compared, not bound
_BACKLOG: Final = 2048
_SHUTDOWN_SECS: Final = 3
_VERSION: Final = "1"


class Gateway:
    """
    Serves a process's chains; `run` it in a task group.

    Sockets are bound when it is made, so a port in use is known before anything starts, and
    ``port`` is the one that was got where 0 was asked for.
    """

    def __init__(
        self,
        bus: LocalBus,
        state: State,
        settings: GatewaySettings,
        keys: Keys,
        clock: Clock,
        alerts: AlertDesk | None = None,
        orders: OrderDesk | None = None,
    ) -> None:
        """
        Bind and put everything together.

        Args:
            bus: Where chains, ticks, status and alerts are published.
            state: The process, see `State`.
            settings: See `GatewaySettings`.
            keys: The token and the sessions.
            clock: Tells the time of pings and of sessions.
            alerts: What is watched for; None: there is nothing under ``/api/v1/alerts``.
            orders: Who trades; None: there is nothing under ``/api/v1/orders``, and so on.

        Raises:
            ConfigError: The settings are not safe, or the address cannot be had.
        """
        settings.require_safe()
        self.settings = settings
        self.keys = keys
        self._sockets = bind(settings.host, settings.port)
        self.port: int = self._sockets[0].getsockname()[1]
        self.is_started = asyncio.Event()
        self.hub = Hub(bus, state, settings, orders)
        self._socketio = SocketIoGateway(self.hub, clock)
        routes = [] if alerts is None else [alerts_router(alerts, state)]
        if orders is not None:
            routes += [orders_router(orders), accounts_router(orders)]
        app = build_app(self.hub, self._socketio, keys, clock, self.port, routes)
        self._server = _Server(_config(app, settings))

    @property
    def url(self) -> str:
        """The address of the page on this machine."""
        scheme = "http" if self.settings.tls_certificate is None else "https"
        host = "127.0.0.1" if self.settings.host in _EVERY_NAME else self.settings.host
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def sign_in_url(self) -> str:
        """Return the address that signs one browser in, once: the code is in the fragment."""
        return f"{self.url}#code={self.keys.new_code()}"

    async def run(self) -> None:
        """Serve until cancelled; then say goodbye to every client."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.hub.run(), name="gateway hub")
            group.create_task(self._socketio.run(), name="gateway socket.io")
            await self._server.open(self._sockets)
            self.is_started.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.shield(self._say_goodbye())

    async def _say_goodbye(self) -> None:
        await self._socketio.close()
        self.hub.close()
        await self._server.shutdown(self._sockets)


class _Server(uvicorn.Server):
    """uvicorn's server without what belongs to a process of its own: signals, its main loop."""

    async def open(self, sockets: list[socket.socket]) -> None:
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:  # pragma: no cover  # nothing of ours calls it
        yield


class _Split:
    """Hands Socket.IO's path to Socket.IO."""

    def __init__(self, socketio: ASGIApp, rest: ASGIApp) -> None:
        self._socketio = socketio
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._socketio if is_socketio(scope.get("path", "")) else self._rest
        await app(scope, receive, send)


def build_app(
    hub: Hub,
    socketio: SocketIoGateway,
    keys: Keys,
    clock: Clock,
    port: int,
    more: Sequence[APIRouter] = (),
) -> ASGIApp:
    """Return everything that answers, behind the guard and the sign-in; ``more`` routes too."""
    settings = hub.settings
    api = FastAPI(
        title="voldesk",
        version=_VERSION,
        description="Option chains with implied vol and Greeks, as they stand.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page loads script from elsewhere
        redoc_url=None,
    )
    api.add_exception_handler(ClientError, _tell_client_error)
    api.add_exception_handler(RequestValidationError, _tell_invalid)
    api.add_exception_handler(HTTPException, _tell_http)
    is_secure = settings.tls_certificate is not None
    api.include_router(rest_router(hub, keys, is_secure=is_secure))
    api.include_router(stream_router(hub, clock))
    for router in more:
        api.include_router(router)
    api.mount("/", Page(settings.web_folder))
    app: ASGIApp = _Split(socketio, api)
    app = Auth(app, keys, settings)
    if settings.origins:
        app = CORSMiddleware(
            app,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=[
                "authorization",
                "content-type",
                "idempotency-key",
                SESSION_HEADER.decode(),
            ],
            expose_headers=["etag"],
        )
    return Guard(app, settings, port, hub.meter)


def bind(host: str, port: int) -> list[socket.socket]:
    """
    Return sockets bound to an address, for "localhost" to both loopback addresses on one port.

    Raises:
        ConfigError: It is in use, not ours, or not an address.
    """
    names = ("127.0.0.1", "::1") if host == "localhost" else (host,)
    bound: list[socket.socket] = []
    for name in names:
        family = socket.AF_INET6 if ":" in name else socket.AF_INET
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((name, bound[0].getsockname()[1] if bound else port))
        except OSError as exc:
            sock.close()
            if bound and exc.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                continue  # a machine without IPv6
            for other in bound:
                other.close()
            raise ConfigError(f"cannot listen on {name} port {port}: {exc.strerror}") from exc
        sock.setblocking(False)
        bound.append(sock)
    return bound


def _config(app: ASGIApp, settings: GatewaySettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws=PushProtocol,
        ws_max_size=settings.message_bytes_hard,
        ws_ping_interval=settings.ping_secs,
        ws_ping_timeout=settings.ping_secs,
        ws_per_message_deflate=False,  # a pushed frame is the frame
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=_BACKLOG,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=_SHUTDOWN_SECS,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )


async def _tell_client_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ClientError)
    return _problem(error.status, error.code, error.message)


async def _tell_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    told = "; ".join(_told(one) for one in error.errors())
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_parameter", told)


def _told(error: dict[str, Any]) -> str:
    """Return one of pydantic's findings with where it was and what was there."""
    place = ".".join(str(part) for part in error["loc"])
    return f"{place} {str(error.get('input'))[:100]!r}: {error['msg']}"


async def _tell_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    response = _problem(status, code, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def _problem(status: HTTPStatus, code: str, detail: str) -> Response:
    return Response(problem_body(status, code, detail), status.value, media_type=MEDIA_TYPE)
