"""
One row at a time, on any input: what the vector stages of the compiled solver hand over.

A row comes here when its certificate fails, when an input lies outside the ranges in which the
stages can neither overflow nor lose digits, or when there is no answer. The methods are those of
``twin_hard`` and ``twin_greeks``, where they are explained; the tests hold the two together.
"""

import math

from voldesk.pricing import flags
from voldesk.pricing.coefficients import MILLS_LOWEST
from voldesk.pricing.constants import (
    HUGE,
    INV_SQRT_2PI,
    LARGEST_STDEV,
    LAST_STEP,
    LOG_SQRT_2PI,
    NAN,
    ROUNDING,
    ROUNDS,
    SMALLEST_EXPONENT,
    SQRT_2PI,
    TINY,
)
from voldesk.pricing.kernels_bits import looping, mills_pair, mills_ratio

GreekRow = tuple[float, float, float, float, float, float, float, float, float, float]


@looping
def log_moneyness(base: float, strike: float) -> float:
    """Return ln(strike / base) to full relative accuracy."""
    ratio = strike / base
    if 0.5 < ratio < 2.0:
        return math.log1p((strike - base) / base)
    if TINY < ratio < HUGE:
        return math.log(ratio)
    return math.log(strike) - math.log(base)


@looping
def classify(
    time_value: float,
    missing: float,
    undiscounted: float,
    largest: float,
    inputs: tuple[float, ...],
) -> int:
    """Return OK where a vol exists, else why not."""
    for value in inputs[1:]:
        if not 0.0 < value < math.inf:
            return flags.BAD_INPUT
    if not math.isfinite(inputs[0]):
        return flags.BAD_INPUT
    if missing <= ROUNDING * largest:
        return flags.ABOVE_MAX
    if not time_value > ROUNDING * undiscounted:
        return flags.BELOW_INTRINSIC
    return flags.OK


@looping
def log_target(wanted: float, forward: float, strike: float) -> float:
    """Return ln(wanted / sqrt(F K))."""
    ratio = wanted / math.sqrt(forward) / math.sqrt(strike)
    if TINY < ratio < HUGE:
        return math.log(ratio)
    return math.log(wanted) - 0.5 * (math.log(forward) + math.log(strike))


@looping
def evaluate(h: float, v: float, target: float, is_low: bool) -> tuple[float, float]:
    """Return f = ln(price part) - target and the third-order step that takes f towards 0."""
    z = h / v
    if is_low:
        _, e = mills_pair(z - 0.5 * v, v)
    else:
        e = -(mills_ratio(0.5 * v - z) + mills_ratio(z + 0.5 * v))
    f = -0.5 * (z * z + 0.25 * v * v) - LOG_SQRT_2PI + math.log(abs(e)) - target
    g = z * z / v - 0.25 * v
    a = e * g
    b = a * a - e * e * (3.0 * (z / v) ** 2 + 0.25)
    second = -f * (a - 1.0)
    third = f * f * (b - 3.0 * a + 2.0)
    return f, -f * e * (1.0 + 0.5 * second) / (1.0 + second + third / 6.0)


@looping
def solve_stdev(h: float, target: float, is_low: bool) -> float:
    """Return the root of f inside a bracket that every evaluation narrows; NaN if none is found."""
    level = 1.0 + math.sqrt(1.0 + 2.0 * h)
    if is_low:
        low, high = 0.0, level
        v = max(SQRT_2PI * math.exp(target), h / math.sqrt(1.0 - 2.0 * target))
        v = min(v, level)
    else:
        low, high = math.sqrt(2.0 * h), math.inf
        distance = math.sqrt(max(-2.0 * (target + 0.5 * h), 0.0))
        v = max(distance + math.sqrt(distance * distance + 2.0 * h), low)
    for _ in range(ROUNDS):
        f, step = evaluate(h, v, target, is_low)
        following = v + step
        if abs(f) < LAST_STEP:
            return following
        if (f < 0.0) == is_low:
            low = v
        else:
            high = v
        if low < following < high:
            v = following
        else:
            v = 0.5 * (low + high) if high < math.inf else 2.0 * low + 1.0
    return NAN


@looping
def solve_row(
    price: float,
    forward: float,
    strike: float,
    x: float,
    years: float,
    is_call: bool,
    discount: float,
) -> tuple[float, int]:
    """Return implied vol and flag of one option; ``x`` is ln(K / F)."""
    undiscounted = price / discount
    gap = strike - forward
    inside = -gap if is_call else gap
    time_value = undiscounted - inside if inside > 0.0 else undiscounted
    largest = forward if is_call else strike
    missing = largest - undiscounted
    inputs = (price, forward, strike, years, discount)
    flag = classify(time_value, missing, undiscounted, largest, inputs)
    if flag != flags.OK:
        return NAN, flag
    is_low = time_value <= missing
    target = log_target(time_value if is_low else missing, forward, strike)
    vol = solve_stdev(abs(x), target, is_low) / math.sqrt(years)
    if 0.0 < vol < math.inf:
        return vol, flags.OK
    return NAN, flags.NOT_CONVERGED


