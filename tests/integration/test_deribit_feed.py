"""The feed of Deribit on the simulated one: its chains, its faults, its commands."""

import numpy as np
import pytest
from deribit_world import World, world_of

from voldesk.model.clock import SystemClock
from voldesk.model.enums import Status
from voldesk.model.ports.feed import Mode
from voldesk.simulator.market.market import SyntheticMarket

BOTH = ("BTC", "USDC")
VOL_POINT = 0.01
AGREEMENT = 0.1 * VOL_POINT


def whole_market() -> SyntheticMarket:
    return SyntheticMarket(("BTC",), 7, SystemClock().now(), history=4096)


def is_priced(world: World) -> bool:
    """Say whether every row has its iv."""
    return bool((world.pump.table("BTC").rows.status == Status.OK).all())


def is_right(world: World) -> bool:
    """
    Say whether every iv is that of the truth and of Deribit, and every delta Deribit's.

    It is so between two moves of the spot, not while a move is half told.
    """
    catalogue, rows = world.deribit.venue.catalogue, world.pump.table("BTC").rows
    numbers = [catalogue.by_name[str(name)] for name in rows.symbol]
    places = catalogue.row[np.array(numbers)]
    # Deribit's stamps are whole milliseconds, so the market may have begun within the first one.
    truth = world.deribit.venue.market.true_vol(places, rows.ts_event + 999_999)
    away = (rows.iv - truth, rows.iv - rows.vendor_iv, 0.1 * (rows.delta - rows.vendor_delta))
    return is_priced(world) and all(bool((np.abs(one) <= AGREEMENT).all()) for one in away)


@pytest.mark.timeout(180)
async def test_the_whole_chain_is_right() -> None:
    """Every contract in coin and in currency: iv within a tenth of a vol point of the truth."""
    async with world_of(whole_market(), currencies=BOTH) as world:
        table = world.pump.table("BTC")
        listed = len(world.deribit.venue.catalogue.instruments)
        assert len(table.rows) == listed > 1_000
        await world.until(lambda: is_right(world))
        table = world.pump.table("BTC")
        rows = table.rows
        is_coin = rows.root == "BTC"
        assert np.isfinite(rows.premium_mark[is_coin]).all()
        assert np.isnan(rows.premium_mark[~is_coin]).all()
        assert np.isfinite(table.spot)
        assert (world.feed.malformed_count, world.feed.unknown_count) == (0, 0)


@pytest.mark.timeout(180)
async def test_a_reset_is_made_good() -> None:
    """Every subscription is back, and no row is stale."""
    async with world_of(whole_market(), currencies=BOTH) as world:
        before = world.feed.state().lines_used
        gaps = world.pump.book("BTC").gap_count
        world.deribit.faults.begin("reset", {})
        await world.until(lambda: world.pump.book("BTC").gap_count > gaps)
        await world.until(lambda: world.feed.is_settled)
        assert world.feed.state().lines_used == before == len(world.feed.listing)
        await world.until(lambda: not (world.pump.table("BTC").rows.status == Status.STALE).any())


async def test_light_mode_is_priced_too() -> None:
    """By marks of the index, at the forward of the one ticker of its series."""
    async with world_of() as world:
        options = np.flatnonzero(world.feed.listing.is_option)
        await world.feed.want(options, Mode.LIGHT)
        await world.until(lambda: world.feed.is_settled)
        channels = {
            name.partition(".")[0]
            for connection in world.deribit.connections
            for name in connection.session.channels
        }
        assert channels == {"ticker", "quote", "markprice", "deribit_price_index"}
        gaps = world.pump.book("BTC").gap_count
        world.deribit.faults.begin("reset", {})
        await world.until(lambda: world.pump.book("BTC").gap_count > gaps)
        await world.until(lambda: is_priced(world))


async def test_what_makes_no_sense_is_counted_and_passed_over() -> None:
    """Three bad messages and a question whether we are there: the chain is the same."""
    async with world_of() as world:
        for data in (b"{", b'{"method":"subscription"}', b"[]"):
            world.deribit.send_all(data)
        world.deribit.faults.begin("heartbeat", {})
        await world.until(lambda: world.feed.malformed_count == 3)
        world.deribit.faults.begin("rate_limit", {"count": 1})
        await world.feed.want(np.array([1]), Mode.NONE)
        await world.until(lambda: world.feed.is_settled)
        assert world.feed.state().is_connected
        assert world.pump.book("BTC").gap_count == 0
