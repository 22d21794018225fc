"""Feeds into chains, chains onto the bus; one feed's trouble is its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from time import thread_time
from typing import Any

import numpy as np
import pytest

from voldesk.analytics.update import ChainUpdate
from voldesk.bus.local import LocalBus
from voldesk.model.clock import ManualClock
from voldesk.model.errors import VenueUnavailable
from voldesk.pipeline.pump import Pump, PumpSettings

NOON = 1_790_784_000_000_000_000
SECOND = 10**9
DEADLINE_SECS = 10.0
REPLAY = PumpSettings(is_replay=True)

Maker = Callable[..., Any]


def _heard(bus: LocalBus, pattern: str = "*") -> list[tuple[str, Any]]:
    heard: list[tuple[str, Any]] = []
    bus.on(pattern, lambda topic, message: heard.append((topic, message)))
    return heard


@asynccontextmanager
async def _running(pump: Pump) -> AsyncIterator[asyncio.Task[None]]:
    """Run a pump for the length of a block, then cancel it."""
    async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
        task = group.create_task(pump.run())
        yield task
        task.cancel()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECS):
        while not condition():  # noqa: ASYNC110  # a condition of many objects, on no clock
            await asyncio.sleep(0)


def _has_updates(pump: Pump, count: int) -> bool:
    return pump.stats().updates > count


def _states(pump: Pump) -> dict[str, tuple[str, str]]:
    told = pump.health()["underlyings"]
    return {one["underlying"]: (one["state"], one["reason"]) for one in told}


async def test_a_tick_becomes_an_update(hand_feed: Maker, market: Any) -> None:
    """The raw batch first, then one update with its rows, valued, on the underlying's topic."""
    bus, clock = LocalBus(), ManualClock(NOON)
    heard = _heard(bus)
    feed = hand_feed("sim", market.listing)
    pump = Pump([feed], bus, clock)
    async with _running(pump):
        feed.put(market.fair())
        await _until(lambda: bus.last("chain/SPX") is not None)
    topics = [topic for topic, _ in heard if topic != "status"]
    assert topics[:2] == ["ticks/sim", "chain/SPX"]
    update = bus.last("chain/SPX")
    assert isinstance(update, ChainUpdate)
    assert update.seq == 1
    assert np.isfinite(update.table.rows.iv).any()
    assert update.summary is not None
    assert pump.underlyings == ("SPX",)
    assert pump.table("SPX") is update.table
    assert pump.stats().ticks == 36
    assert pump.stats().updates == 1
    assert pump.stats().priced.count == 1


async def test_later_summaries_come_with_later_updates(hand_feed: Maker, market: Any) -> None:
    """The first update has one; once it is old enough one of those that follow has the next."""
    bus, clock = LocalBus(), ManualClock(NOON)
    feed = hand_feed("sim", market.listing)
    pump = Pump([feed], bus, clock, PumpSettings(turn_secs=0.001, summary_secs=1.0))
    updates = _heard(bus, "chain/SPX")
    async with _running(pump):
        feed.put(market.fair())
        await _until(lambda: len(updates) == 1)
        while updates[-1][1].summary is None or len(updates) == 1:
            clock.advance(SECOND)
            feed.put(market.fair(101.0, clock.now()))
            await _until(partial(_has_updates, pump, len(updates)))
    first, last = (updates[place][1].summary for place in (0, -1))
    assert last.series[0].forward > first.series[0].forward


async def test_a_cancelled_pump_closes_its_feeds(hand_feed: Maker, market: Any) -> None:
    """Each feed that was opened is closed, once."""
    feeds = [hand_feed(name, market.listing) for name in "ab"]
    pump = Pump(feeds, LocalBus(), ManualClock(NOON))
    async with _running(pump):
        await _until(lambda: all(feed.opened for feed in feeds))
    assert [feed.closed for feed in feeds] == [1, 1]


async def test_batches_that_come_together_are_one_update(hand_feed: Maker, market: Any) -> None:
    """What several batches changed between two flushes is published once, newest values."""
    bus = LocalBus()
    heard = _heard(bus, "chain/*")
    feed = hand_feed("sim", market.listing)
    async with _running(Pump([feed], bus, ManualClock(NOON))):
        feed.put(
            market.fair(), *(market.ticks([8], NOON + i, bid=10 + i, ask=11 + i) for i in range(5))
        )
        await _until(lambda: bool(heard))
    (_, update), *rest = heard
    assert not rest
    assert update.table.rows.bid[update.table.rows.strike == 100.0].max() == 14.0


