import asyncio
from typing import Any

import numpy as np
import pytest
from live_world import NOON, HandFeed

from voldesk.app.strategy_view import update_of
from voldesk.bus.local import LocalBus
from voldesk.model.clock import ManualClock
from voldesk.pipeline.pump import Pump
from voldesk.strategies.base import Position


async def pumped(market: Any) -> Pump:
    """Return a pump whose feed has ended."""
    feed = HandFeed(market.listing, [market.spot(100.0), market.fair()])
    pump = Pump([feed], LocalBus(), ManualClock(NOON))
    async with asyncio.timeout(10):
        await pump.run()
    return pump


async def test_a_strategy_sees_the_chain_of_the_pump(make_market: Any) -> None:
    """Its table, keys, multiplier and price steps; of positions and orders those under it."""
    market = make_market(underlyings=("SPX", "SPY"), roots=("SPXW", "SPY"))
    pump = await pumped(market)
    book = pump.book("SPY")
    mine, other = str(book.keys[3]), str(pump.book("SPX").keys[0])
    update = update_of(
        pump,
        "SPY",
        now=NOON,
        account="DU1",
        positions=[Position(key=key, quantity=1) for key in (mine, other, "us SPY")],
        working=[other, mine],
    )
    assert update.table is book.table
    assert update.keys is book.keys
    assert (update.multiplier, update.account, update.now) == (100.0, "DU1", NOON)
    assert update.tick_size.shape == book.keys.shape
    assert np.isnan(update.tick_size).all()
    assert [one.key for one in update.positions] == [mine, "us SPY"]
    assert update.working == {mine}


async def test_an_underlying_nobody_ticks_has_no_chain(market: Any) -> None:
    """There is nothing to show."""
    pump = await pumped(market)
    with pytest.raises(KeyError):
        update_of(pump, "TSLA", now=NOON)
