"""Rows, series, times and points of a table are what the snapshot says."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from voldesk.chain.build import build_table
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import NO_TIME
from voldesk.model.sessions import settles_at

NOON = 1_790_784_000_000_000_000
MINUTE = 60 * 10**9
DEFAULT = PROFILES["default"]

Quotes = Callable[..., dict[str, Any]]
Snapshot = Callable[..., Any]


def test_rows_stand_by_settlement_strike_and_right(quotes: Quotes, snapshot: Snapshot) -> None:
    """Whatever the order given: earlier settlement, lower strike and the call come first."""
    third_friday = date(2026, 10, 16)
    columns = [
        quotes(root="SPXW", expiry=date(2026, 11, 20)),
        quotes(root="SPXW", expiry=third_friday),
        quotes(root="SPX", expiry=third_friday),
    ]
    for one in columns:
        for name, values in one.items():
            one[name] = np.asarray(values)[::-1]
    table = build_table(snapshot(*columns), DEFAULT)
    assert list(table.series.root) == ["SPX", "SPXW", "SPXW"]  # settled at the open, at the close
    assert (np.diff(table.series.settles_at) > 0).all()
    rows = table.rows
    key = list(zip(rows.series, rows.strike, ~rows.is_call, strict=True))
    assert key == sorted(key)
    assert table.bounds.tolist() == [0, 10, 20, 30]
    assert rows.symbol[0] == "SPX-90-C"


def test_the_chain_needs_a_time(quotes: Quotes, snapshot: Snapshot) -> None:
    """A chain that nobody dates is refused with the flag that would date it."""
    with pytest.raises(ConfigError, match="--as-of"):
        build_table(snapshot(quotes(), as_of=NO_TIME), DEFAULT)


def test_the_latest_row_dates_a_chain_without_a_time(quotes: Quotes, snapshot: Snapshot) -> None:
    """Rows' own times stand in for the snapshot's; rows without one are valued at the latest."""
    stamps = np.full(10, NOON)
    stamps[4] = NOON + MINUTE
    stamps[5] = NO_TIME
    table = build_table(snapshot(quotes(ts_event=stamps), as_of=NO_TIME), DEFAULT)
    assert table.as_of == NOON + MINUTE
    valued = table.points.valued_at[table.points.of_row]
    assert valued.tolist() == [NOON] * 4 + [NOON + MINUTE] * 2 + [NOON] * 4


def test_an_explicit_time_does_not_move_stamped_rows(quotes: Quotes, snapshot: Snapshot) -> None:
    """``as_of`` dates the series; a row with its own time keeps its own years."""
    later = NOON + 60 * MINUTE
    table = build_table(snapshot(quotes(ts_event=np.full(10, NOON))), DEFAULT, as_of=later)
    settles = settles_at("SPXW", date(2026, 10, 30), Market.US)
    assert table.series.years[0] == pytest.approx((settles - later) / (365 * 86_400e9), rel=1e-15)
    years = table.points.years[table.points.of_row]
    assert years == pytest.approx(np.full(10, (settles - NOON) / (365 * 86_400e9)), rel=1e-15)


def test_rows_alike_share_the_point_of_their_series(quotes: Quotes, snapshot: Snapshot) -> None:
    """Without times, spots or forwards of their own all rows of a series are one point."""
    table = build_table(snapshot(quotes(), quotes(expiry=date(2026, 11, 20))), DEFAULT)
    assert table.points.series.tolist() == [0, 1]
    np.testing.assert_array_equal(table.points.of_row, table.rows.series)


def test_rows_apart_in_time_or_spot_get_points_of_their_own(
    quotes: Quotes, snapshot: Snapshot
) -> None:
    """Every (instant, spot, forward) in a series is one point, the series' own first."""
    columns = quotes(
        ts_event=np.repeat([NOON - MINUTE, NOON], 5),
        spot=np.tile([100.0, 102.0], 5),
    )
    columns["forward"] = np.full(10, 100.5)
    columns["spot"][9] = 101.0
    points = build_table(snapshot(columns), DEFAULT).points
    assert points.series.size == 5  # the series at noon is the row whose spot is the median
    assert points.valued_at[0] == NOON
    assert points.spot[0] == 101.0
    assert (points.quoted == 100.5).all()
    stands = zip(points.valued_at[points.of_row], points.spot[points.of_row], strict=True)
    assert len(set(stands)) == 5


