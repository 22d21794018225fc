"""The synthetic market as a feed."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from voldesk.model.clock import ManualClock, SystemClock
from voldesk.model.enums import ForwardSource, Market, PriceUsed
from voldesk.model.feed_state import FeedState
from voldesk.model.ports.feed import Feed, Mode
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import (
    ALL_INSTRUMENTS,
    TICK_DTYPE,
    Field,
    TickBatch,
    TickKind,
    present,
)
from voldesk.simulator.market.feed import SyntheticFeed
from voldesk.simulator.market.market import SyntheticMarket

MakeMarket = Callable[..., SyntheticMarket]
Turn = Callable[[int, SyntheticFeed], None]


class Steps:
    """A clock that is set by hand, and that the feed takes for a real one."""

    def __init__(self, instant: int) -> None:
        self.instant = instant

    def now(self) -> int:
        """Return the instant last set."""
        return self.instant


def virtual_feed(market: SyntheticMarket, **options: float) -> tuple[SyntheticFeed, ManualClock]:
    """Return a feed on a clock that stands where its market does."""
    clock = ManualClock(market.now)
    return SyntheticFeed(market, clock, **options), clock  # type: ignore[arg-type]  # its options


async def heard(feed: SyntheticFeed, count: int, turn: Turn | None = None) -> list[TickBatch]:
    """Return the first batches of a feed; a turn is called after each of them."""
    await feed.open()
    batches: list[TickBatch] = []
    async for batch in feed.batches():
        batches.append(batch.copy())
        if turn is not None:
            turn(len(batches), feed)
        if len(batches) == count:
            await feed.close()
    return batches


def test_it_fills_the_port(make_market: MakeMarket) -> None:
    """It has the port's name, listing and conventions."""
    feed: Feed = virtual_feed(make_market())[0]
    assert feed.name == "sim"
    assert feed.listing.underlyings == ("NIFTY", "SPX", "BTC")
    profile = feed.profile("BTC")
    assert profile.market is Market.DERIBIT
    assert (profile.price, profile.forward) == (PriceUsed.MID, ForwardSource.PARITY)
    with pytest.raises(KeyError):
        feed.profile("VIX")


@pytest.mark.parametrize("options", [{"step_secs": 0.0}, {"speed": -1.0}], ids=str)
def test_a_feed_goes_forward(make_market: MakeMarket, options: dict[str, float]) -> None:
    """Step and speed are above 0."""
    with pytest.raises(ValueError, match="above 0"):
        virtual_feed(make_market("BTC"), **options)


def test_its_line_is_there_while_it_is_open(make_market: MakeMarket) -> None:
    """Its data are simulated, and no venue counts lines."""
    feed, _ = virtual_feed(make_market())
    assert not feed.state().is_connected
    asyncio.run(feed.open())
    assert feed.state() == FeedState(is_connected=True, data_type="simulated")
    asyncio.run(feed.close())
    assert not feed.state().is_connected


def test_the_first_batch_is_a_snapshot(make_market: MakeMarket) -> None:
    """It tells the quote, open interest or spot of every instrument."""
    feed, _ = virtual_feed(make_market())
    first = asyncio.run(heard(feed, 1))[0]
    assert set(first["instrument"].tolist()) == set(range(len(feed.listing)))


