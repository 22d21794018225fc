"""
The parity line of one series, compiled; the twin is ``twin_fit``, where the arithmetic is told.

Its results are met to the bit: every sum has its terms in the same order.
"""

import math

import numpy as np
from numba import types

from voldesk.pricing.fit_rules import (
    ALL_FITTED,
    BISQUARE,
    CONFIDENCE,
    DISCOUNT,
    FEWEST_PAIRS,
    FORWARD,
    HAS_NO_FORWARD,
    HAS_NO_PAIRS,
    IS_CROSSED,
    IS_HELD,
    IS_NO_RATE,
    IS_ONE_STRIKE,
    LARGEST,
    LEAST_HALF_SPREAD,
    LEAST_SHARE,
    MAD_TO_SD,
    MID_NOISE,
    NEAREST,
    ONE_PERCENT,
    PAIRS,
    REASON,
    RESIDUAL,
    ROUNDS,
    SMALLEST,
    WIDER,
    WINDOW_IN_STRADDLES,
)
from voldesk.pricing.kernels_bits import Untyped
from voldesk.pricing.kernels_intake import exact
from voldesk.pricing.kernels_signatures import BOOLS, FLOATS, VOLS, Compile
from voldesk.pricing.twin_calls import Call

FIT_ROWS = (
    *(FLOATS, BOOLS, FLOATS, FLOATS, types.float64, types.boolean),
    *(types.float64, types.float64, types.float64, types.float64, VOLS),
)

_RUN = 16  # keys sorted by insertion before runs are merged

# Rows of the one block that is worked in: what is known of all pairs, then of those in a window.
STRIKE, PARITY, HALF_SPREAD, STRADDLE, NEAR_STRIKE, NEAR_PARITY = range(6)
SPREAD, NEARNESS, MISSED, WEIGHT, KEYS, SAID = range(6, 12)
BLOCK = 12

# Rows of the block of places.
ORDER, SPARE, NEAREST_ROWS = range(3)


# Nothing below takes a slice of an array: numba compiles a second for each kind.


@exact
def merge(keys: Untyped, order: Untyped, first: int, middle: int, last: int, out: Untyped) -> None:
    """Merge two sorted stretches; of equals those of the first come first."""
    left, right = first, middle
    for place in range(first, last):
        if right >= last or (left < middle and keys[order[left]] <= keys[order[right]]):
            out[place] = order[left]
            left += 1
        else:
            out[place] = order[right]
            right += 1


@exact
def rank(keys: Untyped, count: int, places: Untyped) -> None:
    """Write the places of keys in rising order, equals as they stand."""
    order, spare, width = places[ORDER], places[SPARE], _RUN
    for place in range(count):
        first = place - place % _RUN
        at = place
        while at > first and keys[order[at - 1]] > keys[place]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = place
    while width < count:
        for first in range(0, count, 2 * width):
            middle, last = min(first + width, count), min(first + 2 * width, count)
            merge(keys, order, first, middle, last, spare)
        for place in range(count):
            order[place] = spare[place]
        width *= 2


