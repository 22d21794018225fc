"""Feeds are asked for what subscriptions need, and listeners hear of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from voldesk.bus.local import LocalBus
from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.model.ports.feed import Mode
from voldesk.model.ticks import TickKind
from voldesk.pipeline.pump import Pump
from voldesk.pipeline.subscriptions import Subscriptions, SubscriptionSettings

NOON = 1_790_784_000_000_000_000
SECOND = 10**9
DEADLINE_SECS = 10.0

Maker = Callable[..., Any]


@dataclass
class Desk:
    """A pump with its subscriptions, running."""

    bus: LocalBus
    pump: Pump
    held: Subscriptions
    feeds: list[Any]
    market: Any

    def modes(self, feed: int = 0) -> dict[tuple[str, float], Mode]:
        """Return what the feed was asked last, of what it was asked for at all."""
        listing, asked = self.market.listing, {}
        for instruments, mode in self.feeds[feed].wants:
            for one in instruments:
                right = "C" if listing.is_call[one] else "P"
                kind = right if listing.is_option[one] else "spot"
                asked[
                    f"{listing.expiry[one]} {kind}", float(np.nan_to_num(listing.strike[one]))
                ] = mode
        return asked

    def full(self, feed: int = 0) -> set[tuple[str, float]]:
        return {key for key, mode in self.modes(feed).items() if mode is Mode.FULL}

    def strikes(self, mode: Mode, feed: int = 0) -> list[float]:
        return sorted({key[1] for key, one in self.modes(feed).items() if one is mode and key[1]})


@asynccontextmanager
async def _desk(hand_feed: Maker, market: Any, names: str = "a") -> AsyncIterator[Desk]:
    bus = LocalBus()
    feeds = [hand_feed(name, market.listing) for name in names]
    pump = Pump(feeds, bus, ManualClock(NOON))
    held = Subscriptions(pump, bus)
    async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
        tasks = [group.create_task(pump.run()), group.create_task(held.run())]
        await _until(lambda: all(feed.opened for feed in feeds))
        await _until(lambda: len(pump.sources("SPX")) == len(feeds))
        yield Desk(bus, pump, held, feeds, market)
        for task in tasks:
            task.cancel()


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # a condition of many objects, on no clock
        await asyncio.sleep(0)


async def test_first_the_spot_then_the_pair_at_the_money(hand_feed: Maker, market: Any) -> None:
    """Before a spot is known only the underlying is asked for; then call and put in full."""
    async with _desk(hand_feed, market) as desk:
        desk.held.atm("SPX")
        await _until(lambda: bool(desk.feeds[0].wants))
        assert desk.full() == {("NaT spot", 0.0)}
        await _until(lambda: len(desk.modes()) == 37)  # the rest is given up
        desk.feeds[0].put(market.spot(101.0))
        await _until(lambda: len(desk.full()) == 3)
        pair = {("2026-10-30 C", 100.0), ("2026-10-30 P", 100.0)}
        assert desk.full() == {("NaT spot", 0.0)} | pair


async def test_the_window_follows_and_lets_go(hand_feed: Maker, market: Any) -> None:
    """When the spot has moved on the new pair is asked for and the old one given up."""
    async with _desk(hand_feed, market) as desk:
        desk.held.atm("SPX")
        desk.feeds[0].put(market.spot(100.0))
        await _until(lambda: desk.strikes(Mode.FULL) == [100.0])
        desk.feeds[0].put(market.spot(106.0, NOON + 1))
        await _until(lambda: desk.strikes(Mode.FULL) == [105.0])
        assert ("2026-10-30 C", 100.0) not in desk.full()


async def test_a_range_in_light_mode_around_a_pair_in_full(hand_feed: Maker, market: Any) -> None:
    """Of an instrument wanted twice the fuller mode is asked for; unsubscribed it is light."""
    async with _desk(hand_feed, market) as desk:
        pair = desk.held.atm("SPX")
        desk.held.around("SPX", width_points=10.0)
        desk.feeds[0].put(market.spot(100.0))
        await _until(lambda: desk.strikes(Mode.LIGHT) == [90.0, 95.0, 105.0, 110.0])
        assert desk.strikes(Mode.FULL) == [100.0]
        desk.held.unsubscribe(pair)
        desk.held.unsubscribe(pair)
        await _until(lambda: desk.strikes(Mode.LIGHT) == [90.0, 95.0, 100.0, 105.0, 110.0])
        assert desk.full() == {("NaT spot", 0.0)}


async def test_a_range_by_strikes_and_by_centre(hand_feed: Maker, market: Any) -> None:
    """So many strikes each side of a centre that stays, in the mode asked for."""
    async with _desk(hand_feed, market) as desk:
        desk.held.around("SPX", centre=90.0, strikes=1, mode=Mode.FULL)
        await _until(lambda: desk.strikes(Mode.FULL) == [85.0, 90.0, 95.0])


async def test_the_whole_chain(hand_feed: Maker, market: Any) -> None:
    """Every option and the underlying, in full."""
    async with _desk(hand_feed, market) as desk:
        one = desk.held.whole("SPX")
        await _until(lambda: len(desk.modes()) == 37)
        assert desk.held.rows(one).size == 36
        assert set(desk.modes().values()) == {Mode.FULL}


async def test_shutdown_gives_everything_up(hand_feed: Maker, market: Any) -> None:
    """Each instrument asked for is asked to stop, and nothing is heard afterwards."""
    async with _desk(hand_feed, market) as desk:
        heard: list[object] = []
        desk.held.on_greeks(lambda _update, rows: heard.append(rows))
        desk.held.whole("SPX")
        await _until(lambda: len(desk.modes()) == 37)
        await desk.held.shutdown()
        assert set(desk.modes().values()) == {Mode.NONE}
        desk.feeds[0].put(market.fair())
        await _until(lambda: desk.bus.last("chain/SPX") is not None)
        assert heard == []


async def test_listeners_hear_of_rows_held_in_full(hand_feed: Maker, market: Any) -> None:
    """Greeks of the pair at the money, not of the rest; the cache has them by key."""
    async with _desk(hand_feed, market) as desk:
        pair = desk.held.atm("SPX")
        heard: list[list[int]] = []
        remove = desk.held.on_greeks(lambda _update, rows: heard.append(rows.tolist()))
        desk.feeds[0].put(market.spot(100.0), market.fair())
        await _until(lambda: bool(heard))
        assert heard[-1] == desk.held.rows(pair).tolist()
        cached = desk.held.greeks()
        assert sorted(cached) == [
            "us SPXW 20261030 000000100000000 C",
            "us SPXW 20261030 000000100000000 P",
        ]
        assert all(np.isfinite(one.iv) for one in cached.values())
        remove()
        count, seq = len(heard), desk.bus.last("chain/SPX").seq
        desk.feeds[0].put(market.fair(at=NOON + 1))
        await _until(lambda: desk.bus.last("chain/SPX").seq > seq)
        assert len(heard) == count


async def test_the_put_call_ratio_of_a_range(hand_feed: Maker, market: Any) -> None:
    """Told when open interest in the range moves, not when prices do."""
    async with _desk(hand_feed, market) as desk:
        held = desk.held.around("SPX", width_points=5.0)
        heard: list[Any] = []
        desk.held.on_pcr(heard.append)
        interest = np.where(market.listing.is_call[:36], 100.0, 150.0)
        desk.feeds[0].put(
            market.spot(100.0),
            market.ticks(market.options, kind=TickKind.OPEN_INTEREST, open_interest=interest),
        )
        await _until(lambda: bool(heard) and heard[-1].call_oi > 0)
        told = heard[-1]
        assert (told.underlying, told.pcr, told.call_oi, told.put_oi) == ("SPX", 1.5, 300.0, 450.0)
        assert desk.held.pcr() == {held: told}
        count, seq = len(heard), desk.bus.last("chain/SPX").seq
        desk.feeds[0].put(market.fair())
        await _until(lambda: desk.bus.last("chain/SPX").seq > seq)
        assert len(heard) == count


async def test_who_looks_at_the_ratio_hides_nothing_from_who_listens(
    hand_feed: Maker, market: Any
) -> None:
    """A change that was looked at first is told all the same."""
    async with _desk(hand_feed, market) as desk:
        held = desk.held.around("SPX", width_points=5.0)

        def interest(size: float, at: int) -> Any:
            kind = TickKind.OPEN_INTEREST
            return market.ticks(market.options, at, kind=kind, open_interest=size)

        desk.feeds[0].put(market.spot(100.0), interest(100.0, NOON))
        await _until(lambda: held in desk.held.pcr())
        looked_at = desk.held.pcr()[held]
        heard: list[Any] = []
        desk.held.on_pcr(heard.append)
        desk.feeds[0].put(interest(200.0, NOON + 1))
        await _until(lambda: desk.held.pcr()[held].call_oi == 2.0 * looked_at.call_oi)
        await _until(lambda: bool(heard))
        assert heard[-1].call_oi == 2.0 * looked_at.call_oi


async def test_a_handler_that_raises_is_dropped_alone(
    hand_feed: Maker, market: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The other handlers hear on, and windows still follow."""
    async with _desk(hand_feed, market) as desk:
        desk.held.whole("SPX")
        heard: list[int] = []

        def fall(_update: object, _rows: object) -> None:
            raise ZeroDivisionError

        desk.held.on_greeks(fall)
        desk.held.on_greeks(lambda update, _rows: heard.append(update.seq))
        for i in range(3):
            desk.feeds[0].put(market.fair(at=NOON + i))
            await _until(lambda i=i: len(heard) > i)  # type: ignore[misc]  # a closed-over count
        assert sum("handler_failed" in record.message for record in caplog.records) == 1


