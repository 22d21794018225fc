"""One underlying, several feeds: who is published, and what is told of it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from voldesk.chain.shelf import Shelf
from voldesk.model.conventions import PROFILES
from voldesk.pipeline.lane import Lane, Source, turn

NOON = 1_790_784_000_000_000_000
SECOND = 10**9

Maker = Callable[..., Any]


def _source(hand_feed: Maker, market: Any, name: str, rank: int) -> Source:
    feed = hand_feed(name, market.listing)
    shelf = Shelf(market.listing, {"SPX": PROFILES["default"]}, as_of=NOON)
    return Source(feed, shelf, shelf.books[0], rank, NOON)


def _lane(*sources: Source) -> Lane:
    lane = Lane("SPX", fallback_ns=5 * SECOND, summary_ns=SECOND)
    for source in sources:
        lane.join(source)
    return lane


def test_a_turn_tells_what_changed(hand_feed: Maker, market: Any) -> None:
    """The first update has every row and number one, with the stamps of its ticks."""
    source = _source(hand_feed, market, "sim", 0)
    lane = _lane(source)
    batch = market.fair(at=NOON + 7)
    batch["ts_event"] = NOON
    source.book.apply(batch)
    lane.choose(NOON + 9)
    assert turn([lane], NOON + 9)
    update = lane.update(NOON + 11, is_summarized=False)
    assert (update.underlying, update.feed, update.seq, update.layout) == ("SPX", "sim", 1, 0)
    assert (update.ts_event, update.ts_recv, update.ts_flush) == (NOON, NOON + 7, NOON + 11)
    assert update.rows.size == len(update.table.rows)
    assert update.summary is None
    assert not turn([lane], NOON + 12)


def test_a_summary_is_made_when_it_is_due(hand_feed: Maker, market: Any) -> None:
    """At most once per its time, of the chain as it is, with the contracts' multiplier."""
    source = _source(hand_feed, market, "sim", 0)
    lane = _lane(source)
    source.book.apply(market.fair())
    lane.choose(NOON)
    turn([lane], NOON)
    assert lane.is_summary_due()
    summary = lane.update(NOON, is_summarized=True).summary
    assert summary is not None
    assert summary.multiplier == 100.0
    turn([lane], NOON + SECOND - 1)
    assert not lane.is_summary_due()
    turn([lane], NOON + SECOND)
    assert lane.is_summary_due()


def test_a_summary_made_in_steps_is_that_of_the_chain_when_it_was_begun(
    hand_feed: Maker, market: Any
) -> None:
    """To the bit, whatever is ticked between the steps; the next update has it, no later one."""
    source = _source(hand_feed, market, "sim", 0)
    lane = _lane(source)
    source.book.apply(market.fair())
    lane.choose(NOON)
    turn([lane], NOON)
    assert (lane.has_summary, lane.is_summary_behind) == (False, True)
    expected = lane.update(NOON, is_summarized=True).summary
    assert (lane.has_summary, lane.is_summary_behind) == (True, False)
    for step, _ in enumerate(lane.summarize(), 1):
        source.book.apply(market.fair(100.0 + step, NOON + step))
        turn([lane], NOON + step)
        assert lane.update(NOON + step, is_summarized=False).summary is None
    assert repr(lane.update(NOON + 9, is_summarized=False).summary) == repr(expected)
    assert lane.update(NOON + 9, is_summarized=False).summary is None
    turn([lane], NOON + SECOND)
    assert lane.is_summary_behind


def test_a_summary_of_other_contracts_is_dropped(hand_feed: Maker, market: Any) -> None:
    """When another feed takes over while it is made, nobody gets it."""
    first, second = (_source(hand_feed, market, name, rank) for name, rank in (("a", 0), ("b", 1)))
    lane = _lane(first, second)
    first.book.apply(market.fair())
    lane.choose(NOON)
    turn([lane], NOON)
    steps = lane.summarize()
    next(steps)
    later = NOON + 6 * SECOND
    second.book.apply(market.fair(at=later))
    lane.choose(later)
    turn([lane], later)
    assert lane.layout == 1
    assert len(list(steps)) == 1
    assert lane.update(later, is_summarized=False).summary is None


def test_the_feed_listed_first_owns_the_underlying(hand_feed: Maker, market: Any) -> None:
    """Whichever opened or ticked first: once the owner ticks it is published."""
    second, first = (_source(hand_feed, market, name, rank) for name, rank in (("b", 1), ("a", 0)))
    lane = _lane(second, first)
    lane.choose(NOON)
    assert lane.active is first
    second.book.apply(market.fair())
    lane.choose(NOON)
    assert lane.is_standing_in
    first.book.apply(market.fair())
    lane.choose(NOON)
    assert lane.active is first


