"""Implied volatility from prices."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voldesk.pricing import engine
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.shapes import (
    BOOL,
    FLAG,
    FLOAT,
    INDEX,
    REFUSED,
    Shape,
    aligned,
    broadcast,
    checked,
    tables,
)

FlagArray = NDArray[np.uint8]
VolAndFlag = tuple[FloatArray, FlagArray]

UNDISCOUNTED: FloatArray = np.array(1.0)  # an array is taken in faster than a float
UNDISCOUNTED.flags.writeable = False

_DIRECT = (FLOAT, FLOAT, FLOAT, FLOAT, BOOL, FLOAT)
_PER_ROW = (FLOAT, FLOAT, BOOL, INDEX)


def implied_vol(
    price: ArrayLike,
    forward: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    is_call: ArrayLike,
    discount: ArrayLike = UNDISCOUNTED,
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
        discount: Present value of 1 paid at expiry, > 0; 1 where none is given. ``(n,)``
        out: A (vol, flag) pair of the result's shape to write into, float64 and uint8,
            overlapping no input.

    Returns:
        Vol, a fraction per square root of a year, and a flag of ``pricing.flags``; scalars give
        arrays of no dimension. A row that is not OK has vol NaN; no input raises.

    Raises:
        ValueError: The shapes do not broadcast, or ``out`` does not fit.
    """
    first = np.ascontiguousarray(price, FLOAT)
    size = first.size
    if first.ndim == 1 and size != 1:
        try:
            vol, flag = _room(out, (size,)) if out else (np.empty(size), np.empty(size, FLAG))
            engine.calls(size).implied_vol(
                first,
                np.ascontiguousarray(forward, FLOAT),
                np.ascontiguousarray(strike, FLOAT),
                np.ascontiguousarray(years, FLOAT),
                np.ascontiguousarray(is_call, BOOL),
                np.ascontiguousarray(discount, FLOAT),
                vol,
                flag,
            )
        except REFUSED:  # the others have other shapes, or out does not fit
            pass
        else:
            return vol, flag
    rows, shape = broadcast((price, forward, strike, years, is_call, discount), _DIRECT)
    vol, flag = _room(out, shape)
    engine.calls(flag.size).implied_vol(*rows, vol.reshape(-1), flag.reshape(-1))
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
        out: A (vol, flag) pair of the result's shape to write into, float64 and uint8,
            overlapping no input.

    Returns:
        Vol and flag as ``implied_vol``.

    Raises:
        ValueError: The shapes do not broadcast, or ``out`` does not fit.
    """
    rows, shape = aligned((price, strike, is_call, series), _PER_ROW)
    per_series = tables(forward, discount, years)
    vol, flag = _room(out, shape)
    vols, flags = vol.reshape(-1), flag.reshape(-1)
    engine.calls(flag.size).series_implied_vol(*rows, *per_series, vols, flags)
    return vol, flag


def _room(out: VolAndFlag | None, shape: Shape) -> VolAndFlag:
    """Return the arrays to write into."""
    if out is None:
        return np.empty(shape), np.empty(shape, FLAG)
    return checked(out[0], FLOAT, shape), checked(out[1], FLAG, shape)
