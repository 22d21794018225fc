"""
Greeks from vol in NumPy: textbook derivatives of Black-Scholes-Merton.

With X = D sqrt(F K) b' (b' the slope of ``black.Legs``, so X = S Q n(d1)) every Greek is algebra
on X, the two legs, d1 and d2. Per 1.00 of vol, per year, per 1.00 of rate:

    gamma = X / (S^2 v)            vega  = X sqrt(T)             vanna = -X d2 / (S vol)
    volga = vega d1 d2 / vol       theta = cp (q SQ N1 - r KD N2) - X v / (2 T)
    charm = cp q Q N1 - X ((r - q) / v - d2 / (2 T)) / S         rho   = cp T KD N2

Source: E. Haug, The Complete Guide to Option Pricing Formulas, 2nd ed., ch. 2.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voldesk.pricing.black import log_moneyness, normalised_legs
from voldesk.pricing.constants import INV_SQRT_2PI, LARGEST_STDEV
from voldesk.pricing.mills import FloatArray

BoolArray = NDArray[np.bool_]

BLOCK = 8192  # rows at a time, as in twin
VOL, PRICE, DELTA, GAMMA, THETA, VEGA, RHO, VANNA, VOLGA, CHARM = range(10)
COLUMNS = 10


class Options(NamedTuple):
    """What options are valued from; each ``(n,)``."""

    vol: FloatArray
    spot: FloatArray
    forward: FloatArray
    strike: FloatArray
    years: FloatArray
    is_call: BoolArray
    rate: FloatArray
    dividend_yield: FloatArray
    discount: FloatArray
    carry: FloatArray  # e^(-dividend_yield years): spot * carry = forward * discount
    x: FloatArray  # ln(K / F)

    def take(self, rows: NDArray[np.intp]) -> "Options":
        """Return the chosen rows."""
        return Options._make(column[rows] for column in self)


def bsm_options(
    vol: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    is_call: BoolArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
) -> Options:
    """
    Return options on a spot with a continuous rate and dividend yield.

    ln(K / F) is taken as ln(K / S) - (r - q) T, which spares it the rounding of the forward.
    """
    discount, carry = np.exp(-rate * years), np.exp(-dividend_yield * years)
    drift = (rate - dividend_yield) * years
    forward, x = spot * np.exp(drift), log_moneyness(spot, strike) - drift
    return Options(
        vol, spot, forward, strike, years, is_call, rate, dividend_yield, discount, carry, x
    )


def series_options(
    vol: FloatArray,
    forward: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    is_call: BoolArray,
    discount: FloatArray,
) -> Options:
    """Return options on the base spot forward * discount, which pays nothing before expiry."""
    log = -np.log(discount)
    rate = np.where(log == 0.0, 0.0, log / years)
    x = log_moneyness(forward, strike)
    none, one = np.zeros_like(forward), np.ones_like(forward)
    spot = forward * discount
    return Options(vol, spot, forward, strike, years, is_call, rate, none, discount, one, x)


def write_greeks(o: Options, columns: FloatArray) -> None:
    """Write the ten columns ``(10, n)`` of each option; NaN where a figure does not exist."""
    stdev = np.minimum(o.vol * np.sqrt(o.years), LARGEST_STDEV)
    _write_regular(o, stdev, columns)
    is_limit = (stdev == 0.0) | (o.strike == 0.0) | (o.spot == 0.0)
    if is_limit.any():
        rows = np.flatnonzero(is_limit)
        columns[:, rows] = _limits(o.take(rows))
    columns[:, ~is_sound(o)] = np.nan
    columns[~np.isfinite(columns)] = np.nan


def is_sound(o: Options) -> BoolArray:
    """Return which options have inputs a price exists for."""
    sound = (o.discount > 0.0) & (o.carry > 0.0) & (o.spot + o.strike > 0.0)
    for column in (o.vol, o.spot, o.strike, o.years):
        sound &= column >= 0.0
    for column in (o.vol, o.spot, o.forward, o.strike, o.years, o.rate, o.dividend_yield):
        sound &= np.isfinite(column)
    return sound & np.isfinite(o.discount) & np.isfinite(o.carry)


def _write_regular(o: Options, stdev: FloatArray, columns: FloatArray) -> None:
    """Write what the formulas give, right wherever stdev, spot and strike are positive."""
    slope, near, far, value = normalised_legs(np.abs(o.x), stdev)
    is_call_out = o.x >= 0.0  # the out-of-the-money side is the call's
    sign = np.where(o.is_call, 1.0, -1.0)
    root = np.sqrt(o.forward) * np.sqrt(o.strike)
    scale = o.discount * root
    spot_value, strike_value = o.spot * o.carry, o.strike * o.discount
    spot_leg = scale * np.where(is_call_out, near, far)
    strike_leg = scale * np.where(is_call_out, far, near)
    is_in = o.is_call != is_call_out
    spot_leg = np.where(is_in, spot_value - spot_leg, spot_leg)
    strike_leg = np.where(is_in, strike_value - strike_leg, strike_leg)
    intrinsic = np.maximum(sign * (o.forward - o.strike), 0.0)

    z = o.x / stdev
    d1, d2 = 0.5 * stdev - z, -0.5 * stdev - z
    per_spot = scale * slope / o.spot  # Q n(d1)
    is_flat = scale * slope == 0.0  # so far out that only the legs are left
    bend = np.where(is_flat, 0.0, -per_spot * d2 / o.vol)
    drift = (o.rate - o.dividend_yield) / stdev - 0.5 * d2 / o.years
    root_years = np.sqrt(o.years)

    columns[VOL] = o.vol
    columns[PRICE] = o.discount * (intrinsic + root * value)
    columns[DELTA] = sign * spot_leg / o.spot
    columns[GAMMA] = np.where(is_flat, 0.0, per_spot / (o.spot * stdev))
    columns[THETA] = sign * (o.dividend_yield * spot_leg - o.rate * strike_leg)
    columns[THETA] -= np.where(is_flat, 0.0, 0.5 * scale * slope * (stdev / o.years))
    columns[VEGA] = scale * slope * root_years
    columns[RHO] = sign * o.years * strike_leg
    columns[VANNA] = bend
    columns[VOLGA] = np.where(is_flat, 0.0, columns[VEGA] * d1 * d2 / o.vol)
    columns[CHARM] = sign * o.dividend_yield * (spot_leg / o.spot)
    columns[CHARM] -= np.where(is_flat, 0.0, per_spot * drift)


def _limits(o: Options) -> FloatArray:
    """
    Return the columns where nothing is left to happen: stdev 0, strike 0 or spot 0.

    Delta is the step 0 or 1 (a half exactly at the forward), the legs count or do not, and every
    derivative of n(d1) is 0; exactly at the forward gamma, theta, vanna, volga and charm have no
    limit and are NaN.
    """
    gap = np.where(o.is_call, o.forward - o.strike, o.strike - o.forward)
    sign = np.where(o.is_call, 1.0, -1.0)
    weight = np.where(gap > 0.0, 1.0, np.where(gap == 0.0, 0.5, 0.0))
    signed = sign * weight
    spot_value, strike_value = o.spot * o.carry, o.strike * o.discount
    columns = np.zeros((COLUMNS, gap.size))
    columns[VOL] = o.vol
    columns[PRICE] = o.discount * np.maximum(gap, 0.0)
    columns[DELTA] = signed * o.carry
    columns[THETA] = signed * (o.dividend_yield * spot_value - o.rate * strike_value)
    columns[RHO] = signed * o.years * strike_value
    columns[CHARM] = signed * o.dividend_yield * o.carry
    at_forward = gap == 0.0
    columns[VEGA, at_forward] = (INV_SQRT_2PI * spot_value * np.sqrt(o.years))[at_forward]
    for undefined in (GAMMA, THETA, VANNA, VOLGA, CHARM):
        columns[undefined, at_forward] = np.nan
    return columns
