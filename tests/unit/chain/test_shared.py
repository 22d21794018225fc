"""Tables side by side are views of one set of columns."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from voldesk.chain.build import build_table
from voldesk.chain.shared import share
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market

Quotes = Callable[..., dict[str, Any]]
Snapshot = Callable[..., Any]


def _tables(quotes: Quotes, snapshot: Snapshot) -> list[Any]:
    one = snapshot(quotes(), quotes(expiry=np.datetime64("2026-11-20").item()))
    other = snapshot(quotes(strikes=[90.0, 100.0]), underlying="NDX")
    return [build_table(each, PROFILES["default"]) for each in (one, other)]


def test_a_table_is_its_stretch_of_the_columns(quotes: Quotes, snapshot: Snapshot) -> None:
    """What is written into the shared columns is in the table, and the other way round."""
    shared, (one, other) = share(_tables(quotes, snapshot))
    assert (shared.span(0), shared.span(1)) == (slice(0, 20), slice(20, 24))
    shared.block[0, 20:] = 0.5
    assert (other.rows.iv == 0.5).all()
    assert np.isnan(one.rows.iv).all()
    one.rows.bid[3] = 7.0
    assert shared.rows.bid[3] == 7.0
    assert shared.sides["bid"][3] == 7.0
    other.points.forward[0] = 9.0
    assert shared.forward.tolist()[2] == 9.0


def test_series_are_numbered_through(quotes: Quotes, snapshot: Snapshot) -> None:
    """In the shared columns across chains, in a table as ever within its own."""
    shared, (one, other) = share(_tables(quotes, snapshot))
    assert np.unique(shared.series).tolist() == [0, 1, 2]
    assert shared.chain_of_row.tolist() == [0] * 20 + [1] * 4
    assert np.unique(one.rows.series).tolist() == [0, 1]
    assert np.unique(other.rows.series).tolist() == [0]
    assert shared.is_quoted.shape == (3,)


def test_nothing_but_the_figures_is_changed(quotes: Quotes, snapshot: Snapshot) -> None:
    """Every column that is not a vol or Greek has the values it had."""
    before = _tables(quotes, snapshot)
    _, after = share(_tables(quotes, snapshot))
    for mine, other in zip(after, before, strict=True):
        for spec in fields(other.rows):
            np.testing.assert_array_equal(
                getattr(mine.rows, spec.name), getattr(other.rows, spec.name)
            )


def test_premiums_in_coin_have_columns_of_their_own(quotes: Quotes, snapshot: Snapshot) -> None:
    """Where some chain counts in coin, what the venue said is kept apart from currency."""
    profile = replace(PROFILES["deribit"])
    coin = build_table(
        snapshot(quotes(root="BTC", market=Market.DERIBIT), market=Market.DERIBIT), profile
    )
    shared, (live,) = share([coin])
    shared.sides["bid"][:] = 0.01
    assert np.isnan(live.rows.bid).all()
    assert shared.is_coin.all()
