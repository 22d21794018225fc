"""What is streamed of every underlying without anybody asking."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voldesk.bus.local import LocalBus
from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError
from voldesk.pipeline.pump import Pump
from voldesk.pipeline.standing import StandingSubscriptions
from voldesk.pipeline.subscriptions import Subscriptions, SubscriptionSettings

NOON = 1_790_784_000_000_000_000
DEADLINE_SECS = 10.0

Maker = Callable[..., Any]


@asynccontextmanager
async def _held(feed: Any, **given: Any) -> AsyncIterator[Subscriptions]:
    settings = SubscriptionSettings(**given)
    bus = LocalBus()
    pump = Pump([feed], bus, ManualClock(NOON))
    held = Subscriptions(pump, bus, settings)
    orders = StandingSubscriptions(held, pump, bus, settings)
    told = asyncio.Event()
    bus.on("status", lambda *_: told.set() if pump.underlyings else None)
    async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
        task = group.create_task(pump.run())
        await told.wait()
        yield held
        orders.close()
        task.cancel()


def _said(held: Subscriptions) -> list[tuple[str, str, Any, Any]]:
    return [
        (one["underlying"], one["mode"], one["strikes"], one["points"]) for one in held.document()
    ]


async def test_without_a_window_nothing_is_asked(hand_feed: Maker, market: Any) -> None:
    """A feed ticks the whole chain of its own accord."""
    feed = hand_feed("a", market.listing)
    async with _held(feed) as held:
        assert held.document() == []
    assert feed.wants == []


async def test_every_underlying_has_its_window(hand_feed: Maker, make_market: Maker) -> None:
    """Once, however often health is told."""
    market = make_market(underlyings=("SPX", "NDX"), roots=("SPXW", "NDXP"))
    async with _held(hand_feed("a", market.listing), atm_strikes=1) as held:
        assert _said(held) == [("SPX", "full", 1, None), ("NDX", "full", 1, None)]


async def test_a_window_and_a_range(hand_feed: Maker, market: Any) -> None:
    """Strikes in full, points around them in light mode."""
    async with _held(hand_feed("a", market.listing), atm_strikes=3, range_points=20.0) as held:
        assert _said(held) == [("SPX", "full", 3, None), ("SPX", "light", None, 20.0)]


async def test_a_range_alone_has_the_pair_at_the_money(hand_feed: Maker, market: Any) -> None:
    """Without quotes there would be no vol at all."""
    async with _held(hand_feed("a", market.listing), range_points=20.0) as held:
        assert _said(held)[0] == ("SPX", "full", 0, None)


def test_a_bad_setting_is_told_at_once() -> None:
    """Before anything runs."""
    bus, settings = LocalBus(), SubscriptionSettings(expiries=0)
    pump = Pump([], bus, ManualClock(NOON))
    with pytest.raises(ConfigError, match=r"subscriptions\.expiries"):
        StandingSubscriptions(Subscriptions(pump, bus), pump, bus, settings)
