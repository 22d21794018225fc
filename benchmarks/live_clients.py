"""Clients for `live_ticks.py`: sockets read as cheaply as Python can; ages of what they get."""

import json
import select
import socket
import struct
import sys
import time
from array import array

import numpy as np

from children import pin

_HEAD = struct.Struct("<qII")  # of a binary frame, at byte 16: flush time, event age, receive age
_KIND_AT, _HEAD_AT, _HEAD_END = 3, 16, 32
_PING, _PONG = 0x89, 0x8A
_DELTA = 1
_STEP_US = 1_000  # between two batches of ticks, see live_pacer.py
_UNKNOWN = 0xFFFF_FFFF
_ROOM = 1 << 20
_SUBSCRIBE = '{"op":"subscribe","topics":["chain/U%d"],"format":"binary"}'


class Client:
    """
    One connection; counts whole messages, and of frames that carry ticks when they were whole.

    Attributes:
        messages: Since the last report.
        ages: Microseconds from the receipt of a frame's oldest tick to our having it, and from
            the instant of its newest tick, in turns.
    """

    __slots__ = ("_newest", "_oldest", "_rest", "_skip", "ages", "messages", "sock")

    def __init__(self, port: int, path: str, message: str | None) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.messages = 0
        self.ages = array("q")
        self._rest = b""
        self._skip = 0
        self._oldest = self._newest = -1
        self.sock.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.sock.recv(1)
        assert b" 101 " in head, head
        if message is not None:
            payload = message.encode()
            self.sock.sendall(bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload)
        self.sock.setblocking(False)

    def read(self, room: bytearray, view: memoryview) -> bool:
        """Take what has come; False when the line is down."""
        kept = len(self._rest)
        room[:kept] = self._rest
        try:
            size = self.sock.recv_into(view[kept:])
        except BlockingIOError:
            return True
        end, place = kept + size, 0
        if self._skip:
            if self._skip > end:
                self._skip -= end
                return bool(size)
            place, self._skip = self._skip, 0
            self._have()
        place = self._parse(room, place, end)
        self._skip = max(place - end, 0)
        self._rest = bytes(view[place:end])
        return bool(size)

    def _parse(self, room: bytearray, place: int, end: int) -> int:
        """Count the messages from a place on; return where the first incomplete one continues."""
        while end - place >= 2:
            size, head = room[place + 1], 2
            if size > 125:
                head = 4 if size == 126 else 10
                if end - place < head:
                    break
                size = int.from_bytes(room[place + 2 : place + head], "big")
            if room[place] == 0x82:
                if end - place < head + _HEAD_END:
                    break
                flushed, newest, oldest = _HEAD.unpack_from(room, place + head + _HEAD_AT)
                if _UNKNOWN not in {newest, oldest} and room[place + head + _KIND_AT] == _DELTA:
                    self._oldest, self._newest = flushed - oldest, flushed - newest
            if room[place] == _PING:
                if end - place < head + size:
                    break
                said = bytes(room[place + head : place + head + size])
                self.sock.send(bytes((_PONG, 0x80 | size)) + bytes(4) + said)  # masked with 0
                place += head + size
                continue
            place += head + size
            if place > end:
                break
            self._have()
        return place

    def _have(self) -> None:
        """Count the message that is complete now."""
        self.messages += 1
        if self._oldest >= 0:
            now = time.time_ns() // 1000
            self.ages.append(now - self._oldest)
            self.ages.append(now - self._newest)
            self._oldest = -1


def report(clients: list[Client]) -> dict[str, float]:
    """Return what was got since the last time, and begin again."""
    ages = np.concatenate([np.frombuffer(one.ages, np.int64) for one in clients]).reshape(-1, 2)
    oldest, newest = ages.T
    steps = np.maximum((oldest - newest) // _STEP_US, 0) + 1  # as many ticks are due in each
    place = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    every = np.repeat(newest, steps) + _STEP_US * place
    messages = [one.messages for one in clients]
    for one in clients:
        one.messages, one.ages = 0, array("q")
    return {
        "messages": sum(messages),
        "fewest": min(messages),
        **_quantiles("tick", every),
        **_quantiles("frame", oldest),
        "cpu_secs": time.process_time(),
    }


def _quantiles(name: str, ages_us: np.ndarray) -> dict[str, float]:
    found = np.quantile(ages_us / 1e3, (0.5, 0.99, 1.0)) if ages_us.size else (np.nan,) * 3
    return dict(zip((f"{name}_p50_ms", f"{name}_p99_ms", f"{name}_worst_ms"), found, strict=True))


def main() -> None:
    """Connect, say so, and after each line of stdin print what was got since the last."""
    port, count, groups = (int(text) for text in sys.argv[1:4])
    path = "/ws/stream" if groups else "/ws/greeks"
    clients = [
        Client(port, path, _SUBSCRIBE % (place % groups) if groups else None)
        for place in range(count)
    ]
    poll = select.epoll()
    poll.register(sys.stdin, select.EPOLLIN)
    by_number = {one.sock.fileno(): one for one in clients}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    print(json.dumps({"clients": count}), flush=True)
    room = bytearray(_ROOM)
    view = memoryview(room)
    while True:
        for number, _ in poll.poll():
            client = by_number.get(number)
            if client is not None:
                if not client.read(room, view):
                    poll.unregister(number)
            elif sys.stdin.readline():
                print(json.dumps(report(clients)), flush=True)
            else:
                return


if __name__ == "__main__":
    pin(1)
    main()
