"""The plain way out."""

import asyncio
from collections.abc import Sequence

import pytest
from gateway_world import settle

from voldesk.gateways.frames import Message, Parcel
from voldesk.gateways.plain import PlainOutlet


class Line:
    """A connection that sends when it is let."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, messages: Sequence[Message]) -> None:
        await self.gate.wait()
        self.sent += [message.payload for message in messages]


def _parcel(*payloads: bytes) -> Parcel:
    return Parcel([Message("e", payload) for payload in payloads])


async def test_one_parcel_is_on_its_way_at_a_time() -> None:
    """While it is sent the outlet is not writable; then it says that it is again."""
    line, told = Line(), []
    line.gate.clear()
    outlet = PlainOutlet(line.send)
    outlet.on_writable = lambda: told.append(outlet.is_writable)
    task = asyncio.get_running_loop().create_task(outlet.pump())
    await settle()
    assert outlet.write(_parcel(b"one", b"two")) == 6
    await settle()
    assert not outlet.is_writable
    assert outlet.backlog == 2
    line.gate.set()
    await settle()
    assert line.sent == [b"one", b"two"]
    assert told == [True]
    assert outlet.backlog == 0
    task.cancel()


async def test_a_parcel_written_when_told_so_is_sent_too() -> None:
    """Whoever writes in on_writable keeps the line busy."""
    line = Line()
    outlet = PlainOutlet(line.send)
    more = [_parcel(b"2"), _parcel(b"3")]

    def again() -> None:
        if more:
            outlet.write(more.pop(0))

    outlet.on_writable = again
    task = asyncio.get_running_loop().create_task(outlet.pump())
    outlet.write(_parcel(b"1"))
    await settle(20)
    assert line.sent == [b"1", b"2", b"3"]
    task.cancel()


async def test_closing_is_left_to_the_owner() -> None:
    """The outlet remembers why, and takes nothing more."""
    outlet = PlainOutlet(Line().send)
    outlet.close(4001, "nothing read for 10 s")
    assert outlet.is_closed.is_set()
    assert outlet.goodbye == (4001, "nothing read for 10 s")
    assert not outlet.is_writable


async def test_a_line_that_breaks_ends_the_pump() -> None:
    """What send raises is the owner's to hear."""

    async def broken(_: Sequence[Message]) -> None:
        raise ConnectionResetError

    outlet = PlainOutlet(broken)
    outlet.write(_parcel(b"x"))
    with pytest.raises(ConnectionResetError):
        await outlet.pump()
