"""Implied volatility from prices."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voldesk.pricing import engine
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.shapes import BOOL, FLOAT, INDEX, aligned

FlagArray = NDArray[np.uint8]
VolAndFlag = tuple[FloatArray, FlagArray]

_DIRECT = (FLOAT, FLOAT, FLOAT, FLOAT, BOOL, FLOAT)
_PER_ROW = (FLOAT, FLOAT, BOOL, INDEX)
_PER_SERIES = (FLOAT, FLOAT, FLOAT)


def implied_vol(
    price: ArrayLike,
    forward: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    is_call: ArrayLike,
    discount: ArrayLike = 1.0,
    *,
    out: VolAndFlag | None = None,
) -> VolAndFlag:
    """
    Return the vol whose Black-76 value each price is, and a flag that says why there is none.

    Args:
        price: Present value of the option, quote currency. ``(n,)``
        forward: Forward of the underlying at expiry, > 0. ``(n,)``
        strike: > 0. ``(n,)``
        years: Time to expiry, > 0. ``(n,)``
        is_call: True for a call. ``(n,)``
        discount: Present value of 1 paid at expiry, > 0. ``(n,)``
        out: A (vol, flag) pair of the result's shape to write into, float64 and uint8.

    Returns:
        Vol, a fraction per square root of a year, and a flag of ``pricing.flags``; scalars give
        arrays of no dimension. A row that is not OK has vol NaN; no input raises.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    rows, shape = aligned((price, forward, strike, years, is_call, discount), _DIRECT)
    vol, flag = out or (np.empty(shape), np.empty(shape, np.uint8))
    engine.current.implied_vol(*rows, vol.reshape(-1), flag.reshape(-1))
    return vol, flag


def series_implied_vol(
    price: ArrayLike,
    strike: ArrayLike,
    is_call: ArrayLike,
    series: ArrayLike,
    forward: ArrayLike,
    discount: ArrayLike,
    years: ArrayLike,
    *,
    out: VolAndFlag | None = None,
) -> VolAndFlag:
    """
    Return implied vols where forward, discount and years belong to a series, not to a row.

    Args:
        price: Present value of the option, quote currency. ``(n,)``
        strike: > 0. ``(n,)``
        is_call: True for a call. ``(n,)``
        series: Which series the row belongs to, int32; no such series gives BAD_INPUT. ``(n,)``
        forward: Forward of each series, > 0. ``(m,)``
        discount: Discount factor of each series, > 0. ``(m,)``
        years: Time to expiry of each series, > 0. ``(m,)``
        out: A (vol, flag) pair of the result's shape to write into, float64 and uint8.

    Returns:
        Vol and flag as ``implied_vol``.

    Raises:
        ValueError: The shapes do not broadcast.
    """
    rows, shape = aligned((price, strike, is_call, series), _PER_ROW)
    tables, _ = aligned((forward, discount, years), _PER_SERIES)
    vol, flag = out or (np.empty(shape), np.empty(shape, np.uint8))
    engine.current.series_implied_vol(*rows, *tables, vol.reshape(-1), flag.reshape(-1))
    return vol, flag
