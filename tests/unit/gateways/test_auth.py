"""Tokens, codes and sessions."""

from pathlib import Path
from typing import Any

import pytest
from gateway_world import Answer, ask, hello

from voldesk.gateways.auth import (
    COOKIE,
    SESSION_HEADER,
    Auth,
    Keys,
    Standing,
    cookie_header,
    token_of_file,
)
from voldesk.gateways.problems import ClientError
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError

TOKEN = "k" * 43
SECOND = 1_000_000_000


def _keys() -> tuple[Keys, ManualClock]:
    clock = ManualClock(1_000 * SECOND)
    return Keys(TOKEN, clock), clock


def _standing(keys: Keys, **headers: str) -> Standing:
    return keys.standing(
        [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    )


def test_a_token_file_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    """256 random bits, mode 600, the same at every start."""
    path = tmp_path / "token"
    token = token_of_file(path)
    assert len(token) == 43
    assert path.stat().st_mode & 0o777 == 0o600
    assert token_of_file(path) == token
    assert token_of_file(tmp_path / "other") != token


def test_a_token_others_can_read_is_refused(tmp_path: Path) -> None:
    """The operator is told the command that mends it."""
    path = tmp_path / "token"
    token_of_file(path)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        token_of_file(path)


def test_a_file_without_a_token_is_refused(tmp_path: Path) -> None:
    """Ten characters are no token."""
    path = tmp_path / "token"
    path.write_text("tooshort!!")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="holds 10 characters"):
        token_of_file(path)


