"""
The stages of the compiled solver that write Greeks, given the solution or a vol.

At a solution b' = beta / E, so X = D sqrt(F K) b' is the discounted time value over E: no
exponential, no distribution function. The two legs are X R(z - v/2) and X R(z + v/2). Formulas
and units: ``twin_greeks``.
"""

import math

from voldesk.pricing.coefficients import MILLS_LOWEST
from voldesk.pricing.constants import (
    INV_SQRT_2PI,
    LARGEST_SQUARE,
    LARGEST_VOL,
    NAN,
    SMALLEST_SQUARE,
    SMALLEST_V,
    SMALLEST_VOL,
)
from voldesk.pricing.kernels_bits import (
    Untyped,
    choose,
    exp_of,
    fma,
    get,
    inlined,
    log_from_parts,
    looping,
    mills_pair,
    peek,
    poke,
    put,
    ratio_parts,
)
from voldesk.pricing.kernels_stages import (
    CARRY,
    DISCOUNT,
    FORWARD,
    INVERSE,
    INVERSE_ROOT_YEARS,
    LARGEST_GROWTH,
    RATE,
    RATIO,
    ROOT_YEARS,
    SPOT,
    STDEV,
    VALUE,
    E,
    X,
)

LARGEST_EXPONENT = 600.0
VOL, PRICE, DELTA, GAMMA, THETA, VEGA, RHO, VANNA, VOLGA, CHARM = range(10)


@inlined
def put_columns(
    columns: Untyped,
    stride: int,
    j: int,
    w: Untyped,
    spot: float,
    strike: float,
    years: float,
    is_call: bool,
    rate: float,
    dividend_yield: float,
    discount: float,
    carry: float,
    root_years: float,
    inverse_root: float,
    inverse_spot: float,
    inverse_v: float,
    scale_slope: float,
) -> None:
    """Write delta to charm of one row; ``scale_slope`` is X of the formulas."""
    x, v, ratio = peek(w, X + j), peek(w, STDEV + j), peek(w, RATIO + j)
    near, far = scale_slope * ratio, scale_slope * (ratio - peek(w, E + j))
    is_call_out = x >= 0.0
    spot_leg, strike_leg = choose(is_call_out, near, far), choose(is_call_out, far, near)
    is_out = is_call == is_call_out
    spot_leg = choose(is_out, spot_leg, fma(spot, carry, -spot_leg))
    strike_leg = choose(is_out, strike_leg, fma(strike, discount, -strike_leg))
    sign = choose(is_call, 1.0, -1.0)

    z = x * inverse_v
    d1, d2 = 0.5 * v - z, -0.5 * v - z
    per_spot = scale_slope * inverse_spot  # Q n(d1)
    vega = scale_slope * root_years
    over_vol = inverse_v * root_years
    over_years = inverse_root * inverse_root
    delta = sign * spot_leg * inverse_spot
    theta = sign * (dividend_yield * spot_leg - rate * strike_leg)
    drift = (rate - dividend_yield) * inverse_v - 0.5 * d2 * over_years
    put(columns, DELTA, DELTA * stride + j, delta)
    put(columns, GAMMA, GAMMA * stride + j, per_spot * inverse_spot * inverse_v)
    put(columns, THETA, THETA * stride + j, theta - 0.5 * scale_slope * v * over_years)
    put(columns, VEGA, VEGA * stride + j, vega)
    put(columns, RHO, RHO * stride + j, sign * years * strike_leg)
    put(columns, VANNA, VANNA * stride + j, -per_spot * d2 * over_vol)
    put(columns, VOLGA, VOLGA * stride + j, vega * d1 * d2 * over_vol)
    put(columns, CHARM, CHARM * stride + j, dividend_yield * delta - per_spot * drift)


@inlined
def put_price_and_vol(
    columns: Untyped,
    stride: int,
    j: int,
    w: Untyped,
    given: float,
    vol: float,
    is_call: bool,
    gap: float,
    is_solved: bool,
) -> bool:
    """
    Write price and vol, one of which was ``given``; return whether all went well.

    ``vol`` is what the row came to, NaN or out of range if anything went wrong on the way, and
    then it is written as NaN. ``gap`` is spot carry - strike discount.
    """
    v = peek(w, STDEV + j)
    is_good = (v > 0.0) & (vol > SMALLEST_VOL) & (vol < LARGEST_VOL)
    inside = choose(is_call, gap, -gap)
    price = choose(inside > 0.0, inside, 0.0) + peek(w, VALUE + j)
    put(columns, VOL, j, choose(is_good, choose(is_solved, vol, given), NAN))
    put(columns, PRICE, stride + j, choose(is_solved, given, price))
    return is_good


