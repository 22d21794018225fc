"""The state of an underlying is one word with a reason."""

from collections.abc import Callable
from typing import Any

import pytest

from voldesk.chain.shelf import Shelf
from voldesk.model.conventions import PROFILES
from voldesk.model.feed_state import FeedState, Notice
from voldesk.pipeline.health import HealthReport, State, health_of
from voldesk.pipeline.inlet import Inlet
from voldesk.pipeline.lane import Lane, Source, turn

NOON = 1_790_784_000_000_000_000  # a Wednesday
SECOND = 10**9
NIGHT = NOON + 12 * 3600 * SECOND
QUIET = 5 * SECOND

Maker = Callable[..., Any]


@pytest.fixture
def lane(hand_feed: Maker, market: Any) -> Lane:
    """Return a lane with two feeds, opened at noon."""
    lane = Lane("SPX", fallback_ns=QUIET, summary_ns=SECOND)
    for rank, name in enumerate("ab"):
        shelf = Shelf(market.listing, {"SPX": PROFILES["default"]}, as_of=NOON)
        lane.join(Source(hand_feed(name, market.listing), shelf, shelf.books[0], rank, NOON))
    lane.choose(NOON)
    return lane


def test_before_the_first_tick_it_is_down(lane: Lane) -> None:
    """With no age, since there is nothing that could be old."""
    health = health_of(lane, NOON + 1, QUIET)
    assert (health.state, health.reason, health.age_secs) == (State.DOWN, "no tick yet", None)


def test_with_ticks_it_is_live(lane: Lane, market: Any) -> None:
    """No reason; the age of the newest tick, the contracts and the stale ones are told."""
    lane.active.book.apply(market.fair())
    turn([lane], NOON)
    health = health_of(lane, NOON + 2 * SECOND, QUIET)
    assert (health.state, health.reason, health.age_secs) == (State.LIVE, "", 2.0)
    assert (health.rows, health.stale_rows, health.gaps) == (36, 0, 0)


def test_a_lost_line_is_down_until_it_ticks(lane: Lane, market: Any) -> None:
    """A gap says DOWN at once, its rows are stale; the next tick of any row says LIVE."""
    lane.active.book.apply(market.fair())
    lane.active.book.apply(market.gap(NOON + 1))
    turn([lane], NOON + 1)
    health = health_of(lane, NOON + 1, QUIET)
    assert (health.state, health.reason, health.gaps) == (State.DOWN, "the line is lost", 1)
    assert health.stale_rows > 0
    lane.active.book.apply(market.spot(100.0, NOON + 2))
    assert health_of(lane, NOON + 2, QUIET).state is State.LIVE


def test_silence_is_stale_in_a_session_and_closed_outside(lane: Lane, market: Any) -> None:
    """At night nobody is alarmed."""
    lane.active.book.apply(market.fair())
    assert health_of(lane, NOON + QUIET, QUIET).state is State.LIVE
    assert health_of(lane, NOON + QUIET + 1, QUIET).state is State.STALE
    assert health_of(lane, NIGHT, QUIET).state is State.CLOSED
    lane.active.book.apply(market.fair(at=NIGHT))
    assert health_of(lane, NIGHT, QUIET).state is State.LIVE


def test_a_feed_that_ended_is_down_for_its_reason(lane: Lane, market: Any) -> None:
    """Whatever else is true of it."""
    lane.active.book.apply(market.fair())
    lane.active.is_down, lane.active.reason = True, "ended"
    health = health_of(lane, NOON, QUIET)
    assert (health.state, health.reason) == (State.DOWN, "ended")


def test_a_feed_that_stands_in_is_delayed(lane: Lane, market: Any) -> None:
    """And says for whom, and why."""
    now = NOON + QUIET + 1
    lane.sources[1].book.apply(market.fair(at=now))
    lane.choose(now)
    health = health_of(lane, now, QUIET)
    assert (health.state, health.feed, health.reason) == (State.DELAYED, "b", "a: silent")


def test_health_is_told_when_it_changes_and_now_and_then(
    lane: Lane, market: Any, hand_feed: Maker
) -> None:
    """Once for each word, again after its time, and a clock set back does not silence it."""
    inlets = [Inlet(hand_feed("a", market.listing), 0, 10)]
    report = HealthReport(quiet_ns=QUIET, every_ns=2 * SECOND)
    told = report.due(NOON, [lane], inlets)
    assert told is not None
    assert told["kind"] == "health"
    assert told["ts"] == NOON
    assert told["feeds"] == [
        {"name": "a", "is_down": True, "reason": "not opened yet", "line": None}
    ]
    assert told["underlyings"][0]["state"] == "DOWN"
    assert report.due(NOON + 1, [lane], inlets) is None
    lane.active.book.apply(market.fair())
    told = report.due(NOON + 2, [lane], inlets)
    assert told is not None
    assert told["underlyings"][0]["state"] == "LIVE"
    assert report.due(NOON + SECOND, [lane], inlets) is None
    assert report.due(NOON + 3 * SECOND, [lane], inlets) is not None
    assert report.due(NOON, [lane], inlets) is not None


def test_a_feed_that_knows_its_line_tells_it(stated_feed: Maker, market: Any) -> None:
    """Lines, kind of data and notices of the venue; a notice is told at once."""
    feed = stated_feed("a", market.listing, limit=100)
    inlets = [Inlet(feed, 0, 10)]
    report = HealthReport(quiet_ns=QUIET, every_ns=QUIET)
    told = report.due(NOON, [], inlets)
    assert told is not None
    assert told["feeds"][0]["line"] == {
        "is_connected": True,
        "data_type": "live",
        "lines_used": None,
        "lines_limit": 100,
        "notices": (),
    }
    assert report.due(NOON + 1, [], inlets) is None
    notice = Notice(2103, "market data farm is broken", NOON)
    feed.line = FeedState(is_connected=False, data_type="delayed", notices=(notice,))
    told = report.due(NOON + 2, [], inlets)
    assert told is not None
    (said,) = told["feeds"][0]["line"]["notices"]
    assert said == {"code": 2103, "text": "market data farm is broken", "at": NOON}


@pytest.mark.parametrize("data_type", ["delayed", "delayed-frozen", "frozen"])
def test_data_that_are_not_of_now_are_delayed(
    stated_feed: Maker, market: Any, data_type: Any
) -> None:
    """Whatever ticks come, the word and the reason say so."""
    feed = stated_feed("a", market.listing)
    lane = Lane("SPX", fallback_ns=QUIET, summary_ns=SECOND)
    shelf = Shelf(market.listing, {"SPX": PROFILES["default"]}, as_of=NOON)
    lane.join(Source(feed, shelf, shelf.books[0], 0, NOON))
    lane.active.book.apply(market.fair())
    assert health_of(lane, NOON, QUIET).state is State.LIVE
    feed.line = FeedState(is_connected=True, data_type=data_type)
    health = health_of(lane, NOON, QUIET)
    assert (health.state, health.reason) == (State.DELAYED, f"the venue sends {data_type} data")


def test_parts_are_told_with_it_and_when_they_change() -> None:
    """Each under its own name."""
    said = ["one"]
    report = HealthReport(quiet_ns=QUIET, every_ns=QUIET)
    parts = {"more": lambda: list(said)}
    told = report.due(NOON, [], [], parts)
    assert told is not None
    assert told["more"] == ["one"]
    assert report.due(NOON + 1, [], [], parts) is None
    said.append("two")
    told = report.due(NOON + 2, [], [], parts)
    assert told is not None
    assert told["more"] == ["one", "two"]
