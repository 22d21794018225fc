"""Requests another page could have made are turned away, before anything looks at them."""

from typing import Any

import pytest
from gateway_world import Answer, ask, hello

from voldesk.gateways.guard import Guard, known_hosts, security_headers
from voldesk.gateways.meter import Meter
from voldesk.gateways.settings import GatewaySettings

HOST = "127.0.0.1:8000"
OWN = f"http://{HOST}"


async def _ask(
    headers: dict[str, str] | list[tuple[str, str]] | None = None,
    *,
    settings: GatewaySettings | None = None,
    **request: Any,
) -> Answer:
    guard = Guard(hello, settings or GatewaySettings(), 8000, Meter())
    return await ask(guard, headers={"host": HOST} if headers is None else headers, **request)


@pytest.mark.parametrize("host", [HOST, "localhost:8000", "[::1]:8000", "LOCALHOST:8000"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_our_own_names_are_answered(host: str, kind: str) -> None:
    """Every name of this machine with our port is ours."""
    assert (await _ask({"host": host}, kind=kind)).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:8000", "127.0.0.1", "127.0.0.1:8001", "localhost.evil.test:8000", ""],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_a_host_we_are_not_is_misdirected(host: str, kind: str) -> None:
    """DNS rebinding ends here: the name in the address bar is not one of ours."""
    answer = await _ask({"host": host}, kind=kind)
    assert answer.status == 421
    assert answer.json["code"] == "unknown_host"
    assert HOST in answer.json["detail"]


@pytest.mark.parametrize("headers", [[], [("host", HOST), ("host", "evil.test")]])
async def test_exactly_one_host_is_needed(headers: list[tuple[str, str]]) -> None:
    """None, or two, is a bad request."""
    answer = await _ask(headers)
    assert answer.status == 400
    assert answer.json["code"] == "no_host"


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "http://127.0.0.1:3000", "https://127.0.0.1:8000", "null", ""]
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_another_pages_origin_is_forbidden(origin: str, kind: str) -> None:
    """Another site, another local port, another scheme, a sandboxed frame: 403 before anything."""
    answer = await _ask({"host": HOST, "origin": origin}, kind=kind)
    assert answer.status == 403
    assert answer.json["code"] == "foreign_origin"


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_our_own_page_is_answered(kind: str) -> None:
    """The page we serve has our origin and comes from the same site."""
    headers = {"host": HOST, "origin": OWN, "sec-fetch-site": "same-origin"}
    assert (await _ask(headers, kind=kind)).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
async def test_a_request_from_another_page_is_forbidden(site: str) -> None:
    """Without an Origin the browser still says where the request comes from."""
    answer = await _ask({"host": HOST, "sec-fetch-site": site})
    assert answer.status == 403
    assert answer.json["code"] == "foreign_site"


async def test_an_address_typed_in_is_answered() -> None:
    """A navigation by the user himself comes from no site."""
    assert (await _ask({"host": HOST, "sec-fetch-site": "none"})).status == 200


async def test_an_origin_that_is_allowed_is_answered_from_anywhere() -> None:
    """An exact origin of the settings may read across sites; a neighbour of it may not."""
    settings = GatewaySettings(origins=("http://127.0.0.1:5173",))
    headers = {"host": HOST, "origin": "http://127.0.0.1:5173", "sec-fetch-site": "same-site"}
    assert (await _ask(headers, settings=settings)).status == 200
    headers["origin"] = "http://127.0.0.1:5174"
    assert (await _ask(headers, settings=settings)).status == 403


BODY = {"host": HOST, "origin": OWN, "content-type": "application/json", "content-length": "2"}


async def test_a_body_of_json_is_passed_on() -> None:
    """Our page may post JSON, and so may a program that shows a token."""
    assert (await _ask(BODY, method="POST")).status == 200
    program = {**BODY, "authorization": "Bearer x"}
    del program["origin"]
    assert (await _ask(program, method="POST")).status == 200


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"content-type": "text/plain"}, 415, "not_json"),
        ({"content-type": ""}, 415, "not_json"),
        ({"content-type": "application/x-www-form-urlencoded"}, 415, "not_json"),
        ({"content-length": "100000000"}, 413, "body_too_long"),
        ({"content-length": "9" * 5000}, 413, "body_too_long"),
        ({"content-length": "-1"}, 411, "no_length"),
        ({"content-length": None}, 411, "no_length"),
        ({"origin": None}, 403, "no_origin"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_body_a_form_could_send_is_refused(
    change: dict[str, str | None], status: int, code: str, method: str
) -> None:
    """No form, no missing origin, nothing longer than is read."""
    headers = {name: value for name, value in {**BODY, **change}.items() if value is not None}
    answer = await _ask(headers, method=method)
    assert (answer.status, answer.json["code"]) == (status, code)


async def test_polling_posts_text_without_an_origin() -> None:
    """Engine.IO clients that are no browsers do so; browsers send an origin and are checked."""
    headers = {"host": HOST, "content-type": "text/plain", "content-length": "1"}
    assert (await _ask(headers, path="/socket.io/", method="POST")).status == 200
    headers["origin"] = "http://evil.test"
    assert (await _ask(headers, path="/socket.io/", method="POST")).status == 403


async def test_every_answer_is_dressed() -> None:
    """The policy lets a page run its own script and talk to us, and nothing else."""
    headers = (await _ask()).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert f"ws://{HOST}" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


async def test_a_refusal_is_counted() -> None:
    """The meter knows how many were turned away."""
    meter = Meter()
    guard = Guard(hello, GatewaySettings(), 8000, meter)
    await ask(guard, headers={"host": "x"})
    assert meter.refused == 1


def test_the_default_port_may_be_left_out() -> None:
    """On 80 a browser sends the name alone; names of the settings count as given."""
    hosts = set(known_hosts(GatewaySettings(hosts=("Desk.example:8443",)), "http", 80))
    assert {"localhost", "localhost:80", "desk.example:8443"} <= hosts
    assert "localhost" not in set(known_hosts(GatewaySettings(), "https", 80))


def test_an_exposed_address_is_a_name_of_ours() -> None:
    """The address that is bound is accepted, that of all addresses is none."""
    assert "192.168.1.5:9" in set(known_hosts(GatewaySettings(host="192.168.1.5"), "http", 9))
    assert "[fd00::1]:9" in set(known_hosts(GatewaySettings(host="fd00::1"), "http", 9))
    everywhere = known_hosts(GatewaySettings(host="0.0.0.0"), "http", 9)
    assert not any("0.0.0.0" in one for one in everywhere)


def test_header_names_are_lower_case() -> None:
    """ASGI wants them so."""
    assert all(name == name.lower() for name, _ in security_headers(["a:1"]))


async def test_a_server_without_the_extension_closes_the_handshake() -> None:
    """A WebSocket that cannot be answered over HTTP is closed before it is accepted."""
    said: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"type": "websocket", "path": "/ws", "headers": []}
    await Guard(hello, GatewaySettings(), 8000, Meter())(scope, receive, send)
    assert said == [{"type": "websocket.close", "code": 1008, "reason": "no_host"}]


async def test_what_is_no_request_is_passed_on() -> None:
    """Lifespan is none of the guard's business."""
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive, send
        seen.append(scope["type"])

    guard = Guard(app, GatewaySettings(), 8000, Meter())
    await guard({"type": "lifespan"}, hello, hello)  # type: ignore[arg-type]  # a scope that has no receiver
    assert seen == ["lifespan"]


async def test_a_deletion_needs_no_body() -> None:
    """It has nothing to say but its address; where it says something, the rules of bodies hold."""
    headers = {"host": HOST, "origin": OWN}
    assert (await _ask(headers, method="DELETE")).status == 200
    assert (await _ask({**headers, "content-length": "3"}, method="DELETE")).status == 415
    assert (await _ask({"host": HOST}, method="DELETE")).json["code"] == "no_origin"