def test_the_token_makes_an_owner() -> None:
    """Bearer in any case; another token, another scheme, nothing: nobody."""
    keys, _ = _keys()
    assert _standing(keys, authorization=f"Bearer {TOKEN}") is Standing.OWNER
    assert _standing(keys, authorization=f"bearer {TOKEN}") is Standing.OWNER
    for other in (f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ", TOKEN, "\xff"):
        assert _standing(keys, authorization=other) is Standing.NOBODY
    assert _standing(keys) is Standing.NOBODY


def test_a_code_becomes_a_session_once() -> None:
    """Its cookie reads, its cookie with its proof may do all, the code is used up."""
    keys, _ = _keys()
    code = keys.new_code()
    cookie, proof = keys.exchange(code)
    assert _standing(keys, cookie=f"a=b; {COOKIE}={cookie}") is Standing.PAGE
    both = {"cookie": f"{COOKIE}={cookie}", SESSION_HEADER.decode(): proof}
    assert _standing(keys, **both) is Standing.OWNER
    both[SESSION_HEADER.decode()] = proof + "x"
    assert _standing(keys, **both) is Standing.PAGE
    with pytest.raises(ClientError, match="was used"):
        keys.exchange(code)


def test_a_proof_without_its_cookie_is_nothing() -> None:
    """The header alone, or with another session's cookie, shows nothing."""
    keys, _ = _keys()
    _, proof = keys.exchange(keys.new_code())
    cookie, _ = keys.exchange(keys.new_code())
    header = {SESSION_HEADER.decode(): proof}
    assert _standing(keys, **header) is Standing.NOBODY
    assert _standing(keys, cookie=f"{COOKIE}={cookie}", **header) is Standing.PAGE


def test_a_code_grows_old() -> None:
    """Five minutes after it was given out it is no good."""
    keys, clock = _keys()
    code = keys.new_code()
    clock.advance(301 * SECOND)
    with pytest.raises(ClientError):
        keys.exchange(code)


def test_guessing_burns_the_codes() -> None:
    """After ten wrong codes those outstanding are worth nothing."""
    keys, _ = _keys()
    code = keys.new_code()
    for _ in range(10):
        with pytest.raises(ClientError):
            keys.exchange("guess")
    with pytest.raises(ClientError):
        keys.exchange(code)


def test_a_session_ends() -> None:
    """When it was not used for twelve hours, after seven days, or when all are revoked."""
    keys, clock = _keys()
    idle, _ = keys.exchange(keys.new_code())
    used, _ = keys.exchange(keys.new_code())
    for _ in range(13):
        clock.advance(3_600 * SECOND)
        assert _standing(keys, cookie=f"{COOKIE}={used}") is Standing.PAGE
    assert _standing(keys, cookie=f"{COOKIE}={idle}") is Standing.NOBODY
    for _ in range(7 * 24):
        clock.advance(3_600 * SECOND)
        _standing(keys, cookie=f"{COOKIE}={used}")
    assert _standing(keys, cookie=f"{COOKIE}={used}") is Standing.NOBODY
    last, _ = keys.exchange(keys.new_code())
    keys.revoke_sessions()
    assert _standing(keys, cookie=f"{COOKIE}={last}") is Standing.NOBODY


def test_sessions_are_bounded() -> None:
    """The oldest of more than a hundred is forgotten."""
    keys, _ = _keys()
    cookies = [keys.exchange(keys.new_code())[0] for _ in range(102)]
    assert _standing(keys, cookie=f"{COOKIE}={cookies[-1]}") is Standing.PAGE
    assert _standing(keys, cookie=f"{COOKIE}={cookies[0]}") is Standing.NOBODY


def test_a_cookie_that_is_none_is_nothing() -> None:
    """Whatever stands in the header, it is read or passed over."""
    keys, _ = _keys()
    for value in ("", ";", "=", f"{COOKIE}=", f"{COOKIE}=\xff", 'x="', "a" * 5000, "\x00"):
        assert _standing(keys, cookie=value) is Standing.NOBODY


def test_a_cookie_is_for_us_alone() -> None:
    """Not for script, not for other sites, over TLS only where there is TLS."""
    header = cookie_header("x", is_secure=True)
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Secure"):
        assert part in header
    assert "Secure" not in cookie_header("x", is_secure=False)


NONE: dict[str, str] = {}
OWNER = {"authorization": f"Bearer {TOKEN}"}


async def _ask(settings: GatewaySettings, headers: dict[str, str], **request: Any) -> Answer:
    keys, _ = _keys()
    if headers.get("cookie") == "session":
        headers = {"cookie": f"{COOKIE}={keys.exchange(keys.new_code())[0]}"}
    return await ask(Auth(hello, keys, settings), headers=headers, **request)


PATHS = [
    ("/api/v1/underlyings", "http"),
    ("/api/v1/anything/new", "http"),
    ("/metrics", "http"),
    ("/ws/stream", "websocket"),
    ("/socket.io/", "http"),
    ("/socket.io/", "websocket"),
]


@pytest.mark.parametrize(("path", "kind"), PATHS)
async def test_on_loopback_reading_needs_nothing(path: str, kind: str) -> None:
    """The guard has turned other pages away; a program on this machine may read."""
    assert (await _ask(GatewaySettings(), NONE, path=path, kind=kind)).status == 200


@pytest.mark.parametrize(("path", "kind"), PATHS)
async def test_where_a_token_is_needed_nobody_reads_without(path: str, kind: str) -> None:
    """401 with the scheme; token or session read; an unknown route is no exception."""
    settings = GatewaySettings(is_token_needed=True)
    answer = await _ask(settings, NONE, path=path, kind=kind)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    for headers in (OWNER, {"cookie": "session"}):
        assert (await _ask(settings, headers, path=path, kind=kind)).status == 200


@pytest.mark.parametrize("is_needed", [True, False])
@pytest.mark.parametrize("path", ["/api/v1/orders", "/", "/x"])
async def test_to_change_anything_takes_the_owner(path: str, is_needed: bool) -> None:
    """A session cookie alone, which other ports of this machine get too, is not enough."""
    settings = GatewaySettings(is_token_needed=is_needed)
    for headers, status in ((NONE, 401), ({"cookie": "session"}, 401), (OWNER, 200)):
        answer = await _ask(settings, headers, path=path, method="POST")
        assert answer.status == status


@pytest.mark.parametrize("path", ["/", "/assets/index-abcdefgh.js", "/chain/NIFTY"])
async def test_the_page_itself_is_open(path: str) -> None:
    """Without its files nobody could sign in; they hold nothing."""
    assert (await _ask(GatewaySettings(is_token_needed=True), NONE, path=path)).status == 200


async def test_signing_in_needs_no_standing() -> None:
    """The code is the standing."""
    settings = GatewaySettings(is_token_needed=True)
    answer = await _ask(settings, NONE, path="/api/v1/session", method="POST")
    assert answer.status == 200
