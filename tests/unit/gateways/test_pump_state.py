"""A real pump behind the gateway's port."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from voldesk.bus.local import LocalBus
from voldesk.gateways.pump_state import PumpState
from voldesk.model.clock import ManualClock
from voldesk.model.conventions import PROFILES, Profile
from voldesk.model.listing import Listing
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.model.ticks import TickBatch
from voldesk.pipeline.pump import Pump, PumpSettings


class Tape:
    """A feed that ticks what it was given and ends."""

    name = "tape"

    def __init__(self, listing: Listing, batches: list[TickBatch]) -> None:
        self.listing = listing
        self._batches = batches

    def profile(self, underlying: str) -> Profile:
        assert underlying == "SPX"
        return PROFILES["default"]

    async def open(self) -> None:
        """Be ready."""

    async def batches(self) -> AsyncIterator[TickBatch]:
        for batch in self._batches:
            yield batch
            await asyncio.sleep(0)

    async def want(self, instruments: IntArray, mode: Mode) -> None:
        """Tick everything whatever is wanted."""

    async def close(self) -> None:
        """Have nothing to close."""


@pytest.fixture
async def ran(make_market: Callable[..., Any]) -> PumpState:
    """Return the state after two batches of one underlying."""
    market = make_market()
    bus, tape = LocalBus(), Tape(market.listing, [market.spot(100.0), market.fair()])
    pump = Pump([tape], bus, ManualClock(), PumpSettings(is_replay=True))
    state = PumpState(pump, bus)
    await pump.run()
    return state


async def test_the_newest_update_of_each_underlying_is_kept(ran: PumpState) -> None:
    """What was published last is what is shown, and it is quoted."""
    update = ran.chains["SPX"]
    assert update.seq >= 1
    assert np.isfinite(update.table.rows.bid).all()


async def test_the_feeds_listing_is_shown(ran: PumpState) -> None:
    """By the feed's name."""
    assert list(ran.listings) == ["tape"]


async def test_the_day_is_that_of_the_bus(ran: PumpState) -> None:
    """Of an underlying that has a spot; of others there is none."""
    day = ran.day("SPX")
    assert day is not None
    assert (day.open, day.high, day.low) == (100.0, 100.0, 100.0)
    assert ran.day("NDX") is None


async def test_health_has_one_word_for_all(ran: PumpState) -> None:
    """A feed that has ended is down; the time is in microseconds."""
    health = ran.health()
    assert health["status"] == "down"
    assert [one["underlying"] for one in health["underlyings"]] == ["SPX"]
    assert "ts" not in health
    assert isinstance(health["ts_us"], int)


async def test_counters_are_the_pumps(ran: PumpState) -> None:
    """Ticks, rows and the three stages, each a histogram with one bucket more than bounds."""
    stats = ran.stats()
    assert stats.ticks["all"] > 18
    assert stats.repriced_rows["all"] >= 36
    assert set(stats.stages) == {"column", "priced", "published"}
    for latencies in stats.stages.values():
        assert len(latencies.counts) == len(latencies.bounds) + 1
    assert set(stats.age_secs) == {"SPX"}


async def test_a_closed_state_hears_nothing_more(make_market: Callable[..., Any]) -> None:
    """After close the chains stay as they were."""
    market = make_market()
    bus = LocalBus()
    pump = Pump(
        [Tape(market.listing, [market.fair()])], bus, ManualClock(), PumpSettings(is_replay=True)
    )
    state = PumpState(pump, bus)
    state.close()
    await pump.run()
    assert not state.chains
