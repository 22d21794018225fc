"""The feed of Interactive Brokers on the simulated TWS: its chains, its faults, its commands."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voldesk.bus.local import LocalBus
from voldesk.chain.table import ChainTable
from voldesk.model.clock import SystemClock
from voldesk.model.enums import Status
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.pipeline.pump import Pump
from voldesk.simulator.ib.server import TwsServer
from voldesk.simulator.ib.tws import serve_tws
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.venues.ib.feed import IbFeed
from voldesk.venues.ib.settings import ChainSettings, IbSettings, LineSettings

DEADLINE_SECS = 60.0
FILLED = 10  # rows with an iv of ours and one of TWS's
VOL_POINT = 0.01
AGREEMENT = 0.1 * VOL_POINT
NEAR = ChainSettings(expiry_count=1, least_days=5.0, width_pct=4.0)


@dataclass
class World:
    """A simulated TWS, and a feed of it pumped into chains."""

    tws: TwsServer
    feed: IbFeed
    pump: Pump

    def table(self, underlying: str) -> ChainTable:
        return self.pump.table(underlying)

    def streaming(self) -> int:
        """Return how many lines the newest client has at TWS."""
        return self.feed.state().lines_used or 0

    def begin(self, fault: str, **values: Any) -> None:
        self.tws.faults.begin(fault, values)

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for something the chains or the state show."""
        async with asyncio.timeout(DEADLINE_SECS):
            while not condition():  # noqa: ASYNC110  # a state has no event
                await asyncio.sleep(0.01)


@asynccontextmanager
async def world_of(folder: Path, *symbols: str, **facts: Any) -> AsyncIterator[World]:
    """Give a world that runs."""
    clock = SystemClock()
    market = SyntheticMarket(symbols, 7, clock.now(), always_open=True, history=64)
    tws = await serve_tws(market, clock)
    known: dict[str, Any] = {"port": tws.port, "symbols": symbols, "chain": NEAR}
    feed = IbFeed(IbSettings(**known | facts), clock, folder=folder)
    pump = Pump([feed], LocalBus(), clock)
    world = World(tws, feed, pump)
    try:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(pump.run(), name="pump")
            yield world
            running.cancel()
    finally:
        await tws.close()


def _known(table: ChainTable) -> Any:
    """Return the rows with an iv of ours and one of the venue's."""
    rows = table.rows
    return (rows.status == Status.OK) & np.isfinite(rows.iv) & np.isfinite(rows.vendor_iv)


def _is_filled(world: World, *symbols: str) -> bool:
    known = world.pump.underlyings
    return all(
        name in known and int(np.count_nonzero(_known(world.table(name)))) >= FILLED
        for name in symbols
    )


@pytest.mark.timeout(180)
async def test_own_and_vendor_figures_agree(tmp_path: Path) -> None:
    """Three chains at once inside the lines: own iv within a tenth of a vol point of TWS's."""
    async with world_of(tmp_path, "AMZN", "MSFT", "SPX") as world:
        await world.until(lambda: _is_filled(world, "AMZN", "MSFT", "SPX"))
        state = world.feed.state()
        assert state.is_connected
        assert state.data_type == "live"
        assert (state.lines_used or 0) <= 96
        for name in ("AMZN", "MSFT", "SPX"):
            table = world.table(name)
            known = _known(table)
            near = known & (np.abs(table.rows.delta) > 0.2) & (np.abs(table.rows.delta) < 0.8)
            away = np.abs(table.rows.iv - table.rows.vendor_iv)[near]
            band = (table.rows.iv_ask - table.rows.iv_bid)[near]
            assert near.any(), name
            assert np.all(away <= AGREEMENT + 0.5 * band), name
            assert np.median(away) <= AGREEMENT, name
            assert np.isfinite(table.spot)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("fault", "values"),
    [
        ("tcp_reset", {}),
        ("daily_restart", {"away_secs": 0.5}),
        ("connection_lost", {"secs": 0.5, "is_data_lost": True}),
        ("connection_lost", {"secs": 0.5, "is_data_lost": False}),
        ("silent_stall", {"secs": 3.0}),
    ],
)
async def test_every_line_is_back_after_a_fault(
    tmp_path: Path, fault: str, values: dict[str, Any]
) -> None:
    """A gap, then as many lines as before, and quotes that are not stale."""
    settings = {"stall_secs": 0.5, "probe_secs": 0.5}
    async with world_of(tmp_path, "MSFT", **settings) as world:
        await world.until(lambda: _is_filled(world, "MSFT"))
        before = world.streaming()
        gaps = world.pump.book("MSFT").gap_count
        world.begin(fault, **values)
        await world.until(lambda: world.pump.book("MSFT").gap_count > gaps)
        await world.until(lambda: world.feed.state().is_connected and world.streaming() == before)
        await world.until(
            lambda: (
                not (world.table("MSFT").rows.status == Status.STALE).all()
                and not world.pump.book("MSFT").is_line_lost
            )
        )


