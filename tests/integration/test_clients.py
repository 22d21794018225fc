"""Client libraries that others wrote, as a stranger runs them against a ``voldesk up``."""

import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from processes import DEADLINE_SECS, Up
from websockets.sync.client import connect

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

# The messages as the document that asked for them has them, key by key.
GREEKS_KEYS = {"instrumentKey", "symbol", "strike", "type", "expiry", "price", "oi", "iv",
               "greeks", "timestamp"}  # fmt: skip
GREEK_NAMES = {"delta", "gamma", "theta", "vega", "rho"}
SUBSCRIBE = '{"op":"subscribe","topics":["chain/SPX"],"format":"binary"}'
GOODBYE = (4001).to_bytes(2, "big") + b"nothing read for 1.5 s"
SNAPSHOT = 0  # kind of a binary frame
PCR_KEYS = {"pcr", "totalCeOi", "totalPeOi", "timestamp"}


@contextmanager
def lines_of(*command: str | Path, folder: Path) -> Iterator[Iterator[dict[str, Any]]]:
    """Give the messages that a program prints; end it afterwards."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOLDESK_")}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=kept
    )
    assert process.stdout is not None
    out = process.stdout

    def lines() -> Iterator[dict[str, Any]]:
        while select.select([out], [], [], DEADLINE_SECS)[0]:
            line = out.readline()
            if not line:
                raise AssertionError(process.communicate()[1])
            yield json.loads(line)
        raise AssertionError("nothing was printed within the deadline")

    try:
        yield lines()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def script(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[list[str], Path]:
    """Return the command of an example and the folder where it runs."""
    name: str = request.param
    if not name.endswith(".mjs"):
        return [sys.executable, str(EXAMPLES / name)], tmp_path
    folder: Path = request.getfixturevalue("node_folder")
    shutil.copy(EXAMPLES / name, folder)
    return ["node", str(folder / name)], folder


@pytest.mark.parametrize(
    ("script", "scheme"),
    [
        ("stream_websocket.py", "ws"),
        ("stream_socketio.py", "http"),
        ("stream_socketio.mjs", "http"),
    ],
    indirect=["script"],
)
def test_an_example_receives_the_messages(
    start: Callable[..., Up], script: tuple[list[str], Path], scheme: str
) -> None:
    """Greeks per contract and the put-call ratio, with exactly the keys that were asked for."""
    up = start("up", "--port", "0", "--no-open", "--symbols", "BTC")
    up.wait_for(lambda: up.get("api/v1/ready")["is_ready"])
    command, folder = script
    url = up.url.replace("http", scheme, 1)
    greeks: list[dict[str, Any]] = []
    ratios: list[dict[str, Any]] = []
    with lines_of(*command, url, "BTC", folder=folder) as messages:
        for message in messages:
            assert set(message) == {"type", "data"}
            (greeks if message["type"] == "greeks_update" else ratios).append(message)
            if len(greeks) > 20 and len(ratios) > 1:
                break
    for message in greeks:
        require_greeks(message["data"])
    for message in ratios:
        assert message["type"] == "pcr_update"
        require_ratio(message["data"])
    assert any(message["data"]["iv"] for message in greeks)


def require_greeks(data: dict[str, Any]) -> None:
    assert set(data) == GREEKS_KEYS
    assert set(data["greeks"]) == GREEK_NAMES
    assert data["symbol"] == "BTC"
    assert data["type"] in {"CE", "PE"}
    assert isinstance(data["instrumentKey"], str)
    date.fromisoformat(data["expiry"])
    assert datetime.fromisoformat(data["timestamp"]).tzinfo is not None
    figures = [data["strike"], data["price"], data["oi"], data["iv"], *data["greeks"].values()]
    assert all(figure is None or isinstance(figure, int | float) for figure in figures)


def require_ratio(data: dict[str, Any]) -> None:
    assert set(data) == PCR_KEYS
    assert datetime.fromisoformat(data["timestamp"]).tzinfo is not None
    assert data["pcr"] == pytest.approx(data["totalPeOi"] / data["totalCeOi"])


class Reader(threading.Thread):
    """A client that reads everything, and keeps the numbers of the frames."""

    def __init__(self, up: Up) -> None:
        super().__init__(name="reader")
        self.numbers: list[int] = []
        self.snapshots = 0
        self.is_enough = threading.Event()
        self._url = up.url.replace("http", "ws", 1) + "ws/stream"

    def run(self) -> None:
        with connect(self._url, max_size=None, max_queue=None) as client:
            client.send(SUBSCRIBE)
            while not self.is_enough.is_set():
                said = client.recv(timeout=DEADLINE_SECS)
                if isinstance(said, bytes):
                    kind, number = struct.unpack_from("<3xB4xI", said)
                    self.numbers.append(number)
                    self.snapshots += kind == SNAPSHOT


def stop_reading(up: Up) -> socket.socket:
    """Open a stream, subscribe, and read no more; the kernel holds as little as it can."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    sock.settimeout(DEADLINE_SECS)
    sock.connect(("127.0.0.1", up.port))
    sock.sendall(
        f"GET /ws/stream HTTP/1.1\r\nHost: 127.0.0.1:{up.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert b"101" in sock.recv(4_096)
    payload = SUBSCRIBE.encode()
    sock.sendall(bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload)
    return sock


def counter(up: Up, name: str) -> float:
    """Return a counter of ``/metrics``."""
    (line,) = (line for line in up.text("metrics").splitlines() if line.startswith(name))
    return float(line.rpartition(" ")[2])


def test_a_client_that_stops_reading_is_closed_and_nobody_else_notices(
    start: Callable[..., Up], tmp_path: Path
) -> None:
    """It is conflated, then told why it goes; the others get every frame in order, none twice."""
    settings = tmp_path / "voldesk.yaml"
    settings.write_text("gateway: {stall_secs: 1.5}\n")
    up = start("up", "--port", "0", "--no-open", "--symbols", "SPX", "--config", str(settings))
    up.wait_for(lambda: up.get("api/v1/ready")["is_ready"])
    readers = [Reader(up) for _ in range(3)]
    for reader in readers:
        reader.start()
    up.wait_for(lambda: all(len(reader.numbers) > 5 for reader in readers))
    starts = [(len(reader.numbers), reader.snapshots) for reader in readers]
    with stop_reading(up) as stalled:
        up.wait_for(lambda: counter(up, "voldesk_gateway_conflated_total") > 0)
        up.wait_for(lambda: counter(up, 'voldesk_gateway_closed_total{reason="stalled"}') == 1)
        left = b""
        while not left.endswith(GOODBYE):
            data = stalled.recv(65_536)
            assert data, "the line was cut without a word"
            left += data
    before = [len(reader.numbers) for reader in readers]
    up.wait_for(
        lambda: all(
            len(reader.numbers) > count + 5 for reader, count in zip(readers, before, strict=True)
        )
    )
    for reader, (start_at, snapshots) in zip(readers, starts, strict=True):
        reader.is_enough.set()
        reader.join(DEADLINE_SECS)
        seen = reader.numbers[start_at:]
        assert seen == list(range(seen[0], seen[-1] + 1))
        assert reader.snapshots == snapshots  # nothing was conflated for it
    assert counter(up, 'voldesk_gateway_closed_total{reason="stalled"}') == 1
    assert "nothing read for 1.5 s" in up.stop()[2]
