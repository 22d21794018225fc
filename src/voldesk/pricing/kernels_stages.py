"""
The stages of the compiled solver, each a loop over one block of rows in a scratch array.

Price to vol is one long chain of dependent operations. Run as a single loop it leaves a core
waiting; cut into short loops over a block that stays in the L1 cache, successive rows overlap and
the whole takes half the time.

The algorithm is that of ``twin``, where it is explained. What differs is arithmetic: a division
or square root costs as much as ten multiplications, so one division serves several quotients
(1/a and 1/b are b/(ab) and a/(ab)), the certificate is taken from an exponential instead of a
logarithm, and sqrt(F K) is never formed.
"""

import math

from voldesk.pricing.coefficients import (
    BACHELIER_BOTTOM,
    BACHELIER_TOP,
    INVERSE_SINHC,
    RHO_BOTTOM,
    RHO_TOP,
)
from voldesk.pricing.constants import (
    CERTIFIED,
    INV_TWO_PI,
    LARGEST_SQUARE,
    LARGEST_V,
    LARGEST_VOL,
    NAN,
    ROUNDING,
    SMALLEST_SQUARE,
    SMALLEST_V,
    SMALLEST_VOL,
    TWO_PI,
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
    poke_eight,
    polynomial,
    put,
    ratio_parts,
    rough_log_of,
)

BLOCK = 256  # rows
EIGHT = 8  # lanes of the widest vector; loops in the scratch run to a multiple of it
PITCH = BLOCK + EIGHT  # a power of two would put all columns into the same few cache sets

# Offsets of the columns in the scratch array.
(
    X,  # ln(K / F)
    DISTANCE,  # |K - F| / time value
    WEIGHT,  # F K / (time value)^2, NaN where an input is out of range
    STDEV,
    INVERSE,  # 1 / STDEV
    E,  # R(z - v/2) - R(z + v/2)
    RATIO,  # R(z - v/2)
    VALUE,  # discounted time value; with a vol given, the scale D sqrt(F K)
    DISCOUNT,
    CARRY,
    FORWARD,  # this and what follows only for rows of a series
    SPOT,  # forward * discount
    RATE,
    ROOT_YEARS,
    INVERSE_ROOT_YEARS,
) = range(0, 15 * PITCH, PITCH)
COPIES = tuple(range(15 * PITCH, 21 * PITCH, PITCH))  # where an input of one row is spread
SCRATCH = 21 * PITCH

# Columns of the table of series, each of m + 1 entries, the last of them NaN for no series.
FROM_TABLE = (FORWARD, DISCOUNT, SPOT, RATE, ROOT_YEARS, INVERSE_ROOT_YEARS)
TABLE_COLUMNS = len(FROM_TABLE)

LARGEST_SQUARE_Z = 1200.0
LARGEST_GROWTH = 64.0

_bachelier_top = polynomial(BACHELIER_TOP)
_bachelier_bottom = polynomial(BACHELIER_BOTTOM)
_inverse_sinhc = polynomial(INVERSE_SINHC)
_rho_0, _rho_1, _rho_2 = (polynomial(RHO_TOP[i : i + 3]) for i in (0, 3, 6))
_rho_bottom = polynomial(RHO_BOTTOM)


@inlined
def measure(
    w: Untyped,
    j: int,
    price: float,
    discount: float,
    forward: float,
    strike: float,
    is_call: bool,
    base: float,
    drift: float,
) -> None:
    """
    Write what the seed and the step start from.

    ln(K / F) is ln(K / base) - drift: with base = F and no drift on a given forward, with the
    spot and (r - q) years on raw inputs, which spares it the rounding of the forward.
    """
    gap = strike - forward
    is_call_out = gap >= 0.0
    inside = choose(is_call, -gap, gap)
    value = fma(-discount, choose(inside > 0.0, inside, 0.0), price)
    k, top, bottom = ratio_parts(base, strike)
    shared = 1.0 / (bottom * value)
    x = log_from_parts(k, top * (shared * value)) - drift
    inverse = shared * bottom * discount
    square = forward * strike
    is_sane = (
        (value > ROUNDING * price)
        & (forward > 0.0)
        & (discount > 0.0)
        & (square > SMALLEST_SQUARE)
        & (square < LARGEST_SQUARE)
    )
    poke(w, X + j, choose(is_call_out, abs(x), -abs(x)))
    poke(w, DISTANCE + j, abs(gap) * inverse)
    poke(w, WEIGHT + j, choose(is_sane, square * inverse * inverse, NAN))
    poke(w, VALUE + j, value)


