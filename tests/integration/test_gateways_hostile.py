"""Clients that mean no good, or cannot do better: refused or answered, and nobody else notices."""

import asyncio
import json
import socket
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from gateway_world import World, serving, until
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Frame, Opcode

from voldesk.gateways.server import Gateway

STREAMS = ["/ws/stream", "/ws/greeks", "/ws/status", "/socket.io/?EIO=4&transport=websocket"]


def _world() -> World:
    world = World()
    world.add("NIFTY")
    return world


def _url(gateway: Gateway, path: str = "/ws/stream") -> str:
    return f"ws://127.0.0.1:{gateway.port}{path}"


async def _raw(gateway: Gateway, text: str) -> bytes:
    """Send bytes of one's own making; return the first of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(text.encode("latin-1"))
    async with asyncio.timeout(10):
        answer = await reader.read(10_000)
    writer.close()
    return answer


@pytest.mark.parametrize("path", STREAMS)
@pytest.mark.parametrize("origin", ["http://evil.test", "http://127.0.0.1:1", "null"])
async def test_another_pages_script_cannot_open_a_stream(path: str, origin: str) -> None:
    """403 to the handshake of every stream, with no frame before it."""
    async with serving(_world()) as gateway:
        with pytest.raises(InvalidStatus) as caught:
            await connect(_url(gateway, path), origin=origin)  # type: ignore[arg-type]  # any origin is sent
        assert caught.value.response.status_code == 403
        assert not gateway.hub.clients


@pytest.mark.parametrize("path", STREAMS)
async def test_our_own_page_can(path: str) -> None:
    """With the origin of the page that we serve every stream opens."""
    async with serving(_world()) as gateway:
        origin: Any = gateway.url.rstrip("/")
        async with connect(_url(gateway, path), origin=origin) as client:
            if path != "/ws/stream":
                await client.recv()


@pytest.mark.parametrize("path", [*STREAMS, "/api/v1/underlyings", "/"])
@pytest.mark.parametrize(
    ("host", "status"), [("", b"400"), ("Host: evil.test\r\n", b"421"), ("Host: \r\n", b"421")]
)
async def test_a_request_to_nobody_is_not_answered(path: str, host: str, status: bytes) -> None:
    """Without a Host, or with that of a rebound name, plain requests and handshakes end alike."""
    upgrade = (
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    more = upgrade if path in STREAMS else ""
    async with serving(_world()) as gateway:
        answer = await _raw(gateway, f"GET {path} HTTP/1.1\r\n{host}{more}\r\n")
        assert answer.split()[1] == status
        assert b"problem+json" in answer


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "nonsense",
        '{"op":"sell everything"}',
        '{"op":"subscribe","topics":["chain/../../etc/passwd"]}',
        '{"op":"subscribe","topics":["chain/NIFTY"],"fields":["__class__"]}',
        '{"op":"subscribe","topics":["chain/NIFTY"],"rate":1e400}',
        "[" * 10_000,
        json.dumps({"op": "ping", "id": "x" * 20_000}),
        b"\x00\x01\x02",
    ],
)
async def test_nonsense_is_answered_and_the_stream_lives(text: str | bytes) -> None:
    """An error message with a code; the next good operation works."""
    async with serving(_world()) as gateway, connect(_url(gateway)) as client:
        await client.send(text)
        said = json.loads(await client.recv())
        assert said["type"] == "error"
        assert said["code"]
        await client.send('{"op":"ping","id":1}')
        assert json.loads(await client.recv())["type"] == "pong"


async def test_limits_are_named_in_errors() -> None:
    """Value and limit of a long message and of too many topics."""
    async with serving(_world(), topics=2) as gateway, connect(_url(gateway)) as client:
        await client.send("x" * 20_000)
        said = json.loads(await client.recv())
        assert said["message"] == "message of 20000 bytes, at most 16384 may be"
        topics = ["status", "alerts", "chain/NIFTY"]
        await client.send(json.dumps({"op": "subscribe", "topics": topics}))
        said = [json.loads(await client.recv()) for _ in range(3)]
        assert said[-1]["message"] == "2 topics held, at most 2 may be"


@pytest.mark.parametrize(
    ("path", "frame", "code"),
    [
        ("/ws/stream", Frame(Opcode.TEXT, b"x" * 100_000), 1009),
        ("/ws/status", Frame(Opcode.BINARY, b"x" * 100_000), 1009),
        ("/ws/stream", Frame(Opcode.TEXT, b"\xff\xfe"), 1007),
        ("/ws/stream", Frame(Opcode.CONT, b"x"), 1002),
        ("/ws/stream", bytes((0xC1, 0x81, 0, 0, 0, 0, 0x78)), 1002),  # reserved bit set
    ],
)
async def test_a_broken_protocol_is_closed_with_its_code(
    path: str, frame: Frame | bytes, code: int
) -> None:
    """Too long, not UTF-8, a continuation of nothing, a compressed frame nobody agreed on."""
    async with serving(_world()) as gateway, connect(_url(gateway, path)) as client:
        client.transport.write(frame if isinstance(frame, bytes) else frame.serialize(mask=True))
        if path == "/ws/status":
            await client.recv()
        with pytest.raises(ConnectionClosedError) as caught:
            await client.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == code
        await until(lambda: not gateway.hub.clients)


async def test_a_line_that_is_cut_leaves_nothing_behind() -> None:
    """A hundred clients that vanish without a word are forgotten; the others are served."""
    world = _world()
    async with serving(world) as gateway:
        for _ in range(100):
            client = await connect(_url(gateway, "/ws/greeks"))
            client.transport.abort()
        await until(lambda: not gateway.hub.clients)
        async with connect(_url(gateway, "/ws/status")) as client:
            assert json.loads(await client.recv())["type"] == "status_update"


async def test_a_body_without_end_is_not_read() -> None:
    """A hundred megabytes, announced or in chunks, are refused by their header."""
    head = "Content-Type: application/json\r\nAuthorization: Bearer x\r\n"
    async with serving(_world()) as gateway:
        host = f"Host: 127.0.0.1:{gateway.port}\r\n"
        for length, status in (
            ("Content-Length: 100000000\r\n", b"413"),
            ("Transfer-Encoding: chunked\r\n", b"411"),
        ):
            text = f"POST /api/v1/session HTTP/1.1\r\n{host}{head}{length}\r\n"
            assert (await _raw(gateway, text)).split()[1] == status


async def test_a_client_that_never_ends_its_request_costs_a_socket() -> None:
    """Fifty half-sent requests keep nobody from being answered."""
    async with serving(_world()) as gateway:
        socks = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(50)]
        for sock in socks:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: ")
        async with httpx.AsyncClient(base_url=gateway.url) as client:
            assert (await client.get("/api/v1/health")).status_code == 200
        for sock in socks:
            sock.close()


QUERIES = st.dictionaries(
    st.sampled_from(["expiry", "layout", "since", "snapshot_id", "symbol", "x"])
    | st.text(max_size=9),
    st.text(max_size=30)
    | st.sampled_from(
        ["rows", "columns", "2025-11-27", "9999-99-99", "-1", "1e9", "0", "nan", "\0"]
    )
    | st.integers(-(10**30), 10**30).map(str),
    max_size=4,
)


@settings(max_examples=5, deadline=None)
@given(requests=st.lists(st.tuples(st.text(max_size=20), QUERIES), min_size=12, max_size=12))
async def test_no_query_brings_a_server_error(requests: list[tuple[str, dict[str, str]]]) -> None:
    """Whatever stands in path and query, the answer is data or a problem, never a 5xx."""
    async with (
        serving(_world()) as gateway,
        httpx.AsyncClient(base_url=gateway.url) as client,
    ):
        base = "/api/v1/underlyings"
        for name, query in requests:
            symbol = quote(name.encode("utf-8", "surrogatepass"), safe="") or "NIFTY"
            for path in (
                f"{base}/NIFTY/chain",
                f"{base}/{symbol}/chain",
                f"{base}/{symbol}/expiries",
                f"{base}/NIFTY/summary",
                "/socket.io/",
            ):
                pairs = {
                    key.encode("utf-8", "surrogatepass"): value.encode("utf-8", "surrogatepass")
                    for key, value in query.items()
                }
                text = "&".join(f"{quote(key)}={quote(value)}" for key, value in pairs.items())
                answer = await client.get(f"{path}?{text}")
                assert answer.status_code < 500, (path, text)
                if answer.status_code >= 400 and path != "/socket.io/":
                    assert answer.headers["content-type"] == "application/problem+json"
