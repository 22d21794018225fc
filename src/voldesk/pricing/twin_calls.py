"""
The six calls every implementation offers, served by NumPy.

Inputs are float64 (bool, int32) C-contiguous arrays of n rows, or of one row that stands for all;
outputs are the caller's: vol ``(n,)``, flag uint8 ``(n,)``, columns ``(10, n)`` in the order of
``GreekColumns``. No value raises; an array of another type or length is refused with a TypeError or
ValueError before anything is written.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voldesk.pricing import flags, twin
from voldesk.pricing.black import log_moneyness
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.twin_greeks import (
    BLOCK,
    PRICE,
    VOL,
    bsm_options,
    series_options,
    write_greeks,
)
from voldesk.pricing.twin_hard import BoolArray, FlagArray, Quotes

SeriesArray = NDArray[np.int32]
Call = Callable[..., object]


class Calls(NamedTuple):
    """The six calls of one implementation."""

    implied_vol: Call
    bsm_greeks: Call
    bsm_solve: Call
    series_implied_vol: Call
    series_greeks: Call
    series_solve: Call


def implied_vol(
    price: FloatArray,
    forward: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    is_call: BoolArray,
    discount: FloatArray,
    vol: FloatArray,
    flag: FlagArray,
) -> None:
    """Write implied vol and flag from Black-76 inputs."""
    p, f, k, t, d = (
        np.broadcast_to(x, vol.shape) for x in (price, forward, strike, years, discount)
    )
    with np.errstate(all="ignore"):
        x = log_moneyness(f, k)
    twin.implied_vol(Quotes(p, f, k, x, t, np.broadcast_to(is_call, vol.shape), d), vol, flag)


def bsm_greeks(
    vol: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    is_call: BoolArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
    columns: FloatArray,
) -> None:
    """Write the ten columns from vol and raw inputs."""
    count = columns.shape[1]
    inputs = (vol, spot, strike, years, rate, dividend_yield)
    v, s, k, t, r, q = (np.broadcast_to(x, count) for x in inputs)
    c = np.broadcast_to(is_call, count)
    with np.errstate(all="ignore"):
        for first in range(0, count, BLOCK):
            rows = slice(first, first + BLOCK)
            options = bsm_options(v[rows], s[rows], k[rows], t[rows], c[rows], r[rows], q[rows])
            write_greeks(options, columns[:, rows])


def bsm_solve(
    price: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    is_call: BoolArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
    columns: FloatArray,
    flag: FlagArray,
) -> None:
    """Write the ten columns and the flag from price and raw inputs."""
    count = columns.shape[1]
    inputs = (price, spot, strike, years, rate, dividend_yield)
    p, s, k, t, r, q = (np.broadcast_to(x, count) for x in inputs)
    with np.errstate(all="ignore"):
        drift = (r - q) * t
        x = log_moneyness(s, k) - drift
        forward, discount = s * np.exp(drift), np.exp(-r * t)
    vol = np.empty(count)
    quotes = Quotes(p, forward, k, x, t, np.broadcast_to(is_call, count), discount)
    twin.implied_vol(quotes, vol, flag)
    bsm_greeks(vol, s, k, t, is_call, r, q, columns)
    _finish(columns, flag, p)


def _finish(columns: FloatArray, flag: FlagArray, price: FloatArray) -> None:
    """Let the price column be the price given, and flag a row that has a vol but no Greeks."""
    lost = (flag == flags.OK) & np.isnan(columns[VOL])
    flag[lost] = flags.BAD_INPUT  # the spot behind the forward is beyond float64
    columns[PRICE] = np.where(flag == flags.OK, price, np.nan)


def _gather(series: SeriesArray, count: int, *tables: FloatArray) -> tuple[FloatArray, ...]:
    """Return each table's value per row; NaN where the index names no series."""
    index = np.broadcast_to(series, count)
    is_known = (index >= 0) & (index < tables[0].size)
    rows = np.where(is_known, index, tables[0].size)
    return tuple(np.append(table, np.nan)[rows] for table in tables)


def series_implied_vol(
    price: FloatArray,
    strike: FloatArray,
    is_call: BoolArray,
    series: SeriesArray,
    forward: FloatArray,
    discount: FloatArray,
    years: FloatArray,
    vol: FloatArray,
    flag: FlagArray,
) -> None:
    """Write implied vol and flag; forward, discount and years come from the row's series."""
    f, d, t = _gather(series, vol.size, forward, discount, years)
    implied_vol(price, f, strike, t, is_call, d, vol, flag)


def series_greeks(
    vol: FloatArray,
    strike: FloatArray,
    is_call: BoolArray,
    series: SeriesArray,
    forward: FloatArray,
    discount: FloatArray,
    years: FloatArray,
    columns: FloatArray,
) -> None:
    """Write the ten columns from vol; forward, discount and years come from the row's series."""
    count = columns.shape[1]
    f, d, t = _gather(series, count, forward, discount, years)
    v, k = np.broadcast_to(vol, count), np.broadcast_to(strike, count)
    c = np.broadcast_to(is_call, count)
    with np.errstate(all="ignore"):
        for first in range(0, count, BLOCK):
            rows = slice(first, first + BLOCK)
            options = series_options(v[rows], f[rows], k[rows], t[rows], c[rows], d[rows])
            write_greeks(options, columns[:, rows])


def series_solve(
    price: FloatArray,
    strike: FloatArray,
    is_call: BoolArray,
    series: SeriesArray,
    forward: FloatArray,
    discount: FloatArray,
    years: FloatArray,
    columns: FloatArray,
    flag: FlagArray,
) -> None:
    """Write the ten columns and the flag from price and the row's series."""
    vol = np.empty(columns.shape[1])
    series_implied_vol(price, strike, is_call, series, forward, discount, years, vol, flag)
    series_greeks(vol, strike, is_call, series, forward, discount, years, columns)
    _finish(columns, flag, price)


TWIN = Calls(implied_vol, bsm_greeks, bsm_solve, series_implied_vol, series_greeks, series_solve)
