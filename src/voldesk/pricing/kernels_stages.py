"""
The stages of the compiled solver, each a loop over one block of rows in a scratch array.

Price to vol is one long chain of dependent operations. Run as a single loop it leaves a core
waiting; cut into short loops over a block that stays in the L1 cache, successive rows overlap and
the whole takes half the time. All intermediate columns live in one scratch array at fixed
offsets, so that LLVM sees at once that they do not overlap; inputs are copied in, which is also
where one row stands for all, and results are copied out.

The algorithm is that of ``twin``, where it is explained.
"""

import math

from voldesk.pricing.coefficients import (
    BACHELIER_BOTTOM,
    BACHELIER_TOP,
    INVERSE_SINHC,
    RHO_BOTTOM,
    RHO_TOP,
)
from voldesk.pricing.kernels_bits import (
    Untyped,
    choose,
    inlined,
    log_of,
    looping,
    mills_pair,
    polynomial,
    rough_log_of,
)

BLOCK = 128  # rows
LANES = 32  # blocks are padded to a multiple, so that no loop has a scalar remainder

# Offsets of the columns in the scratch array.
(
    PRICE,
    SPOT,
    STRIKE,
    YEARS,
    SIGN,  # +1 call, -1 put
    RATE,
    YIELD,
    DISCOUNT,
    CARRY,
    FORWARD,
    X,  # ln(K / F)
    ROOT_YEARS,
    ROOT,  # sqrt(F K)
    TIME_VALUE,
    NOISE,  # what rounding alone can make of a time value
    GUARD,  # 0 for sane inputs, else large
    BETA,
    DISTANCE,
    STDEV,
    INVERSE,  # 1 / STDEV
    RATIO,  # R(z - v/2)
    E,  # R(z - v/2) - R(z + v/2)
    CERTIFICATE,
    VOL,
    DELTA,
    GAMMA,
    THETA,
    VEGA,
    RHO,
    VANNA,
    VOLGA,
    CHARM,
) = range(0, 32 * BLOCK, BLOCK)
SCRATCH = 32 * BLOCK

CERTIFIED = 1e-4
LARGEST_H, LARGEST_V, SMALLEST_V = 3.0, 3.0, 1e-30
SMALLEST_ROOT, LARGEST_ROOT = 1e-90, 1e90
SMALLEST_VOL, LARGEST_VOL = 1e-30, 1e30
LARGEST_GUARD = 64.0
ROUNDING = 2.0**-52
INV_SQRT_2PI = 0.3989422804014327
TWO_PI = 6.283185307179586

_bachelier_top = polynomial(BACHELIER_TOP)
_bachelier_bottom = polynomial(BACHELIER_BOTTOM)
_inverse_sinhc = polynomial(INVERSE_SINHC)
_rho_0, _rho_1, _rho_2 = (polynomial(RHO_TOP[i : i + 3]) for i in (0, 3, 6))
_rho_bottom = polynomial(RHO_BOTTOM)


