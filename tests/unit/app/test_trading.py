"""The desk that the settings ask for."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gateway_world import until
from put_feed import PutFeed
from pydantic import SecretStr

from voldesk.app.feeds import Feeds
from voldesk.app.market_view import MarketView
from voldesk.app.settings import Settings
from voldesk.app.trading import (
    build_desk,
    config_hash,
    journal_folder,
    kill_file,
)
from voldesk.app.trading_desk import TradingDesk
from voldesk.app.trading_settings import BrokerName, TradingSettings
from voldesk.bus.local import LocalBus
from voldesk.gateways.order_desk import Mode
from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.pipeline.pump import Pump, PumpSettings
from voldesk.trading.limits import GateState
from voldesk.venues.ib.settings import IbSettings

NOON = 1_790_784_000_000_000_000
CALL = "us SPXW 20261030 000000100000000 C"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


@dataclass
class Floor:
    """A desk, the market it trades in, and the feed of that."""

    desk: TradingDesk | None
    feed: PutFeed
    market: Any
    clock: ManualClock
    spot: float = 100.0

    @property
    def trading(self) -> TradingDesk:
        """Return the desk that there is."""
        assert self.desk is not None
        return self.desk

    def tick(self) -> None:
        """Let a second pass, and tick a spot and every quote."""
        self.clock.advance(10**9)
        now = self.clock.now()
        self.feed.put(self.market.spot(self.spot, now), self.market.fair(self.spot, now))


def settings(**trading: Any) -> Settings:
    asked = {"paper": {"submit_latency_ms": 0, "answer_latency_ms": 0}} | trading
    return Settings.model_validate({"trading": asked, "ib": IbSettings(account="DU9")})


@asynccontextmanager
async def floor(
    market: Any, asked: Settings, *, name: str = "put", is_replay: bool = False, **more: Any
) -> AsyncIterator[Floor]:
    """Run a desk beside the pump of a feed in the hand of the test."""
    cents = np.full(len(market.listing.key), 0.01)
    listing = replace(market.listing, tick_size=cents)
    feed, clock, bus = PutFeed(listing, name), ManualClock(NOON), LocalBus()
    feeds = Feeds((feed,), clock, is_replay=is_replay, is_ageless=True)
    pump = Pump(feeds.feeds, bus, clock, PumpSettings(turn_secs=0.001))
    view = MarketView(pump, is_ageless=True)
    desk = build_desk(asked, feeds, view, bus, **more)
    running = [asyncio.create_task(pump.run())]
    if desk is not None:
        running.append(asyncio.create_task(desk.run()))
    try:
        yield Floor(desk, feed, market, clock)
    finally:
        for task in reversed(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def refused(desk: TradingDesk) -> str:
    """Return why a desk does not open, once it has tried."""
    said = ""

    def has_tried() -> bool:
        nonlocal said
        try:
            desk.orders()
        except VenueUnavailable as exc:
            said = str(exc)
        return "not begun" not in said

    await until(has_tried)
    return said


async def test_paper_is_traded_on_the_quotes_of_the_chains(market: Any, tmp_path: Path) -> None:
    """From the gate through the journal to a fill, a position and its copy in SQL."""
    async with floor(market, settings()) as found:
        desk = found.trading
        assert (desk.account, desk.mode) == ("PAPER", Mode.PAPER)
        parts = await desk.wait_open()
        found.tick()
        await until(lambda: parts.desk.is_reconciled)
        intent = a_buy(found.clock.now())
        await until(lambda: (mark := desk.mark(CALL)) is not None and mark.iv > 0)
        placed = await desk.place(intent)
        assert placed.order.state is not State.DENIED, placed.order.reason

        def has_filled() -> bool:
            found.tick()
            return placed.order.state is State.FILLED

        await until(has_filled)
        standing = desk.standing()
        assert [row.quantity for row in standing.holdings.rows] == [1]
        assert standing.equity < 100_000
        folder = tmp_path / "home" / "voldesk" / "journal" / "PAPER"
        await until((folder / "trades.sqlite").is_file)
        await until((folder / "day.json").is_file)
        assert (folder / "orders.log").is_file()
        assert (folder / "paper" / "paper.log").is_file()


async def test_what_is_simulated_has_an_account_of_its_own(market: Any) -> None:
    """Unless somebody names one."""
    async with floor(market, settings(), name="sim") as found:
        assert found.trading.account == "PAPER-SIM"
    async with floor(market, settings(account="MINE"), name="sim") as found:
        assert found.trading.account == "MINE"


async def test_a_recording_is_not_traded(market: Any) -> None:
    """Its day is over."""
    async with floor(market, settings(), is_replay=True) as found:
        assert "a recording is not traded" in await refused(found.trading)


async def test_off_is_nobody(market: Any) -> None:
    """No desk at all."""
    async with floor(market, settings(broker="off")) as found:
        assert found.desk is None


async def test_settings_that_contradict_themselves_are_refused(market: Any) -> None:
    """Before anything is opened."""
    with pytest.raises(ConfigError, match="is_paper says none"):
        async with floor(market, settings(broker="ib")):
            pass


async def test_ib_that_is_away_is_tried_again(market: Any) -> None:
    """The process streams meanwhile, and says why."""
    asked = settings(broker="ib-paper")
    ib = IbSettings(account="DU9", port=1, connect_secs=0.2)
    asked = asked.model_copy(update={"ib": ib})
    async with floor(market, asked) as found:
        assert (found.trading.account, found.trading.mode) == ("DU9", Mode.PAPER)
        assert "account DU9 is not traded here" in await refused(found.trading)


async def test_a_journal_that_cannot_be_opened_is_told(market: Any, tmp_path: Path) -> None:
    """And what was opened before is closed again."""
    (tmp_path / "orders.log").write_text("no journal\n" * 9)
    async with floor(market, settings(folder=tmp_path)) as found:
        assert "orders.log" in await refused(found.trading)
    other = tmp_path / "other"
    other.mkdir()
    (other / "day.json").write_text("no day")
    async with floor(market, settings(folder=other)) as found:
        assert "the day's figures" in await refused(found.trading)
    (other / "day.json").unlink()
    async with floor(market, settings(folder=other)) as found:
        assert (await found.trading.wait_open()).desk.state is GateState.ACTIVE


async def test_paper_and_live_never_mix(market: Any) -> None:
    """A file that says real money does not trade a paper venue."""
    async with floor(market, settings(), is_live_in_file=True) as found:
        assert "the venue's account is a paper account" in await refused(found.trading)


def test_files_are_where_the_settings_say(tmp_path: Path) -> None:
    """Else beside the user's."""
    home = tmp_path / "home" / "voldesk"
    assert journal_folder(TradingSettings(), "DU1") == home / "journal" / "DU1"
    assert journal_folder(TradingSettings(folder=tmp_path), "DU1") == tmp_path
    assert kill_file(TradingSettings()) == home / "kill"
    assert kill_file(TradingSettings(kill_file=tmp_path / "k")) == tmp_path / "k"


