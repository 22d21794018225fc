import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from voldesk.app.feeds import ReplaySettings, SimSettings, build_feeds, build_replay, build_sim
from voldesk.app.settings import Settings
from voldesk.model.clock import ManualClock, SystemClock
from voldesk.model.conventions import profile_named
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.store.recorder import Recorder
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.venues.ib.settings import IbSettings

NOON = 1_790_784_000_000_000_000
SECOND = 10**9


@pytest.fixture
def recording(tmp_path: Path, market: Any) -> Path:
    """A recording of three instants, the last an hour after the second."""
    folder = tmp_path / "day"
    with Recorder(folder, market.listing, {"SPX": profile_named("default")}) as recorder:
        for at in (NOON, NOON + SECOND, NOON + 3600 * SECOND):
            recorder.write(market.spot(100.0, at))
    return folder


def settings(*names: str, **given: Any) -> Settings:
    return Settings(feeds=names, **given)


def test_the_simulator_is_a_feed_of_the_symbols_asked_for() -> None:
    """It runs by the machine's clock, and the machine's clock values it."""
    clock = ManualClock(NOON)
    feeds = build_feeds(settings("sim", sim=SimSettings(symbols=("BTC", "AMZN"))), clock)
    (feed,) = feeds.feeds
    assert feed.name == "sim"
    assert feed.listing.underlyings == ("BTC", "AMZN")
    assert feeds.clock is clock
    assert (feeds.is_replay, feeds.is_ageless) == (False, True)


def test_interactive_brokers_is_a_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs by the machine's clock, its quotes age, and it connects when it is opened."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    feeds = build_feeds(settings("ib", ib=IbSettings(port=1)), SystemClock())
    (feed,) = feeds.feeds
    assert feed.name == "ib"
    assert (feeds.is_replay, feeds.is_ageless) == (False, False)
    with pytest.raises(VenueUnavailable, match=r"nobody listens at 127\.0\.0\.1:1 "):
        asyncio.run(feed.open())


def test_deribit_is_a_feed() -> None:
    """It runs by the machine's clock, its quotes age, and it connects when it is opened."""
    where = DeribitSettings(url="ws://127.0.0.1:1/ws")
    feeds = build_feeds(settings("deribit", deribit=where), SystemClock())
    (feed,) = feeds.feeds
    assert feed.name == "deribit"
    assert (feeds.is_replay, feeds.is_ageless) == (False, False)
    with pytest.raises(VenueUnavailable, match=r"no WebSocket at 127\.0\.0\.1:1:"):
        asyncio.run(feed.open())
    with pytest.raises(ConfigError, match=r"deribit\.url"):
        build_feeds(settings("deribit", deribit=DeribitSettings(url="http://x")), SystemClock())


def test_without_its_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra, by name."""
    for name in list(sys.modules):
        if name.startswith(("voldesk.venues.ib.", "ib_async.")) and not name.endswith(".settings"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ib_async", None)
    with pytest.raises(ConfigError, match=r"pip install 'voldesk\[ib\]'"):
        build_feeds(settings("ib"), SystemClock())


def test_a_faster_market_is_valued_by_its_own_time() -> None:
    """At another speed each batch moves the clock, and ticks are received by it."""
    settings_ = SimSettings(symbols=("BTC",), speed=600.0)
    feed, clock, market = build_sim(settings_, ManualClock(NOON))

    async def first(count: int) -> list[int]:
        await feed.open()
        times: list[int] = []
        async for batch in feed.batches():
            times.append(int(batch["ts_recv"].max()))
            assert times[-1] == clock.now() == market.now
            if len(times) == count:
                await feed.close()
        return times

    times = asyncio.run(asyncio.wait_for(first(4), 30.0))
    assert times[0] == NOON
    assert 2 * SECOND <= times[3] - NOON <= 10 * SECOND


def test_a_recording_is_a_feed_with_a_time_of_its_own(recording: Path) -> None:
    """The process is a replay then."""
    feeds = build_feeds(settings(f"replay:{recording}"), SystemClock())
    (feed,) = feeds.feeds
    assert feed.name == "replay:day"
    assert feeds.is_replay


def test_a_venue_and_the_market_made_here_run_side_by_side() -> None:
    """The first that is named leads where both tick an underlying; they share the time."""
    chosen = settings("ib", "sim")
    feeds = build_feeds(chosen, SystemClock())
    assert [feed.name for feed in feeds.feeds] == ["ib", "sim"]
    assert not feeds.is_ageless
    fast = settings("ib", "sim", sim=SimSettings(speed=5.0))
    with pytest.raises(ConfigError, match=r"sim\.speed is 5\.0, beside other feeds it must be 1"):
        build_feeds(fast, SystemClock())


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "no feed is named"),
        (("xts",), "feed 'xts' is not in this version; there are sim, replay:PATH, ib, deribit"),
        (("smi",), "no feed named 'smi'"),
        (("replay:",), "no feed named 'replay:'"),
        (("sim", "sim"), "feed sim is named twice"),
        (("sim", "replay:x"), "cannot run together"),
        (("replay:/nowhere",), "no recording"),
    ],
)
def test_a_name_that_means_nothing_is_refused(names: tuple[str, ...], says: str) -> None:
    """The message says what there is."""
    with pytest.raises(ConfigError, match=says):
        build_feeds(settings(*names), SystemClock())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"symbols": ("NIFTYY",)}, "did you mean 'NIFTY'"),
        ({"speed": 0.0}, "sim.speed is 0.0"),
        ({"speed": float("inf")}, "sim.speed is inf"),
        ({"step_secs": -1.0}, "sim.step_secs is -1.0"),
        ({"intensity": float("nan")}, "sim.intensity is nan"),
    ],
)
def test_an_impossible_market_is_refused(wrong: dict[str, Any], says: str) -> None:
    """The message names the setting and the value."""
    with pytest.raises(ConfigError, match=says):
        build_sim(SimSettings(**wrong), SystemClock())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"speed": 0.0}, "replay.speed is 0.0"),
        ({"start": "noon"}, "not an ISO 8601 time"),
        ({"start": "2030-01-01T00:00Z"}, "nothing to replay"),
    ],
)
def test_an_impossible_replay_is_refused(recording: Path, wrong: dict[str, Any], says: str) -> None:
    """The message names the setting and the value."""
    with pytest.raises(ConfigError, match=says):
        build_replay(recording, ReplaySettings(**wrong), SystemClock())


def test_a_night_is_not_waited_for(recording: Path) -> None:
    """A pause longer than the limit is cut to it: an hour takes a second at most."""
    replay = ReplaySettings(speed=3.0, longest_pause_secs=1.0)

    async def go() -> int:
        feed = build_replay(recording, replay, SystemClock())
        await feed.open()
        async with asyncio.timeout(30.0):
            return len([batch async for batch in feed.batches()])

    assert asyncio.run(go()) == 3
