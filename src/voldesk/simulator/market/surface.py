"""
The true surface of vol: total variance by log-moneyness and years, free of static arbitrage.

A surface SVI: with the at-the-money total variance theta(T) and one shape for all maturities,

    w(k, T) = theta / 2 * (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2))
    phi = eta / sqrt(theta (1 + theta))

No calendar is worth less than nothing, since theta rises with T and rho is one for all of them;
no butterfly is, since eta (1 + abs(rho)) <= 2.

Source: J. Gatheral and A. Jacquier, Quant. Finance 14 (2014), theorems 4.1 and 4.2, section 4
(power-law form with gamma 1/2).
"""

from statistics import NormalDist
from typing import Final

import numpy as np

from voldesk.model.quotes import FloatArray

LARGEST_ETA: Final = 1.0
"""With it no rho between -1 and 1 breaks ``eta (1 + abs(rho)) <= 2``."""

_BISECTIONS: Final = 60
_WIDEST_STDEVS: Final = 12.0


def atm_variance(
    vol: FloatArray, long_vol: FloatArray, reversion: FloatArray, years: FloatArray
) -> FloatArray:
    """
    Return theta, the total variance at the forward: what a variance running back home adds up to.

    Args:
        vol: Of this instant, > 0. ``(n,)``
        long_vol: Where it is drawn to, > 0. ``(n,)``
        reversion: How fast, per year, > 0. ``(n,)``
        years: Time to expiry, >= 0. ``(n,)``

    Returns:
        A variance, not per year, rising with ``years`` at a rate between the two vols squared.
    """
    home = long_vol * long_vol
    weight = -np.expm1(-reversion * years) / reversion
    return home * years + (vol * vol - home) * weight


def curvature(theta: FloatArray, eta: FloatArray) -> FloatArray:
    """Return phi of each slice, per unit of log-moneyness, ``(n,)``."""
    return eta / np.sqrt(theta * (1.0 + theta))


def total_variance(
    log_moneyness: FloatArray,
    theta: FloatArray,
    phi: FloatArray,
    rho: FloatArray,
) -> FloatArray:
    """Return ``vol^2 * years`` at ``ln(K / F)``; every argument broadcasts."""
    x = phi * log_moneyness
    lifted = x + rho
    root = np.sqrt(lifted * lifted + (1.0 - rho * rho))
    return 0.5 * theta * (1.0 + rho * x + root)


def vol_at_delta(delta: float, theta: float, phi: float, rho: float, years: float) -> float:
    """
    Return the vol where the forward delta, premium excluded, is exactly the one given.

    Args:
        delta: Of a call above 0 and below 1, of a put above -1 and below 0.
        theta: At-the-money total variance of the slice.
        phi: Its curvature.
        rho: Its correlation.
        years: Time to expiry, > 0.

    Returns:
        A fraction.
    """
    target = NormalDist().inv_cdf(delta if delta > 0.0 else 1.0 + delta)
    reach = _WIDEST_STDEVS * max(float(np.sqrt(theta)), theta)
    low, high = -reach, reach  # d1 falls as k rises on every slice without butterfly arbitrage
    variance = theta
    slice_terms = np.array(theta), np.array(phi), np.array(rho)
    for _ in range(_BISECTIONS):
        k = 0.5 * (low + high)
        variance = float(total_variance(np.array(k), *slice_terms))
        d1 = -k / np.sqrt(variance) + 0.5 * np.sqrt(variance)
        low, high = (k, high) if d1 > target else (low, k)
    return float(np.sqrt(variance / years))
