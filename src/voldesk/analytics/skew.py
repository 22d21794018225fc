"""Skew: risk reversals, butterflies and the slope of the smile at the forward."""

import math
from dataclasses import dataclass

import numpy as np

from voldesk.analytics.smile import Smile, atm_iv, iv_at_delta
from voldesk.model.quotes import BoolArray, FloatArray

_SLOPE_BAND_STDEVS = 0.5
_SLOPE_MIN_POINTS = 5


@dataclass(frozen=True, slots=True)
class Skew:
    """
    The shape of one smile in few numbers; vols are fractions, NaN where the wing does not reach.

    Attributes:
        atm_iv: At the forward.
        rr25: ``iv(25-delta call) - iv(25-delta put)``: negative where puts are dearer.
        bf25: ``(iv(25-delta call) + iv(25-delta put)) / 2 - atm_iv``: positive for a smile.
        rr10: The same at 10 delta.
        bf10: Likewise.
        slope: ``d iv / d ln K`` at the forward, vol per unit of log-moneyness.
        slope_sqrt_years: ``slope * sqrt(T)``, comparable between expiries: the change of vol over
            one unit of ``ln(K/F) / sqrt(T)``.
    """

    atm_iv: float
    rr25: float
    bf25: float
    rr10: float
    bf10: float
    slope: float
    slope_sqrt_years: float


def skew_of(smile: Smile) -> Skew:
    """Measure one smile; every delta is a forward delta, premium excluded."""
    at_the_money = atm_iv(smile)
    call25, put25 = iv_at_delta(smile, 0.25), iv_at_delta(smile, -0.25)
    call10, put10 = iv_at_delta(smile, 0.10), iv_at_delta(smile, -0.10)
    slope = _slope_at(smile, at_the_money)
    return Skew(
        atm_iv=at_the_money,
        rr25=call25 - put25,
        bf25=0.5 * (call25 + put25) - at_the_money,
        rr10=call10 - put10,
        bf10=0.5 * (call10 + put10) - at_the_money,
        slope=slope,
        slope_sqrt_years=slope * math.sqrt(smile.years) if smile.years > 0.0 else math.nan,
    )


def skew_slope(smile: Smile) -> float:
    """
    Return ``d iv / d ln K`` at the forward.

    The slope of the least-squares parabola of iv in ``ln(K / F)`` through the strikes within half
    a standard deviation (``atm_iv sqrt(T) / 2``) of the forward; with fewer than five of them, of
    the line between the two strikes around the forward.

    Returns:
        Vol per unit of log-moneyness; NaN where the forward is not enclosed by known strikes.
    """
    return _slope_at(smile, atm_iv(smile))


def _slope_at(smile: Smile, at_the_money: float) -> float:
    """Return `skew_slope` of a smile whose vol at the forward is known already."""
    if not math.isfinite(at_the_money):
        return math.nan
    band = _SLOPE_BAND_STDEVS * at_the_money * math.sqrt(smile.years)
    near = np.abs(smile.log_moneyness) <= band
    if np.count_nonzero(near) >= _SLOPE_MIN_POINTS:
        x = smile.log_moneyness[near] / band  # well conditioned at any maturity
        parabola, *_ = np.linalg.lstsq(np.vander(x, 3), smile.iv[near])
        return float(parabola[1]) / band
    above = int(np.searchsorted(smile.log_moneyness, 0.0, side="right"))
    below = int(np.searchsorted(smile.log_moneyness, 0.0)) - 1
    above, below = min(above, len(smile.iv) - 1), max(below, 0)
    run = float(smile.log_moneyness[above] - smile.log_moneyness[below])
    return (float(smile.iv[above]) - float(smile.iv[below])) / run if run else math.nan


def nearest_delta(delta: FloatArray, is_call: BoolArray, target: float) -> int | None:
    """
    Return the row of one right whose delta lies nearest to the target, None where none is known.

    Args:
        delta: As published, negative for puts. ``(n,)``
        is_call: ``(n,)``
        target: Positive looks among the calls, negative among the puts; of equals the first row.
    """
    is_candidate = (is_call == (target > 0.0)) & np.isfinite(delta)
    if not is_candidate.any():
        return None
    return int(np.argmin(np.where(is_candidate, np.abs(delta - target), np.inf)))


def net_iv(iv: FloatArray, delta: FloatArray, is_call: BoolArray, delta_abs: float = 0.25) -> float:
    """
    Return the iv of the call nearest to a delta less the iv of the put nearest to minus that.

    The listed-strike cousin of the risk reversal: no interpolation, so it jumps when another
    strike comes nearest. Rows without a known iv are not candidates.

    Args:
        iv: A fraction, NaN where unknown. ``(n,)``
        delta: As published, negative for puts. ``(n,)``
        is_call: ``(n,)``
        delta_abs: Positive.

    Returns:
        A fraction; NaN where either side has no candidate.
    """
    candidate = np.where(np.isfinite(iv), delta, np.nan)
    call = nearest_delta(candidate, is_call, delta_abs)
    put = nearest_delta(candidate, is_call, -delta_abs)
    if call is None or put is None:
        return math.nan
    return float(iv[call] - iv[put])