def test_the_hash_tells_settings_apart_and_no_secret() -> None:
    """The same settings have the same hash, whatever the token."""
    one = Settings(token=SecretStr("a" * 40))
    assert config_hash(one) == config_hash(Settings(token=SecretStr("b" * 40)))
    other = TradingSettings(broker=BrokerName.OFF)
    assert config_hash(one) != config_hash(Settings(trading=other))


async def test_without_the_library_of_ib_it_says_what_to_install(
    market: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra, by name; the process streams all the same."""
    for name in list(sys.modules):
        if name.startswith(("voldesk.venues.ib.", "ib_async.")) and not name.endswith(".settings"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ib_async", None)
    async with floor(market, settings(broker="ib-paper")) as found:
        assert "pip install 'voldesk[ib]'" in await refused(found.trading)


async def test_real_money_is_guarded(market: Any) -> None:
    """The desk of the live broker has a guard that wants to be armed, that of paper none."""
    asked = settings(broker="ib", is_paper=False, account="U1234567")
    async with floor(market, asked, is_live_in_file=True) as found:
        assert found.trading.mode is Mode.LIVE
        guard = found.trading.guard
        assert guard is not None
        assert (guard.is_live, guard.is_armed, guard.account) == (True, False, "U1234567")
    async with floor(market, settings()) as found:
        guard = found.trading.guard
        assert guard is not None
        assert not guard.is_live


STOP = {"rules": [{"name": "tenth", "stop_pct": 10}], "least_secs": 0.001}


async def filled_in(found: Floor, tag: str) -> None:
    """Tick until an order has filled."""

    def has_filled() -> bool:
        found.tick()
        order = found.trading.find(tag)
        return order is not None and order.state is State.FILLED

    await until(has_filled)


async def test_a_stop_fires_once_and_only_once_over_a_kill(market: Any, tmp_path: Path) -> None:
    """The folder as kill -9 would leave it, with the exit sent, makes no second exit."""
    before, after = tmp_path / "before", tmp_path / "after"
    async with floor(market, settings(folder=before, exits=STOP)) as found:
        desk = found.trading
        parts = await desk.wait_open()
        found.tick()
        await until(lambda: parts.desk.is_reconciled)
        await until(lambda: (mark := desk.mark(CALL)) is not None and mark.iv > 0)
        await desk.place(a_buy(found.clock.now()))
        await filled_in(found, "vd-1")
        assert not exits_of(desk)
        found.spot = 97.0

        def is_at_the_venue() -> bool:
            found.tick()
            return any(
                order is not None and order.venue_order_id
                for order in map(desk.find, exits_of(desk))
            )

        await until(is_at_the_venue)
        shutil.copytree(before, after)
        (tag,) = exits_of(desk)
    async with floor(market, settings(folder=after, exits=STOP)) as again:
        again.spot = 97.0
        parts = await again.trading.wait_open()
        again.clock.advance(60 * 10**9)
        again.tick()
        await until(lambda: parts.desk.is_reconciled)
        await filled_in(again, tag)
        assert parts.desk.ledger.positions == {}
        for _ in range(5):
            again.tick()
            await asyncio.sleep(0)
        assert exits_of(again.trading) == [tag]


def exits_of(desk: TradingDesk) -> list[str]:
    """Return the ids of orders that the rules made."""
    return [one.intent.client_order_id for one in desk.orders() if one.intent.strategy == "exits"]


def a_buy(at: int) -> Intent:
    """Return an order for a call at the market."""
    return Intent(
        client_order_id="vd-1",
        account="PAPER",
        underlying="SPX",
        legs=(Leg(CALL),),
        side=Side.BUY,
        order_type=OrderType.MARKET,
        terms=Terms(quantity=1),
        made_at=at,
    )