async def test_a_replay_flushes_each_batch_at_its_own_time(recording: Maker, market: Any) -> None:
    """One update per batch, its time that of the batch's last tick, whatever the clock says."""
    bus = LocalBus()
    heard = _heard(bus, "chain/*")
    batches = [market.fair(100.0 + i, NOON + i * SECOND) for i in range(4)]
    pump = Pump([recording("replay", market.listing, batches)], bus, ManualClock(5), REPLAY)
    await asyncio.wait_for(pump.run(), DEADLINE_SECS)
    updates = [update for _, update in heard]
    assert [update.seq for update in updates] == [1, 2, 3, 4]
    assert [update.ts_flush for update in updates] == [NOON + i * SECOND for i in range(4)]
    assert pump.table("SPX").as_of == NOON + 3 * SECOND


async def test_a_replay_gives_the_same_bits_twice(recording: Maker, market: Any) -> None:
    """Rows, sequence, summaries and every figure of every update."""
    rng = np.random.default_rng(3)
    batches = [
        market.fair(
            100.0 + np.sin(i), NOON + i * SECOND // 3, np.sort(rng.choice(36, 9, replace=False))
        )
        for i in range(40)
    ]
    runs = []
    for _ in range(2):
        bus = LocalBus()
        seen: list[Any] = []

        def note(_topic: str, update: ChainUpdate, seen: list[Any] = seen) -> None:
            figures = update.table.rows.iv.tobytes() + update.table.rows.theta.tobytes()
            seen.append((update.seq, update.rows.tolist(), figures, repr(update.summary)))

        bus.on("chain/*", note)
        pump = Pump([recording("replay", market.listing, batches)], bus, ManualClock(), REPLAY)
        await asyncio.wait_for(pump.run(), DEADLINE_SECS)
        runs.append(seen)
    assert runs[0] == runs[1]
    assert len(runs[0]) == 40


async def test_several_underlyings_are_published_apart(
    recording: Maker, make_market: Maker
) -> None:
    """Each on its own topic, with its own numbers, only when it changed."""
    market = make_market(underlyings=("SPX", "NDX"), roots=("SPXW", "NDXP"))
    ndx = market.options[market.listing.underlying[market.options] == "NDX"]
    bus = LocalBus()
    heard = _heard(bus, "chain/*")
    batches = [market.fair(), market.fair(101.0, NOON + 1, ndx)]
    pump = Pump([recording("r", market.listing, batches)], bus, ManualClock(), REPLAY)
    await asyncio.wait_for(pump.run(), DEADLINE_SECS)
    assert [(topic, update.seq) for topic, update in heard] == [
        ("chain/SPX", 1),
        ("chain/NDX", 1),
        ("chain/NDX", 2),
    ]


async def test_a_feed_that_cannot_open_is_named_and_the_others_go_on(
    hand_feed: Maker, make_market: Maker
) -> None:
    """Its state is down for the venue's reason; the other feed's chain is published."""
    spx, ndx = make_market(), make_market(underlyings=("NDX",), roots=("NDXP",))
    bus = LocalBus()
    bad, good = hand_feed("bad", spx.listing), hand_feed("good", ndx.listing)
    bad.fault_of_open = VenueUnavailable("no route to venue")
    pump = Pump([bad, good], bus, ManualClock(NOON))
    async with _running(pump):
        good.put(ndx.fair())
        await _until(lambda: bus.last("chain/NDX") is not None)
        feeds = {feed["name"]: feed for feed in pump.health()["feeds"]}
    assert feeds["bad"] == {
        "name": "bad",
        "is_down": True,
        "reason": "no route to venue",
        "line": None,
    }
    assert not feeds["good"]["is_down"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(VenueUnavailable("line cut"), "line cut"), (KeyError("x"), "KeyError: 'x'"), (None, "ended")],
)
async def test_a_feed_that_ends_leaves_the_others_alone(
    fault: Exception | None, reason: str, hand_feed: Maker, market: Any, make_market: Maker
) -> None:
    """Whether it fails or ends: what it ticked before is published, its chain is DOWN."""
    other = make_market(underlyings=("NDX",), roots=("NDXP",))
    bus = LocalBus()
    short, long = hand_feed("short", market.listing), hand_feed("long", other.listing)
    pump = Pump([short, long], bus, ManualClock(NOON))
    async with _running(pump):
        short.put(market.fair())
        short.end(fault)
        await _until(lambda: short.closed == 1)
        long.put(other.fair())
        await _until(lambda: _states(pump)["NDX"] == ("LIVE", ""))
        assert _states(pump)["SPX"] == ("DOWN", reason)
    assert np.isfinite(bus.last("chain/SPX").table.rows.iv).any()


