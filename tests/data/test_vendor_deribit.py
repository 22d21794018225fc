"""Deribit's own mark vols and Greeks come back from its marks and per-expiry forwards."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voldesk.chain.reprice import value_chain
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market, Status
from voldesk.model.quotes import BoolArray, ChainSnapshot, FloatArray, QuoteColumns
from voldesk.pricing.black import black_price

VOL_POINT = 0.01
SIDE_IV = 0.01 * VOL_POINT
DELTA = 2e-4
GAMMA = 2e-5  # printed to 5 decimals; the linear one is 1.7
VEGA = 0.0016
RHO = 1e-4
THETA = 0.003
TIED = 0.2 * VOL_POINT  # a vol that the print of its mark and forward ties down this well

# Half of the last digit printed: vols to 0.01 points, marks to 1e-6, forwards to 0.01 (BTC, ETH)
# or 0.0001 (linear).
IV_PRINT, MARK_PRINT, FORWARD_PRINT, LINEAR_PRINT = 0.005 * VOL_POINT, 5e-7, 0.005, 5e-5

PROFILE = PROFILES["deribit"]


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _row(data: dict[str, Any]) -> dict[str, Any]:
    root, expiry, strike, right = data["instrument_name"].rsplit("-", 3)
    day = datetime.strptime(expiry, "%d%b%y").replace(tzinfo=UTC).date()
    return {
        "symbol": data["instrument_name"],
        "root": root,
        "expiry": np.datetime64(day, "D"),
        "is_call": right == "C",
        "strike": float(strike.replace("d", ".")),
        "ts_event": data["timestamp"] * 10**6,
        "bid": _number(data["best_bid_price"]),
        "ask": _number(data["best_ask_price"]),
        "last": _number(data["last_price"]),
        "mark": _number(data["mark_price"]),
        "forward": data["underlying_price"],
        "spot": data["index_price"],
        "vendor_iv": data["mark_iv"] * VOL_POINT,
    } | {f"vendor_{name}": value for name, value in data["greeks"].items()}


@pytest.fixture(scope="session")
def snapshot(vendor_data: Path) -> ChainSnapshot:
    """Return every option ticker of the recorded messages."""
    text = (vendor_data / "deribit_okx_ws_messages" / "deribit.jsonl").read_text()
    messages = [json.loads(line)["params"] for line in text.splitlines()]
    rows = [
        _row(message["data"])
        for message in messages
        if re.fullmatch(r"ticker\..+-[CP]\.raw", message["channel"])
    ]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return ChainSnapshot(
        underlying="",
        source="deribit",
        market=Market.DERIBIT,
        quotes=QuoteColumns.build(**columns),
    )


@pytest.fixture(scope="session")
def table(snapshot: ChainSnapshot) -> ChainTable:
    """Return the tickers valued from their printed marks."""
    return value_chain(snapshot, PROFILE)


@pytest.fixture(scope="session")
def remade(snapshot: ChainSnapshot, table: ChainTable) -> ChainTable:
    """Return the tickers valued from the marks that their printed vols stand for, unrounded."""
    rows, quotes = table.rows, snapshot.quotes
    stdev = rows.vendor_iv * np.sqrt(np.maximum(rows.years, 0.0))
    exact = black_price(rows.forward, rows.strike, stdev, 1.0, rows.is_call)
    exact = np.where(table.is_coin, exact / rows.forward, exact)
    mark = dict(zip(rows.symbol, exact, strict=True))
    marks = np.array([mark[symbol] for symbol in quotes.symbol])
    return value_chain(replace(snapshot, quotes=replace(quotes, mark=marks)), PROFILE)


def _error(table: ChainTable, name: str, is_meant: BoolArray) -> FloatArray:
    error = np.abs(getattr(table.rows, name) - getattr(table.rows, f"vendor_{name}"))
    chosen: FloatArray = error[is_meant]
    return chosen


def _rounding(table: ChainTable) -> FloatArray:
    """Return how far the rounding of mark and forward can move each row's vol."""
    rows = table.rows
    mark_unit = np.where(table.is_coin, rows.forward, 1.0)
    premium = np.where(table.is_coin, rows.premium_mark, 0.0)
    forward_print = np.where(table.is_coin, FORWARD_PRINT, LINEAR_PRINT)
    moved = MARK_PRINT * mark_unit + forward_print * (np.abs(rows.delta) + premium)
    bound: FloatArray = moved / (rows.vega / VOL_POINT) + IV_PRINT
    return bound


def test_every_ticker_stands_at_its_own_time(table: ChainTable) -> None:
    """Four open tickers are OK on their own forward; one, 48 ms after settlement, is EXPIRED."""
    status = dict(zip(table.rows.symbol, table.rows.status, strict=True))
    assert status.pop("BTC-8JUN20-8750-P") == Status.EXPIRED
    assert list(status.values()) == [Status.OK] * 4
    open_rows = table.rows.status == Status.OK
    np.testing.assert_array_equal(
        table.rows.forward[open_rows], table.rows.vendor_forward[open_rows]
    )


def test_mark_iv(table: ChainTable) -> None:
    """Mark vols agree as far as the digits of mark and forward go."""
    is_ok = table.rows.status == Status.OK
    assert (_error(table, "iv", is_ok) <= _rounding(table)[is_ok]).all()


def test_bid_and_ask_iv(table: ChainTable) -> None:
    """The quoted sides of the one two-sided ticker have the printed vols."""
    (row,) = np.flatnonzero(table.rows.symbol == "BTC-5JUN20-9250-C")
    assert table.rows.iv_bid[row] == pytest.approx(0.5839, abs=SIDE_IV)
    assert table.rows.iv_ask[row] == pytest.approx(0.6690, abs=SIDE_IV)
    unquoted = np.delete(table.rows.iv_bid, row)
    assert np.isnan(unquoted).all()


def test_greeks_where_the_print_ties_the_vol(table: ChainTable) -> None:
    """From the printed mark alone, delta and vega agree wherever it holds the vol."""
    is_tied = (table.rows.status == Status.OK) & (_rounding(table) < TIED)
    assert np.count_nonzero(is_tied) == 3
    assert _error(table, "delta", is_tied).max() <= DELTA
    assert _error(table, "vega", is_tied).max() <= VEGA


def test_greeks_at_the_printed_vol(remade: ChainTable) -> None:
    """At the printed vol every Greek of every open ticker is Deribit's, in its units."""
    is_ok = remade.rows.status == Status.OK
    assert np.count_nonzero(is_ok) == 4
    for name, tolerance in (
        ("delta", DELTA),
        ("gamma", GAMMA),
        ("vega", VEGA),
        ("rho", RHO),
        ("theta", THETA),
    ):
        assert _error(remade, name, is_ok).max() <= tolerance, name


def test_theta_is_no_more_than_the_price(table: ChainTable) -> None:
    """With 1.94 days left the printed theta of an out-of-the-money call is its whole price."""
    (row,) = np.flatnonzero(table.rows.symbol == "ETH-10JUN20-270-C")
    rows = table.rows
    assert rows.theta[row] == -rows.price[row]
    assert rows.theta[row] == pytest.approx(
        rows.vendor_theta[row], abs=MARK_PRINT * rows.forward[row]
    )
