"""
The six calls every implementation offers, served by NumPy.

Inputs are float64 (bool, int32) C-contiguous arrays of n rows, or of one row that stands for all;
outputs are the caller's: vol ``(n,)``, flag uint8 ``(n,)``, columns ``(10, n)`` in the order of
``GreekColumns``. Nothing is returned and nothing raises on any value.
"""

import numpy as np
from numpy.typing import NDArray

from voldesk.pricing import twin, twin_greeks
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.twin_greeks import BLOCK, VOL, bsm_options, series_options

BoolArray = NDArray[np.bool_]
FlagArray = NDArray[np.uint8]
SeriesArray = NDArray[np.int32]


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
    price, forward, strike, years, discount = (
        np.broadcast_to(x, vol.shape) for x in (price, forward, strike, years, discount)
    )
    twin.implied_vol(
        price, forward, strike, years, np.broadcast_to(is_call, vol.shape), discount, vol, flag
    )


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
    vol, spot, strike, years, rate, dividend_yield = (
        np.broadcast_to(x, count) for x in (vol, spot, strike, years, rate, dividend_yield)
    )
    is_call = np.broadcast_to(is_call, count)
    with np.errstate(all="ignore"):
        for first in range(0, count, BLOCK):
            rows = slice(first, first + BLOCK)
            options = bsm_options(
                vol[rows],
                spot[rows],
                strike[rows],
                years[rows],
                is_call[rows],
                rate[rows],
                dividend_yield[rows],
            )
            twin_greeks.write_greeks(options, columns[:, rows])


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
    price, spot, strike, years, rate, dividend_yield = (
        np.broadcast_to(x, count) for x in (price, spot, strike, years, rate, dividend_yield)
    )
    is_call = np.broadcast_to(is_call, count)
    vol = columns[VOL]
    with np.errstate(all="ignore"):
        discount = np.exp(-rate * years)
        forward = spot * np.exp(-dividend_yield * years) / discount
    twin.implied_vol(price, forward, strike, years, is_call, discount, vol, flag)
    bsm_greeks(vol.copy(), spot, strike, years, is_call, rate, dividend_yield, columns)


def _gather(
    series: SeriesArray, count: int, *tables: FloatArray
) -> tuple[NDArray[np.float64], ...]:
    """Return each table's value per row; NaN where the index names no series."""
    series = np.broadcast_to(series, count)
    known = (series >= 0) & (series < tables[0].size)
    rows = np.where(known, series, tables[0].size)
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
    vol, strike = np.broadcast_to(vol, count), np.broadcast_to(strike, count)
    is_call = np.broadcast_to(is_call, count)
    with np.errstate(all="ignore"):
        for first in range(0, count, BLOCK):
            rows = slice(first, first + BLOCK)
            options = series_options(
                vol[rows], f[rows], strike[rows], t[rows], is_call[rows], d[rows]
            )
            twin_greeks.write_greeks(options, columns[:, rows])


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
    series_implied_vol(price, strike, is_call, series, forward, discount, years, columns[VOL], flag)
    vol = columns[VOL].copy()
    series_greeks(vol, strike, is_call, series, forward, discount, years, columns)
