"""
The stages of the compiled solver that write Greeks, given the solution or a vol.

At a solution b' = beta / E, so X = D sqrt(F K) b' is the discounted time value over E: no
exponential, no distribution function. The two legs are X R(z - v/2) and X R(z + v/2). Formulas
and units: ``twin_greeks``.
"""

import math

from voldesk.pricing.coefficients import MILLS_LOWEST
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
    E,
    INVERSE,
    LARGEST_GROWTH,
    LARGEST_SQUARE,
    LARGEST_VOL,
    NAN,
    RATIO,
    SMALLEST_SQUARE,
    SMALLEST_V,
    SMALLEST_VOL,
    STDEV,
    TABLE_COLUMNS,
    TABLE_DISCOUNT,
    TABLE_FORWARD,
    TABLE_RATE,
    TABLE_SPOT,
    TABLE_YEARS,
    VALUE,
    X,
    series_row,
)

INV_SQRT_2PI = 0.3989422804014327
LARGEST_EXPONENT = 600.0
VOL, PRICE, DELTA, GAMMA, THETA, VEGA, RHO, VANNA, VOLGA, CHARM = range(10)


@inlined
def put_columns(
    columns: Untyped,
    stride: int,
    j: int,
    spot: float,
    strike: float,
    years: float,
    is_call: bool,
    rate: float,
    dividend_yield: float,
    discount: float,
    carry: float,
    x: float,
    v: float,
    value: float,
    ratio: float,
    e: float,
) -> float:
    """Write delta to charm of one row; return its vol. ``value`` is the discounted time value."""
    root_years = math.sqrt(years)
    spot_v, root_e = spot * v, root_years * e
    shared = 1.0 / (spot_v * root_e)  # every quotient below is a product with it
    over_spot_v, over_root_e = shared * root_e, shared * spot_v
    inverse_spot, inverse_v = over_spot_v * v, over_spot_v * spot
    inverse_root = over_root_e * e
    inverse_years = inverse_root * inverse_root
    vol, inverse_vol = v * inverse_root, inverse_v * root_years

    scale_slope = value * (over_root_e * root_years)  # X of the formulas
    near, far = scale_slope * ratio, scale_slope * (ratio - e)
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
    delta = sign * spot_leg * inverse_spot
    theta = sign * (dividend_yield * spot_leg - rate * strike_leg)
    drift = (rate - dividend_yield) * inverse_v - 0.5 * d2 * inverse_years
    put(columns, DELTA, DELTA * stride + j, delta)
    put(columns, GAMMA, GAMMA * stride + j, per_spot * inverse_spot * inverse_v)
    put(columns, THETA, THETA * stride + j, theta - 0.5 * scale_slope * v * inverse_years)
    put(columns, VEGA, VEGA * stride + j, vega)
    put(columns, RHO, RHO * stride + j, sign * years * strike_leg)
    put(columns, VANNA, VANNA * stride + j, -per_spot * d2 * inverse_vol)
    put(columns, VOLGA, VOLGA * stride + j, vega * d1 * d2 * inverse_vol)
    put(columns, CHARM, CHARM * stride + j, dividend_yield * delta - per_spot * drift)
    return vol


@inlined
def is_usual(v: float, vol: float) -> bool:
    """Return whether nothing overflowed on the way; v is NaN where the row is in doubt."""
    return (v > 0.0) & (vol > SMALLEST_VOL) & (vol < LARGEST_VOL)


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
        s, k, call = get(spot, j), get(strike, j), get(is_call, j)
        x, v, value = peek(w, X + j), peek(w, STDEV + j), peek(w, VALUE + j)
        discount, carry = peek(w, DISCOUNT + j), peek(w, CARRY + j)
        vol = put_columns(
            columns,
            stride,
            j,
            s,
            k,
            get(years, j),
            call,
            get(rate, j),
            get(dividend_yield, j),
            discount,
            carry,
            x,
            v,
            value,
            peek(w, RATIO + j),
            peek(w, E + j),
        )
        is_good = is_usual(v, vol)
        if is_solved:
            price = get(given, j)
        else:
            inside = choose(call, s * carry - k * discount, k * discount - s * carry)
            price, vol = choose(inside > 0.0, inside, 0.0) + value, get(given, j)
        put(columns, VOL, j, choose(is_good, vol, NAN))
        put(columns, PRICE, stride + j, price)
        doubtful += 1 - is_good
    return doubtful


@looping
def columns_series(
    given: Untyped,
    strike: Untyped,
    is_call: Untyped,
    series: Untyped,
    table: Untyped,
    columns: Untyped,
    stride: int,
    w: Untyped,
    count: int,
    is_solved: bool,
) -> int:
    """Write the columns of rows whose forward, discount and years are their series'."""
    doubtful = 0
    size = table.shape[0] // TABLE_COLUMNS
    for j in range(count):
        row = series_row(get(series, j), size - 1)
        k, call = get(strike, j), get(is_call, j)
        x, v, value = peek(w, X + j), peek(w, STDEV + j), peek(w, VALUE + j)
        spot, discount = get(table, TABLE_SPOT * size + row), get(table, TABLE_DISCOUNT * size + row)
        vol = put_columns(
            columns,
            stride,
            j,
            spot,
            k,
            get(table, TABLE_YEARS * size + row),
            call,
            get(table, TABLE_RATE * size + row),
            0.0,
            discount,
            1.0,
            x,
            v,
            value,
            peek(w, RATIO + j),
            peek(w, E + j),
        )
        is_good = is_usual(v, vol)
        if is_solved:
            price = get(given, j)
        else:
            inside = choose(call, spot - k * discount, k * discount - spot)
            price, vol = choose(inside > 0.0, inside, 0.0) + value, get(given, j)
        put(columns, VOL, j, choose(is_good, vol, NAN))
        put(columns, PRICE, stride + j, price)
        doubtful += 1 - is_good
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
def head_vol_series(
    vol: Untyped, strike: Untyped, series: Untyped, table: Untyped, w: Untyped, count: int
) -> None:
    """Prepare rows given by vol and series."""
    size = table.shape[0] // TABLE_COLUMNS
    for j in range(count):
        row = series_row(get(series, j), size - 1)
        v = get(vol, j) * math.sqrt(get(table, TABLE_YEARS * size + row))
        f, discount = get(table, TABLE_FORWARD * size + row), get(table, TABLE_DISCOUNT * size + row)
        prepare(w, j, v, discount, f, get(strike, j), f, 0.0)


@looping
def mills_and_value(w: Untyped, padded: int) -> None:
    """Write E, R(z - v/2) and the discounted time value at a given vol."""
    for j in range(padded):
        v = peek(w, STDEV + j)
        ratio, e = mills_pair(abs(peek(w, X + j)) * peek(w, INVERSE + j) - 0.5 * v, v)
        poke(w, E + j, e)
        poke(w, RATIO + j, ratio)
        poke(w, VALUE + j, peek(w, VALUE + j) * e)