@looping
def legs(h: float, v: float) -> tuple[float, float, float, float]:
    """Return slope, near leg, far leg and time value over sqrt(F K); see ``black.Legs``."""
    z = h / v
    y = z - 0.5 * v
    exponent = -0.5 * (z * z + 0.25 * v * v)
    slope = 0.0 if exponent < SMALLEST_EXPONENT else INV_SQRT_2PI * math.exp(exponent)
    if y >= MILLS_LOWEST:
        ratio, difference = mills_pair(y, v)
        value = slope * difference
        return slope, slope * ratio, slope * ratio - value, value
    near = math.exp(-0.5 * h) - slope * mills_ratio(-y)
    far = slope * mills_ratio(y + v)
    return slope, near, far, near - far


@looping
def is_sound(
    vol: float,
    spot: float,
    forward: float,
    strike: float,
    years: float,
    rate: float,
    dividend_yield: float,
    discount: float,
    carry: float,
) -> bool:
    """Return whether a price exists for these inputs."""
    for value in (vol, spot, forward, strike, years):
        if not 0.0 <= value < math.inf:
            return False
    for value in (discount, carry, spot + strike):
        if not 0.0 < value <= math.inf:
            return False
    return (
        math.isfinite(rate)
        and math.isfinite(dividend_yield)
        and discount < math.inf
        and carry < math.inf
    )


@looping
def finite(value: float) -> float:
    """Return the value, NaN where it is beyond float64."""
    return value if math.isfinite(value) else NAN


@looping
def bent_part(
    scale_slope: float,
    spot: float,
    vol: float,
    x: float,
    stdev: float,
    years: float,
    cost_of_carry: float,
) -> tuple[float, float, float, float, float, float]:
    """
    Return gamma, vol's part of theta, vega, vanna, volga and n(d1)'s part of charm.

    All of them go with n(d1), and are 0 so far out that it is.
    """
    if scale_slope == 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    z = x / stdev
    d1, d2 = 0.5 * stdev - z, -0.5 * stdev - z
    per_spot = scale_slope / spot
    vega = scale_slope * math.sqrt(years)
    return (
        per_spot / (spot * stdev),
        0.5 * scale_slope * (stdev / years),
        vega,
        -per_spot * d2 / vol,
        vega * d1 * d2 / vol,
        per_spot * (cost_of_carry / stdev - 0.5 * d2 / years),
    )


@looping
def greeks_row(
    vol: float,
    spot: float,
    forward: float,
    strike: float,
    x: float,
    years: float,
    is_call: bool,
    rate: float,
    dividend_yield: float,
    discount: float,
    carry: float,
) -> GreekRow:
    """Return the ten columns of one option, in the order of ``GreekColumns``."""
    if not is_sound(vol, spot, forward, strike, years, rate, dividend_yield, discount, carry):
        return NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN
    stdev = min(vol * math.sqrt(years), LARGEST_STDEV)
    if stdev == 0.0 or strike == 0.0 or spot == 0.0:
        return limit_row(
            vol, spot, forward, strike, years, is_call, rate, dividend_yield, discount, carry
        )
    sign = 1.0 if is_call else -1.0
    slope, near, far, value = legs(abs(x), stdev)
    root = math.sqrt(forward) * math.sqrt(strike)
    scale = discount * root
    is_call_out = x >= 0.0
    spot_leg, strike_leg = (near, far) if is_call_out else (far, near)
    spot_leg, strike_leg = scale * spot_leg, scale * strike_leg
    if is_call != is_call_out:
        spot_leg, strike_leg = spot * carry - spot_leg, strike * discount - strike_leg
    gamma, decay, vega, vanna, volga, bleed = bent_part(
        scale * slope, spot, vol, x, stdev, years, rate - dividend_yield
    )
    return (
        vol,
        finite(discount * (max(sign * (forward - strike), 0.0) + root * value)),
        finite(sign * (spot_leg / spot)),
        finite(gamma),
        finite(sign * (dividend_yield * spot_leg - rate * strike_leg) - decay),
        finite(vega),
        finite(sign * years * strike_leg),
        finite(vanna),
        finite(volga),
        finite(sign * dividend_yield * (spot_leg / spot) - bleed),
    )


@looping
def limit_row(
    vol: float,
    spot: float,
    forward: float,
    strike: float,
    years: float,
    is_call: bool,
    rate: float,
    dividend_yield: float,
    discount: float,
    carry: float,
) -> GreekRow:
    """Return the columns where nothing is left to happen; see ``twin_greeks``."""
    gap = forward - strike if is_call else strike - forward
    signed = (1.0 if is_call else -1.0) * (1.0 if gap > 0.0 else 0.5 if gap == 0.0 else 0.0)
    nothing = NAN if gap == 0.0 else 0.0
    spot_value, strike_value = spot * carry, strike * discount
    vega = INV_SQRT_2PI * spot_value * math.sqrt(years) if gap == 0.0 else 0.0
    return (
        vol,
        finite(discount * max(gap, 0.0)),
        signed * carry,
        nothing,
        finite(nothing + signed * (dividend_yield * spot_value - rate * strike_value)),
        finite(vega),
        finite(signed * years * strike_value),
        nothing,
        nothing,
        finite(nothing + signed * dividend_yield * carry),
    )