@looping
def head_black(
    price: Untyped,
    forward: Untyped,
    strike: Untyped,
    is_call: Untyped,
    discount: Untyped,
    w: Untyped,
    count: int,
) -> None:
    """Measure rows given by forward and discount."""
    for j in range(count):
        f = get(forward, j)
        measure(w, j, get(price, j), get(discount, j), f, get(strike, j), get(is_call, j), f, 0.0)


@looping
def head_bsm(
    price: Untyped,
    spot: Untyped,
    strike: Untyped,
    years: Untyped,
    is_call: Untyped,
    rate: Untyped,
    dividend_yield: Untyped,
    w: Untyped,
    count: int,
) -> None:
    """Measure rows given by spot, rate and dividend yield; keep discount and carry."""
    for j in range(count):
        s, t, k = get(spot, j), get(years, j), get(strike, j)
        discount_log, carry_log = -get(rate, j) * t, -get(dividend_yield, j) * t
        is_tame = abs(discount_log) + abs(carry_log) < LARGEST_GROWTH
        discount = choose(is_tame, exp_of(discount_log), NAN)
        growth = exp_of(carry_log - discount_log)
        drift = carry_log - discount_log
        measure(w, j, get(price, j), discount, s * growth, k, get(is_call, j), s, drift)
        poke(w, DISCOUNT + j, discount)
        poke(w, CARRY + j, growth * discount)


@inlined
def series_row(index: int, size: int) -> int:
    """Return the row of a series in its table, the NaN row behind the last for no series."""
    return index if (index >= 0) & (index < size) else size


@looping
def end_of_run(series: Untyped, start: int, count: int) -> int:
    """Return where the run of equal indices that begins at ``start`` ends."""
    index = get(series, start)
    end = start + 1
    while end + EIGHT <= count:
        difference = 0
        for j in range(EIGHT):
            difference |= get(series, end + j) ^ index
        if difference != 0:
            break
        end += EIGHT
    while end < count and get(series, end) == index:
        end += 1
    return end


@looping
def fill_from_series(series: Untyped, table: Untyped, w: Untyped, count: int) -> None:
    """
    Copy the values of each row's series into the scratch.

    Rows of a series mostly stand together, and a run of equal indices is a run of equal values:
    stored eight at a time, where a gather would fetch each one. What is stored beyond the end of
    a run is overwritten by the next.
    """
    size = table.shape[0] // TABLE_COLUMNS
    start = 0
    while start < count:
        end = end_of_run(series, start, count)
        row = series_row(get(series, start), size - 1)
        forward, discount = get(table, row), get(table, size + row)
        spot, rate = get(table, 2 * size + row), get(table, 3 * size + row)
        root, inverse_root = get(table, 4 * size + row), get(table, 5 * size + row)
        for j in range(start, end, EIGHT):
            poke_eight(w, FORWARD + j, forward)
            poke_eight(w, DISCOUNT + j, discount)
            poke_eight(w, SPOT + j, spot)
            poke_eight(w, RATE + j, rate)
            poke_eight(w, ROOT_YEARS + j, root)
            poke_eight(w, INVERSE_ROOT_YEARS + j, inverse_root)
        start = end


@looping
def head_series(price: Untyped, strike: Untyped, is_call: Untyped, w: Untyped, count: int) -> None:
    """Measure rows whose forward and discount came from their series."""
    for j in range(count):
        f = peek(w, FORWARD + j)
        discount = peek(w, DISCOUNT + j)
        measure(w, j, get(price, j), discount, f, get(strike, j), get(is_call, j), f, 0.0)


@inlined
def seed(h: float, distance: float, weight: float) -> tuple[float, float]:
    """Return a first stdev and its inverse; see ``twin.seed``."""
    near = 1.0 + distance
    log = rough_log_of(near)
    bottom = _bachelier_bottom(log)
    top = fma(TWO_PI * near, bottom, distance * distance * _bachelier_top(log))
    h2 = h * h
    v0 = math.sqrt(top / (bottom * weight)) * _inverse_sinhc(h2)
    p = v0 * v0
    rho_bottom = _rho_bottom(p)
    rho_top = rho_bottom + p * (_rho_0(h2) + p * (_rho_1(h2) + p * _rho_2(h2)))
    whole = v0 * rho_top  # v = whole / rho_bottom; v and 1 / v from one division
    inverse = 1.0 / (rho_bottom * whole)
    return whole * whole * inverse, rho_bottom * rho_bottom * inverse