def test_spot_is_the_callers_then_the_snapshots_then_the_rows(
    quotes: Quotes, snapshot: Snapshot
) -> None:
    """The first that is known speaks for the chain; a row's own spot stays with the row."""
    columns = quotes(spot=np.full(10, 99.0))
    assert build_table(snapshot(columns), DEFAULT).spot == 99.0
    assert build_table(snapshot(columns, spot=98.0), DEFAULT).spot == 98.0
    table = build_table(snapshot(columns, spot=98.0), DEFAULT, spot=97.0)
    assert table.spot == table.series.spot[0] == 97.0
    assert (table.points.spot[table.points.of_row] == 99.0).all()


def test_an_infinite_figure_is_unknown(quotes: Quotes, snapshot: Snapshot) -> None:
    """Infinity in any float column becomes NaN; a huge finite figure stays."""
    columns = quotes()
    columns["bid"][0], columns["ask"][0] = -np.inf, 1e308
    rows = build_table(snapshot(columns), DEFAULT).rows
    assert np.isnan(rows.bid[0])
    assert rows.ask[0] == 1e308


@pytest.mark.parametrize("expiry", ["NaT", "1900-01-01", "9999-12-31", "12000-01-01"])
def test_an_expiry_no_clock_reaches_is_unknown(
    expiry: str, quotes: Quotes, snapshot: Snapshot
) -> None:
    """A series whose date is missing or absurd stands last, without a settlement instant."""
    columns = quotes() | {"expiry": [np.datetime64(expiry, "D")] * 10}
    table = build_table(snapshot(columns, quotes()), DEFAULT)
    assert table.series.settles_at[1] == NO_TIME
    assert np.isnan(table.series.years[1])
    assert table.series.years[0] > 0.0


def test_a_row_without_root_belongs_to_the_underlyings(quotes: Quotes, snapshot: Snapshot) -> None:
    """Where the source gives no trading class the underlying's name is it."""
    table = build_table(snapshot(quotes(root="")), DEFAULT)
    assert table.series.root.tolist() == ["SPX"]
    assert set(table.rows.root) == {"SPX"}


def test_coin_premiums_wait_for_a_forward(quotes: Quotes, snapshot: Snapshot) -> None:
    """An inverse option's quotes are kept in coin; a linear one's are currency already."""
    inverse = quotes(root="BTC", market=Market.DERIBIT)
    linear = quotes(root="SOL_USDC", market=Market.DERIBIT)
    table = build_table(snapshot(inverse, linear, market=Market.DERIBIT), PROFILES["deribit"])
    is_btc = table.rows.root == "BTC"
    np.testing.assert_array_equal(table.is_coin, is_btc)
    assert np.isnan(table.rows.mark[is_btc]).all()
    np.testing.assert_array_equal(table.rows.premium_mark[is_btc], inverse["mark"])
    assert np.isnan(table.rows.premium_mark[~is_btc]).all()
    np.testing.assert_array_equal(table.rows.mark[~is_btc], linear["mark"])


def test_no_rows_make_an_empty_table(snapshot: Snapshot) -> None:
    """A chain without a row needs no time and has no series."""
    table = build_table(snapshot({"strike": np.array([])}, as_of=NO_TIME), DEFAULT)
    assert len(table.rows) == len(table.series) == table.points.series.size == 0
    assert table.bounds.tolist() == [0]