async def test_every_feed_of_the_underlying_is_asked(hand_feed: Maker, market: Any) -> None:
    """The one that stands in ticks the same when it is needed."""
    async with _desk(hand_feed, market, "ab") as desk:
        desk.held.atm("SPX")
        desk.feeds[0].put(market.spot(100.0))
        await _until(lambda: desk.strikes(Mode.FULL, 1) == [100.0])
        assert desk.strikes(Mode.FULL, 0) == [100.0]


async def test_a_feed_that_is_unavailable_is_asked_again(hand_feed: Maker, market: Any) -> None:
    """What could not be asked is asked at the next change, once."""
    async with _desk(hand_feed, market) as desk:
        feed = desk.feeds[0]
        feed.fault_of_want = VenueUnavailable("no line")
        desk.held.whole("SPX")
        await asyncio.sleep(0)
        await desk.held.ask()
        assert feed.wants == []
        feed.fault_of_want = None
        await desk.held.ask()
        await desk.held.ask()
        assert len(feed.wants) == 1


async def test_a_feed_of_which_nothing_was_wanted_is_left_alone(
    hand_feed: Maker, market: Any
) -> None:
    """It ticks what it ticks, and nobody turns it off."""
    async with _desk(hand_feed, market) as desk:
        await desk.held.ask()
        assert desk.feeds[0].wants == []


