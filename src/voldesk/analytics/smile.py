"""The smile of one series: out-of-the-money implied vols, at the forward and at a delta."""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from voldesk.model.quotes import FloatArray

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Smile:
    """
    One implied vol per strike, strikes ascending, only strikes whose vol is known.

    Attributes:
        strike: Quote currency. ``(m,)``
        log_moneyness: ``ln(K / F)``. ``(m,)``
        iv: A fraction. ``(m,)``
        d1: ``-ln(K/F) / (iv sqrt T) + iv sqrt T / 2``: the forward delta of a call is ``N(d1)``,
            undiscounted, of a put ``N(d1) - 1``. ``(m,)``
        years: Time to expiry, shared by all strikes.
    """

    strike: FloatArray
    log_moneyness: FloatArray
    iv: FloatArray
    d1: FloatArray
    years: float


def otm_smile(
    strike: FloatArray, call_iv: FloatArray, put_iv: FloatArray, forward: float, years: float
) -> Smile:
    """
    Take the put's vol below the forward and the call's at and above it.

    A strike whose out-of-the-money vol is unknown is left out; the other side never stands in,
    since a wide in-the-money quote says little about vol.

    Args:
        strike: Ascending. ``(m,)``
        call_iv: NaN where unknown or not to be trusted. ``(m,)``
        put_iv: Likewise. ``(m,)``
        forward: Of the series, quote currency.
        years: Time to expiry.

    Returns:
        An empty smile where forward or years is unknown or not positive.
    """
    iv = np.where(strike < forward, put_iv, call_iv)
    with np.errstate(all="ignore"):
        log_moneyness = np.log(strike / forward)
        stdev = iv * np.sqrt(years)
        d1 = 0.5 * stdev - log_moneyness / stdev
        known = np.isfinite(d1) & (stdev > 0.0)
    return Smile(strike[known], log_moneyness[known], iv[known], d1[known], years)


def atm_iv(smile: Smile) -> float:
    """
    Return the vol at the forward, interpolated between the nearest known strikes around it.

    The vol is a monotone cubic of ``ln(K / F)`` between the two, so it never leaves their range;
    a missing strike only moves the bracket outwards. Nothing is extrapolated.

    Returns:
        A fraction; NaN where no strike is known at or below the forward, or none at or above it.
    """
    above = int(smile.log_moneyness.searchsorted(0.0))
    if above == len(smile.iv):
        return math.nan
    if smile.log_moneyness[above] == 0.0:
        return float(smile.iv[above])
    if above == 0:
        return math.nan
    return _monotone_cubic(smile.log_moneyness, smile.iv, above - 1, 0.0)


def iv_at_delta(smile: Smile, delta: float) -> float:
    """
    Return the vol at exactly the given forward delta, premium excluded.

    The vol is a monotone cubic of ``d1`` between the two strikes whose deltas enclose the target
    (delta is ``N(d1)``, so a point in one is a point in the other; vol runs straighter in ``d1``).
    The search walks outwards from the forward and stops at the first pair, so a noisy far wing,
    where delta turns back, changes nothing.

    Args:
        smile: Of one series.
        delta: 0 < delta < 1 for a call, -1 < delta < 0 for a put.

    Returns:
        A fraction; NaN where the known strikes do not reach the delta.

    Raises:
        ValueError: ``delta`` is 0 or not between -1 and 1.
    """
    if not 0.0 < abs(delta) < 1.0:
        raise ValueError(f"delta {delta}: a call's is between 0 and 1, a put's between -1 and 0")
    if not len(smile.iv):
        return math.nan
    target = _d1_of(delta)
    start = max(int(smile.log_moneyness.searchsorted(0.0)) - 1, 0)
    here = float(smile.d1[start])
    if here == target:
        return float(smile.iv[start])
    if here > target:  # d1 falls as strikes rise: the target is further up
        x, y, aim = -smile.d1[start:], smile.iv[start:], -target
    else:
        x, y, aim = smile.d1[start::-1], smile.iv[start::-1], target
    is_crossed = (x[:-1] <= aim) & (x[1:] >= aim)
    if not is_crossed.any():
        return math.nan
    return _monotone_cubic(x, y, int(is_crossed.argmax()), aim)


@lru_cache(maxsize=64)
def _d1_of(delta: float) -> float:
    """Return the ``d1`` at which a forward delta is reached; the same few are always asked for."""
    return _NORMAL.inv_cdf(delta if delta > 0.0 else 1.0 + delta)


def _monotone_cubic(x: FloatArray, y: FloatArray, left: int, at: float) -> float:
    """
    Interpolate between points ``left`` and ``left + 1`` by a cubic that keeps to the data.

    Source: Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5 (1984): the slope at a point is a
    weighted harmonic mean of the secants on its sides, 0 where they disagree in sign. A neighbour
    that is missing, or whose ``x`` does not ascend, leaves the secant of the pair as the slope.
    """
    (x0, x1), (y0, y1) = x[left : left + 2].tolist(), y[left : left + 2].tolist()
    width = x1 - x0
    secant = (y1 - y0) / width
    slope0 = slope1 = secant
    if left > 0 and x[left - 1] < x0:
        before = x0 - float(x[left - 1])
        slope0 = _slope(before, (y0 - float(y[left - 1])) / before, width, secant)
    if left + 2 < len(x) and x[left + 2] > x1:
        after = float(x[left + 2]) - x1
        slope1 = _slope(width, secant, after, (float(y[left + 2]) - y1) / after)
    t = (at - x0) / width
    ends = y0 * (1.0 + 2.0 * t) * (1.0 - t) ** 2 + y1 * t * t * (3.0 - 2.0 * t)
    return float(ends + width * t * (1.0 - t) * (slope0 * (1.0 - t) - slope1 * t))


def _slope(width0: float, secant0: float, width1: float, secant1: float) -> float:
    """Return the slope where an interval of one width and secant meets the next."""
    if not 0.0 < secant0 * secant1 < math.inf:
        return 0.0
    weight0 = 2.0 * width1 + width0
    weight1 = width1 + 2.0 * width0
    total = weight0 / secant0 + weight1 / secant1
    return (weight0 + weight1) / total if total else 0.0
