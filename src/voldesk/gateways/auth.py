"""Who is asking: a bearer token for programs, a session cookie for the page."""

import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from voldesk.gateways.guard import is_socketio, refuse
from voldesk.gateways.problems import ClientError
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError

TOKEN_BYTES: Final = 32
COOKIE: Final = "voldesk_session"
SESSION_HEADER: Final = b"x-voldesk-session"
"""Carries what a page must prove to change anything: cookies go to every port, this does not."""

SESSION_PATH: Final = "/api/v1/session"
_OPEN_PATHS: Final = frozenset({SESSION_PATH, "/api/v1/ready"})
_STREAM_PREFIXES: Final = ("/api/", "/ws/", "/socket.io", "/metrics")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_NS_PER_SECOND: Final = 1_000_000_000
_CODE_SECS: Final = 300
_IDLE_SECS: Final = 12 * 3600
_LIFE_SECS: Final = 7 * 24 * 3600
_MAX_SESSIONS: Final = 100
_MAX_WRONG: Final = 10


class Standing(StrEnum):
    """What a request has shown."""

    NOBODY = "nobody"
    PAGE = "page"  # a session cookie: may read
    OWNER = "owner"  # the token, or a session with its header: may do all


@dataclass(slots=True)
class _Session:
    cookie: str
    proof: str
    began: int
    seen: int


def token_of_file(path: Path) -> str:
    """
    Return the token kept in a file, made on first use: 256 random bits, readable by its owner.

    Raises:
        ConfigError: Others may read the file, or it holds no token.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        mode = path.stat().st_mode & 0o077
        if mode and os.name == "posix":
            raise ConfigError(
                f"{path} may be read by others (mode {mode:03o} of group and world)"
                f": chmod 600 {path}"
            ) from None
        token = path.read_text().strip()
        if len(token) < TOKEN_BYTES:
            raise ConfigError(
                f"{path} holds {len(token)} characters, a token has {TOKEN_BYTES} or more:"
                " delete it and a new one is made"
            ) from None
        return token
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with os.fdopen(handle, "w") as file:
        file.write(f"{token}\n")
    return token


class Keys:
    """
    The token, the one-time codes that open a page, and the sessions they became.

    Everything secret is compared in constant time. Ten wrong codes burn those outstanding.
    """

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token.encode()
        self._clock = clock
        self._codes: dict[str, int] = {}  # code: expires at, ns
        self._sessions: dict[str, _Session] = {}  # by cookie
        self._wrong = 0

    def new_code(self) -> str:
        """Return a code that `exchange` takes once, within five minutes; for a URL's fragment."""
        code = secrets.token_urlsafe(TOKEN_BYTES)
        self._codes[code] = self._clock.now() + _CODE_SECS * _NS_PER_SECOND
        return code

    def exchange(self, code: str) -> tuple[str, str]:
        """
        Return the cookie and the proof of a new session for a code.

        Raises:
            ClientError: The code was never given out, was used, or is too old.
        """
        now = self._clock.now()
        found = None
        for known in self._codes:  # all of them, so that time tells nothing
            if hmac.compare_digest(known.encode(), code.encode()):
                found = known
        if found is None or self._codes[found] < now:
            self._wrong += 1
            if self._wrong >= _MAX_WRONG:
                self._codes.clear()
                self._wrong = 0
            raise ClientError(
                "bad_code",
                "this code was used, is older than five minutes, or was never given out: start"
                " again from the address that voldesk prints",
                HTTPStatus.FORBIDDEN,
            )
        del self._codes[found]
        self._wrong = 0
        self._forget_old(now)
        session = _Session(
            secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES), now, now
        )
        self._sessions[session.cookie] = session
        return session.cookie, session.proof

    def revoke_sessions(self) -> None:
        """End every session; the token stays."""
        self._sessions.clear()

    def standing(self, headers: Iterable[tuple[bytes, bytes]]) -> Standing:
        """Return what a request's headers show."""
        cookie = proof = b""
        for name, value in headers:
            match name.lower():
                case b"authorization":
                    scheme, _, token = value.partition(b" ")
                    if scheme.lower() == b"bearer" and hmac.compare_digest(
                        token.strip(), self._token
                    ):
                        return Standing.OWNER
                case b"cookie":
                    cookie = _cookie_value(value) or cookie
                case header if header == SESSION_HEADER:
                    proof = value
        session = self._session(cookie)
        if session is None:
            return Standing.NOBODY
        if hmac.compare_digest(proof, session.proof.encode()):
            return Standing.OWNER
        return Standing.PAGE

    def _session(self, cookie: bytes) -> _Session | None:
        now = self._clock.now()
        self._forget_old(now)
        found = None
        for session in self._sessions.values():
            if hmac.compare_digest(session.cookie.encode(), cookie):
                found = session
        if found is not None:
            found.seen = now
        return found

    def _forget_old(self, now: int) -> None:
        kept = [
            one
            for one in self._sessions.values()
            if now - one.seen < _IDLE_SECS * _NS_PER_SECOND
            and now - one.began < _LIFE_SECS * _NS_PER_SECOND
        ]
        self._sessions = {one.cookie: one for one in kept[-_MAX_SESSIONS:]}


class Auth:
    """
    Asks for a standing where one is needed; a route that is not named here needs one.

    Reading needs none on loopback unless the operator wants it (the guard has turned away other
    pages); what changes anything always needs the owner's. The page's own files are open: they
    hold nothing, and without them nobody could sign in.
    """

    def __init__(self, app: ASGIApp, keys: Keys, settings: GatewaySettings) -> None:
        self._app = app
        self._keys = keys
        self._is_token_for_reads = settings.is_token_for_reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 401."""
        if scope["type"] in {"http", "websocket"}:
            refusal = self._refusal(scope)
            if refusal is not None:
                await refuse(scope, receive, send, refusal)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ClientError | None:
        path = scope["path"]
        if path in _OPEN_PATHS:
            return None
        standing = self._keys.standing(scope["headers"])
        is_reading = (
            scope["type"] == "websocket" or scope["method"] in _SAFE_METHODS or is_socketio(path)
        )
        if not is_reading and standing is not Standing.OWNER:
            return ClientError(
                "not_signed_in",
                "this needs the token (Authorization: Bearer), or a session with its"
                f" {SESSION_HEADER.decode()} header",
                HTTPStatus.UNAUTHORIZED,
            )
        needs = self._is_token_for_reads and path.startswith(_STREAM_PREFIXES)
        if is_reading and needs and standing is Standing.NOBODY:
            return ClientError(
                "not_signed_in",
                "this needs the token (Authorization: Bearer) or a session",
                HTTPStatus.UNAUTHORIZED,
            )
        return None


def cookie_header(cookie: str, *, is_secure: bool) -> str:
    """Return the ``Set-Cookie`` of a session: never read by script, never sent by another site."""
    return (
        f"{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age={_LIFE_SECS}"
        f"{'; Secure' if is_secure else ''}"
    )


def _cookie_value(header: bytes) -> bytes:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header.decode("latin-1"))
    except CookieError:
        return b""
    return jar[COOKIE].value.encode("latin-1") if COOKIE in jar else b""