async def test_a_feed_that_is_down_can_be_opened_again(
    hand_feed: Maker, market: Any, make_market: Maker
) -> None:
    """With its listing it keeps its chain, rows stale until they tick; a running one is refused."""
    other = make_market(underlyings=("NDX",), roots=("NDXP",))
    bus = LocalBus()
    feed, rest = hand_feed("a", market.listing), hand_feed("b", other.listing)
    pump = Pump([feed, rest], bus, ManualClock(NOON))
    async with _running(pump):
        feed.put(market.fair())
        feed.end()
        await _until(lambda: feed.closed == 1)
        await _until(lambda: pump.restart("a"))
        assert not pump.restart("b")
        assert not pump.restart("nobody")
        await _until(lambda: feed.opened == 2)
        table = pump.table("SPX")
        feed.put(market.fair(at=NOON + 1, instruments=[8]))
        await _until(lambda: bus.last("chain/SPX").seq > 1)
        await _until(lambda: np.unique(table.rows.status).size > 1)
        assert pump.table("SPX") is table
        sources = pump.sources("SPX")
        assert sources[0].shelf.staleness.is_lost.sum() == 35
    assert not pump.restart("a")


async def test_a_feed_opened_with_another_listing_gets_new_chains(
    hand_feed: Maker, market: Any, make_market: Maker
) -> None:
    """New contracts: the layout of the updates changes, the numbers go on."""
    bus = LocalBus()
    feed, rest = hand_feed("a", market.listing), hand_feed("b", market.listing)
    pump = Pump([feed, rest], bus, ManualClock(NOON))
    smaller = make_market(strikes=(95.0, 100.0))
    async with _running(pump):
        feed.put(market.fair())
        feed.end()
        await _until(lambda: feed.closed == 1)
        feed.listing = smaller.listing
        await _until(lambda: pump.restart("a"))
        await _until(lambda: feed.opened == 2)
        feed.put(smaller.fair())
        await _until(lambda: len(bus.last("chain/SPX").table.rows) == 8)
        assert bus.last("chain/SPX").layout >= 1
        assert bus.last("chain/SPX").seq > 1


async def test_a_second_feed_stands_in_for_the_owner(hand_feed: Maker, market: Any) -> None:
    """The owner falls silent, the other ticks on: DELAYED; the owner ticks again: LIVE."""
    bus, clock = LocalBus(), ManualClock(NOON)
    owner, other = hand_feed("a", market.listing), hand_feed("b", market.listing)
    pump = Pump([owner, other], bus, clock)
    feeds: list[str] = []
    bus.on("chain/SPX", lambda _topic, update: feeds.append(update.feed))
    async with _running(pump):
        owner.put(market.fair())
        await _until(lambda: feeds[-1:] == ["a"])
        clock.advance(6 * SECOND)
        other.put(market.fair(100.5, clock.now()))
        await _until(lambda: feeds[-1:] == ["b"])
        assert pump.health()["underlyings"][0]["state"] == "DELAYED"
        owner.put(market.fair(101.0, clock.now()))
        await _until(lambda: feeds[-1:] == ["a"])
        assert pump.health()["underlyings"][0]["state"] == "LIVE"
        assert len(pump.sources("SPX")) == 2


