"""
Implied stdev where the closed-form seed does not reach: the robust path of the NumPy twin.

Let b(v) be the normalised out-of-the-money price and e^(-h/2) its limit for large v. Where the
price lies in the lower half, solve ln b(v) = ln(target); in the upper half b hardly depends on v
and the solver works on what is missing to the limit, ln(e^(-h/2) - b(v)), which the data gives
without rounding as (largest price - price). Both are the same third-order Householder step, one
with E = b / b', the other with E = -(e^(-h/2) - b) / b'.

Log price as the objective: Choi, Huh, Su, arXiv 2302.08758.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voldesk.pricing import flags
from voldesk.pricing.black import log_moneyness
from voldesk.pricing.mills import FloatArray, mills_difference, mills_ratio

LOG_SQRT_2PI = 0.9189385332046727
SQRT_2PI = 2.5066282746310002
LAST_STEP = 1e-5  # |f| below which one more step leaves an error of f^4
ROUNDS = 80  # twice what bisection alone would need
ROUNDING = 2.0**-52
TINY, HUGE = 1e-290, 1e290  # ratios outside are formed as differences of logarithms


class Quotes(NamedTuple):
    """Undiscounted prices with what they are measured against. ``(n,)``"""

    time_value: FloatArray  # price above intrinsic
    missing: FloatArray  # what the price lacks to the largest possible one
    forward: FloatArray
    strike: FloatArray


def classify(
    price: FloatArray,
    forward: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    is_call: NDArray[np.bool_],
    discount: FloatArray,
) -> tuple[Quotes, NDArray[np.uint8]]:
    """Return what the price is made of, and the flag that says whether a vol exists."""
    undiscounted = price / discount
    intrinsic = np.maximum(np.where(is_call, forward - strike, strike - forward), 0.0)
    time_value = undiscounted - intrinsic
    missing = np.where(is_call, forward, strike) - undiscounted
    flag = np.zeros(price.shape, dtype=np.uint8)
    flag[~(time_value > ROUNDING * undiscounted)] = flags.BELOW_INTRINSIC
    flag[missing <= 0.0] = flags.ABOVE_MAX
    sound = np.isfinite(price)
    for positive in (forward, strike, years, discount):
        sound &= np.isfinite(positive) & (positive > 0.0)
    flag[~sound] = flags.BAD_INPUT
    return Quotes(time_value, missing, forward, strike), flag


def log_target(quotes: Quotes, is_low: NDArray[np.bool_]) -> FloatArray:
    """Return ln(wanted / sqrt(F K)), where wanted is the smaller of time value and missing."""
    wanted = np.where(is_low, quotes.time_value, quotes.missing)
    ratio = wanted / np.sqrt(quotes.forward) / np.sqrt(quotes.strike)
    apart = np.log(wanted) - 0.5 * (np.log(quotes.forward) + np.log(quotes.strike))
    return np.where((ratio > TINY) & (ratio < HUGE), np.log(ratio), apart)


def start(
    h: FloatArray, target: FloatArray, is_low: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """
    Return a first stdev and a bracket around the root.

    Low: b <= v / sqrt(2 pi) and ln b <= 1/2 - z^2 / 2 bound v from below; b <= e^(-h/2) / 2 means
    v/2 - z < 0.68 and bounds it from above. High: v/2 > z, and N(z - v/2) <= e^(-(v/2 - z)^2 / 2).
    """
    level = 1.0 + np.sqrt(1.0 + 2.0 * h)  # v/2 - z = 1
    lower = np.maximum(SQRT_2PI * np.exp(target), h / np.sqrt(1.0 - 2.0 * target))
    distance = np.sqrt(np.maximum(-2.0 * (target + 0.5 * h), 0.0))
    upper = distance + np.sqrt(distance * distance + 2.0 * h)
    even = np.sqrt(2.0 * h)  # v/2 = z
    low = np.where(is_low, 0.0, even)
    high = np.where(is_low, level, np.inf)
    first = np.where(is_low, np.minimum(lower, level), np.maximum(upper, even))
    return first, low, high


def evaluate(
    h: FloatArray, v: FloatArray, target: FloatArray, is_low: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return f = ln(price part) - target and the third-order step that takes f towards 0."""
    z = h / v
    _, difference = mills_difference(np.where(is_low, z - 0.5 * v, 0.0), v)
    total = mills_ratio(np.maximum(0.5 * v - z, 0.0)) + mills_ratio(z + 0.5 * v)
    e = np.where(is_low, difference, -total)
    f = -0.5 * (z * z + 0.25 * v * v) - LOG_SQRT_2PI + np.log(np.abs(e)) - target
    g = z * z / v - 0.25 * v  # b'' / b'
    g_slope = -3.0 * (z / v) ** 2 - 0.25
    a = e * g
    b = a * a + e * e * g_slope
    second = -f * (a - 1.0)
    third = f * f * (b - 3.0 * a + 2.0)
    step = -f * e * (1.0 + 0.5 * second) / (1.0 + second + third / 6.0)
    return f, step


def solve_stdev(quotes: Quotes) -> FloatArray:
    """Return the stdev whose price each quote is, for quotes that have one; NaN if none is found."""
    h = np.abs(log_moneyness(quotes.forward, quotes.strike))
    is_low = quotes.time_value <= quotes.missing
    target = log_target(quotes, is_low)
    v, low, high = start(h, target, is_low)
    found = np.full_like(v, np.nan)
    rows = np.arange(v.size)
    for _ in range(ROUNDS):
        f, step = evaluate(h, v, target, is_low)
        done = np.abs(f) < LAST_STEP
        found[rows[done]] = (v + step)[done]
        is_left = (f < 0.0) == is_low
        low, high = np.where(is_left, v, low), np.where(is_left, high, v)
        following = v + step
        middle = np.where(np.isfinite(high), 0.5 * (low + high), 2.0 * low + 1.0)
        v = np.where((following > low) & (following < high), following, middle)
        if done.any():
            keep = ~done
            if not keep.any():
                break
            h, v, low, high, rows = h[keep], v[keep], low[keep], high[keep], rows[keep]
            target, is_low = target[keep], is_low[keep]
    return found


def solve(
    price: FloatArray,
    forward: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    is_call: NDArray[np.bool_],
    discount: FloatArray,
) -> tuple[FloatArray, NDArray[np.uint8]]:
    """Return implied vol and flag of each option, on any float input; NaN where flagged."""
    quotes, flag = classify(price, forward, strike, years, is_call, discount)
    vol = np.full(price.shape, np.nan)
    rows = np.flatnonzero(flag == flags.OK)
    if rows.size:
        vol[rows] = solve_stdev(Quotes(*(column[rows] for column in quotes))) / np.sqrt(years[rows])
        lost = rows[~((vol[rows] > 0.0) & np.isfinite(vol[rows]))]
        vol[lost] = np.nan
        flag[lost] = flags.NOT_CONVERGED
    return vol, flag
