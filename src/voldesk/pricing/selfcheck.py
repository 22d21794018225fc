"""Hold an implementation to the NumPy twin on options that reach every branch of it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voldesk.pricing.twin_calls import TWIN, Calls

ROWS = 1100  # enough for two threads to have a chunk each
CLOSE = 1e-9  # relative to the largest figure of its column; code that is wrong is wrong by more

Arrays = tuple[NDArray[Any], ...]


def find_difference(calls: Calls) -> str:
    """Return which call differs from the twin's and how; "" if none does."""
    inputs = _inputs()
    outputs = {name: _empty(name) for name in Calls._fields}
    expected = {name: _empty(name) for name in Calls._fields}
    for name in Calls._fields:
        getattr(calls, name)(*inputs[name], *outputs[name])
        getattr(TWIN, name)(*inputs[name], *expected[name])
        for ours, theirs in zip(outputs[name], expected[name], strict=True):
            if not _is_close(ours, theirs):
                return f"{name} differs from the NumPy twin"
    return ""


def _empty(name: str) -> Arrays:
    if name.endswith("implied_vol"):
        return np.empty(ROWS), np.empty(ROWS, np.uint8)
    if name.endswith("solve"):
        return np.empty((10, ROWS)), np.empty(ROWS, np.uint8)
    return (np.empty((10, ROWS)),)


def _inputs() -> dict[str, Arrays]:
    """Return the arguments of each call: a fan of strikes and vols, and rows nobody can price."""
    strike = np.resize([60.0, 90.0, 99.99, 100.0, 104.0, 130.0, 400.0, 0.0, np.nan], ROWS)
    vol = np.resize([0.05, 0.2, 0.6, 2.0, 7.0, 0.0, np.inf], ROWS)
    price = np.resize([1e-9, 0.3, 4.0, 11.0, 45.0, 99.9, 150.0, -1.0, np.nan, 0.0, 5e-324], ROWS)
    is_call = np.resize([True, False], ROWS)
    years = np.resize([1e-5, 0.02, 0.3, 2.0], ROWS)
    spot, rate, dividend_yield = np.array([100.0]), np.array([0.04]), np.array([0.01])
    one = np.ones(1)
    bsm = (spot, strike, years, is_call, rate, dividend_yield)
    series = np.resize(np.repeat(np.arange(-1, 5, dtype=np.int32), 7), ROWS)
    tables = (
        np.array([100.0, 101.0, 99.0, np.nan]),
        np.array([1.0, 0.97, 0.9, 1.0]),
        np.array([0.01, 0.5, 2.0, 1.0]),
    )
    per_series = (strike, is_call, series, *tables)
    return {
        "implied_vol": (price, spot, strike, years, is_call, one),
        "bsm_greeks": (vol, *bsm),
        "bsm_solve": (price, *bsm),
        "series_implied_vol": (price, *per_series),
        "series_greeks": (vol, *per_series),
        "series_solve": (price, *per_series),
    }


def _is_close(ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    if ours.dtype == np.uint8:
        return bool(np.array_equal(ours, theirs))
    for a, b in zip(np.atleast_2d(ours), np.atleast_2d(theirs), strict=True):
        with np.errstate(invalid="ignore"):
            scale = np.nanmax(np.abs(b))
        if not np.allclose(a, b, rtol=CLOSE, atol=CLOSE * scale, equal_nan=True):
            return False
    return True
