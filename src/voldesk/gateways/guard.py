"""Who may ask at all: the page we serve and programs, never a page from elsewhere."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voldesk.gateways.meter import Meter
from voldesk.gateways.problems import ClientError, problem_body, problem_headers
from voldesk.gateways.settings import LOOPBACK_NAMES, GatewaySettings

log = structlog.get_logger(__name__)

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BODY_HEADERS: Final = frozenset({b"content-type", b"content-length", b"transfer-encoding"})
_OWN_SITE: Final = frozenset({"same-origin", "none"})  # typed into the address bar: none
_MOST_DIGITS: Final = 12  # of a Content-Length worth reading
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SOCKETIO: Final = "/socket.io"


class Guard:
    """
    Turns away whatever another web page could have sent, before anything else looks at it.

    Checked for HTTP and for the WebSocket handshake: the Host header against the names we are
    known by (DNS rebinding), Origin and ``Sec-Fetch-Site`` (other sites, other local ports), the
    content type of a body (forms) and its length. Browsers send an Origin with every WebSocket
    handshake and every request that is not a GET, so one without it comes from a program.
    """

    def __init__(self, app: ASGIApp, settings: GatewaySettings, port: int, meter: Meter) -> None:
        """Guard an application that listens on a port, which a Host header must name."""
        self._app = app
        self._meter = meter
        scheme = "http" if settings.tls_certificate is None else "https"
        self._hosts = frozenset(known_hosts(settings, scheme, port))
        schemes = ("http", "https") if settings.trusted_proxies else (scheme,)
        own = (f"{one}://{host}" for one in schemes for host in self._hosts)
        self._elsewhere = frozenset(settings.origins)
        self._origins = frozenset(own) | self._elsewhere
        self._most_bytes = settings.message_bytes_hard
        self._headers = security_headers(self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refusal, or pass on and dress the answer in the security headers."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except ClientError as refusal:
            self._meter.refused += 1
            log.warning("request_refused", path=scope["path"][:100], reason=refusal.message)
            await refuse(scope, receive, send, refusal)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                extra = [pair for pair in self._headers if pair[0] not in given]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self._app(scope, receive, dressed)

    def _check(self, scope: Scope) -> None:
        headers = _headers(scope)
        self._check_host(headers.get(b"host", []))
        origins = headers.get(b"origin", [])
        for origin in origins:
            if origin.decode("latin-1").lower() not in self._origins:
                raise ClientError(
                    "foreign_origin",
                    f"requests from {_shown(origin)} are not answered",
                    HTTPStatus.FORBIDDEN,
                )
        is_elsewhere = any(origin.decode("latin-1") in self._elsewhere for origin in origins)
        for site in headers.get(b"sec-fetch-site", []):
            if site.decode("latin-1") not in _OWN_SITE and not is_elsewhere:
                raise ClientError(
                    "foreign_site",
                    f"a {_shown(site)} request from another page is not answered",
                    HTTPStatus.FORBIDDEN,
                )
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS:
            self._check_body(scope, headers)

    def _check_host(self, hosts: Sequence[bytes]) -> None:
        if len(hosts) != 1:
            raise ClientError("no_host", f"{len(hosts)} Host headers, exactly one is needed")
        if hosts[0].decode("latin-1").lower() not in self._hosts:
            raise ClientError(
                "unknown_host",
                f"no host {_shown(hosts[0])} here: open one of {', '.join(sorted(self._hosts))}",
                HTTPStatus.MISDIRECTED_REQUEST,
            )

    def _check_body(self, scope: Scope, headers: dict[bytes, list[bytes]]) -> None:
        if is_socketio(scope["path"]):
            return
        if not headers.get(b"origin") and not headers.get(b"authorization"):
            raise ClientError(
                "no_origin",
                f"a {scope['method']} without an Origin needs a bearer token",
                HTTPStatus.FORBIDDEN,
            )
        if scope["method"] == "DELETE" and not headers.keys() & _BODY_HEADERS:
            return  # it has no body, and no form of another page can send it
        kind = b"".join(headers.get(b"content-type", [])).partition(b";")[0].strip().lower()
        if kind != b"application/json":
            raise ClientError(
                "not_json",
                f"content type {_shown(kind)}, only application/json is read",
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            )
        lengths = headers.get(b"content-length", [])
        if len(lengths) != 1 or not lengths[0].isdigit():
            raise ClientError(
                "no_length", "a body needs one Content-Length", HTTPStatus.LENGTH_REQUIRED
            )
        if len(lengths[0]) > _MOST_DIGITS or int(lengths[0]) > self._most_bytes:
            raise ClientError(
                "body_too_long",
                f"body of {_shown(lengths[0])} bytes, at most {self._most_bytes} may be",
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )


def is_socketio(path: str) -> bool:
    """
    Say whether a path is Socket.IO's.

    Its polling clients post text, and programs among them without an Origin; what they post
    changes nothing but their own stream.
    """
    return path == _SOCKETIO or path.startswith(f"{_SOCKETIO}/")


def known_hosts(settings: GatewaySettings, scheme: str, port: int) -> Iterable[str]:
    """Yield the Host headers that mean us, in lower case."""
    names = [*LOOPBACK_NAMES]
    if settings.host not in {"0.0.0.0", "::", "localhost"}:  # noqa: S104  # compared, not bound
        names.append(f"[{settings.host}]" if ":" in settings.host else settings.host)
    for name in dict.fromkeys(names):
        yield f"{name}:{port}"
        if port == _DEFAULT_PORTS[scheme]:
            yield name
    for host in settings.hosts:
        yield host.lower()


def security_headers(hosts: Iterable[str]) -> list[tuple[bytes, bytes]]:
    """
    Return what every answer carries: a page may run its own script and talk to us, nothing else.

    Source: OWASP Secure Headers; CSP level 3 (``'self'`` in ``connect-src`` does not cover
    ``ws:`` in every browser, so the hosts are named). A source cannot be an IPv6 address: CSP
    knows none, and browsers complain of it in the console.
    """
    named = sorted(host for host in hosts if not host.startswith("["))
    sockets = " ".join(f"ws://{host} wss://{host}" for host in named)
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {sockets}",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
        )
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cache-control": "no-store",
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()]


async def refuse(scope: Scope, receive: Receive, send: Send, refusal: ClientError) -> None:
    """Answer with a problem; a WebSocket handshake is answered the same way, before it is one."""
    kind = "http"
    if scope["type"] == "websocket":
        await receive()  # the handshake
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.code})
            return
        kind = "websocket.http"
    extra: dict[str, str] = {}
    if refusal.status is HTTPStatus.UNAUTHORIZED:
        extra["www-authenticate"] = "Bearer"  # RFC 6750 section 3
    body = problem_body(refusal.status, refusal.code, refusal.message)
    headers = problem_headers({"content-length": str(len(body)), **extra})
    await send(
        {"type": f"{kind}.response.start", "status": refusal.status.value, "headers": headers}
    )
    await send({"type": f"{kind}.response.body", "body": body})


def _headers(scope: Scope) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def _shown(value: bytes) -> str:
    return repr(value.decode("latin-1")[:100])
