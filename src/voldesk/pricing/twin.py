"""
The NumPy twin: price to implied vol in closed form plus one step, without a compiler.

Notation: h = |ln(K / F)|, o the undiscounted out-of-the-money value, beta = o / sqrt(F K),
v = vol * sqrt(years), z = h / v, R the Mills ratio.

1. Seed. The Bachelier price inverts in closed form by a rational function of ln(1 + |K - F| / o);
   scaled by (h/2) / sinh(h/2) and a fitted ratio rho it is within 4e-6 of v on a listed chain
   (Black against Bachelier: Choi et al., "A Black-Scholes user's guide to the Bachelier model").
2. One Householder step of third order on f(v) = ln b(v) - ln beta; all derivatives are algebraic
   once E = b / b' = R(z - v/2) - R(z + v/2) is known. The error after it is of order f^4, so |f|
   itself certifies the result.
3. A row without certificate, or whose inputs are odd in any way, goes to ``twin_hard``.

The twin serves until the compiled kernels are warm and where numba is absent, and the tests hold
the kernels to it.
"""

import numpy as np

from voldesk.pricing import flags
from voldesk.pricing.coefficients import (
    BACHELIER_BOTTOM,
    BACHELIER_TOP,
    INVERSE_SINHC,
    RHO_BOTTOM,
    RHO_TOP,
)
from voldesk.pricing.constants import (
    CERTIFIED,
    INV_SQRT_2PI,
    LARGEST_SQUARE,
    LARGEST_V,
    LARGEST_VOL,
    ROUNDING,
    SMALLEST_SQUARE,
    SMALLEST_V,
    SMALLEST_VOL,
    TWO_PI,
)
from voldesk.pricing.mills import FloatArray, horner, mills_difference
from voldesk.pricing.twin_hard import FlagArray, Quotes, solve

BLOCK = 8192  # rows at a time: measured; with 2048 NumPy's own cost per call was half of all


def seed(h: FloatArray, beta: FloatArray, distance: FloatArray) -> FloatArray:
    """
    Return a first stdev from the Bachelier inverse.

    Args:
        h: |ln(K / F)|. ``(n,)``
        beta: Out-of-the-money value over sqrt(F K). ``(n,)``
        distance: |K - F| over the out-of-the-money value. ``(n,)``
    """
    log = np.log1p(distance)
    shape = horner(BACHELIER_TOP, log)
    shape /= horner(BACHELIER_BOTTOM, log)
    shape *= distance
    shape *= distance
    distance += 1.0
    distance *= TWO_PI
    shape += distance
    square = h * h
    v0 = np.sqrt(shape)
    v0 *= beta
    v0 *= horner(INVERSE_SINHC, square)
    p = v0 * v0
    top = horner(RHO_TOP[6:9], square)
    for row in (RHO_TOP[3:6], RHO_TOP[0:3]):
        top *= p
        top += horner(row, square)
    top *= p
    top /= horner(RHO_BOTTOM, p)
    top += 1.0
    top *= v0
    return top


def refine(h: FloatArray, v: FloatArray, beta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return f at ``v``, its certificate, and the stdev after one third-order step."""
    z = h / v
    half = 0.5 * v
    _, e = mills_difference(z - half, v)
    half *= half
    f = np.log(e * INV_SQRT_2PI / beta)
    f -= 0.5 * (z * z + half)
    zv = z / v
    a = e * (z * zv - 0.25 * v)
    b = a * a - e * e * (3.0 * zv * zv + 0.25)
    second = f * (1.0 - a)
    third = f * f * (b - 3.0 * a + 2.0)
    third /= 6.0
    third += second
    third += 1.0
    second *= 0.5
    second += 1.0
    second *= f
    second *= e
    second /= third
    return f, v - second


def solve_block(quotes: Quotes, vol: FloatArray, flag: FlagArray) -> None:
    """Write vol and flag of one block; NumPy's warnings are the caller's to silence."""
    undiscounted = quotes.price / quotes.discount
    gap = quotes.strike - quotes.forward
    o = undiscounted - np.maximum(np.where(quotes.is_call, -gap, gap), 0.0)
    h = np.abs(quotes.x)
    square = quotes.forward * quotes.strike
    beta = o / np.sqrt(square)
    v = seed(h, beta, np.abs(gap) / o)
    f, stdev = refine(h, v, beta)
    np.divide(stdev, np.sqrt(quotes.years), out=vol)
    flag[:] = flags.OK
    is_certain = (
        (np.abs(f) < CERTIFIED)
        & (o > ROUNDING * undiscounted)
        & (v > SMALLEST_V)
        & (v < LARGEST_V)
        & (square > SMALLEST_SQUARE)
        & (square < LARGEST_SQUARE)
        & (quotes.forward > 0.0)
        & (quotes.discount > 0.0)
        & (vol > SMALLEST_VOL)
        & (vol < LARGEST_VOL)
    )
    if not is_certain.all():
        rows = np.flatnonzero(~is_certain)
        vol[rows], flag[rows] = solve(quotes.take(rows))


def implied_vol(quotes: Quotes, vol: FloatArray, flag: FlagArray) -> None:
    """Write implied vol and flag of every row, block by block."""
    with np.errstate(all="ignore"):
        for first in range(0, vol.size, BLOCK):
            rows = slice(first, first + BLOCK)
            solve_block(quotes.take(rows), vol[rows], flag[rows])