async def test_a_feed_that_never_pauses_starves_nobody(hand_feed: Maker, market: Any) -> None:
    """Ten thousand batches at hand: updates are published in between, and nothing is lost."""
    bus = LocalBus()
    feed = hand_feed("sim", market.listing)
    seqs: list[int] = []
    raw: list[int] = []
    bus.on("chain/SPX", lambda _topic, update: seqs.append(update.seq))
    bus.on("ticks/sim", lambda _topic, batch: raw.append(batch.size))
    settings = PumpSettings(min_gap_secs=0.0, most_pending_ticks=100)
    async with _running(Pump([feed], bus, ManualClock(NOON), settings)):
        feed.put(*(market.ticks([8], NOON + i, bid=10.0, ask=11.0) for i in range(10_000)))
        await _until(lambda: len(raw) == 10_000)
        await _until(lambda: bus.last("chain/SPX").table.rows.ts_event.max() == NOON + 9_999)
    assert len(seqs) > 5
    assert seqs == list(range(1, len(seqs) + 1))


async def test_time_alone_moves_the_figures(hand_feed: Maker, market: Any) -> None:
    """Without a tick the chain is repriced when its decay is due, and says so."""
    bus, clock = LocalBus(), ManualClock(NOON)
    feed = hand_feed("sim", market.listing)
    settings = PumpSettings(turn_secs=0.001)
    async with _running(Pump([feed], bus, clock, settings)):
        feed.put(market.fair())
        await _until(lambda: bus.last("chain/SPX") is not None)
        clock.advance(6 * SECOND)
        await _until(lambda: bus.last("chain/SPX").seq > 1)
    update = bus.last("chain/SPX")
    assert update.ts_recv == 0
    assert update.rows.size == len(update.table.rows)


async def test_a_slow_flush_widens_the_gap(hand_feed: Maker, market: Any) -> None:
    """Where publishing takes long the gap grows beyond that, and shrinks when it is over."""
    bus, feed = LocalBus(), hand_feed("sim", market.listing)
    pump = Pump([feed], bus, ManualClock(NOON))

    def dawdle(_topic: str, _update: object) -> None:
        until = thread_time() + 0.02
        while thread_time() < until:
            pass

    slow = bus.on("chain/*", dawdle)
    async with _running(pump):
        for i in range(20):
            feed.put(market.fair(100.0 + i / 10, NOON + i))
            await _until(partial(_has_updates, pump, i))
        widest = pump.stats().gap_secs
        slow()
        for i in range(20, 60):
            feed.put(market.fair(100.0 + i / 10, NOON + i))
            await _until(partial(_has_updates, pump, i))
    assert widest > 0.02
    assert pump.stats().gap_secs < widest / 2


async def test_our_own_mistake_stops_the_pump(hand_feed: Maker, market: Any) -> None:
    """A chain that cannot be valued is no feed's fault: it is raised, and the feeds are closed."""
    feed = hand_feed("sim", market.listing)
    pump = Pump([feed], LocalBus(), ManualClock(NOON))

    async def spoil() -> None:
        async with _running(pump):
            await _until(lambda: bool(pump.sources("SPX")))
            pump.sources("SPX")[0].book.table.points.years.flags.writeable = False
            feed.put(market.fair())
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as caught:
        await spoil()
    assert caught.group_contains(ValueError)
    assert feed.closed == 1


async def test_health_is_told_on_its_topic(recording: Maker, market: Any) -> None:
    """In a replay by the recording's time: live, then lost, then ended."""
    bus = LocalBus()
    states: list[str] = []
    bus.on("status", lambda _t, told: states.extend(u["state"] for u in told["underlyings"]))
    batches = [
        market.fair(),
        market.gap(NOON + SECOND),
        market.fair(at=NOON + 2 * SECOND),
    ]
    pump = Pump([recording("r", market.listing, batches)], bus, ManualClock(), REPLAY)
    await asyncio.wait_for(pump.run(), DEADLINE_SECS)
    assert states == ["LIVE", "DOWN", "LIVE", "DOWN"]
    assert bus.last("status")["underlyings"][0]["reason"] == "ended"


def test_an_underlying_nobody_ticks_is_unknown(hand_feed: Maker, market: Any) -> None:
    """It has no table and no sources."""
    pump = Pump([hand_feed("a", market.listing)], LocalBus(), ManualClock(NOON))
    assert pump.sources("SPX") == ()
    assert [feed.name for feed in pump.feeds] == ["a"]
    with pytest.raises(KeyError):
        pump.table("SPX")