async def test_an_underlying_nobody_ticks_yet_is_waited_for(hand_feed: Maker, market: Any) -> None:
    """A subscription may come before its feed has opened."""
    bus = LocalBus()
    feed = hand_feed("a", market.listing)
    pump = Pump([feed], bus, ManualClock(NOON))
    held = Subscriptions(pump, bus)
    one = held.whole("SPX")
    assert not held.rows(one).size
    async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
        tasks = [group.create_task(pump.run()), group.create_task(held.run())]
        await _until(lambda: bool(feed.wants))
        for task in tasks:
            task.cancel()
    assert held.rows(one).size == 36


async def test_strikes_each_side_in_several_series(hand_feed: Maker, market: Any) -> None:
    """Around the money of each, in full."""
    async with _desk(hand_feed, market) as desk:
        desk.held.atm("SPX", strikes=1, expiries=2)
        desk.feeds[0].put(market.spot(100.0))
        await _until(lambda: len(desk.full()) == 13)
        assert desk.strikes(Mode.FULL) == [95.0, 100.0, 105.0]


async def test_what_is_subscribed_is_told(hand_feed: Maker, market: Any) -> None:
    """Mode, width and strikes of each subscription, and how many instruments each feed streams."""
    async with _desk(hand_feed, market) as desk:
        desk.held.atm("SPX", strikes=1)
        desk.held.around("SPX", width_points=10.0)
        desk.feeds[0].put(market.spot(100.0))
        await _until(lambda: desk.strikes(Mode.LIGHT) == [90.0, 110.0])
        pair, band = desk.held.document()
        assert pair == {
            "underlying": "SPX",
            "mode": "full",
            "strikes": 1,
            "points": None,
            "expiry": None,
            "contracts": 6,
            "strike_range": [95.0, 105.0],
        }
        assert (band["mode"], band["points"], band["strike_range"]) == ("light", 10.0, [90, 110])
        assert desk.held.asked() == [{"feed": "a", "full": 7, "light": 4}]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"atm_strikes": -1}, "subscriptions.atm_strikes is -1, it must be 0 or more"),
        ({"range_points": float("inf")}, "subscriptions.range_points is inf, it must be 0 or more"),
        ({"range_points": float("nan")}, "subscriptions.range_points is nan, it must be 0 or more"),
        ({"expiries": 0}, "subscriptions.expiries is 0, it must be 1 or more"),
        ({"hysteresis_steps": 0.5}, "subscriptions.hysteresis_steps is 0.5, it must be above 0.5"),
    ],
)
def test_settings_that_cannot_be_are_named(wrong: dict[str, Any], said: str) -> None:
    """With the value and the limit."""
    SubscriptionSettings().require_valid()
    with pytest.raises(ConfigError, match=f"^{said}$"):
        SubscriptionSettings(**wrong).require_valid()
