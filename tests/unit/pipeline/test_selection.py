"""What a subscription means in one chain."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from voldesk.chain.book import ChainBook
from voldesk.chain.shelf import open_book
from voldesk.chain.window import Points, Strikes
from voldesk.model.conventions import PROFILES
from voldesk.pipeline.selection import Selection

NOON = 1_790_784_000_000_000_000
SECOND = 10**9
NAN = float("nan")

Maker = Callable[..., Any]


def _book(market: Any) -> ChainBook:
    return open_book(market.listing, "SPX", PROFILES["default"], as_of=NOON)


def _selection(book: ChainBook, width: Any, **facts: Any) -> Selection:
    given = {"expiry": None, "centre": None, "hysteresis_steps": 0.75} | facts
    return Selection(book, width, **given)


def _said(book: ChainBook, selection: Selection) -> set[tuple[str, float]]:
    rows = book.table.rows
    return {(str(rows.expiry[row]), float(rows.strike[row])) for row in selection.rows}


def test_the_front_series_at_the_money(market: Any) -> None:
    """Without an expiry the first series is meant; the pair moves with the spot."""
    book = _book(market)
    selection = _selection(book, Strikes(0))
    assert selection.follow(101.0)
    assert _said(book, selection) == {("2026-10-30", 100.0)}
    assert selection.rows.size == 2
    assert not selection.follow(103.0)
    assert selection.follow(104.0)
    assert _said(book, selection) == {("2026-10-30", 105.0)}


def test_the_next_series_is_promoted_when_the_front_one_settles(market: Any) -> None:
    """Past settlement the next expiry is the front."""
    book = _book(market)
    selection = _selection(book, Strikes(0))
    selection.follow(100.0)
    book.reprice(int(book.table.series.settles_at[0]))
    assert selection.follow(100.0)
    assert _said(book, selection) == {("2026-11-20", 100.0)}


def test_several_series_have_a_window_each(market: Any) -> None:
    """Each around the same money; the series that settled leaves its place."""
    book = _book(market)
    selection = _selection(book, Strikes(0), expiries=2)
    selection.follow(100.0)
    assert _said(book, selection) == {("2026-10-30", 100.0), ("2026-11-20", 100.0)}
    book.reprice(int(book.table.series.settles_at[0]))
    selection.follow(100.0)
    assert _said(book, selection) == {("2026-11-20", 100.0)}


def test_a_centre_stays_where_it_was_put(market: Any) -> None:
    """The spot does not move a window that has a centre of its own."""
    book = _book(market)
    selection = _selection(book, Points(5.0), expiry=date(2026, 11, 20), centre=90.0)
    selection.follow(NAN)
    expected = {("2026-11-20", strike) for strike in (85.0, 90.0, 95.0)}
    assert _said(book, selection) == expected
    assert not selection.follow(110.0)


def test_without_a_spot_the_forward_is_the_money(market: Any) -> None:
    """Parity knows where the money is when the underlying is not ticked."""
    book = _book(market)
    selection = _selection(book, Strikes(0))
    assert not selection.follow(NAN)
    assert not selection.rows.size
    book.apply(market.fair(110.0))
    book.reprice(NOON)
    assert selection.follow(NAN)
    assert _said(book, selection) == {("2026-10-30", 110.0)}


def test_no_width_is_every_row(market: Any) -> None:
    """Of the whole chain, or of one expiry; it never changes."""
    book = _book(market)
    whole = _selection(book, None)
    assert whole.follow(NAN)
    np.testing.assert_array_equal(whole.rows, np.arange(36))
    one = _selection(book, None, expiry=date(2026, 11, 20))
    assert one.follow(NAN)
    np.testing.assert_array_equal(one.rows, np.arange(18, 36))
    assert not one.follow(100.0)


def test_an_expiry_that_is_not_listed_is_nothing(market: Any) -> None:
    """No rows, no fuss."""
    selection = _selection(_book(market), Strikes(2), expiry=date(2031, 1, 1))
    assert not selection.follow(100.0)
    assert not selection.rows.size
