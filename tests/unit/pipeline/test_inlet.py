"""A feed's batches are dealt to the chains they belong to."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.chain.book import ChainBook
from voldesk.model.conventions import PROFILES
from voldesk.pipeline.inlet import Inlet
from voldesk.pipeline.lane import Lane, Source

NOON = 1_790_784_000_000_000_000
NAMES = ("SPX", "NDX", "RUT")

Maker = Callable[..., Any]


def _inlet(hand_feed: Maker, market: Any, most_pending: int = 1000) -> tuple[Inlet, list[Lane]]:
    feed = hand_feed("sim", market.listing)
    inlet = Inlet(feed, 0, most_pending)
    lanes, sources = [], []
    for name in market.listing.underlyings:
        book = ChainBook(market.listing, name, PROFILES["default"], as_of=NOON)
        source = Source(feed, market.listing, book, 0, NOON)
        lane = Lane(name, fallback_ns=1, summary_ns=1)
        lane.join(source)
        lane.choose(NOON)
        lane.has_news = False
        lanes.append(lane)
        sources.append(source)
    inlet.connect(tuple(lanes), tuple(sources))
    return inlet, lanes


@pytest.fixture
def three(make_market: Maker) -> Any:
    """Return three underlyings in one listing."""
    return make_market(underlyings=NAMES, roots=("SPXW", "NDXP", "RUTW"), strikes=(95.0, 100.0))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.lists(st.integers(-2, 30), min_size=1, max_size=8), max_size=5),
    gap_after=st.integers(0, 6),
)
def test_every_chain_gets_what_it_would_get_alone(
    parts: list[list[int]], gap_after: int, three: Any, hand_feed: Maker
) -> None:
    """Any mixture of underlyings, strangers and gaps: the columns are those of one book each."""
    inlet, lanes = _inlet(hand_feed, three)
    alone = [
        ChainBook(three.listing, name, PROFILES["default"], as_of=NOON)
        for name in three.listing.underlyings
    ]
    for step, instruments in enumerate(parts):
        batch = three.ticks(instruments, NOON + step, bid=step + 1.0, last=step + 2.0)
        batches = [batch, three.gap(NOON + step)] if step == gap_after else [batch]
        for one in batches:
            inlet.take(one)
            for book in alone:
                book.apply(one)
    inlet.deal()
    for lane, book in zip(lanes, alone, strict=True):
        for name in ("bid", "last"):
            mine, other = (getattr(one.table.rows, name) for one in (lane.active.book, book))
            np.testing.assert_array_equal(mine, other)
        np.testing.assert_array_equal(lane.active.book.staleness.is_lost, book.staleness.is_lost)


def test_only_chains_that_were_ticked_have_news(three: Any, hand_feed: Maker) -> None:
    """Ticks of one underlying leave the others alone."""
    inlet, lanes = _inlet(hand_feed, three)
    inlet.take(three.fair(instruments=three.options[three.listing.underlying[:24] == "NDX"]))
    inlet.deal()
    assert [lane.has_news for lane in lanes] == [False, True, False]


def test_strangers_are_counted(three: Any, hand_feed: Maker) -> None:
    """Instruments that the listing does not have write nothing."""
    inlet, lanes = _inlet(hand_feed, three)
    inlet.take(three.ticks([0, 500, -4], bid=1.0))
    inlet.take(three.ticks([500], bid=1.0))
    inlet.deal()
    assert inlet.stray_count == 3
    assert [lane.has_news for lane in lanes] == [True, False, False]


def test_too_much_waiting_is_written_at_once(three: Any, hand_feed: Maker) -> None:
    """Beyond the bound nothing is kept, the columns have it, and the feed still counts as ahead."""
    inlet, lanes = _inlet(hand_feed, three, most_pending=30)
    for _ in range(2):
        inlet.take(three.fair())
    assert lanes[0].has_news
    assert inlet.batches_waiting == 2
    inlet.deal()
    assert inlet.batches_waiting == 0


def test_a_feed_that_failed_tells_its_chains(three: Any, hand_feed: Maker) -> None:
    """Its sources are down for its reason, until it opens again with rows that are lost."""
    inlet, lanes = _inlet(hand_feed, three)
    inlet.take(three.fair())
    inlet.deal()
    inlet.fail("no route")
    assert all(source.is_down and source.reason == "no route" for source in inlet.sources)
    inlet.reopen(NOON + 5)
    assert not inlet.is_down
    assert all(source.since == NOON + 5 for source in inlet.sources)
    assert all(lane.active.book.staleness.is_lost.any() for lane in lanes)


def test_an_empty_batch_is_nothing(three: Any, hand_feed: Maker) -> None:
    """It is taken without fuss."""
    inlet, lanes = _inlet(hand_feed, three)
    inlet.take(three.fair()[:0])
    inlet.deal()
    assert not any(lane.has_news for lane in lanes)
