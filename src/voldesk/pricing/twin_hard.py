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
from voldesk.pricing.constants import (
    HUGE,
    LAST_STEP,
    LOG_SQRT_2PI,
    ROUNDING,
    ROUNDS,
    SQRT_2PI,
    TINY,
)
from voldesk.pricing.mills import FloatArray, mills_difference, mills_ratio

BoolArray = NDArray[np.bool_]
FlagArray = NDArray[np.uint8]


class Quotes(NamedTuple):
    """Options with a price, as the solver takes them; each ``(n,)``."""

    price: FloatArray  # present value
    forward: FloatArray
    strike: FloatArray
    x: FloatArray  # ln(K / F)
    years: FloatArray
    is_call: BoolArray
    discount: FloatArray

    def take(self, rows: slice | NDArray[np.intp]) -> "Quotes":
        """Return the chosen rows."""
        return Quotes._make(column[rows] for column in self)


class Targets(NamedTuple):
    """What is to be solved; each ``(n,)``."""

    h: FloatArray  # |ln(K / F)|
    log: FloatArray  # ln(wanted / sqrt(F K)), wanted the smaller of time value and missing
    is_low: BoolArray  # wanted is the time value

    def take(self, rows: BoolArray) -> "Targets":
        """Return the chosen rows."""
        return Targets._make(column[rows] for column in self)


def split(quotes: Quotes) -> tuple[FloatArray, FloatArray, FlagArray]:
    """Return time value, what is missing to the largest price, and whether a vol exists."""
    forward, strike = quotes.forward, quotes.strike
    undiscounted = quotes.price / quotes.discount
    inside = np.where(quotes.is_call, forward - strike, strike - forward)
    time_value = undiscounted - np.maximum(inside, 0.0)
    largest = np.where(quotes.is_call, forward, strike)
    missing = largest - undiscounted
    flag = np.zeros(forward.shape, dtype=np.uint8)
    flag[~(time_value > ROUNDING * undiscounted)] = flags.BELOW_INTRINSIC
    flag[missing <= ROUNDING * largest] = flags.ABOVE_MAX
    sound = np.isfinite(quotes.price)
    for positive in (forward, strike, quotes.years, quotes.discount):
        sound &= np.isfinite(positive) & (positive > 0.0)
    flag[~sound] = flags.BAD_INPUT
    return time_value, missing, flag


def targets(quotes: Quotes, time_value: FloatArray, missing: FloatArray) -> Targets:
    """Return the half each price lies in and the logarithm to solve for."""
    is_low = time_value <= missing
    wanted = np.where(is_low, time_value, missing)
    ratio = wanted / np.sqrt(quotes.forward) / np.sqrt(quotes.strike)
    apart = np.log(wanted) - 0.5 * (np.log(quotes.forward) + np.log(quotes.strike))
    log = np.where((ratio > TINY) & (ratio < HUGE), np.log(ratio), apart)
    return Targets(np.abs(quotes.x), log, is_low)


def start(target: Targets) -> tuple[FloatArray, FloatArray, FloatArray]:
    """
    Return a first stdev and a bracket around the root.

    Low: b <= v / sqrt(2 pi) and ln b <= 1/2 - z^2 / 2 bound v from below; b <= e^(-h/2) / 2 means
    v/2 - z < 0.68 and bounds it from above. High: v/2 > z, and N(z - v/2) <= e^(-(v/2 - z)^2 / 2).
    """
    h, log, is_low = target
    level = 1.0 + np.sqrt(1.0 + 2.0 * h)  # v/2 - z = 1
    even = np.sqrt(2.0 * h)  # v/2 - z = 0
    lower = np.maximum(SQRT_2PI * np.exp(log), h / np.sqrt(1.0 - 2.0 * log))
    distance = np.sqrt(np.maximum(-2.0 * (log + 0.5 * h), 0.0))
    upper = distance + np.sqrt(distance * distance + 2.0 * h)
    first = np.where(is_low, np.minimum(lower, level), np.maximum(upper, even))
    return first, np.where(is_low, 0.0, even), np.where(is_low, level, np.inf)


def evaluate(target: Targets, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return f = ln(price part) - target and the third-order step that takes f towards 0."""
    h, log, is_low = target
    z = h / v
    _, difference = mills_difference(np.where(is_low, z - 0.5 * v, 0.0), v)
    total = mills_ratio(np.maximum(0.5 * v - z, 0.0)) + mills_ratio(z + 0.5 * v)
    e = np.where(is_low, difference, -total)
    f = -0.5 * (z * z + 0.25 * v * v) - LOG_SQRT_2PI + np.log(np.abs(e)) - log
    a = e * (z * z / v - 0.25 * v)  # E b'' / b'
    b = a * a - e * e * (3.0 * (z / v) ** 2 + 0.25)
    second = f * (1.0 - a)
    third = f * f * (b - 3.0 * a + 2.0)
    return f, -f * e * (1.0 + 0.5 * second) / (1.0 + second + third / 6.0)


def solve_stdev(target: Targets) -> FloatArray:
    """Return the stdevs, each from a bracket that every evaluation narrows; NaN if not found."""
    v, low, high = start(target)
    found = np.full_like(v, np.nan)
    rows = np.arange(v.size)
    for _ in range(ROUNDS):
        f, step = evaluate(target, v)
        following = v + step
        is_done = np.abs(f) < LAST_STEP
        found[rows[is_done]] = following[is_done]
        is_left = (f < 0.0) == target.is_low
        low, high = np.where(is_left, v, low), np.where(is_left, high, v)
        middle = np.where(np.isfinite(high), 0.5 * (low + high), 2.0 * low + 1.0)
        v = np.where((following > low) & (following < high), following, middle)
        if is_done.any():
            keep = ~is_done
            target, rows = target.take(keep), rows[keep]
            v, low, high = v[keep], low[keep], high[keep]
            if not rows.size:
                break
    return found


def solve(quotes: Quotes) -> tuple[FloatArray, FlagArray]:
    """Return implied vol and flag of each option, on any float input; NaN where flagged."""
    time_value, missing, flag = split(quotes)
    vol = np.full(flag.shape, np.nan)
    rows = np.flatnonzero(flag == flags.OK)
    if rows.size:
        sound = quotes.take(rows)
        stdev = solve_stdev(targets(sound, time_value[rows], missing[rows]))
        found = stdev / np.sqrt(sound.years)
        is_vol = (found > 0.0) & np.isfinite(found)
        vol[rows] = np.where(is_vol, found, np.nan)
        flag[rows[~is_vol]] = flags.NOT_CONVERGED
    return vol, flag
