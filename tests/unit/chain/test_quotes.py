"""Prices and status of a row are what its quote allows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from voldesk.chain.build import build_table
from voldesk.chain.quotes import is_price, is_stale, quote_status, write_prices
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market, PriceUsed, Status

NOON = 1_790_784_000_000_000_000
ALL = slice(None)

Quotes = Callable[..., dict[str, Any]]
Snapshot = Callable[..., Any]


def _ready(table: ChainTable, forward: float = 100.5) -> ChainTable:
    table.rows.forward[:] = forward
    table.rows.years[:] = table.points.years[table.points.of_row]
    return table


def test_a_price_is_finite_and_above_zero() -> None:
    """Zero, negative, infinite and NaN are nobody's price."""
    values = np.array([1e-300, 1e308, 0.0, -1.0, np.inf, np.nan])
    assert is_price(values).tolist() == [True, True, False, False, False, False]


MID_CASES = [
    (1.0, 1.2, 1.1, Status.OK),
    (1.2, 1.2, 1.2, Status.OK),  # locked
    (1e308, 1e308, 1e308, Status.OK),
    (5e-324, 5e-324, np.nan, Status.NO_PRICE),  # no half of it can be written
    (1.3, 1.2, np.nan, Status.CROSSED),
    (0.0, 1.2, np.nan, Status.NO_BID),
    (np.nan, 1.2, np.nan, Status.NO_BID),
    (-1.0, 1.2, np.nan, Status.NO_BID),
    (0.0, 0.0, np.nan, Status.NO_BID),
    (np.nan, np.nan, np.nan, Status.NO_BID),
    (1.0, 0.0, np.nan, Status.ONE_SIDED),
    (1.0, np.nan, np.nan, Status.ONE_SIDED),
    (1.0, -1.0, np.nan, Status.ONE_SIDED),
]


@pytest.mark.parametrize(("bid", "ask", "mid", "status"), MID_CASES)
def test_mid_needs_both_sides_uncrossed(
    bid: float, ask: float, mid: float, status: Status, quotes: Quotes, snapshot: Snapshot
) -> None:
    """A mid is published from a two-sided, uncrossed quote only; else the status says why not."""
    columns = quotes(strikes=[100.0])
    columns["bid"][0], columns["ask"][0] = bid, ask
    table = _ready(build_table(snapshot(columns), PROFILES["default"]))
    write_prices(table, ALL)
    np.testing.assert_array_equal(table.rows.mid[0], mid)
    np.testing.assert_array_equal(table.rows.price[0], mid)
    assert quote_status(table, ALL).tolist() == [status, Status.OK]


@pytest.mark.parametrize("used", [PriceUsed.LAST, PriceUsed.MARK])
@pytest.mark.parametrize("price", [np.nan, 0.0, -1.0])
def test_a_missing_single_price_is_no_price(
    used: PriceUsed, price: float, quotes: Quotes, snapshot: Snapshot
) -> None:
    """A profile on last or mark needs that price, and no bid or ask."""
    columns = quotes(strikes=[100.0])
    columns[used.value][0] = price
    columns["bid"][:] = np.nan
    table = _ready(build_table(snapshot(columns), replace(PROFILES["default"], price=used)))
    write_prices(table, ALL)
    assert np.isnan(table.rows.price[0])
    assert table.rows.price[1] == columns[used.value][1]
    assert quote_status(table, ALL).tolist() == [Status.NO_PRICE, Status.OK]


def test_time_and_forward_come_before_the_quote(quotes: Quotes, snapshot: Snapshot) -> None:
    """EXPIRED hides NO_FORWARD, which hides whatever is wrong with the quote."""
    columns = quotes(strikes=[100.0])
    columns["bid"][:] = 0.0
    table = _ready(build_table(snapshot(columns), PROFILES["default"]), np.nan)
    write_prices(table, ALL)
    assert quote_status(table, ALL).tolist() == [Status.NO_FORWARD] * 2
    settled = quotes(strikes=[100.0], expiry=date(2026, 9, 29))
    table = _ready(build_table(snapshot(settled), PROFILES["default"]), np.nan)
    write_prices(table, ALL)
    assert quote_status(table, ALL).tolist() == [Status.EXPIRED] * 2


def test_coin_premiums_are_counted_at_the_forward(quotes: Quotes, snapshot: Snapshot) -> None:
    """A premium in coin is worth ``premium * forward``; without a forward it is worth unknown."""
    columns = quotes(strikes=[100.0], root="BTC", market=Market.DERIBIT)
    facts = {"market": Market.DERIBIT}
    table = _ready(build_table(snapshot(columns, **facts), PROFILES["deribit"]), 50_000.0)
    write_prices(table, ALL)
    for side in ("bid", "ask", "last", "mark"):
        np.testing.assert_array_equal(getattr(table.rows, side), columns[side] * 50_000.0)
    table.rows.forward[:] = [np.nan, 1e308]
    table.rows.premium_bid[:] = 1e10
    write_prices(table, ALL)
    assert np.isnan(table.rows.bid).all()


@pytest.mark.parametrize(
    ("limit", "stale"),
    [(None, [False, False, False, False]), (60.0, [False, False, True, False])],
)
def test_age_counts_from_the_time_of_the_chain(
    limit: float | None, stale: list[bool], quotes: Quotes, snapshot: Snapshot
) -> None:
    """A row older than the limit is stale; one without a time of its own never is."""
    age_secs = np.array([0, 60, 61, 0])
    stamps = NOON - age_secs * 10**9
    stamps[3] = 0
    columns = quotes(strikes=[100.0, 105.0], ts_event=stamps)
    table = build_table(snapshot(columns), PROFILES["default"], stale_after_secs=limit)
    assert is_stale(table, ALL).tolist() == stale
