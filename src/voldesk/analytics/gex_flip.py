"""The GEX flip: the spot at which dealers' net gamma changes sign, found by repricing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from voldesk.analytics.exposure import GEX, LONG_CALLS_SHORT_PUTS, ExposureConvention
from voldesk.model.quotes import BoolArray, FloatArray

GRID_WIDTH = 0.15
GRID_POINTS = 121
_FLIP_TOLERANCE = 1e-10  # relative, of spot
_REFINE_STEPS = 60
_REACH_STEP = 8  # grid points on either side of the present spot: 2 %
_SQRT_TWO_PI = float(np.sqrt(2.0 * np.pi))
_NEGLIGIBLE = 1400.0  # exp(-d1^2 / 2) below 1e-304: nothing, and slow to compute


@dataclass(frozen=True, slots=True)
class GexProfile:
    """
    Net GEX over hypothetical spots.

    Attributes:
        spot: The grid, ascending. ``(g,)``
        net_gex: Currency per 1 % move at each, NaN where nothing is known. ``(g,)``
        flip: The spot nearest to the present one at which the curve crosses zero; NaN where it
            does not cross inside the grid.
        rows: How many rows the curve rests on; the others lack iv, forward or open interest.
    """

    spot: FloatArray
    net_gex: FloatArray
    flip: float
    rows: int


def gex_profile(
    strike: FloatArray,
    is_call: BoolArray,
    iv: FloatArray,
    forward: FloatArray,
    discount: FloatArray,
    years: FloatArray,
    open_interest: FloatArray,
    spot: float,
    multiplier: float,
    convention: ExposureConvention = LONG_CALLS_SHORT_PUTS,
    width: float = GRID_WIDTH,
    points: int = GRID_POINTS,
) -> GexProfile:
    """
    Recompute net GEX on a grid of spots and find where it flips.

    At spot ``m S`` every forward is ``m F`` and every strike keeps its vol (sticky strike), so
    ``gamma(m) = n(d1(m)) / (m F D iv sqrt T)`` with ``d1(m) = d1 + ln(m) / (iv sqrt T)``, and
    ``GEX(m) = sum sign * gamma(m) * OI * multiplier * (m S)^2 * 0.01``. At ``m = 1`` it is the net
    GEX of the published gammas.

    Args:
        strike: ``(n,)``; so are the columns up to open interest, each row of any series.
        is_call: Right of each row.
        iv: A fraction.
        forward: Of the row's series.
        discount: Likewise.
        years: Likewise.
        open_interest: Contracts.
        spot: Quote currency.
        multiplier: Units of underlying in one contract.
        convention: Whose position it is.
        width: The grid runs from ``spot * (1 - width)`` to ``spot * (1 + width)``.
        points: Of the grid, 2 or more.

    Raises:
        ValueError: ``width`` is not between 0 and 1.
    """
    if not 0.0 < width < 1.0:
        raise ValueError(f"width {width}: the grid runs from 1 - width to 1 + width, 0 < width < 1")
    moves = np.linspace(1.0 - width, 1.0 + width, points)
    with np.errstate(all="ignore"):
        grid = spot * moves
        curve, rows = _net_curve(
            strike, is_call, iv, forward, discount, years, open_interest, spot, multiplier,
            convention, width,
        )  # fmt: skip
    if curve is None:
        return GexProfile(grid, np.full(points, np.nan), float("nan"), 0)
    with np.errstate(over="ignore", invalid="ignore"):
        net_gex = np.array([curve(move) for move in moves.tolist()])
        flip = spot * _nearest_root(moves, net_gex, curve)
    return GexProfile(grid, net_gex, flip, rows)


def gex_flip(
    strike: FloatArray,
    is_call: BoolArray,
    iv: FloatArray,
    forward: FloatArray,
    discount: FloatArray,
    years: FloatArray,
    open_interest: FloatArray,
    spot: float,
    multiplier: float,
    convention: ExposureConvention = LONG_CALLS_SHORT_PUTS,
) -> float:
    """
    Return the flip of `gex_profile` without the rest of its curve, NaN where there is none.

    The grid is walked outwards from the present spot and left at the first crossing: one farther
    out cannot be nearer. Most books flip within a few per cent, a fifth of the grid's work.
    """
    with np.errstate(all="ignore"):
        curve, _ = _net_curve(
            strike, is_call, iv, forward, discount, years, open_interest, spot, multiplier,
            convention, GRID_WIDTH,
        )  # fmt: skip
        if curve is None:
            return float("nan")
        moves = np.linspace(1.0 - GRID_WIDTH, 1.0 + GRID_WIDTH, GRID_POINTS)
        values = np.full(GRID_POINTS, np.nan)
        middle, reach = GRID_POINTS // 2, _REACH_STEP
        while True:
            reach = min(reach, middle)
            seen = slice(middle - reach, middle + reach + 1)
            for at in np.flatnonzero(np.isnan(values[seen])).tolist():
                values[seen][at] = curve(float(moves[seen][at]))
            is_below = values[seen] < 0.0
            is_decided = np.isfinite(values[seen]) & (values[seen] != 0.0)
            if reach == middle or (is_decided.all() and is_below.any() != is_below.all()):
                return spot * _nearest_root(moves[seen], values[seen], curve)
            reach += _REACH_STEP


def _net_curve(
    strike: FloatArray,
    is_call: BoolArray,
    iv: FloatArray,
    forward: FloatArray,
    discount: FloatArray,
    years: FloatArray,
    open_interest: FloatArray,
    spot: float,
    multiplier: float,
    convention: ExposureConvention,
    width: float,
) -> tuple[Callable[[float], float] | None, int]:
    """Return the function from ``m`` to net GEX, and how many rows it rests on; None without."""
    stdev = iv * np.sqrt(years)
    middle = np.log(forward / strike) / stdev + 0.5 * stdev
    sign = convention.sign(is_call)
    weight = sign * open_interest * multiplier / (forward * discount * stdev * _SQRT_TWO_PI)
    known = np.isfinite(middle) & np.isfinite(weight) & (stdev > 0.0) & (spot > 0.0)
    unit = GEX.scale * np.float64(spot) ** GEX.spot_power
    rows = int(np.count_nonzero(known))
    if not rows or not np.isfinite(unit):
        return None, 0
    return _curve_of(weight[known] * unit, middle[known], 1.0 / stdev[known], width), rows


def _curve_of(
    weight: FloatArray, middle: FloatArray, steepness: FloatArray, width: float
) -> Callable[[float], float]:
    """Return the sum over the rows that matter on the grid."""
    nearest = np.abs(middle) + steepness * np.log1p(-width)  # the least |d1| on the grid
    matters = (weight != 0.0) & (nearest * np.abs(nearest) < _NEGLIGIBLE)
    weight, middle, steepness = weight[matters], middle[matters], steepness[matters]
    work = np.empty_like(middle)

    def net_gex(move: float) -> float:
        np.multiply(steepness, np.log(move), out=work)
        np.add(work, middle, out=work)
        np.multiply(work, work, out=work)
        np.multiply(work, -0.5, out=work)
        np.exp(work, out=work)
        np.multiply(work, weight, out=work)
        return float(work.sum()) * move  # not a dot product: its rounding varies with BLAS threads

    return net_gex


def _nearest_root(moves: FloatArray, values: FloatArray, curve: Callable[[float], float]) -> float:
    """Return the crossing nearest to 1 of a curve known on a grid, NaN where there is none."""
    decided = np.flatnonzero(np.isfinite(values) & (values != 0.0))
    x, y = moves[decided], values[decided]
    left = np.flatnonzero((y[:-1] < 0.0) != (y[1:] < 0.0))
    if not len(left):
        return float("nan")
    guess = x[left] + (x[left + 1] - x[left]) * y[left] / (y[left] - y[left + 1])
    # Only the brackets on either side of 1 can hold the nearest crossing.
    best = left[np.argsort(np.abs(guess - 1.0), kind="stable")[:2]]
    roots = [_refine(curve, x[at : at + 2].tolist(), y[at : at + 2].tolist()) for at in best]
    return min(roots, key=lambda root: abs(root - 1.0))


def _refine(curve: Callable[[float], float], x: list[float], y: list[float]) -> float:
    """Return the root between two points of opposite sign by the Illinois method."""
    (low, high), (at_low, at_high) = x, y
    root, kept = low, ""
    for _ in range(_REFINE_STEPS):
        last, root = root, (low * at_high - high * at_low) / (at_high - at_low)
        if not low < root < high:
            root = 0.5 * (low + high)
        value = curve(root)
        if value == 0.0 or abs(root - last) < _FLIP_TOLERANCE:
            break
        if (value < 0.0) == (at_low < 0.0):
            low, at_low = root, value
            at_high *= 0.5 if kept == "high" else 1.0  # an end kept twice is pulled in
            kept = "high"
        else:
            high, at_high = root, value
            at_low *= 0.5 if kept == "low" else 1.0
            kept = "low"
    return root