@looping
def load(column: Untyped, first: int, count: int, w: Untyped, target: int) -> None:
    """Copy rows of an input into the scratch; a column of one row stands for all."""
    if column.shape[0] == 1:
        value = column[0]
        for j in range(BLOCK):
            w[target + j] = value
    else:
        rows = column[first : first + count]
        for j in range(count):
            w[target + j] = rows[j]
        for j in range(count, -(-count // LANES) * LANES):
            w[target + j] = 1.0


@looping
def load_sign(is_call: Untyped, first: int, count: int, w: Untyped) -> None:
    """Copy the rights into the scratch as +1 and -1."""
    if is_call.shape[0] == 1:
        value = choose(is_call[0], 1.0, -1.0)
        for j in range(BLOCK):
            w[SIGN + j] = value
    else:
        rows = is_call[first : first + count]
        for j in range(count):
            w[SIGN + j] = choose(rows[j], 1.0, -1.0)
        for j in range(count, -(-count // LANES) * LANES):
            w[SIGN + j] = 1.0


@looping
def store(w: Untyped, source: int, first: int, count: int, column: Untyped) -> None:
    """Copy rows of a result out of the scratch."""
    rows = column[first : first + count]
    for j in range(count):
        rows[j] = w[source + j]


@looping
def measure(w: Untyped, padded: int) -> None:
    """Turn price, forward, strike, discount and x into what the seed and the step start from."""
    for j in range(padded):
        forward, strike = w[FORWARD + j], w[STRIKE + j]
        undiscounted = w[PRICE + j] / w[DISCOUNT + j]
        gap = abs(strike - forward)
        is_out = (w[SIGN + j] > 0.0) == (w[X + j] >= 0.0)
        time_value = undiscounted - choose(is_out, 0.0, gap)
        root = math.sqrt(forward * strike)
        w[ROOT + j] = root
        w[TIME_VALUE + j] = time_value
        w[NOISE + j] = ROUNDING * undiscounted
        w[BETA + j] = time_value / root
        w[DISTANCE + j] = gap / time_value


@inlined
def seed(h: float, distance: float, beta: float) -> tuple[float, float]:
    """Return a first stdev and its inverse; see ``twin.seed``."""
    log = rough_log_of(1.0 + distance)
    shape = _bachelier_top(log) / _bachelier_bottom(log)
    w = math.sqrt(TWO_PI * (1.0 + distance) + distance * distance * shape)
    square = h * h
    v0 = beta * w * _inverse_sinhc(square)
    p = v0 * v0
    top = _rho_0(square) + p * (_rho_1(square) + p * _rho_2(square))
    bottom = _rho_bottom(p)
    whole = v0 * (bottom + p * top)  # v = whole / bottom, 1 / v = bottom / whole: one division
    inverse = 1.0 / (bottom * whole)
    return whole * whole * inverse, bottom * bottom * inverse


@looping
def seed_rows(w: Untyped, padded: int) -> None:
    """Write the first stdev."""
    for j in range(padded):
        v, inverse = seed(abs(w[X + j]), w[DISTANCE + j], w[BETA + j])
        w[STDEV + j] = v
        w[INVERSE + j] = inverse


@looping
def mills_rows(w: Untyped, padded: int) -> None:
    """Write R(z - v/2) and E at the first stdev."""
    for j in range(padded):
        v = w[STDEV + j]
        z = abs(w[X + j]) * w[INVERSE + j]
        ratio, e = mills_pair(z - 0.5 * v, v)
        w[RATIO + j] = ratio
        w[E + j] = e


@looping
def refine_rows(w: Untyped, padded: int) -> None:
    """
    Take one third-order step on ln b, and carry R(z - v/2) and E along by Taylor.

    The step is of order 1e-6 of v, so the terms left out are below rounding.
    """
    for j in range(padded):
        v, inverse, e, ratio = w[STDEV + j], w[INVERSE + j], w[E + j], w[RATIO + j]
        z = abs(w[X + j]) * inverse
        f = log_of(e * INV_SQRT_2PI / w[BETA + j]) - 0.5 * (z * z + 0.25 * v * v)
        zv = z * inverse
        g = z * zv - 0.25 * v
        g_slope = -3.0 * zv * zv - 0.25
        a = e * g
        b = a * a + e * e * g_slope
        second = f * (1.0 - a)
        third = f * f * (b - 3.0 * a + 2.0)
        step = -f * e * (1.0 + 0.5 * second) / (1.0 + second + third * (1.0 / 6.0))
        y, c = z - 0.5 * v, (z + 0.5 * v) * inverse  # c = -dy/dv
        slope = y * ratio - 1.0
        bend = ratio + y * slope
        w[STDEV + j] = v + step
        w[CERTIFICATE + j] = f
        bent = bend * c * c + slope * 2.0 * zv * inverse
        w[RATIO + j] = ratio - step * (c * slope - 0.5 * step * bent)
        w[E + j] = e + step * ((1.0 - a) - 0.5 * step * ((1.0 - a) * g + e * g_slope))
        w[VOL + j] = (v + step) / w[ROOT_YEARS + j]


@looping
def certify(w: Untyped, padded: int) -> int:
    """Mark the rows whose vol is certain with certificate 0, others with 1; return how many."""
    doubtful = 0
    for j in range(padded):
        v, vol, root = w[STDEV + j], w[VOL + j], w[ROOT + j]
        is_certain = (
            (abs(w[CERTIFICATE + j]) < CERTIFIED)
            & (w[TIME_VALUE + j] > w[NOISE + j])
            & (abs(w[X + j]) < LARGEST_H)
            & (v < LARGEST_V)
            & (v > SMALLEST_V)
            & (root > SMALLEST_ROOT)
            & (root < LARGEST_ROOT)
            & (vol > SMALLEST_VOL)
            & (vol < LARGEST_VOL)
            & (w[FORWARD + j] > 0.0)
            & (w[GUARD + j] < LARGEST_GUARD)
        )
        w[CERTIFICATE + j] = choose(is_certain, 0.0, 1.0)
        doubtful += 1 - is_certain
    return doubtful
