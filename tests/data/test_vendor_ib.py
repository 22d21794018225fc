"""Interactive Brokers' own model figures come back from its own model prices."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voldesk.chain.reprice import value_chain
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import profile_named
from voldesk.model.enums import Market, Status
from voldesk.model.quotes import ChainSnapshot, FloatArray, QuoteColumns

# Seven days to expiry on 2023-08-04. IB's PVdiv was 2.95 to the cent; 2.945 fits its third digit.
SPX_RATE = 0.0548
SPX_DIVIDENDS = 2.945
SPY_RATE = 0.0545

VOL_POINT = 0.01
SPX_IV_MEDIAN, SPX_IV_MAX = 0.001 * VOL_POINT, 0.0018 * VOL_POINT
SPX_DELTA = 1.4e-5
SPX_THETA = 0.0022
SPX_GAMMA_RELATIVE = 1e-5
SPX_VEGA_RELATIVE = 1e-4

# SPY is American and valued as European here. Without a dividend before expiry a call is worth
# the same either way; a put is worth more, which reads as 0.1 vol points too many. An American
# tree brings the median of all to 0.026.
SPY_CALL_IV_MEDIAN, SPY_CALL_IV_MAX = 0.015 * VOL_POINT, 0.045 * VOL_POINT
SPY_PUT_IV_MAX = 0.16 * VOL_POINT
SPY_IV_MEDIAN = 0.07 * VOL_POINT

FIGURES = {"iv": "impliedVol"} | {name: name for name in ("delta", "gamma", "theta", "vega")}


def _snapshot(folder: Path, underlying: str) -> ChainSnapshot:
    """Return the recorded rows of an underlying, each with its own time and spot."""
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.glob(f"{underlying}*.csv")):
        contract = path.stem[len(underlying) :]
        with path.open(newline="") as lines:
            for line in csv.DictReader(lines):
                at = datetime.strptime(line[""], "%Y%m%d %H:%M:%S.%f").replace(tzinfo=UTC)
                vendor = {
                    f"vendor_{ours}": float(line[f"model_{theirs}"])
                    for ours, theirs in FIGURES.items()
                }
                row = {
                    "root": underlying,
                    "expiry": np.datetime64(date.fromisoformat(f"20{contract[:6]}"), "D"),
                    "is_call": contract[6] == "C",
                    "strike": int(contract[7:]) / 1000.0,
                    "ts_event": int(at.timestamp()) * 10**9 + at.microsecond * 1000,
                    "mark": float(line["model_price"]),
                    "spot": float(line["model_undPrice"]),
                }
                rows.append(row | vendor)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return ChainSnapshot(
        underlying=underlying,
        source="ib",
        market=Market.US,
        quotes=QuoteColumns.build(**columns),
    )


@pytest.fixture(scope="session")
def spx(vendor_data: Path) -> ChainTable:
    """Return SPX, dividends escrowed."""
    snapshot = _snapshot(vendor_data / "ib_greeks_sample", "SPX")
    profile = profile_named("ib-index", rate=SPX_RATE)
    return value_chain(snapshot, profile, dividends=SPX_DIVIDENDS)


@pytest.fixture(scope="session")
def spy(vendor_data: Path) -> ChainTable:
    """Return SPY, which paid nothing before expiry."""
    snapshot = _snapshot(vendor_data / "ib_greeks_sample", "SPY")
    return value_chain(snapshot, profile_named("ib-equity", rate=SPY_RATE))


def _error(table: ChainTable, name: str) -> FloatArray:
    error: FloatArray = np.abs(getattr(table.rows, name) - getattr(table.rows, f"vendor_{name}"))
    return error


def test_spx_rows_are_valued_where_they_stand(spx: ChainTable) -> None:
    """Forty rows of forty instants are OK, on the escrowed forward of their own spot."""
    assert len(spx.rows) == 40
    assert (spx.rows.status == Status.OK).all()
    assert spx.series.forward_source.tolist() == ["escrowed"]
    base_spot = spx.rows.forward * spx.rows.discount
    assert base_spot == pytest.approx(spx.rows.vendor_spot - SPX_DIVIDENDS, rel=1e-14)


def test_spx_iv(spx: ChainTable) -> None:
    """Median and largest difference from IB's iv stay within what was measured."""
    error = _error(spx, "iv")
    assert np.median(error) <= SPX_IV_MEDIAN
    assert error.max() <= SPX_IV_MAX


def test_spx_greeks(spx: ChainTable) -> None:
    """Delta, gamma, vega and theta are IB's, in IB's units."""
    assert _error(spx, "delta").max() <= SPX_DELTA
    assert _error(spx, "theta").max() <= SPX_THETA
    assert (_error(spx, "gamma") / spx.rows.vendor_gamma).max() <= SPX_GAMMA_RELATIVE
    assert (_error(spx, "vega") / spx.rows.vendor_vega).max() <= SPX_VEGA_RELATIVE


def test_spy_iv_as_if_european(spy: ChainTable) -> None:
    """Calls agree; puts read too high, never too low, by the early exercise not counted."""
    error, is_call = _error(spy, "iv"), spy.rows.is_call
    assert np.median(error) <= SPY_IV_MEDIAN
    assert np.median(error[is_call]) <= SPY_CALL_IV_MEDIAN
    assert error[is_call].max() <= SPY_CALL_IV_MAX
    assert error[~is_call].max() <= SPY_PUT_IV_MAX
    assert (spy.rows.iv > spy.rows.vendor_iv)[~is_call].all()
