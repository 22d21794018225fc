import asyncio
from typing import Any

import numpy as np
from live_world import NOON, SECOND, HandFeed

from voldesk.app.pacing import PacedFeed
from voldesk.model.feed_state import FeedState
from voldesk.model.ports.feed import Feed, Mode


def test_batches_come_at_intervals_and_whole(market: Any) -> None:
    """None is lost, and each but the first has waited for its time."""
    batches = [market.spot(100.0 + place, NOON + place * SECOND) for place in range(4)]
    inner = HandFeed(market.listing, batches)
    feed: Feed = PacedFeed(inner, 0.02)

    async def go() -> list[tuple[float, float]]:
        loop = asyncio.get_running_loop()
        await feed.open()
        await feed.want(np.arange(3), Mode.LIGHT)
        seen = [(float(batch["last"][0]), loop.time()) async for batch in feed.batches()]
        await feed.close()
        return seen

    seen = asyncio.run(go())
    assert [value for value, _ in seen] == [100.0, 101.0, 102.0, 103.0]
    assert seen[-1][1] - seen[0][1] >= 3 * 0.02 - 0.005
    assert inner.wanted == [(3, Mode.LIGHT)]
    assert not inner.is_open


def test_a_close_ends_the_waiting(market: Any) -> None:
    """However long the interval is."""
    inner = HandFeed(market.listing, [market.spot(100.0), market.spot(101.0)])
    feed = PacedFeed(inner, 3600.0)

    async def go() -> int:
        count = 0
        async for _ in feed.batches():
            count += 1
            await feed.close()
        return count

    assert asyncio.run(asyncio.wait_for(go(), 30.0)) >= 1


def test_everything_else_is_the_feed_s_own(market: Any) -> None:
    """Name, listing and profiles."""
    feed = PacedFeed(HandFeed(market.listing), 1.0)
    assert feed.name == "hand"
    assert feed.listing is market.listing
    assert feed.profile("SPX").name == "default"


def test_its_line_is_that_of_the_feed_or_of_a_market_made_here(market: Any) -> None:
    """Whatever the feed says of it; a feed that says nothing is simulated."""
    silent = PacedFeed(HandFeed(market.listing), 1.0)
    assert silent.state() == FeedState(is_connected=True, data_type="simulated")
    assert PacedFeed(StatedFeed(market.listing), 1.0).state() == StatedFeed.line


class StatedFeed(HandFeed):
    """A feed that knows its line."""

    line = FeedState(is_connected=False, data_type="frozen")

    def state(self) -> FeedState:
        return self.line