@looping
def seed_rows(w: Untyped, padded: int) -> None:
    """Write the first stdev."""
    for j in range(padded):
        v, inverse = seed(peek(w, X + j), peek(w, DISTANCE + j), peek(w, WEIGHT + j))
        poke(w, STDEV + j, v)
        poke(w, INVERSE + j, inverse)


@looping
def mills_rows(w: Untyped, padded: int) -> None:
    """Write E and R(z - v/2) at the first stdev."""
    for j in range(padded):
        v = peek(w, STDEV + j)
        ratio, e = mills_pair(abs(peek(w, X + j)) * peek(w, INVERSE + j) - 0.5 * v, v)
        poke(w, E + j, e)
        poke(w, RATIO + j, ratio)


@inlined
def step_terms(
    z: float, v: float, inverse: float, e: float, weight: float
) -> tuple[float, float, float, float]:
    """
    Return the misfit at v and what a third-order step on y = ln b needs: u, t1, t2.

    dv/dy = E, d2v/dy2 = E t1, d3v/dy3 = E t2. The misfit is (model / price)^2 - 1, so -u, which
    is ln(model / price), is half the logarithm of 1 + misfit.
    """
    model = e * exp_of(-0.5 * fma(z, z, 0.25 * v * v))
    misfit = fma(model * model, weight * INV_TWO_PI, -1.0)
    u = misfit * (-0.5 + misfit * (0.25 - misfit * (1.0 / 6.0)))
    zv = z * inverse
    a = e * (z * zv - 0.25 * v)
    t1 = 1.0 - a
    t2 = t1 * (t1 - a) + e * e * (3.0 * zv * zv + 0.25)
    return misfit, u, t1, t2


@inlined
def is_certain(misfit: float, z: float, v: float, vol: float) -> bool:
    """Return whether the step's result is a vol to full accuracy."""
    return (
        (abs(misfit) < 2.0 * CERTIFIED)
        & (z * z < LARGEST_SQUARE_Z)
        & (v < LARGEST_V)
        & (v > SMALLEST_V)
        & (vol > SMALLEST_VOL)
        & (vol < LARGEST_VOL)
    )


@inlined
def finish_row(w: Untyped, vol: Untyped, j: int, inverse_root: float) -> bool:
    """Take the step and write one vol, NaN if it is not certain; return whether it is."""
    v, inverse, e = peek(w, STDEV + j), peek(w, INVERSE + j), peek(w, E + j)
    z = abs(peek(w, X + j)) * inverse
    misfit, u, t1, t2 = step_terms(z, v, inverse, e, peek(w, WEIGHT + j))
    result = fma(e * u, 1.0 + u * (0.5 * t1 + u * t2 * (1.0 / 6.0)), v) * inverse_root
    is_good = is_certain(misfit, z, v, result)
    put(vol, 0, j, choose(is_good, result, NAN))
    return is_good


@looping
def finish_vol(years: Untyped, vol: Untyped, w: Untyped, count: int) -> int:
    """Write the vols; return how many are in doubt."""
    doubtful = 0
    for j in range(count):
        doubtful += 1 - finish_row(w, vol, j, 1.0 / math.sqrt(get(years, j)))
    return doubtful


@looping
def finish_vol_series(vol: Untyped, w: Untyped, count: int) -> int:
    """Write the vols of rows whose years are their series'; return how many are in doubt."""
    doubtful = 0
    for j in range(count):
        doubtful += 1 - finish_row(w, vol, j, peek(w, INVERSE_ROOT_YEARS + j))
    return doubtful


@looping
def finish_solve(w: Untyped, count: int) -> None:
    """Take the step; E and R(z - v/2) go along, and STDEV is NaN where it is not certain."""
    for j in range(count):
        v, inverse, e = peek(w, STDEV + j), peek(w, INVERSE + j), peek(w, E + j)
        z = abs(peek(w, X + j)) * inverse
        misfit, u, t1, t2 = step_terms(z, v, inverse, e, peek(w, WEIGHT + j))
        step = e * u * (1.0 + u * (0.5 * t1 + u * t2 * (1.0 / 6.0)))
        ratio = peek(w, RATIO + j)
        y, c = z - 0.5 * v, (z + 0.5 * v) * inverse  # c = -dy/dv
        slope = fma(y, ratio, -1.0)
        bend = (ratio + y * slope) * c * c + 2.0 * slope * z * inverse * inverse
        is_good = is_certain(misfit, z, v, 1.0)
        poke(w, STDEV + j, choose(is_good, v + step, NAN))
        poke(w, E + j, e + e * u * (t1 + 0.5 * u * t2))
        poke(w, RATIO + j, ratio - step * (c * slope - 0.5 * step * bend))