def test_another_feed_stands_in_and_the_owner_comes_back(hand_feed: Maker, market: Any) -> None:
    """After its silence the next feed is published whole, the numbers go on; then it is back."""
    owner, other = (_source(hand_feed, market, name, rank) for rank, name in enumerate("ab"))
    lane = _lane(owner, other)
    for source in (owner, other):
        source.book.apply(market.fair())
    lane.choose(NOON)
    turn([lane], NOON)
    now = NOON + 5 * SECOND + 1
    other.book.apply(market.fair(101.0, now))
    lane.choose(now)
    assert lane.active is other
    assert turn([lane], now)
    update = lane.update(now, is_summarized=False)
    assert (update.feed, update.seq, update.layout) == ("b", 2, 1)
    assert update.rows.size == len(update.table.rows)
    assert update.rows_since(1).size == update.rows.size
    now += SECOND
    owner.book.apply(market.fair(102.0, now, instruments=[8]))
    lane.choose(now)
    turn([lane], now)
    update = lane.update(now, is_summarized=False)
    assert (update.feed, update.seq, update.layout) == ("a", 3, 2)
    assert update.rows.size == len(update.table.rows)


def test_where_no_feed_is_fed_the_present_one_stays(hand_feed: Maker, market: Any) -> None:
    """Silence everywhere: nothing is switched."""
    owner, other = (_source(hand_feed, market, name, rank) for rank, name in enumerate("ab"))
    lane = _lane(owner, other)
    now = NOON + 6 * SECOND
    other.book.apply(market.fair(at=now))
    for later in (0, 60 * SECOND):
        lane.choose(now + later)
        assert lane.active is other
    assert lane.layout == 0


def test_a_feed_that_is_down_is_not_waited_for(hand_feed: Maker, market: Any) -> None:
    """Once it has failed the next one stands in at once."""
    owner, other = (_source(hand_feed, market, name, rank) for rank, name in enumerate("ab"))
    lane = _lane(owner, other)
    for source in (owner, other):
        source.book.apply(market.fair())
    lane.choose(NOON)
    owner.is_down = True
    lane.choose(NOON + 1)
    assert lane.active is other


def test_a_feed_that_comes_with_another_listing_gets_a_new_chain(
    hand_feed: Maker, make_market: Maker
) -> None:
    """Its old chain is gone, and the layout says that rows mean other contracts."""
    old, new = make_market(), make_market(strikes=(90.0, 100.0))
    lane = _lane(_source(hand_feed, old, "a", 0))
    lane.choose(NOON)
    turn([lane], NOON)
    seq = lane.update(NOON, is_summarized=False).seq
    source = _source(hand_feed, new, "a", 0)
    lane.join(source)
    assert lane.sources == [source]
    lane.choose(NOON + 1)
    source.book.apply(new.fair())
    turn([lane], NOON + 1)
    update = lane.update(NOON + 1, is_summarized=False)
    assert (update.layout, update.seq) == (1, seq + 1)
    assert len(update.table.rows) == 8
    assert np.isfinite(update.table.rows.iv).any()


def test_lanes_of_one_shelf_turn_together(hand_feed: Maker, make_market: Maker) -> None:
    """Only those whose chain changed are to be published, each with its own rows."""
    market = make_market(underlyings=("SPX", "NDX"), roots=("SPXW", "NDXP"))
    profiles = dict.fromkeys(("SPX", "NDX"), PROFILES["default"])
    shelf = Shelf(market.listing, profiles, as_of=NOON)
    lanes = []
    for book in shelf.books:
        lane = Lane(book.table.underlying, fallback_ns=SECOND, summary_ns=SECOND)
        lane.join(Source(hand_feed("a", market.listing), shelf, book, 0, NOON))
        lane.choose(NOON)
        lanes.append(lane)
    shelf.apply(market.fair())
    assert turn(lanes, NOON) == lanes
    shelf.apply(market.fair(101.0, NOON + 1, market.options[40:44]))
    assert turn(lanes, NOON + 1) == lanes[1:]
    update = lanes[1].update(NOON + 1, is_summarized=False)
    assert update.underlying == "NDX"
    assert update.rows.tolist() == [4, 5, 6, 7]
