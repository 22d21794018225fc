"""Clients for `fanout.py`: many sockets that count what they get, and some that do not read."""

import asyncio
import json
import os
import socket
import struct
import sys
import time
from typing import cast

import uvloop

_SIP_BYTES = 4_096
_HEAD_BYTES = 40  # of a binary frame: its flush time stands in it
_STAMP = struct.Struct("<q")
_SUBSCRIBE = '{"op":"subscribe","topics":["chain/NIFTY"],"format":"binary"}'
_EVENT = '42["subscribe",{"topics":["chain/NIFTY"],"format":"binary"}]'
_PATHS = {
    "bare": "/",
    "push": "/ws/stream",
    "socketio": "/socket.io/?EIO=4&transport=websocket",
}


def _masked(text: str) -> bytes:
    payload = text.encode()
    return bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload  # a mask of zeros


class Client(asyncio.Protocol):
    """One client; reads all it gets, or after its first frame nothing."""

    def __init__(self, kind: str, port: int, *, is_stalling: bool = False) -> None:
        self.kind, self.port, self.is_stalling = kind, port, is_stalling
        self.frames = 0
        self.ages: list[float] = []
        self.is_open = False
        self.has_frame = asyncio.Event()
        self._rest = b""
        self._skip = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by name
        self.transport.write(
            f"GET {_PATHS[self.kind]} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Count frames and their ages."""
        if self.is_stalling and self.has_frame.is_set():
            self.transport.pause_reading()
        if not self.is_open:
            head, end, data = data.partition(b"\r\n\r\n")
            assert end
            assert b" 101 " in head, head
            self.is_open = True
            if self.kind == "socketio":
                self.transport.write(_masked("40"))
                self.transport.write(_masked(_EVENT))
            else:
                self.transport.write(_masked(_SUBSCRIBE))
            if self.kind == "bare":
                self.has_frame.set()
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        buffer = self._rest + data if self._rest else data
        end, place = len(buffer), min(self._skip, len(buffer))
        self._skip -= place
        while end - place >= 2:
            size, head = buffer[place + 1], 2
            if size > 125:
                head = 4 if size == 126 else 10
                if end - place < head:
                    break
                size = int.from_bytes(buffer[place + 2 : place + head], "big")
            if end - place < head + min(size, _HEAD_BYTES):
                break
            if buffer[place] == 0x82:
                (flushed,) = _STAMP.unpack_from(buffer, place + head + 16)
                self.frames += 1
                self.ages.append(time.time() - flushed / 1e6)
                self.has_frame.set()
            step = min(head + size, end - place)
            self._skip = head + size - step
            place += step
        self._rest = buffer[place:]


class Trickle:
    """A client that reads a little at a time, so many bytes per second."""

    def __init__(self, kind: str, port: int, bytes_per_sec: float) -> None:
        self.client = Client(kind, port)
        self._port, self._bytes_per_sec = port, bytes_per_sec

    async def run(self) -> None:
        """Read until cancelled."""
        loop = asyncio.get_running_loop()
        sock = socket.create_connection(("127.0.0.1", self._port))
        sock.setblocking(False)
        self.client.connection_made(_Writer(sock))
        while data := await loop.sock_recv(sock, _SIP_BYTES):
            self.client.data_received(data)
            await asyncio.sleep(len(data) / self._bytes_per_sec)


class _Writer(asyncio.Transport):
    """As much of a transport as a handshake needs."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send a few bytes."""
        self._sock.send(data)


async def main() -> None:
    """Connect, say so, and after each line of stdin print what was got since the last."""
    kind, port = sys.argv[1], int(sys.argv[2])
    well, stalled, slow = (int(text) for text in sys.argv[3:6])
    slow_bytes_per_sec = float(sys.argv[6])
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for place in range(well + stalled):
        _, client = await loop.create_connection(
            lambda is_stalling=place >= well: Client(kind, port, is_stalling=is_stalling),
            "127.0.0.1",
            port,
        )
        clients.append(client)
    trickles = [Trickle(kind, port, slow_bytes_per_sec) for _ in range(slow)]
    tasks = [loop.create_task(trickle.run()) for trickle in trickles]
    clients += [trickle.client for trickle in trickles]
    await asyncio.gather(*(client.has_frame.wait() for client in clients))
    assert not any(task.done() for task in tasks)
    print(json.dumps({"clients": len(clients)}), flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.readline():
        healthy = clients[:well]
        ages = sorted(age for client in healthy for age in client.ages)
        others = sorted(age for client in clients[well + stalled :] for age in client.ages)
        print(
            json.dumps(
                {
                    "frames": sum(client.frames for client in healthy),
                    "fewest": min((client.frames for client in healthy), default=0),
                    "p50": _quantile(ages, 0.5),
                    "p99": _quantile(ages, 0.99),
                    "slow_p50": _quantile(others, 0.5),
                    "slow_max": _quantile(others, 1.0),
                }
            ),
            flush=True,
        )
        for client in clients:
            client.frames = 0
            client.ages.clear()


def _quantile(values: list[float], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)] if values else float("nan")


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    uvloop.run(main())