@exact
def median_of(keys: Untyped, count: int, places: Untyped) -> float:
    """Return the median."""
    rank(keys, count, places)
    order = places[ORDER]
    median: float = 0.5 * (keys[order[(count - 1) // 2]] + keys[order[count // 2]])
    return median


@exact
def is_quote(value: float) -> bool:
    """Say whether a strike or price can be one."""
    return (value >= SMALLEST) & (value <= LARGEST)


@exact
def pair_up(
    strike: Untyped, is_call: Untyped, bid: Untyped, ask: Untyped, block: Untyped
) -> tuple[int, bool]:
    """Write the good pairs; return how many there are, and whether a two-sided one was seen."""
    count, call, is_seen = 0, -1, False
    for row in range(strike.size):
        level, is_c = strike[row], is_call[row]
        if row + 1 < strike.size and strike[row + 1] == level and is_call[row + 1] == is_c:
            continue
        if is_c:
            call = row
            continue
        before, call = call, -1
        if before < 0 or strike[before] != level:
            continue
        cb, ca, pb, pa = bid[before], ask[before], bid[row], ask[row]
        if is_quote(level) & is_quote(cb) & is_quote(ca) & is_quote(pb) & is_quote(pa):
            is_seen = True
            if cb <= ca and pb <= pa:
                of_call, of_put = 0.5 * (cb + ca), 0.5 * (pb + pa)
                block[STRIKE, count], block[PARITY, count] = level, of_call - of_put
                block[HALF_SPREAD, count] = 0.5 * ((ca - cb) + (pa - pb))
                block[STRADDLE, count] = of_call + of_put
                count += 1
    return count, is_seen


@exact
def put_in_order(block: Untyped, count: int, places: Untyped) -> None:
    """Put pairs in order of strike, where they are not."""
    is_rising = True
    for place in range(1, count):
        is_rising &= block[STRIKE, place - 1] <= block[STRIKE, place]
    if is_rising:
        return
    rank(block[STRIKE], count, places)
    for column in range(NEAR_STRIKE):
        for place in range(count):
            block[KEYS, place] = block[column, places[ORDER, place]]
        for place in range(count):
            block[column, place] = block[KEYS, place]


@exact
def find_nearest(block: Untyped, count: int, forward: float, most: int, places: Untyped) -> int:
    """Write the places of the strikes nearest to a forward, nearest first; return how many."""
    strike, order, found = block[STRIKE], places[NEAREST_ROWS], 0
    for place in range(count):
        distance = abs(strike[place] - forward)
        if found == most and not distance < abs(strike[order[found - 1]] - forward):
            continue
        at = min(found, most - 1)
        found = at + 1
        while at > 0 and abs(strike[order[at - 1]] - forward) > distance:
            order[at] = order[at - 1]
            at -= 1
        order[at] = place
    return found


@exact
def median_near(block: Untyped, column: int, count: int, places: Untyped) -> float:
    """Return the median of a column at the nearest strikes."""
    for place in range(count):
        block[KEYS, place] = block[column, places[NEAREST_ROWS, place]]
    return median_of(block[KEYS], count, places)


@exact
def first_guess(block: Untyped, count: int, discount: float, hint: float, places: Untyped) -> float:
    """Find the money by medians."""
    for place in range(count):
        block[SAID, place] = block[STRIKE, place] + block[PARITY, place] / discount
    forward = hint if SMALLEST < hint < LARGEST else median_of(block[SAID], count, places)
    for _ in range(2):
        near = find_nearest(block, count, forward, NEAREST, places)
        forward = median_near(block, SAID, near, places)
    return forward


@exact
def look_around(block: Untyped, count: int, forward: float, places: Untyped) -> tuple[int, float]:
    """Write and weigh the pairs around a forward; return how many, and the straddle there."""
    strike, half_spread = block[STRIKE], block[HALF_SPREAD]
    near = find_nearest(block, count, forward, FEWEST_PAIRS, places)
    fewest = abs(strike[places[NEAREST_ROWS, near - 1]] - forward)
    straddle = median_near(block, STRADDLE, min(near, NEAREST), places)
    reach = max(WINDOW_IN_STRADDLES * straddle, WIDER * fewest)
    size = 0
    for place in range(count):
        distance = abs(strike[place] - forward)
        if distance < reach:
            share = distance / reach
            off = 1.0 - share * share * share
            block[NEARNESS, size] = off * off * off
            block[NEAR_STRIKE, size] = strike[place]
            block[NEAR_PARITY, size] = block[PARITY, place]
            block[SPREAD, size] = half_spread[place]
            size += 1
    least = LEAST_SHARE * median_of(block[SPREAD], size, places)
    for place in range(size):
        floor = max(LEAST_HALF_SPREAD * block[NEAR_STRIKE, place], least)
        block[SPREAD, place] = max(block[SPREAD, place], floor)
    return size, straddle


@exact
def miss_first(block: Untyped, size: int, prior: float, held: float, places: Untyped) -> None:
    """Write what a line through medians misses."""
    strike, parity, missed = block[NEAR_STRIKE], block[NEAR_PARITY], block[MISSED]
    half, apart, slope = size // 2, 0, -prior
    if held < math.inf:
        for place in range(size - half):
            step = strike[place + half] - strike[place]
            if step > 0.0:
                block[KEYS, apart] = (parity[place + half] - parity[place]) / step
                apart += 1
    if apart > 0:
        slope = median_of(block[KEYS], apart, places)
    for place in range(size):
        missed[place] = parity[place] - slope * strike[place]
    level = median_of(missed, size, places)
    for place in range(size):
        missed[place] -= level


@exact
def noise_of(block: Untyped, size: int, places: Untyped) -> float:
    """Return the robust standard deviation of the residuals, counted in half spreads."""
    keys, nearness, order = block[KEYS], block[NEARNESS], places[ORDER]
    for place in range(size):
        keys[place] = abs(block[MISSED, place]) / block[SPREAD, place]
    rank(keys, size, places)
    total = 0.0
    for place in range(size):
        total += nearness[order[place]]
    at, reached = 0, nearness[order[0]]
    while reached < 0.5 * total:
        at += 1
        reached += nearness[order[at]]
    seen = MAD_TO_SD * keys[order[at]]
    return math.sqrt((size * (seen * seen) + MID_NOISE * MID_NOISE) / (size + 1.0))


@exact
def draw_line(
    block: Untyped, size: int, prior: float, held: float
) -> tuple[float, float, float, float, float]:
    """Return forward, discount, middle, total weight and how well the slope is known."""
    strike, parity, weight = block[NEAR_STRIKE], block[NEAR_PARITY], block[WEIGHT]
    total = strikes = prices = known = slope = 0.0
    for place in range(size):
        total += weight[place]
        strikes += weight[place] * strike[place]
        prices += weight[place] * parity[place]
    middle, level, discount = strikes / total, prices / total, prior
    for place in range(size):
        away = strike[place] - middle
        known += weight[place] * away * away
        slope += weight[place] * away * (level - parity[place])
    if held < math.inf:
        discount = (slope + held * prior) / (known + held)
    return middle + level / discount, discount, middle, total, known


@exact
def robust_line(
    block: Untyped, count: int, around: float, prior: float, held: float, places: Untyped,
    told: Untyped,
) -> None:  # fmt: skip
    """Write what the line of the window around a forward comes to."""
    size, straddle = look_around(block, count, around, places)
    strike, parity, spread = block[NEAR_STRIKE], block[NEAR_PARITY], block[SPREAD]
    nearness, missed, weight, kept_count = block[NEARNESS], block[MISSED], block[WEIGHT], 0
    forward = discount = middle = total = known = math.nan
    miss_first(block, size, prior, held, places)
    for _ in range(ROUNDS):
        noise, kept_count = noise_of(block, size, places), 0
        for place in range(size):
            error = noise * spread[place]
            off = missed[place] / (BISQUARE * noise * spread[place])
            kept = max(1.0 - off * off, 0.0)
            weight[place] = nearness[place] * (kept * kept) / (error * error)
            kept_count += kept > 0.0
        forward, discount, middle, total, known = draw_line(block, size, prior, held)
        if not math.isfinite(forward):
            tell_nothing(told, HAS_NO_FORWARD)
            return
        for place in range(size):
            missed[place] = parity[place] - discount * (forward - strike[place])
    squares, lever = 0.0, forward - middle
    for place in range(size):
        squares += weight[place] * missed[place] * missed[place]
    variance = 1.0 / total + lever * lever / (known + held)
    doubt = math.sqrt(variance) / (discount * straddle * ONE_PERCENT)
    confidence = kept_count / (kept_count + 1.0) * (kept_count / size) / (1.0 + doubt * doubt)
    told[FORWARD], told[DISCOUNT], told[PAIRS] = forward, discount, kept_count
    told[RESIDUAL] = math.sqrt(squares / total)
    told[CONFIDENCE] = confidence if confidence > 0.0 else 0.0  # noqa: FURB136  # NaN gives 0
    told[REASON] = IS_HELD if known < held < math.inf else ALL_FITTED


@exact
def tell_nothing(told: Untyped, reason: int) -> None:
    """Write that there is no forward."""
    told[FORWARD] = told[DISCOUNT] = told[RESIDUAL] = math.nan
    told[PAIRS] = told[CONFIDENCE] = 0.0
    told[REASON] = reason


def fit_rows(compile_: Compile, revision: int) -> Call:
    """Compile ``twin_fit.fit_rows``."""

    def fit_rows(  # compiled calls take no keywords
        strike: Untyped, is_call: Untyped, bid: Untyped, ask: Untyped, spot_hint: float,
        is_given: bool, prior: float, held: float, lowest: float, highest: float, told: Untyped,
    ) -> int:  # fmt: skip
        size = max(strike.size // 2, FEWEST_PAIRS)
        block, places = np.empty((BLOCK, size)), np.empty((3, size), np.int64)
        count, is_seen = pair_up(strike, is_call, bid, ask, block)
        put_in_order(block, count, places)
        if count == 0:
            tell_nothing(told, IS_CROSSED if is_seen else HAS_NO_PAIRS)
            return revision
        if not is_given and block[STRIKE, 0] == block[STRIKE, count - 1]:
            tell_nothing(told, IS_ONE_STRIKE)
            return revision
        guess = first_guess(block, count, prior, spot_hint, places)
        for is_kept in (False, True):  # the prior, where the slope is not believed
            around, weight = guess, math.inf if is_kept else held
            for _ in range(2):  # in the window around the guess, then around what that gave
                robust_line(block, count, around, prior, weight, places, told)
                around = told[FORWARD]
                if not math.isfinite(around):
                    break
            told[REASON] = IS_NO_RATE if is_kept else told[REASON]
            if is_given or lowest <= told[DISCOUNT] <= highest:
                break
        if not SMALLEST < told[FORWARD] < LARGEST:
            tell_nothing(told, HAS_NO_FORWARD)
        return revision

    return compile_(fit_rows, FIT_ROWS)
