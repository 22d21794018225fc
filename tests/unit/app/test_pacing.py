import asyncio
from typing import Any

import numpy as np
import pytest
from live_world import NOON, SECOND, HandFeed

from voldesk.app.pacing import PacedClock, StampedFeed
from voldesk.model.clock import ManualClock
from voldesk.model.ports.feed import Feed, Mode
from voldesk.model.quotes import NO_TIME
from voldesk.model.ticks import TickBatch


def test_a_paced_clock_runs_by_its_speed() -> None:
    """It starts with the other clock and counts so many seconds per second of it."""
    clock = ManualClock(NOON)
    paced = PacedClock(clock, 10.0)
    assert paced.now() == NOON
    clock.advance(3 * SECOND)
    assert paced.now() == NOON + 30 * SECOND


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    """Time goes on."""
    with pytest.raises(ValueError, match="expected above 0"):
        PacedClock(ManualClock(0), speed)


def test_ticks_are_received_at_their_market_s_time(market: Any) -> None:
    """The newest of a batch is when it came; without times, the clock tells; all else stays."""
    timed = np.concatenate((market.spot(100.0, NOON), market.spot(101.0, NOON + SECOND)))
    timed["ts_recv"] = 5
    untimed = market.spot(102.0, 7)
    untimed["ts_event"] = NO_TIME
    inner = HandFeed(market.listing, [timed, untimed, timed[:0]])
    feed: Feed = StampedFeed(inner, ManualClock(NOON + 9 * SECOND))

    async def go() -> list[TickBatch]:
        await feed.open()
        assert inner.is_open
        await feed.want(np.arange(3), Mode.LIGHT)
        batches = [batch async for batch in feed.batches()]
        await feed.close()
        return batches

    first, second, empty = asyncio.run(go())
    assert first["ts_recv"].tolist() == [NOON + SECOND] * 2
    assert first["last"].tolist() == [100.0, 101.0]
    assert second["ts_recv"].tolist() == [NOON + 9 * SECOND]
    assert len(empty) == 0
    assert inner.wanted == [(3, Mode.LIGHT)]
    assert not inner.is_open
    assert feed.name == "hand"
    assert feed.listing is market.listing
    assert feed.profile("SPX").name == "default"
