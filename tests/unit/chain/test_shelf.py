"""Chains side by side have the figures each would have alone."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voldesk.chain.book import Cadence
from voldesk.chain.shelf import Shelf, open_book, open_shelves
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import PriceUsed, Status

NOON = 1_790_784_000_000_000_000
SECOND = 10**9
NAMES = ("SPX", "NDX", "RUT")
DEFAULT = PROFILES["default"]
RELATIVE = 1e-12  # a compiled loop may take the rows of a batch in another order

Maker = Callable[..., Any]


@pytest.fixture
def three(make_market: Maker) -> Any:
    """Return three underlyings in one listing."""
    return make_market(
        underlyings=NAMES, roots=("SPXW", "NDXP", "RUTW"), strikes=(90.0, 95.0, 100.0, 105.0)
    )


def _shelf(market: Any, **facts: Any) -> Shelf:
    return Shelf(market.listing, dict.fromkeys(NAMES, DEFAULT), as_of=NOON, **facts)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["fair", "spot", "gap", "one"]),
        st.sampled_from(NAMES),
        st.floats(96.0, 104.0),
        st.sampled_from([0, 1, SECOND // 20, SECOND, 10 * SECOND]),
        st.sets(st.integers(0, 2)),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_a_book_among_others_is_what_it_would_be_alone(steps: Any, three: Any) -> None:
    """Any ticks, any books repriced at any time: rows reported, numbers and figures are equal."""
    cadence = Cadence(refits_per_reprice=1, decay_secs=8.0)
    shelf = _shelf(three, cadence=cadence)
    alone = [open_book(three.listing, name, DEFAULT, as_of=NOON, cadence=cadence) for name in NAMES]
    now, owner = NOON, three.listing.underlying
    for word, name, price, pause, chosen in steps:
        now += pause
        own = three.options[owner[three.options] == name]
        if word in {"fair", "one"}:
            batch = three.fair(price, now, own[:3] if word == "one" else None)
        else:
            batch = three.gap(now) if word == "gap" else three.spot(price, now, name)
        shelf.apply(batch)
        for book in alone:
            book.apply(batch)
        order = sorted(chosen, reverse=True)  # in any order
        reported = shelf.reprice(now, [shelf.books[index] for index in order])
        for index, rows in zip(order, reported, strict=True):
            expected = alone[index].reprice(now)
            assert shelf.books[index].seq == alone[index].seq
            if len(chosen) == len(NAMES):  # of all: nobody's row went stale unseen
                np.testing.assert_array_equal(rows, expected)
            for spec in fields(shelf.books[index].table.rows):
                mine = getattr(shelf.books[index].table.rows, spec.name)
                other = getattr(alone[index].table.rows, spec.name)
                if mine.dtype == np.float64:
                    np.testing.assert_allclose(mine, other, rtol=RELATIVE, err_msg=spec.name)
                else:
                    np.testing.assert_array_equal(mine, other, err_msg=spec.name)


def test_books_that_are_not_asked_are_left_alone(three: Any) -> None:
    """Their ticks wait: no figure, no number, and every row is reported when their turn comes."""
    shelf = _shelf(three)
    spx, ndx, _ = shelf.books
    shelf.apply(three.fair())
    shelf.reprice(NOON, [spx])
    assert spx.seq == 1
    assert ndx.seq == 0
    assert ndx.has_news
    assert np.isnan(ndx.table.rows.iv).all()
    (rows,) = shelf.reprice(NOON, [ndx])
    assert rows.size == len(ndx.table.rows)
    assert np.isfinite(ndx.table.rows.iv).any()


def test_a_row_that_went_stale_meanwhile_is_reported_in_its_books_turn(three: Any) -> None:
    """Staleness is looked for on the whole shelf; whoever is not asked hears of it later."""
    shelf = _shelf(three)
    spx, ndx, _ = shelf.books
    shelf.apply(three.fair())
    shelf.reprice(NOON, shelf.books)
    shelf.apply(three.gap())
    shelf.reprice(NOON + 1, [spx])
    ok = ndx.table.rows.status == Status.STALE
    assert ok.any()
    (rows,) = shelf.reprice(NOON + 1, [ndx])
    assert set(np.flatnonzero(ok).tolist()) <= set(rows.tolist())


def test_chains_priced_alike_share_a_shelf(three: Any) -> None:
    """Markets, clocks and rates may differ; the price used and a cap on theta may not."""
    other_rate = replace(DEFAULT, rate=0.05)
    by_last = replace(DEFAULT, price=PriceUsed.LAST)
    profiles = {"SPX": DEFAULT, "NDX": by_last, "RUT": other_rate}
    shelves = open_shelves(three.listing, profiles, as_of=NOON)
    found = [[book.table.underlying for book in shelf.books] for shelf in shelves]
    assert found == [["SPX", "RUT"], ["NDX"]]
    with pytest.raises(ValueError, match="SPX, NDX, RUT are priced unalike"):
        Shelf(three.listing, profiles, as_of=NOON)
    with pytest.raises(ValueError, match="nothing"):
        Shelf(three.listing, {}, as_of=NOON)
