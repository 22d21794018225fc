"""News on its way: late, in order, and bounded."""

import asyncio

from voldesk.model.clock import ManualClock
from voldesk.model.events import Happened, Line, LineChanged, Told
from voldesk.model.lifecycle import Event
from voldesk.trading.paper.outbox import Outbox, is_due

_MS = 1_000_000


def _news(*tags: str, at: int = 0) -> list[Told]:
    return [Happened(client_order_id=tag, event=Event.WORK, at=at) for tag in tags]


async def _heard(box: Outbox, count: int) -> list[Told]:
    heard: list[Told] = []
    async with asyncio.timeout(10):
        async for told in box.told():
            heard.append(told)
            if len(heard) == count:
                break
    return heard


async def test_news_is_heard_in_order_once_it_is_due() -> None:
    """By the clock: what stands still brings nothing."""
    clock = ManualClock(0)
    box = Outbox(clock, 5 * _MS, 10)
    box.put(_news("a", "b"))
    hearing = asyncio.create_task(_heard(box, 3), name="test hears")
    await asyncio.sleep(0)
    assert not hearing.done()
    clock.set(5 * _MS)
    late = _news("c", at=5 * _MS)
    box.put(late)
    await asyncio.sleep(0)
    assert not hearing.done()
    clock.set(10 * _MS)
    assert await hearing == [*_news("a", "b"), *late]


async def test_news_that_comes_later_wakes_who_waits() -> None:
    """Nothing is polled while there is nothing."""
    box = Outbox(ManualClock(0), 0, 10)
    hearing = asyncio.create_task(_heard(box, 1), name="test hears")
    await asyncio.sleep(0)
    box.put(_news("a"))
    assert await hearing == _news("a")


async def test_what_nobody_reads_becomes_a_reset() -> None:
    """Beyond the bound all is dropped, and who reads again has to ask for everything."""
    box = Outbox(ManualClock(7), 0, 2)
    box.put(_news("a", "b", "c"))
    box.put(_news("d"))
    (reset, last) = await _heard(box, 2)
    assert isinstance(reset, LineChanged)
    assert (reset.line, reset.at) == (Line.RESET, 7)
    assert "more than 2" in reset.reason
    assert [last] == _news("d")


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    """What is on its way for longer than anything takes has arrived."""
    assert [is_due(due, 100, 5) for due in (99, 100, 101, 105, 106)] == [
        True,
        True,
        False,
        False,
        True,
    ]


async def test_a_closed_box_is_empty() -> None:
    """What was on its way is not heard."""
    box = Outbox(ManualClock(0), 5 * _MS, 10)
    box.put(_news("a"))
    hearing = asyncio.create_task(_heard(box, 1), name="test hears")
    await asyncio.sleep(0)
    box.close()
    assert await hearing == []