def test_a_virtual_clock_moves_step_by_step(make_market: MakeMarket) -> None:
    """Each batch lies one step on, stamped with the clock, and holds the step's ticks."""
    feed, clock = virtual_feed(make_market(intensity=50.0), step_secs=0.25)
    start = clock.now()
    batches = asyncio.run(heard(feed, 5))
    for number, batch in enumerate(batches):
        assert np.all(batch["ts_recv"] == start + number * NS_PER_SECOND // 4)
        assert np.all(batch["ts_event"] <= batch["ts_recv"])
    for before, after in pairwise(batches[1:]):
        assert before["ts_event"].max() < after["ts_event"].min()


def test_the_same_feed_twice_is_the_same_to_the_byte(make_market: MakeMarket) -> None:
    """On a virtual clock a seed decides everything that is heard."""
    streams = []
    for _ in range(2):
        feed, _ = virtual_feed(make_market(seed=6))
        ticks = np.concatenate(asyncio.run(heard(feed, 20)))
        streams.append([ticks[name].tobytes() for name in TICK_DTYPE.names or ()])
    assert streams[0] == streams[1]


def test_speed_is_market_seconds_per_second_of_the_clock(make_market: MakeMarket) -> None:
    """A minute of market passes in a second at a speed of 60."""
    feed, clock = virtual_feed(make_market(), step_secs=0.5, speed=60.0)
    start = clock.now()
    asyncio.run(heard(feed, 3))
    assert clock.now() - start == pytest.approx(NS_PER_SECOND, abs=NS_PER_SECOND // 2)
    assert feed.market.now == start + 60 * NS_PER_SECOND


def test_it_ends_where_it_was_told_to(make_market: MakeMarket) -> None:
    """Up to ``until`` everything ticks, then the batches end of themselves."""
    market = make_market()
    until = market.now + NS_PER_SECOND
    feed = SyntheticFeed(market, ManualClock(market.now), step_secs=0.3, until=until)
    batches = asyncio.run(heard(feed, 1_000))
    assert market.now == until
    assert np.concatenate(batches)["ts_event"].max() <= until


def test_light_leaves_quotes_out_and_none_everything(make_market: MakeMarket) -> None:
    """Modes hold per instrument: quotes in full only, trades and spots in light too."""
    feed, _ = virtual_feed(make_market(intensity=100.0))
    third = len(feed.listing) // 3
    light, none = np.arange(third), np.arange(third, 2 * third)

    async def listen() -> TickBatch:
        await feed.want(light, Mode.LIGHT)
        await feed.want(none, Mode.NONE)
        return np.concatenate(await heard(feed, 40))

    ticks = asyncio.run(listen())
    in_light = ticks[ticks["instrument"] < third]
    assert set(in_light["kind"].tolist()) == {
        TickKind.TRADE,
        TickKind.OPEN_INTEREST,
        TickKind.SPOT,
    }
    assert not np.isin(ticks["instrument"], none).any()
    rest = ticks[ticks["instrument"] >= 2 * third]
    assert (rest["kind"] == TickKind.QUOTE).any()


def test_the_last_word_per_instrument_counts(make_market: MakeMarket) -> None:
    """What was unsubscribed and asked for again is heard, the rest stays silent."""
    feed, _ = virtual_feed(make_market())
    everything = np.arange(len(feed.listing))

    async def listen() -> TickBatch:
        await feed.want(everything, Mode.NONE)
        await feed.want(everything[:3], Mode.FULL)
        return np.concatenate(await heard(feed, 3))

    assert set(asyncio.run(listen())["instrument"].tolist()) == {0, 1, 2}


def test_a_wider_mode_brings_a_snapshot_of_its_instruments(make_market: MakeMarket) -> None:
    """Who hears more than before is told how things stand, and nobody else is."""
    feed, _ = virtual_feed(make_market())
    wider = np.array([2, 3, 4])

    async def listen() -> list[TickBatch]:
        await feed.want(np.arange(len(feed.listing)), Mode.LIGHT)
        await feed.open()
        batches = feed.batches()
        first = await anext(batches)
        await feed.want(wider, Mode.FULL)
        second = await anext(batches)
        await feed.close()
        return [first, second]

    first, second = asyncio.run(listen())
    assert not (first["kind"] == TickKind.QUOTE).any()
    quotes = second[second["kind"] == TickKind.QUOTE]
    assert set(quotes["instrument"].tolist()) == set(wider.tolist())
    assert present(quotes, Field.BID | Field.ASK).all()
    assert len(second[second["kind"] == TickKind.OPEN_INTEREST]) < len(feed.listing)


def test_a_gap_is_said_then_silence_then_a_snapshot(make_market: MakeMarket) -> None:
    """The line is lost for that long on the clock; afterwards all is told anew."""
    feed, clock = virtual_feed(make_market(), step_secs=0.5)
    start = clock.now()

    def lose(number: int, feed: SyntheticFeed) -> None:
        if number == 2:
            feed.inject_gap(30.0)

    batches = asyncio.run(heard(feed, 4, lose))
    gap, after = batches[2], batches[3]
    assert gap["kind"].tolist() == [TickKind.GAP]
    assert gap["instrument"].tolist() == [ALL_INSTRUMENTS]
    lost_at = start + NS_PER_SECOND
    assert gap["ts_recv"].tolist() == [lost_at]
    assert np.all(after["ts_recv"] == lost_at + 30 * NS_PER_SECOND)
    assert set(after["instrument"].tolist()) == set(range(len(feed.listing)))
    assert feed.market.now == lost_at + 30 * NS_PER_SECOND


def test_a_machine_that_slept_finds_a_gap_and_the_present(make_market: MakeMarket) -> None:
    """Hours behind the clock, the feed does not tell all it missed: a gap, then a snapshot."""
    market = make_market("BTC")
    clock = Steps(market.now)
    feed = SyntheticFeed(market, clock, step_secs=0.001)

    def sleep(number: int, _: SyntheticFeed) -> None:
        if number == 1:
            clock.instant += 8 * 3_600 * NS_PER_SECOND

    first, gap, after = asyncio.run(heard(feed, 3, sleep))
    assert len(first) > 0
    assert gap["kind"].tolist() == [TickKind.GAP]
    assert set(after["instrument"].tolist()) == set(range(len(feed.listing)))
    assert market.now == clock.instant
    assert len(after) <= 3 * len(feed.listing)


def test_a_clock_that_steps_back_stops_nothing_for_long(make_market: MakeMarket) -> None:
    """The market stands still, and goes on when the clock has caught up with it."""
    market = make_market("BTC", intensity=500.0)
    clock = Steps(market.now)
    feed = SyntheticFeed(market, clock, step_secs=0.001)

    def turn(number: int, _: SyntheticFeed) -> None:
        clock.instant += (-3_600 if number == 1 else 1) * NS_PER_SECOND
        if number == 1:
            feed.inject_gap(0.001)
        if number == 2:
            clock.instant += 3_600 * NS_PER_SECOND

    batches = asyncio.run(heard(feed, 4, turn))
    assert market.now >= int(batches[0]["ts_event"].max())
    assert len(batches[-1]) > 0


def test_a_gap_is_heard_by_who_wants_nothing(make_market: MakeMarket) -> None:
    """A lost line concerns every listener, whatever the modes."""
    feed, _ = virtual_feed(make_market("BTC"))

    async def listen() -> list[TickBatch]:
        await feed.want(np.arange(len(feed.listing)), Mode.NONE)
        feed.inject_gap(1.0)
        return await heard(feed, 1)

    assert asyncio.run(listen())[0]["kind"].tolist() == [TickKind.GAP]


def test_on_a_real_clock_it_keeps_up_with_it(make_market: MakeMarket) -> None:
    """Batches come by themselves, stamped with the clock, the market never ahead of it."""
    clock = SystemClock()
    market = make_market("BTC", at=clock.now(), intensity=500.0)
    feed = SyntheticFeed(market, clock, step_secs=0.002)
    batches = asyncio.run(heard(feed, 5))
    stamps = [int(batch["ts_recv"][0]) for batch in batches]
    assert stamps == sorted(stamps)
    for batch in batches:
        assert np.all(batch["ts_event"] <= batch["ts_recv"])
    assert market.now <= clock.now()


def test_closing_ends_it_in_a_gap_too(make_market: MakeMarket) -> None:
    """Nothing is told after the close, not even the snapshot that would follow the gap."""
    feed, _ = virtual_feed(make_market("BTC"))
    feed.inject_gap(1.0)
    batches = asyncio.run(heard(feed, 1))
    assert [batch["kind"].tolist() for batch in batches] == [[TickKind.GAP]]


def test_closing_ends_it_while_it_waits(make_market: MakeMarket) -> None:
    """A feed that waits for its next step, an hour away, ends at once when closed."""
    clock = SystemClock()
    feed = SyntheticFeed(make_market("BTC", at=clock.now()), clock, step_secs=3_600.0)

    async def listen() -> int:
        await feed.open()
        count = 0
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            started = asyncio.Event()

            async def run() -> None:
                nonlocal count
                async for _ in feed.batches():
                    count += 1
                    started.set()

            tasks.create_task(run(), name="listener")
            await started.wait()
            await feed.close()
        return count

    assert asyncio.run(listen()) == 1
