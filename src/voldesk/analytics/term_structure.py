"""Vol across expiries: constant maturities, forward variance, slope."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voldesk.model.quotes import FloatArray

CONSTANT_DAYS = (7, 30, 60, 90, 180, 365)
DAYS_PER_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class ForwardVariance:
    """
    What the market implies between two consecutive expiries.

    Attributes:
        start_years: Time to the nearer expiry.
        end_years: Time to the farther one.
        variance: ``(w2 - w1) / (T2 - T1)`` with total variance ``w = iv^2 T``, per year.
        vol: Its square root, NaN where the variance is negative.
        is_arbitrage: The variance is negative: total variance falls, and a calendar spread at
            the same moneyness is worth less than nothing.
    """

    start_years: float
    end_years: float
    variance: float
    vol: float
    is_arbitrage: bool


def constant_maturity_iv(
    years: FloatArray, iv: FloatArray, days: Sequence[float] = CONSTANT_DAYS
) -> FloatArray:
    """
    Return the vol at fixed times to expiry.

    Total variance ``iv^2 T`` runs linearly in ``T`` between the expiries around each maturity.
    Nothing is extrapolated: before the first expiry and past the last one the vol is unknown.

    Args:
        years: Time to each expiry, any order; expiries not in the future are left out. ``(m,)``
        iv: At-the-money vol of each, NaN where unknown. ``(m,)``
        days: Calendar days of 1/365 year. ``(k,)``

    Returns:
        A fraction, NaN outside the known expiries. ``(k,)``
    """
    wanted = np.asarray(days, dtype=np.float64) / DAYS_PER_YEAR
    time, total = _total_variance(years, iv)
    if not len(time):
        return np.full(wanted.shape, np.nan)
    variance = np.interp(wanted, time, total, left=np.nan, right=np.nan) / wanted
    return np.sqrt(variance)


def forward_variances(years: FloatArray, iv: FloatArray) -> tuple[ForwardVariance, ...]:
    """
    Return the forward variance between each known expiry and the next.

    Args:
        years: Time to each expiry, any order; expiries not in the future are left out. ``(m,)``
        iv: At-the-money vol of each, NaN where unknown. ``(m,)``
    """
    time, total = _total_variance(years, iv)
    with np.errstate(over="ignore"):
        variance = np.diff(total) / np.diff(time)
    is_negative = variance < 0.0
    vol = np.sqrt(np.where(is_negative, np.nan, variance))
    columns = (time[:-1], time[1:], variance, vol, is_negative)
    return tuple(ForwardVariance(*row) for row in zip(*(c.tolist() for c in columns), strict=True))


def term_slope(years: FloatArray, iv: FloatArray, near_days: int = 30, far_days: int = 90) -> float:
    """
    Return ``iv(far) - iv(near)`` at constant maturities, a fraction: positive is contango.

    Returns:
        NaN where either maturity lies outside the known expiries.
    """
    near, far = constant_maturity_iv(years, iv, (near_days, far_days))
    return float(far - near)


def _total_variance(years: FloatArray, iv: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the distinct known times ascending and ``iv^2 T`` there, equal times averaged."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = iv * iv * years
        known = np.isfinite(total) & (years > 0.0) & (iv > 0.0)
    time, total = years[known], total[known]
    if (time[1:] > time[:-1]).all():  # as a chain has its series
        return time, total
    time, place = np.unique(time, return_inverse=True)
    sums = np.bincount(place, total, len(time))
    return time, sums / np.bincount(place, minlength=len(time))
