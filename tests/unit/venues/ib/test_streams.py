import asyncio
import math
from pathlib import Path

import numpy as np
import pytest
from ib_world import NOW
from scripted_tws import ScriptedTws

from voldesk.model.clock import ManualClock
from voldesk.model.ports.feed import Mode
from voldesk.model.ticks import DataType
from voldesk.venues.ib.codes import Effect
from voldesk.venues.ib.discovery import Discovery
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.settings import ChainSettings, LineSettings
from voldesk.venues.ib.streams import Streams

SMALL = ChainSettings(width_pct=2.0, expiry_count=1)  # AMZN and six contracts
COUNT = 7


@pytest.fixture
async def streams(link: Link, tws: ScriptedTws, folder: Path) -> Streams:
    """Return the streams of a small chain, none of which has begun."""
    found = await Discovery(link, SMALL, folder, ManualClock(NOW)).find(["AMZN"])
    await tws.until(lambda: not tws.live)  # the price it was found by is given up
    return Streams(link, found, LineSettings())


async def _answered(streams: Streams, link: Link) -> None:
    """Wait until TWS has answered every line."""
    async with asyncio.timeout(10.0):
        while not all(streams._lines[one].is_heard for one in streams._requests):
            link.news.clear()
            await link.news.wait()


async def test_a_turn_starts_what_is_planned(streams: Streams, tws: ScriptedTws) -> None:
    """Each instrument by a request of its own, the underlying first."""
    assert (len(streams), streams.limit) == (0, 96)
    streams.turn(1.0)
    await tws.until(lambda: len(tws.live) == COUNT)
    assert len(streams) == COUNT
    found = [streams.instrument_of(int(name)) for name in tws.live]
    assert found[0] == 0
    assert sorted(one for one in found if one is not None) == list(range(COUNT))
    assert streams.instrument_of(999_999) is None


async def test_turns_are_not_taken_too_often(streams: Streams, tws: ScriptedTws) -> None:
    """A wish is acted upon with the next one."""
    streams.turn(1.0)
    streams.want(np.arange(1, COUNT), Mode.NONE)
    streams.turn(1.05)
    assert len(streams) == COUNT
    streams.turn(1.1)
    assert len(streams) == 1
    await tws.until(lambda: len(tws.live) == 1)


@pytest.mark.parametrize(
    ("effect", "is_back_at", "is_told"),
    [
        (Effect.NO_CONTRACT, math.inf, False),
        (Effect.NO_PERMISSION, math.inf, False),
        (Effect.BUSY_ELSEWHERE, 31.5, False),
        (Effect.RESUBSCRIBE, 1.5, True),
    ],
)
async def test_a_refusal_takes_the_line_as_long_as_it_may_last(
    streams: Streams, tws: ScriptedTws, effect: Effect, is_back_at: float, is_told: bool
) -> None:
    """For ever, for a while, or until the next turn; TWS is told only where it streams still."""
    streams.turn(1.0)
    await tws.until(lambda: len(tws.live) == COUNT)
    told = len(tws.asked("2"))
    streams.refuse(3, effect, 1.0)
    assert len(streams) == COUNT - 1
    for now in (1.5, 31.5, 1e6):
        streams.turn(now)
        assert (len(streams) == COUNT) == (now >= is_back_at)
    await tws.until(lambda: len(tws.asked("2")) == told + is_told)


async def test_one_line_too_many_makes_the_limit(streams: Streams, tws: ScriptedTws) -> None:
    """Those that stand."""
    streams.turn(1.0)
    await tws.until(lambda: len(tws.live) == COUNT)
    streams.refuse(6, Effect.TOO_MANY, 1.0)
    assert (streams.limit, len(streams)) == (COUNT - 1, COUNT - 1)


async def test_what_is_no_refusal_changes_nothing(streams: Streams) -> None:
    """A notice about a line is only shown."""
    streams.turn(1.0)
    streams.refuse(3, Effect.LATE_DATA, 1.0)
    assert len(streams) == COUNT


async def test_what_is_forgotten_begins_anew(streams: Streams, tws: ScriptedTws) -> None:
    """With the next turn, whenever that is, and TWS is not told of the old ones."""
    streams.turn(1.0)
    await tws.until(lambda: len(tws.live) == COUNT)
    told, before = len(tws.asked("2")), set(tws.live)
    streams.forget()
    assert len(streams) == 0
    streams.turn(1.01)
    await tws.until(lambda: len(tws.live) == 2 * COUNT)
    assert len(set(tws.live) - before) == COUNT
    assert len(tws.asked("2")) == told


async def test_lines_that_were_never_answered_are_made_again(
    streams: Streams, link: Link, tws: ScriptedTws
) -> None:
    """Two seconds after a message was refused, and those alone; a burst counts once."""
    usual = tws._market_data
    tws.answers["1"] = lambda fields: None if fields[7] == "230.0" else usual(fields)
    streams.turn(1.0)
    await tws.until(lambda: len(tws.live) == COUNT - 2)
    assert streams.check_later(1.0)
    assert not streams.check_later(1.5)
    del tws.answers["1"]
    link.probe()
    await tws.until(lambda: tws.asked("49"))
    asked = len(tws.asked("1"))
    streams.turn(3.0)
    streams.turn(3.5)
    await tws.until(lambda: len(tws.live) == COUNT)
    assert len(tws.asked("1")) == asked + 2
    await _answered(streams, link)
    assert streams.check_later(4.0)


async def test_the_worst_kind_of_data_speaks_for_all(
    streams: Streams, link: Link, tws: ScriptedTws
) -> None:
    """One delayed line makes them delayed."""
    assert streams.worst_data_type == DataType.LIVE
    streams.turn(1.0)
    await tws.until(lambda: len(tws.live) == COUNT)
    await _answered(streams, link)
    assert streams.worst_data_type == DataType.LIVE
    tws.send(58, 1, next(iter(tws.live)), 3)
    async with asyncio.timeout(10.0):
        while streams.worst_data_type == DataType.LIVE:
            link.news.clear()
            await link.news.wait()
    assert streams.worst_data_type == DataType.DELAYED


async def test_what_was_quoted_on_its_line_holds(
    streams: Streams, link: Link, tws: ScriptedTws
) -> None:
    """Not before the quote has come, and not once the line is given up."""
    streams.turn(1.0)
    assert not streams.holds(1)
    await tws.until(lambda: len(tws.live) == COUNT)
    streams._lines[1].has_quote = True
    assert streams.holds(1)
    streams.want(np.arange(1, COUNT), Mode.NONE)
    streams.turn(2.0)
    assert not streams.holds(1)
    assert link.is_up
