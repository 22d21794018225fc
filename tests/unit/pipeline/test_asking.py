"""A feed is told once what is wanted of it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from voldesk.model.errors import VenueUnavailable
from voldesk.model.ports.feed import Mode
from voldesk.pipeline.asking import Asker, Wish
from voldesk.pipeline.selection import MODE_RANK

Maker = Callable[..., Any]


def _wish(feed: Any, **modes: list[int]) -> Wish:
    ranks = np.zeros(len(feed.listing), dtype=np.int8)
    for mode, instruments in modes.items():
        ranks[instruments] = MODE_RANK[Mode(mode)]
    return Wish(feed, ranks)


async def test_only_what_changed_is_asked(hand_feed: Maker, market: Any) -> None:
    """The first wish gives the rest up; later ones say the difference, the same one nothing."""
    feed, asker = hand_feed("a", market.listing), Asker()
    await asker.ask([_wish(feed)])
    assert feed.wants == []
    await asker.ask([_wish(feed, full=[0], light=[1])])
    assert feed.wants == [([0], Mode.FULL), ([1], Mode.LIGHT), (list(range(2, 37)), Mode.NONE)]
    feed.wants.clear()
    await asker.ask([_wish(feed, full=[0, 1])])
    await asker.ask([_wish(feed, full=[0, 1])])
    assert feed.wants == [([1], Mode.FULL)]
    assert asker.document() == [{"feed": "a", "full": 2, "light": 0}]


async def test_what_was_refused_is_asked_again(hand_feed: Maker, market: Any) -> None:
    """A feed that was away hears the whole of it the next time."""
    feed, asker = hand_feed("a", market.listing), Asker()
    feed.fault_of_want = VenueUnavailable("no line")
    await asker.ask([_wish(feed, full=[0])])
    feed.fault_of_want = None
    await asker.ask([_wish(feed, full=[0])])
    assert feed.wants == [([0], Mode.FULL), (list(range(1, 37)), Mode.NONE)]


async def test_another_listing_is_another_feed(
    hand_feed: Maker, make_market: Maker, market: Any
) -> None:
    """What was asked of the old instruments says nothing of the new ones."""
    feed, asker = hand_feed("a", market.listing), Asker()
    await asker.ask([_wish(feed, full=[0])])
    feed.wants.clear()
    feed.listing = make_market(strikes=(90.0, 100.0)).listing
    await asker.ask([_wish(feed, full=[0])])
    assert feed.wants == [([0], Mode.FULL), (list(range(1, 9)), Mode.NONE)]
