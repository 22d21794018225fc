"""
The Mills ratio R(y) = (1 - N(y)) / n(y), and its difference over a width, without cancellation.

An out-of-the-money Black price over its slope by stdev is R(z - v/2) - R(z + v/2). For a one
minute option v is 1e-3 and subtracting two ratios would lose three digits and more, so the
difference is never formed: R is a polynomial p(t), and Horner's scheme carries the divided
difference (p(a) - p(b)) / (a - b) along with p(a).
"""

import numpy as np
from numpy.typing import NDArray

from voldesk.pricing.coefficients import MILLS, MILLS_SCALE, MILLS_SHIFT

FloatArray = NDArray[np.float64]


def horner(coefficients: tuple[float, ...], x: FloatArray) -> FloatArray:
    """Return the polynomial with these coefficients (constant first) at ``x``."""
    total = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        total *= x
        total += c
    return total


def mills_ratio(y: FloatArray) -> FloatArray:
    """Return R(y) for y >= -2, absolute error 2e-15."""
    return horner(MILLS, MILLS_SCALE / (y + MILLS_SHIFT) - 1.0)


def mills_difference(y: FloatArray, width: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return R(y) and R(y) - R(y + width) for y >= -2, width >= 0; both keep relative accuracy."""
    near = y + MILLS_SHIFT
    far = near + width
    scaled = MILLS_SCALE / (near * far)
    a = scaled * far - 1.0
    b = scaled * near - 1.0
    value = np.full_like(a, MILLS[-1])
    divided = np.zeros_like(a)
    for c in MILLS[-2::-1]:
        divided *= b
        divided += value
        value *= a
        value += c
    return value, divided * (width * scaled)
