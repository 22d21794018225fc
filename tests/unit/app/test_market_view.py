"""Contracts as the published chains have them, by the time of the chains."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from math import isnan
from typing import Any

import numpy as np
import pytest
from gateway_world import until
from put_feed import PutFeed

from voldesk.app.market_view import MarketView
from voldesk.bus.local import LocalBus
from voldesk.model.clock import ManualClock
from voldesk.model.enums import Right
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import NO_TIME
from voldesk.model.ticks import DataType
from voldesk.pipeline.pump import Pump, PumpSettings

NOON = 1_790_784_000_000_000_000  # of a Wednesday in New York
SECOND = 10**9
CALL = "us SPXW 20261030 000000100000000 C"
PUT = "us SPXW 20261030 000000100000000 P"


class HeldFeed(PutFeed):
    """Stands by the quote of one instrument."""

    held = -1

    def holds(self, instrument: int) -> bool:
        """Say whether it is the one."""
        return instrument == self.held


class Run:
    """A pump whose feeds and clock are in the hand of the test."""

    def __init__(self, market: Any, *feeds: PutFeed, **settings: Any) -> None:
        self.market = market
        self.feeds = feeds or (PutFeed(market.listing),)
        self.clock = ManualClock(NOON)
        self.pump = Pump(self.feeds, LocalBus(), self.clock, PumpSettings(**settings))

    async def tick(self, *batches: Any) -> None:
        """Tick, and wait until it is in the chain."""
        book = self.pump.sources("SPX")[0].book
        wanted = book.tick_count + sum(len(one) for one in batches)
        self.feeds[0].put(*batches)
        await until(lambda: book.tick_count >= wanted and not book.has_news)

    async def wait(self, secs: float) -> None:
        """Let time pass, for the chains too."""
        self.clock.advance(round(secs * SECOND))
        now = self.clock.now()
        await until(lambda: self.pump.table("SPX").as_of == now)


@asynccontextmanager
async def running(
    market: Any, *feeds: PutFeed, ages: bool = False, **settings: Any
) -> AsyncIterator[tuple[Run, MarketView]]:
    run = Run(market, *feeds, **{"turn_secs": 0.001, **settings})
    view = MarketView(run.pump, is_ageless=not ages)
    task = asyncio.create_task(run.pump.run())
    await until(lambda: bool(run.pump.underlyings))
    yield run, view
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_contract_is_shown_as_its_chain_has_it(market: Any) -> None:
    """Quote, terms, Greeks and the spot, all of one moment."""
    async with running(market) as (run, view):
        await run.tick(market.spot(100.0), market.fair())
        mark = view.mark(CALL)
        carry = view.carry(CALL)
        table = run.pump.table("SPX")
    assert mark is not None
    row = run.pump.book("SPX").keys.tolist().index(CALL)
    assert (mark.underlying, mark.expiry, mark.right) == ("SPX", date(2026, 10, 30), Right.CALL)
    assert (mark.strike, mark.multiplier, mark.currency) == (100.0, 100.0, "USD")
    assert (mark.bid, mark.ask) == (table.rows.bid[row], table.rows.ask[row])
    assert (mark.bid_size, mark.ask_size, mark.spot) == (10.0, 12.0, 100.0)
    assert mark.iv == pytest.approx(0.2, abs=1e-3)
    assert mark.delta == table.rows.delta[row]
    assert mark.settles_at == table.series.settles_at[0]
    assert isnan(mark.tick_size)
    assert isnan(mark.last)
    assert mark.is_session_open
    assert carry is not None
    assert (carry.forward, carry.years) == (table.rows.forward[row], table.rows.years[row])


async def test_an_underlying_has_a_spot_and_no_quote(market: Any) -> None:
    """Nobody quotes it here, so nothing may rest on its bid or ask."""
    async with running(market) as (run, view):
        await run.tick(market.spot(100.0))
        mark = view.mark("us SPX")
        assert view.carry("us SPX") is None
    assert mark is not None
    assert (mark.spot, mark.last, mark.delta, mark.gamma) == (100.0, 100.0, 1.0, 0.0)
    assert (mark.expiry, mark.settles_at, mark.right) == (None, None, None)
    assert isnan(mark.bid)
    assert isnan(mark.strike)
    assert mark.quote_age_secs == 0.0


async def test_what_no_chain_has_is_none(market: Any) -> None:
    """Neither a mark nor a carry."""
    async with running(market) as (_, view):
        assert view.mark("us SPXW 20261030 000000101000000 C") is None
        assert view.carry("us SPXW 20261030 000000101000000 C") is None


async def test_a_quote_that_holds_is_as_old_as_its_feeds_last_word(market: Any) -> None:
    """That the feed ticks at all confirms what it does not change."""
    async with running(market, stale_after_secs=None) as (run, view):
        await run.tick(market.spot(100.0), market.fair())
        await run.wait(3.0)
        before = view.mark(CALL)
        await run.tick(market.spot(100.1, run.clock.now()))
        after = view.mark(CALL)
    assert before is not None
    assert after is not None
    assert (before.quote_age_secs, after.quote_age_secs) == (3.0, 0.0)


async def test_a_quote_that_ages_is_as_old_as_its_row(market: Any) -> None:
    """Other ticks of its feed say nothing of it; once it is stale it has no age."""
    async with running(market, ages=True, stale_after_secs=10.0) as (run, view):
        await run.tick(market.spot(100.0), market.fair())
        await run.wait(3.0)
        await run.tick(market.spot(100.1, run.clock.now()))
        old = view.mark(CALL)
        await run.wait(20.0)
        await run.tick(market.spot(100.2, run.clock.now()))
        stale = view.mark(CALL)
    assert old is not None
    assert stale is not None
    assert old.quote_age_secs == 3.0
    assert isnan(stale.quote_age_secs)


@pytest.mark.parametrize("what", ["gap", "end"])
async def test_a_quote_without_a_line_has_no_age(market: Any, what: str) -> None:
    """After a gap, and when its feed has ended, nobody confirms anything."""
    async with running(market) as (run, view):
        await run.tick(market.spot(100.0), market.fair())
        if what == "gap":
            run.feeds[0].put(market.gap())
            await until(lambda: run.pump.book("SPX").is_line_lost)
        else:
            await run.feeds[0].close()
            await until(lambda: run.pump.sources("SPX")[0].is_down)
        mark = view.mark(CALL)
    assert mark is not None
    assert isnan(mark.quote_age_secs)


async def test_a_chain_without_a_tick_has_no_age(market: Any) -> None:
    """It is listed, and nothing is known."""
    async with running(market) as (_, view):
        mark = view.mark(CALL)
    assert mark is not None
    assert isnan(mark.quote_age_secs)
    assert isnan(mark.bid)


async def test_another_feed_that_stands_in_is_shown(market: Any) -> None:
    """When the chain changes hands so do the marks."""
    feeds = (PutFeed(market.listing, "one"), PutFeed(market.listing, "two"))
    async with running(market, *feeds, fallback_secs=1.0) as (run, view):
        await run.tick(market.spot(100.0), market.fair())
        first = view.mark(CALL)
        run.clock.advance(5 * SECOND)
        feeds[1].put(market.spot(91.0, run.clock.now()))
        await until(lambda: run.pump.table("SPX").spot == 91.0)
        second = view.mark(CALL)
    assert first is not None
    assert second is not None
    assert (first.spot, second.spot) == (100.0, 91.0)


@pytest.mark.parametrize(("name", "is_open"), [("put", False), ("sim", True)])
async def test_a_market_that_never_closes_has_a_session_at_night(
    make_market: Callable[..., Any], name: str, is_open: bool
) -> None:
    """Of others the calendar says."""
    market = make_market()
    run = Run(market, PutFeed(market.listing, name), turn_secs=0.001)
    view = MarketView(run.pump, is_ageless=True, always_open=frozenset({"sim"}))
    run.clock.advance(9 * 3600 * SECOND)
    task = asyncio.create_task(run.pump.run())
    await until(lambda: bool(run.pump.underlyings))
    mark = view.mark(CALL)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert mark is not None
    assert mark.is_session_open is is_open


@pytest.mark.parametrize(
    "name",
    [
        CALL,
        "SPXW 2026-10-30 C 100",
        "  SPXW  2026-10-30 c 100.00 ",
        "SPXW  261030C00100000",
        "SPXW261030C00100000",
        "SPXW 20261030 000000100000000 C",  # as this feed names it
    ],
)
async def test_a_contract_is_found_by_whatever_it_is_called(market: Any, name: str) -> None:
    """Its key, as a trader spells it, as OSI does, as the venue does."""
    async with running(market) as (_, view):
        assert view.key_of(name) == CALL


async def test_an_underlying_is_found_by_its_name(market: Any) -> None:
    """And by its key."""
    async with running(market) as (_, view):
        assert view.key_of("SPX") == view.key_of("us SPX") == "us SPX"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SPXW 2026-10-31 C 100", "no expiry 2026-10-31; there are 2026-10-30, 2026-11-20"),
        ("SPXW 2026-10-30 C 101", "SPXW 2026-10-30 has no C 101"),
        ("SPXW 2026-13-30 C 101", "no expiry 2026-13-30"),
        ("IBM 2026-10-30 C 100", "chains of SPX"),
        ("nonsense", "no contract 'nonsense' is served; write it as 'AMZN 2026-01-16 C 200'"),
    ],
)
async def test_what_is_not_there_is_told_with_what_is(market: Any, name: str, said: str) -> None:
    """A name that means nothing is answered with what there is."""
    async with running(market) as (_, view):
        with pytest.raises(ConfigError, match=said):
            view.key_of(name)


async def test_without_a_listing_of_its_own_an_underlying_has_a_spot_all_the_same(
    market: Any,
) -> None:
    """A feed may tick options alone, with the spot in them."""
    listing = market.listing
    options = np.flatnonzero(listing.is_option)
    columns = {name: getattr(listing, name)[options] for name in listing.__dataclass_fields__}
    async with running(market, PutFeed(type(listing)(**columns))) as (_, view):
        mark = view.mark("us SPX")
    assert mark is not None
    assert isnan(mark.multiplier)
    assert isnan(mark.spot)


def unstamped(batch: Any) -> Any:
    """Return ticks of a venue that stamps nothing."""
    batch["ts_event"] = NO_TIME
    return batch


async def test_a_quote_that_nobody_stamped_is_as_old_as_its_receipt(market: Any) -> None:
    """The rows of Interactive Brokers have no time of their own; a row never quoted has no age."""
    async with running(market, ages=True, stale_after_secs=60.0) as (run, view):
        call = [run.pump.book("SPX").keys.tolist().index(CALL)]
        instrument = run.pump.book("SPX").instrument[call]
        await run.tick(market.spot(100.0), unstamped(market.fair(instruments=instrument)))
        await run.wait(3.0)
        mark, never = view.mark(CALL), view.mark(PUT)
    assert mark is not None
    assert never is not None
    assert mark.quote_age_secs == 3.0
    assert isnan(never.quote_age_secs)


async def test_a_delayed_quote_has_no_age(market: Any) -> None:
    """It came just now, and is a quarter of an hour old."""
    async with running(market) as (run, view):
        late = market.fair()
        late["data_type"] = DataType.DELAYED
        await run.tick(market.spot(100.0), late)
        mark = view.mark(CALL)
    assert mark is not None
    assert isnan(mark.quote_age_secs)


async def test_a_quote_that_its_feed_holds_is_confirmed_by_any_tick(market: Any) -> None:
    """A venue that tells changes alone stands by what streams, and not by what waits for a line."""
    feed = HeldFeed(market.listing)
    async with running(market, feed, ages=True, stale_after_secs=60.0) as (run, view):
        book = run.pump.book("SPX")
        feed.held = int(book.instrument[book.keys.tolist().index(CALL)])
        await run.tick(market.spot(100.0), market.fair())
        await run.wait(3.0)
        await run.tick(market.spot(100.1, run.clock.now()))
        held, waiting = view.mark(CALL), view.mark(PUT)
    assert held is not None
    assert waiting is not None
    assert (held.quote_age_secs, waiting.quote_age_secs) == (0.0, 3.0)
