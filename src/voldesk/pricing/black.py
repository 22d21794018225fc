"""
Black-76 and Black-Scholes-Merton prices, without cancellation.

Everything rests on the normalised out-of-the-money price. With h = |ln(K / F)|, stdev v and
z = h / v its two legs over sqrt(F K) are

    e^(-h/2) N(v/2 - z) = slope * R(z - v/2)      and      e^(h/2) N(-v/2 - z) = slope * R(z + v/2)

where slope = n(z) e^(-v^2/8) is the derivative by v and R is the Mills ratio. In-the-money prices
follow by put-call parity.

Sources: F. Black, J. Fin. Econ. 3 (1976); F. Black and M. Scholes, J. Pol. Econ. 81 (1973);
R. Merton, Bell J. Econ. 4 (1973).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voldesk.pricing.coefficients import MILLS_LOWEST
from voldesk.pricing.constants import INV_SQRT_2PI, LARGEST_STDEV, SMALLEST_EXPONENT
from voldesk.pricing.mills import FloatArray, mills_difference, mills_ratio


class Legs(NamedTuple):
    """Normalised out-of-the-money prices in their parts, over sqrt(F K); each ``(n,)``."""

    slope: FloatArray  # derivative of the price by stdev
    near: FloatArray  # leg of the smaller of F and K: e^(-h/2) N(v/2 - z)
    far: FloatArray  # leg of the larger: e^(h/2) N(-v/2 - z)
    value: FloatArray  # near - far, to full relative accuracy


def log_moneyness(forward: FloatArray, strike: FloatArray) -> FloatArray:
    """
    Return ln(K / F) to full relative accuracy, however close K is to F.

    K - F is exact when the two are within a factor of two, so log1p((K - F) / F) keeps every
    digit that log(K / F) would lose.
    """
    ratio = strike / forward
    log = np.log1p((strike - forward) / forward)
    apart = ~((ratio > 0.5) & (ratio < 2.0))
    if apart.any():
        wide = np.log(strike[apart]) - np.log(forward[apart])
        plain = np.log(ratio[apart])
        log[apart] = np.where(np.isfinite(plain), plain, wide)
    return log


def normalised_legs(h: FloatArray, stdev: FloatArray) -> Legs:
    """Return the legs for h >= 0, stdev > 0; what is below 1e-295 is 0. NaN stays in its row."""
    v = np.minimum(stdev, LARGEST_STDEV)
    z = h / v
    y = z - 0.5 * v
    exponent = -0.5 * (z * z + 0.25 * v * v)
    slope = np.where(exponent < SMALLEST_EXPONENT, 0.0, INV_SQRT_2PI * np.exp(exponent))
    ratio, difference = mills_difference(np.maximum(y, MILLS_LOWEST), v)
    near, value = slope * ratio, slope * difference
    far = near - value
    wide = y < MILLS_LOWEST
    if wide.any():  # N(-y) = 1 - N(y), and nothing cancels: the far leg is small
        slope_w, y_w = slope[wide], y[wide]
        near[wide] = np.exp(-0.5 * h[wide]) - slope_w * mills_ratio(-y_w)
        far[wide] = slope_w * mills_ratio(y_w + v[wide])
        value[wide] = near[wide] - far[wide]
    return Legs(slope, near, far, value)


def black_price(
    forward: ArrayLike,
    strike: ArrayLike,
    stdev: ArrayLike,
    discount: ArrayLike,
    is_call: ArrayLike,
) -> FloatArray:
    """
    Return the present value of each option.

    Args:
        forward: Forward of the underlying at expiry, quote currency, >= 0. ``(n,)``
        strike: Quote currency, >= 0. ``(n,)``
        stdev: ``vol * sqrt(years)``, a fraction, >= 0; 0 (expired, or no vol) gives the discounted
            intrinsic value. ``(n,)``
        discount: Present value of 1 paid at expiry, > 0. ``(n,)``
        is_call: True for a call. ``(n,)``

    Returns:
        Quote currency per unit of underlying, in the common shape of the inputs. An input that is
        NaN or out of its range gives NaN in its own row only.

    Source: F. Black, J. Fin. Econ. 3 (1976).
    """
    columns = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (forward, strike, stdev, discount)),
        np.asarray(is_call, dtype=np.bool_),
    )
    shape = columns[0].shape
    f, k, v, d, call = (np.ravel(column) for column in columns)
    with np.errstate(all="ignore"):
        price = d * _undiscounted(f, k, v, call)
        sound = (f >= 0) & (k >= 0) & (v >= 0) & (d > 0)
        sound &= np.isfinite(f) & np.isfinite(k) & np.isfinite(d)
    return np.where(sound, price, np.nan).reshape(shape)


def _undiscounted(
    f: FloatArray, k: FloatArray, v: FloatArray, call: NDArray[np.bool_]
) -> FloatArray:
    """Return intrinsic plus time value; the time value is 0 where stdev, F or K is."""
    intrinsic = np.maximum(np.where(call, f - k, k - f), 0.0)
    legs = normalised_legs(np.abs(log_moneyness(f, k)), v)
    time_value = np.sqrt(f) * np.sqrt(k) * legs.value
    has_none = (v == 0.0) | (f == 0.0) | (k == 0.0)
    return intrinsic + np.where(has_none, 0.0, time_value)


def bsm_price(
    spot: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    vol: ArrayLike,
    is_call: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> FloatArray:
    """
    Return the Black-Scholes-Merton price of each option: Black-76 on spot * e^((r - q) years).

    Args:
        spot: Price of the underlying, quote currency, >= 0. ``(n,)``
        strike: Quote currency, >= 0. ``(n,)``
        years: Time to expiry, >= 0; 0 gives the intrinsic value. ``(n,)``
        vol: A fraction per square root of a year, >= 0. ``(n,)``
        is_call: True for a call. ``(n,)``
        rate: Continuous, a fraction per year. ``(n,)``
        dividend_yield: Continuous, a fraction per year. ``(n,)``

    Returns:
        Quote currency per unit of underlying, in the common shape of the inputs. An input that is
        NaN or out of its range gives NaN in its own row only.

    Source: R. Merton, Bell J. Econ. 4 (1973).
    """
    s, k, t, sigma, r, q = (
        np.asarray(x, dtype=np.float64) for x in (spot, strike, years, vol, rate, dividend_yield)
    )
    with np.errstate(all="ignore"):
        discount = np.exp(-r * t)
        forward = s * (np.exp(-q * t) / discount)
        stdev = np.where(sigma >= 0.0, sigma, np.nan) * np.sqrt(t)
    return black_price(forward, k, stdev, discount, is_call)
