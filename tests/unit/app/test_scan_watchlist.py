import asyncio
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from live_world import NOON, HandFeed
from scan_day import loaded, record
from strategy_world import TODAY

from voldesk.app.feeds import Feeds
from voldesk.app.node import build_node, run_node
from voldesk.app.running import first_of_ours
from voldesk.app.scan_watchlist import Round, Watchlist
from voldesk.app.scanning import open_watchlist
from voldesk.app.settings import Loaded, Settings
from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.store.iv_history import IvHistoryFile, IvSample


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


async def look(settings: Loaded, *symbols: str) -> tuple[Round, list[str]]:
    done: list[str] = []
    async with asyncio.timeout(60), open_watchlist(settings, symbols) as watchlist:
        return await watchlist.look(done.append), done


async def test_every_chain_is_looked_at(tmp_path: Path, make_market: Any) -> None:
    """In the order of the watchlist, each told of when it is done."""
    feed = record(tmp_path / "day", make_market, ("SPX", "SPY"))
    found, done = await look(loaded(feed), "SPY", "SPX")
    assert [one.underlying for one in found.scans] == ["SPY", "SPX"]
    assert sorted(done) == ["SPX", "SPY"]
    for one in found.scans:
        assert (one.expiry, one.is_zero_dte) == (TODAY, True)
        assert one.passing
        assert math.isfinite(one.expected_move)
        assert {each.row.tick_size for each in one.candidates} == {0.01}


async def test_an_underlying_that_says_nothing_has_a_reason(
    tmp_path: Path, make_market: Any
) -> None:
    """The others are looked at all the same."""
    feed = record(tmp_path / "day", make_market, ("SPX", "SPY"), silent=("SPY",))
    found, _ = await look(loaded(feed), "SPX", "SPY")
    spx, spy = found.scans
    assert spx.passing
    assert spy.reason == "no figures before its end"


def ask(settings: Loaded, *symbols: str) -> Round:
    """Look as a command does: an error comes out of its group."""
    try:
        return asyncio.run(look(settings, *symbols))[0]
    except ExceptionGroup as group:
        raise first_of_ours(group) or group from group


def test_an_underlying_the_feed_does_not_have_is_refused(tmp_path: Path, make_market: Any) -> None:
    """With the ones that it has."""
    feed = record(tmp_path / "day", make_market)
    with pytest.raises(ConfigError, match="no underlying 'TSLA'; there are SPX"):
        ask(loaded(feed), "TSLA")


class Going(ManualClock):
    """A clock that goes on a little whenever it is read."""

    def now(self) -> int:
        self.advance(10**8)
        return super().now()


async def scan_hand(feed: HandFeed, history: Any = None, secs: float = 0.3) -> Round:
    """Look at a feed that is made by hand."""
    settings = Settings.model_validate({"scan": {"deadline_secs": secs}})
    feeds = Feeds((feed,), Going(NOON), is_replay=False, is_ageless=True)
    node = build_node(Loaded(settings, {}), is_serving=False, feeds=feeds)
    watchlist = Watchlist(node.pump, node.bus, node.feeds, ("SPX",), settings.scan, history)
    stop = asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(run_node(node, stop), name="node")
        try:
            return await watchlist.look()
        finally:
            stop.set()
    raise AssertionError("unreachable")


async def test_a_chain_that_never_ticks_is_given_up(make_market: Any) -> None:
    """At the deadline, with the reason."""
    market = make_market(expiries=(TODAY,))
    found = await scan_hand(HandFeed(market.listing, is_endless=True))
    (one,) = found.scans
    assert one.reason == "no figures within 0.3 s"


async def test_a_feed_that_gives_up_ends_the_wait(make_market: Any) -> None:
    """The error is the feed's."""
    market = make_market(expiries=(TODAY,))
    broken = HandFeed(market.listing, error=VenueUnavailable("TWS does not answer"))
    with pytest.raises(ExceptionGroup) as caught:
        await scan_hand(broken)
    error = first_of_ours(caught.value)
    assert isinstance(error, VenueUnavailable)
    assert "TWS does not answer" in str(error)


async def test_the_kept_past_is_asked_for_its_feed(make_market: Any, tmp_path: Path) -> None:
    """The percentile is of days when the first series had as long to go."""
    market = make_market(expiries=(TODAY,), strikes=[98.0 + 0.25 * step for step in range(17)])
    history = IvHistoryFile(tmp_path / "iv.sqlite")
    first = date(2026, 8, 3)
    history.append(
        [
            IvSample(
                source="hand",
                underlying="SPX",
                day=first + timedelta(days=day),
                ts=NOON - (58 - day) * 86_400 * 10**9,
                spot=99.0,
                front_iv=0.1 + day / 200,
                front_secs=14_400.0,
                month_iv=math.nan,
            )
            for day in range(40)
        ]
    )
    feed = HandFeed(market.listing, [market.spot(100.0), market.fair()], is_endless=True)
    found = await scan_hand(feed, history, secs=30.0)
    (one,) = found.scans
    assert one.reason == ""
    assert (one.standing.measure, one.standing.days) == ("front", 40)
    assert one.standing.percentile == pytest.approx(50.0, abs=5.0)
    assert one.last_spot == 99.0


async def test_a_chain_without_a_front_is_looked_at_in_vain(make_market: Any) -> None:
    """It says that everything has settled."""
    market = make_market(expiries=(TODAY - timedelta(days=1),))
    feed = HandFeed(market.listing, [market.spot(100.0), market.fair()], is_endless=True)
    (one,) = (await scan_hand(feed, secs=30.0)).scans
    assert one.reason == "no series that has not settled"
