"""Topics reach their listeners, in order, and a slow or broken one is nobody else's problem."""

import asyncio
import gc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.bus.local import BUS_STATUS, Lagged, LocalBus, matches

DEADLINE_SECS = 5.0


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("chain/SPX", "chain/SPX", True),
        ("chain/SPX", "chain/SPXW", False),
        ("chain/*", "chain/SPX", True),
        ("chain/*", "ticks/sim", False),
        ("*", "anything", True),
        ("status*", "status", True),
    ],
)
def test_a_pattern_is_a_topic_or_a_beginning(pattern: str, topic: str, expected: bool) -> None:
    """A star at the end stands for any rest."""
    assert matches(pattern, topic) is expected


def test_handlers_get_what_is_published_on_their_topics() -> None:
    """Each matching handler, once, in the order they came."""
    bus, heard = LocalBus(), []
    bus.on("chain/*", lambda topic, message: heard.append(("all", topic, message)))
    bus.on("chain/SPX", lambda topic, message: heard.append(("spx", topic, message)))
    bus.publish("chain/SPX", 1)
    bus.publish("chain/NDX", 2)
    assert heard == [("all", "chain/SPX", 1), ("spx", "chain/SPX", 1), ("all", "chain/NDX", 2)]
    assert bus.last("chain/SPX") == 1
    assert bus.last("chain/TSLA") is None
    assert bus.topics == ("chain/SPX", "chain/NDX")


def test_a_cancelled_handler_hears_nothing_more() -> None:
    """Cancelling twice is once, also from within the handlers of the same message."""
    bus, heard = LocalBus(), []
    later: list[Any] = []
    bus.on("a", lambda _topic, _message: later[0]())
    later.append(bus.on("a", lambda _topic, message: heard.append(message)))
    bus.publish("a", 1)
    later[0]()
    bus.publish("a", 2)
    assert heard == []
    assert not later[0].error
    assert bus.has_listener("a")
    assert not bus.has_listener("b")


def test_what_a_handler_publishes_comes_after_what_it_handles() -> None:
    """Every listener sees one order of publication."""
    bus, heard = LocalBus(), []

    def answer(_topic: str, message: int) -> None:
        if message < 3:
            bus.publish("a", message + 1)

    bus.on("a", answer)
    bus.on("a", lambda _topic, message: heard.append(message))
    bus.publish("a", 1)
    assert heard == [1, 2, 3]


async def test_a_handler_that_raises_is_cancelled_and_its_owner_told() -> None:
    """The others get the message, the bus names the culprit, the owner's wait raises."""
    bus, heard = LocalBus(), []

    def fall(_topic: str, _message: object) -> None:
        raise ZeroDivisionError("by nothing")

    fallen = bus.on("a", fall, name="the culprit")
    bus.on("a", lambda _topic, message: heard.append(message))
    reports: list[Any] = []
    bus.on(BUS_STATUS, lambda _topic, message: reports.append(message))
    bus.publish("a", 1)
    bus.publish("a", 2)
    assert heard == [1, 2]
    assert [report["listener"] for report in reports] == ["the culprit"]
    assert reports[0]["error"] == "ZeroDivisionError: by nothing"
    with pytest.raises(ZeroDivisionError):
        await fallen.ended()


async def test_a_cancelled_listener_ends_its_wait() -> None:
    """Cancelled by its owner, waiting for the end returns."""
    bus = LocalBus()
    listener = bus.on("a", lambda _topic, _message: None)
    listener()
    await asyncio.wait_for(listener.ended(), DEADLINE_SECS)


async def test_latest_starts_with_what_is_known_and_conflates() -> None:
    """A reader gets the newest of each topic; a topic that was overwritten keeps its turn."""
    bus = LocalBus()
    bus.publish("chain/SPX", 1)
    reader = bus.latest("chain/*")
    bus.publish("chain/NDX", 2)
    bus.publish("chain/SPX", 3)
    bus.publish("other", 4)
    assert await anext(reader) == ("chain/SPX", 3)
    assert await anext(reader) == ("chain/NDX", 2)
    reader.close()
    with pytest.raises(StopAsyncIteration):
        await anext(reader)


async def test_a_reader_that_waits_is_woken() -> None:
    """What is published later arrives, and closing ends the loop."""
    bus, heard = LocalBus(), []
    reader = bus.latest("a")

    async def read() -> None:
        async for _, message in reader:
            heard.append(message)
            if message == 2:
                reader.close()

    async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
        group.create_task(read())
        await asyncio.sleep(0)
        bus.publish("a", 1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        bus.publish("a", 2)
    assert heard == [1, 2]


async def test_every_message_comes_in_order_until_the_limit() -> None:
    """One message too many closes the reader: it gets what was kept, then the reason."""
    bus = LocalBus()
    reader = bus.every("ticks/sim", 3)
    for number in range(5):
        bus.publish("ticks/sim", number)
    assert len(reader) == 3
    assert [await anext(reader) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(Lagged, match="3 messages behind"):
        await anext(reader)
    assert not bus.has_listener("ticks/sim")


async def test_a_closed_reader_of_every_message_ends() -> None:
    """What waits may still be read, then the iteration is over."""
    bus = LocalBus()
    async with bus.every("a", 9) as reader:
        bus.publish("a", 1)
    bus.publish("a", 2)
    assert [message async for message in reader] == [1]


def test_a_reader_nobody_holds_is_no_listener() -> None:
    """A reader that was dropped without closing is forgotten."""
    bus = LocalBus()
    reader = bus.every("a", 1)
    del reader
    gc.collect()
    bus.publish("a", 1)
    bus.publish("a", 2)
    assert not bus.has_listener("a")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=40))
def test_conflation_never_loses_the_newest(steps: list[tuple[str, bool]]) -> None:
    """Publish and read in any rhythm: what is left to read is each topic's newest."""

    async def play() -> None:
        bus = LocalBus()
        reader = bus.latest("*")
        newest: dict[str, int] = {}
        read: dict[str, int] = {}
        for number, (topic, is_read) in enumerate(steps):
            bus.publish(topic, number)
            newest[topic] = number
            if is_read:
                where, message = await anext(reader)
                assert message == newest[where]
                read[where] = message
        while read != newest:
            where, message = await asyncio.wait_for(anext(reader), DEADLINE_SECS)
            read[where] = message

    asyncio.run(play())