@looping
def columns_bsm(
    given: Untyped,
    spot: Untyped,
    strike: Untyped,
    years: Untyped,
    is_call: Untyped,
    rate: Untyped,
    dividend_yield: Untyped,
    columns: Untyped,
    stride: int,
    w: Untyped,
    count: int,
    is_solved: bool,
) -> int:
    """
    Write the columns of rows given by spot, rate and dividend yield.

    ``given`` is the price of a solved row, else the vol. Returns how many rows are in doubt; their
    vol is NaN.
    """
    doubtful = 0
    for j in range(count):
        s, k, t, call = get(spot, j), get(strike, j), get(years, j), get(is_call, j)
        discount, carry = peek(w, DISCOUNT + j), peek(w, CARRY + j)
        v, e = peek(w, STDEV + j), peek(w, E + j)
        root = math.sqrt(t)
        spot_v, root_e = s * v, root * e
        shared = 1.0 / (spot_v * root_e)  # the quotients below are products with it
        over_spot_v, over_root_e = shared * root_e, shared * spot_v
        inverse_root = over_root_e * e
        put_columns(
            columns,
            stride,
            j,
            w,
            s,
            k,
            t,
            call,
            get(rate, j),
            get(dividend_yield, j),
            discount,
            carry,
            root,
            inverse_root,
            over_spot_v * v,
            over_spot_v * s,
            peek(w, VALUE + j) * (over_root_e * root),
        )
        vol, gap = v * inverse_root, s * carry - k * discount
        doubtful += 1 - put_price_and_vol(
            columns, stride, j, w, get(given, j), vol, call, gap, is_solved
        )
    return doubtful


@looping
def columns_series(
    given: Untyped,
    strike: Untyped,
    is_call: Untyped,
    columns: Untyped,
    stride: int,
    w: Untyped,
    count: int,
    is_solved: bool,
) -> int:
    """Write the columns of rows whose forward, discount and years came from their series."""
    doubtful = 0
    for j in range(count):
        k, call, spot, discount = (
            get(strike, j),
            get(is_call, j),
            peek(w, SPOT + j),
            peek(w, DISCOUNT + j),
        )
        v, e = peek(w, STDEV + j), peek(w, E + j)
        root, inverse_root = peek(w, ROOT_YEARS + j), peek(w, INVERSE_ROOT_YEARS + j)
        spot_v = spot * v
        shared = 1.0 / (spot_v * e)
        over_spot_v = shared * e
        put_columns(
            columns,
            stride,
            j,
            w,
            spot,
            k,
            root * root,
            call,
            peek(w, RATE + j),
            0.0,
            discount,
            1.0,
            root,
            inverse_root,
            over_spot_v * v,
            over_spot_v * spot,
            peek(w, VALUE + j) * (shared * spot_v),
        )
        vol, gap = v * inverse_root, spot - k * discount
        doubtful += 1 - put_price_and_vol(
            columns, stride, j, w, get(given, j), vol, call, gap, is_solved
        )
    return doubtful


@inlined
def prepare(
    w: Untyped,
    j: int,
    v: float,
    discount: float,
    forward: float,
    strike: float,
    base: float,
    drift: float,
) -> None:
    """Write what the Mills stage and the columns start from when the vol is given."""
    k, top, bottom = ratio_parts(base, strike)
    inverse_v = 1.0 / v
    x = log_from_parts(k, top / bottom) - drift
    gap = strike - forward
    z = abs(x) * inverse_v
    square = forward * strike
    exponent = -0.5 * fma(z, z, 0.25 * v * v)
    is_sane = (
        (z - 0.5 * v >= MILLS_LOWEST)
        & (exponent > -LARGEST_EXPONENT)
        & (v > SMALLEST_V)
        & (forward > 0.0)
        & (discount > 0.0)
        & (square > SMALLEST_SQUARE)
        & (square < LARGEST_SQUARE)
    )
    poke(w, X + j, choose(gap >= 0.0, abs(x), -abs(x)))
    poke(w, STDEV + j, choose(is_sane, v, NAN))
    poke(w, INVERSE + j, inverse_v)
    poke(w, VALUE + j, discount * math.sqrt(square) * INV_SQRT_2PI * exp_of(exponent))


@looping
def head_vol_bsm(
    vol: Untyped,
    spot: Untyped,
    strike: Untyped,
    years: Untyped,
    rate: Untyped,
    dividend_yield: Untyped,
    w: Untyped,
    count: int,
) -> None:
    """Prepare rows given by vol, spot, rate and dividend yield."""
    for j in range(count):
        s, t = get(spot, j), get(years, j)
        discount_log, carry_log = -get(rate, j) * t, -get(dividend_yield, j) * t
        is_tame = abs(discount_log) + abs(carry_log) < LARGEST_GROWTH
        discount = choose(is_tame, exp_of(discount_log), NAN)
        growth = exp_of(carry_log - discount_log)
        v = get(vol, j) * math.sqrt(t)
        prepare(w, j, v, discount, s * growth, get(strike, j), s, carry_log - discount_log)
        poke(w, DISCOUNT + j, discount)
        poke(w, CARRY + j, growth * discount)


@looping
def head_vol_series(vol: Untyped, strike: Untyped, w: Untyped, count: int) -> None:
    """Prepare rows given by vol, whose forward, discount and years came from their series."""
    for j in range(count):
        f = peek(w, FORWARD + j)
        v = get(vol, j) * peek(w, ROOT_YEARS + j)
        prepare(w, j, v, peek(w, DISCOUNT + j), f, get(strike, j), f, 0.0)


@looping
def mills_and_value(w: Untyped, padded: int) -> None:
    """Write E, R(z - v/2) and the discounted time value at a given vol."""
    for j in range(padded):
        v = peek(w, STDEV + j)
        ratio, e = mills_pair(abs(peek(w, X + j)) * peek(w, INVERSE + j) - 0.5 * v, v)
        poke(w, E + j, e)
        poke(w, RATIO + j, ratio)
        poke(w, VALUE + j, peek(w, VALUE + j) * e)
