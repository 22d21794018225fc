import asyncio
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from deribit_world import instrument, scripted_deribit, settings_for

from voldesk.model.clock import ManualClock
from voldesk.model.ports.feed import Mode
from voldesk.venues.deribit.catalogue import build_catalogue
from voldesk.venues.deribit.link import Link
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.venues.deribit.streams import Streams
from voldesk.wire.deribit.messages import MOST_CHANNELS, Request, write_answer, write_refusal
from voldesk.wire.deribit.rows import TickRows
from voldesk.wire.deribit.types import ErrorBody

DEADLINE_SECS = 30.0


class Subscriber:
    """A Deribit that grants channels but those named, and refuses the first calls if asked to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self.unknown: set[str] = set()
        self.refusals: list[int] = []

    def __call__(self, request: Request) -> Iterable[bytes]:
        """Answer a call."""
        names: list[str] = request.params["channels"]
        self.calls.append((request.method.removeprefix("public/"), len(names)))
        if self.refusals:
            yield write_refusal(request.id, ErrorBody(self.refusals.pop(0), "no"))
            return
        yield write_answer(request.id, [name for name in names if name not in self.unknown])


def streams_of(count: int) -> Streams:
    listed = [instrument(f"BTC-27NOV26-{1000 + number}-C") for number in range(count)]
    return Streams(build_catalogue(listed, DeribitSettings()), "100ms")


async def settle(
    streams: Streams, link: Link, *, now: float = 0.0, rounds: float = math.inf
) -> None:
    """Turn until all is asked and answered."""
    async with asyncio.timeout(DEADLINE_SECS):
        while not streams.is_settled and rounds > 0:
            link.news.clear()
            await streams.turn(link, now)
            if not streams.is_settled:
                await link.news.wait()
            rounds -= 1


@pytest.fixture
def subscriber() -> Subscriber:
    """Grants everything."""
    return Subscriber()


async def connected(port: int) -> Link:
    link = Link(settings_for(port), TickRows(), ManualClock(1))
    await link.connect()
    return link


async def test_channels_are_asked_for_in_bulk(subscriber: Subscriber) -> None:
    """Five hundred a call, everything at first; what is not wanted any more is given back."""
    streams = streams_of(1_100)
    async with scripted_deribit(subscriber) as port:
        link = await connected(port)
        assert not streams.is_settled
        await settle(streams, link)
        assert len(streams) == 1_101
        assert subscriber.calls == [("subscribe", MOST_CHANNELS)] * 2 + [("subscribe", 101)]
        streams.want(np.arange(2, 1_101), Mode.NONE)
        assert not streams.is_settled
        await settle(streams, link)
        assert len(streams) == 2
        assert [size for name, size in subscriber.calls if name == "unsubscribe"] == [500, 500, 99]
        await link.close()


async def test_no_more_than_four_calls_wait(subscriber: Subscriber) -> None:
    """The fifth is sent when one is answered."""
    streams = streams_of(2_100)
    async with scripted_deribit(subscriber) as port:
        link = await connected(port)
        await streams.turn(link, 0.0)
        await streams.turn(link, 0.0)
        await settle(streams, link)
        assert [size for _, size in subscriber.calls] == [500, 500, 500, 500, 101]
        await link.close()


async def test_fewer_requests_where_asked_to(subscriber: Subscriber) -> None:
    """Nothing is sent for a second, then what is missing."""
    subscriber.refusals = [10028]
    streams = streams_of(2)
    async with scripted_deribit(subscriber) as port:
        link = await connected(port)
        await settle(streams, link, now=5.0, rounds=1)
        await streams.turn(link, 5.5)
        await streams.turn(link, 5.9)
        assert len(subscriber.calls) == 1
        assert len(streams) == 0
        await settle(streams, link, now=6.5)
        assert len(subscriber.calls) == 2
        assert len(streams) == 3
        await link.close()


async def test_channels_that_are_not_granted(subscriber: Subscriber) -> None:
    """They are not asked for again over this line, but over the next."""
    subscriber.unknown = {"ticker.BTC-27NOV26-1001-C.100ms"}
    streams = streams_of(3)
    async with scripted_deribit(subscriber) as port:
        link = await connected(port)
        await settle(streams, link)
        assert len(streams) == 3
        assert streams.refused == subscriber.unknown
        await streams.turn(link, 9.0)
        assert len(subscriber.calls) == 1
        subscriber.unknown = set()
        streams.forget()
        assert len(streams) == 0
        await settle(streams, link)
        assert len(streams) == 4
        await link.close()


@pytest.mark.parametrize("answer", [-32602, None])
async def test_a_call_that_is_refused_whole(subscriber: Subscriber, answer: Any) -> None:
    """Its channels are given up; so is a line's word that makes no sense."""

    def refusing(request: Request) -> Iterable[bytes]:
        if answer is None:
            return [write_answer(request.id, {"no": "list"})]
        return [write_refusal(request.id, ErrorBody(answer, "no"))]

    streams = streams_of(3)
    async with scripted_deribit(refusing) as port:
        link = await connected(port)
        await settle(streams, link)
        assert len(streams) == 0
        assert len(streams.refused) == 4
        await link.close()
    async with scripted_deribit(subscriber) as port:
        link = await connected(port)
        streams.forget()
        await settle(streams, link)
        streams.want(np.array([1]), Mode.NONE)
        subscriber.refusals = [-32602]
        await settle(streams, link)
        assert len(streams) == 3
        await link.close()


async def test_a_lost_line_forgets_what_was_asked(subscriber: Subscriber) -> None:
    """Calls that wait are nobody's any more."""
    streams = streams_of(3)
    async with scripted_deribit(subscriber) as port:
        link = await connected(port)
        await streams.turn(link, 0.0)
        streams.forget()
        await settle(streams, link)
        assert len(streams) == 4
        await link.close()
