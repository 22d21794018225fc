"""A feed's batches are dealt to the chains they belong to."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.chain.book import ChainBook
from voldesk.chain.shelf import Shelf, open_book
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import PriceUsed
from voldesk.pipeline.inlet import Inlet
from voldesk.pipeline.lane import Source

NOON = 1_790_784_000_000_000_000
NAMES = ("SPX", "NDX", "RUT")

Maker = Callable[..., Any]


def _inlet(
    hand_feed: Maker, market: Any, most_pending: int = 1000
) -> tuple[Inlet, list[ChainBook]]:
    """Return the inlet of a feed with two shelves: RUT is priced from its last trades."""
    feed, default = hand_feed("sim", market.listing), PROFILES["default"]
    inlet, sources = Inlet(feed, 0, most_pending), []
    by_last = replace(default, price=PriceUsed.LAST)
    for profiles in ({"SPX": default, "NDX": default}, {"RUT": by_last}):
        shelf = Shelf(market.listing, profiles, as_of=NOON)
        sources += [Source(feed, shelf, book, 0, NOON) for book in shelf.books]
    inlet.connect(market.listing, sources)
    return inlet, [source.book for source in sources]


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
    inlet, books = _inlet(hand_feed, three)
    alone = [
        open_book(three.listing, name, PROFILES["default"], as_of=NOON)
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
    for mine, other in zip(books, alone, strict=True):
        for name in ("bid", "last", "ts_event"):
            np.testing.assert_array_equal(
                getattr(mine.table.rows, name), getattr(other.table.rows, name)
            )
        assert mine.is_line_lost == other.is_line_lost
        assert (mine.tick_count, mine.gap_count) == (other.tick_count, other.gap_count)


def test_only_chains_that_were_ticked_have_news(three: Any, hand_feed: Maker) -> None:
    """Ticks of one underlying leave the others alone."""
    inlet, books = _inlet(hand_feed, three)
    inlet.take(three.fair(instruments=three.options[three.listing.underlying[:24] == "NDX"]))
    inlet.deal()
    assert [book.has_news for book in books] == [False, True, False]


def test_strangers_are_counted(three: Any, hand_feed: Maker) -> None:
    """Instruments that the listing does not have write nothing."""
    inlet, books = _inlet(hand_feed, three)
    inlet.take(three.ticks([0, 500, -4], bid=1.0))
    inlet.take(three.ticks([500], bid=1.0))
    inlet.deal()
    assert inlet.stray_count == 3
    assert [book.has_news for book in books] == [True, False, False]


def test_batches_are_one_after_another_however_they_lie(three: Any, hand_feed: Maker) -> None:
    """Of several that wait, one of them with gaps in memory, the last quote of a row counts."""
    inlet, books = _inlet(hand_feed, three)
    inlet.take(three.ticks([0, 1], bid=1.0))
    inlet.take(three.ticks([0, 2, 1, 2], bid=2.0)[::2])
    inlet.deal()
    row_of = books[0].row_of
    assert books[0].table.rows.bid[row_of[[0, 1]]].tolist() == [2.0, 2.0]


def test_too_much_waiting_is_written_at_once(three: Any, hand_feed: Maker) -> None:
    """Beyond the bound nothing is kept, the columns have it, and the feed still counts as ahead."""
    inlet, books = _inlet(hand_feed, three, most_pending=30)
    for _ in range(2):
        inlet.take(three.fair())
    assert books[0].has_news
    assert inlet.batches_waiting == 2
    inlet.deal()
    assert inlet.batches_waiting == 0


def test_a_feed_that_failed_tells_its_chains(three: Any, hand_feed: Maker) -> None:
    """Its sources are down for its reason, until it opens again with rows that are lost."""
    inlet, books = _inlet(hand_feed, three)
    inlet.take(three.fair())
    inlet.deal()
    inlet.fail("no route")
    assert all(source.is_down and source.reason == "no route" for source in inlet.sources)
    inlet.reopen(NOON + 5)
    assert not inlet.is_down
    assert all(source.since == NOON + 5 for source in inlet.sources)
    assert all(book.is_line_lost for book in books)


def test_an_empty_batch_is_nothing(three: Any, hand_feed: Maker) -> None:
    """It is taken without fuss."""
    inlet, books = _inlet(hand_feed, three)
    inlet.take(three.fair()[:0])
    inlet.deal()
    assert not any(book.has_news for book in books)