@pytest.mark.timeout(180)
async def test_fewer_lines_are_lived_with(tmp_path: Path) -> None:
    """TWS gives 20: no more are used, and the chain fills all the same."""
    lines = LineSettings(limit=20, spare=0, dwell_secs=0.3, changes_per_sec=20)
    async with world_of(tmp_path, "MSFT", lines=lines) as world:
        await world.until(lambda: _is_filled(world, "MSFT"))
        assert world.feed.state().lines_limit == 20
        assert world.streaming() <= 20


@pytest.mark.timeout(180)
async def test_data_without_a_subscription_are_delayed(tmp_path: Path) -> None:
    """Asked for as delayed they come, and every tick says so."""
    async with world_of(tmp_path, "MSFT", quotes="delayed") as world:
        await world.until(lambda: _is_filled(world, "MSFT"))
        assert world.feed.state().data_type == "delayed"


async def _refusal(tmp_path: Path, fault: str, **facts: Any) -> Exception:
    clock = SystemClock()
    tws = await serve_tws(SyntheticMarket(("MSFT",), 7, clock.now(), always_open=True), clock)
    if fault:
        tws.faults.begin(fault, {})
    known: dict[str, Any] = {"port": tws.port, "symbols": ("MSFT",), "chain": NEAR}
    feed = IbFeed(IbSettings(**known | facts), clock, folder=tmp_path)
    try:
        await feed.open()
    except (ConfigError, VenueUnavailable) as exc:
        return exc
    finally:
        await feed.close()
        await tws.close()
    raise AssertionError("it opened")


@pytest.mark.parametrize(
    ("fault", "facts", "kind", "says"),
    [
        ("not_subscribed", {}, ConfigError, "the price of MSFT: .*ib.quotes to delayed"),
        ("competing_session", {}, VenueUnavailable, "log the user out elsewhere"),
        ("no_definition", {}, ConfigError, "the underlying MSFT: .*check the symbol"),
        ("", {"symbols": ("MFST",)}, ConfigError, "the underlying MFST: .*check the symbol"),
    ],
)
async def test_what_is_wrong_is_one_sentence_with_what_to_do(
    tmp_path: Path, fault: str, facts: dict[str, Any], kind: type[Exception], says: str
) -> None:
    """At opening."""
    found = await _refusal(tmp_path, fault, **facts)
    assert type(found) is kind
    assert "\n" not in str(found)
    with pytest.raises(kind, match=says):
        raise found


async def test_a_client_id_belongs_to_one_program(tmp_path: Path) -> None:
    """The second is told to take another."""
    async with world_of(tmp_path, "MSFT") as world:
        await world.until(lambda: "MSFT" in world.pump.underlyings)
        settings = IbSettings(port=world.tws.port, symbols=("MSFT",))
        with pytest.raises(ConfigError, match=r"choose another ib\.client_id"):
            await IbFeed(settings, SystemClock(), folder=tmp_path).open()


@pytest.mark.timeout(180)
async def test_the_net_iv_of_three_tickers_is_printed(tmp_path: Path) -> None:
    """The command as a program of its own: one line per ticker, contracts near the delta."""
    clock = SystemClock()
    symbols = ("AMZN", "TSLA", "MSFT")
    tws = await serve_tws(SyntheticMarket(symbols, 7, clock.now(), always_open=True), clock)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "VOLDESK_IB__PORT": str(tws.port),
    }
    command = [
        sys.executable,
        "-m",
        "voldesk",
        "skew",
        *symbols,
        "--feed",
        "ib",
        "--once",
        "--json",
    ]
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        out, err = await process.communicate()
    finally:
        await tws.close()
    assert process.returncode == 0, err.decode()
    found = [json.loads(line) for line in out.splitlines()]
    assert [one["underlying"] for one in found] == list(symbols)
    for one in found:
        assert one["net_iv"] == pytest.approx(one["call"]["iv"] - one["put"]["iv"])
        assert one["risk_reversal"] == pytest.approx(one["net_iv"], abs=1.5 * VOL_POINT)
        assert abs(one["call"]["delta"] - 0.25) < 0.12
        assert abs(one["put"]["delta"] + 0.25) < 0.12
