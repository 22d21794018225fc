"""
The parity line of one series, in NumPy.

``forward`` says what is fitted and why. Sums run from the first strike to the last, one term after
the other, so that the compiled loop (``kernels_fit``) meets the results to the bit.

The line has two unknowns, and with strikes counted from their weighted middle the two equations of
least squares fall apart into one each: slope and level are quotients of plain sums, and nothing is
solved. That is as accurate as a decomposition, for what it is there to avoid, a matrix of squares
with columns nearly alike, does not arise: the matrix is diagonal, and what the squares of the
distances from the middle lose is a few roundings of their own size. Prices are counted from their
middle too, so that the rounding of the strikes' middle does not meet the level of the prices.
"""

from typing import NamedTuple

import numpy as np

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
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.twin_hard import BoolArray


class _Pairs(NamedTuple):
    """Strikes good on both sides, rising: strike, C - P, half of both spreads, C + P."""

    strike: FloatArray
    parity: FloatArray
    half_spread: FloatArray
    straddle: FloatArray


class _Window(NamedTuple):
    """The pairs near a forward, the weight of their nearness, and the straddle found there."""

    pairs: _Pairs
    nearness: FloatArray
    straddle: float


class Line(NamedTuple):
    """Where a weighted line lies, and how well it is known."""

    forward: float
    discount: float
    middle: float  # of the strikes
    total: float  # weight
    known: float  # how well the strikes alone fix the slope


class _Fit(NamedTuple):
    forward: float = np.nan
    discount: float = np.nan
    pairs: int = 0
    residual: float = np.nan
    confidence: float = 0.0
    reason: int = HAS_NO_FORWARD


def fit_rows(
    strike: FloatArray,
    is_call: BoolArray,
    bid: FloatArray,
    ask: FloatArray,
    spot_hint: float,
    is_given: bool,
    prior: float,
    held: float,
    lowest: float,
    highest: float,
    told: FloatArray,
) -> None:
    """
    Write the forward and discount that the rows of one series imply.

    - ``strike``: Of rows of which a call and its put follow each other; of several rows of one
      contract in succession the last counts. ``(n,)``, as ``is_call``, ``bid`` and ``ask``.
    - ``is_given``: Whether the discount is ``prior`` and nothing else.
    - ``prior``, ``held``: A discount and the weight it is held with, infinite where it is kept.
    - ``lowest``, ``highest``: Discounts that are believed.
    - ``told``: Becomes the places ``fit_rules`` names. ``(6,)``
    """
    with np.errstate(all="ignore"):
        pairs, reason = _good_pairs(strike, is_call, bid, ask)
        if reason == ALL_FITTED and not is_given and pairs.strike[0] == pairs.strike[-1]:
            reason = IS_ONE_STRIKE
        fit = _Fit(reason=reason)
        if reason == ALL_FITTED:
            guess = _first_guess(pairs, prior, spot_hint)
            fit = _fit_twice(pairs, guess, prior, held)
            if not is_given and not lowest <= fit.discount <= highest:
                fit = _fit_twice(pairs, guess, prior, np.inf)._replace(reason=IS_NO_RATE)
            if not SMALLEST < fit.forward < LARGEST:
                fit = _Fit()
    told[[FORWARD, DISCOUNT, PAIRS, RESIDUAL, CONFIDENCE, REASON]] = fit


def _good_pairs(
    strike: FloatArray, is_call: BoolArray, bid: FloatArray, ask: FloatArray
) -> tuple[_Pairs, int]:
    """Keep the strikes whose call and put are two-sided and uncrossed; say why if none is."""
    is_last = np.ones(strike.size, dtype=np.bool_)
    is_last[:-1] = (strike[1:] != strike[:-1]) | (is_call[1:] != is_call[:-1])
    rows = np.flatnonzero(is_last)
    level, is_c = strike[rows], is_call[rows]
    is_pair = (level[1:] == level[:-1]) & is_c[:-1] & ~is_c[1:]
    calls, puts = rows[:-1][is_pair], rows[1:][is_pair]
    sides = np.stack((strike[calls], bid[calls], ask[calls], bid[puts], ask[puts]))
    two_sided = ((sides >= SMALLEST) & (sides <= LARGEST)).all(axis=0)
    crossed = (sides[1] > sides[2]) | (sides[3] > sides[4])
    sides = sides[:, two_sided & ~crossed]
    level, call_bid, call_ask, put_bid, put_ask = sides[:, np.argsort(sides[0], kind="stable")]
    call, put = 0.5 * (call_bid + call_ask), 0.5 * (put_bid + put_ask)
    half_spread = 0.5 * ((call_ask - call_bid) + (put_ask - put_bid))
    pairs = _Pairs(level, call - put, half_spread, call + put)
    if level.size:
        return pairs, ALL_FITTED
    return pairs, IS_CROSSED if two_sided.any() else HAS_NO_PAIRS


def _first_guess(pairs: _Pairs, discount: float, spot_hint: float) -> float:
    """
    Find the money by medians: fewer than half of the pairs asked cannot mislead it far.

    Each strike alone says ``forward = strike + (C - P) / discount``, least biased at the money,
    so those nearest to the last answer are asked again.
    """
    said = pairs.strike + pairs.parity / discount
    forward = spot_hint if SMALLEST < spot_hint < LARGEST else _median(said)
    for _ in range(2):
        near = np.abs(pairs.strike - forward).argsort(kind="stable")[:NEAREST]
        forward = _median(said[near])
    return forward


def _fit_twice(pairs: _Pairs, guess: float, prior: float, held: float) -> _Fit:
    """Fit in the window around the guess, then in the one around the forward that gave."""
    rough = _robust_line(_window(pairs, guess), prior, held)
    if not np.isfinite(rough.forward):
        return rough
    return _robust_line(_window(pairs, rough.forward), prior, held)


def _window(pairs: _Pairs, forward: float) -> _Window:
    """Choose the pairs around a forward: so many straddles wide, and never too few."""
    distance = np.abs(pairs.strike - forward)
    order = distance.argsort(kind="stable")
    straddle = _median(pairs.straddle[order[:NEAREST]])
    fewest = float(distance[order[:FEWEST_PAIRS][-1]])
    reach = max(WINDOW_IN_STRADDLES * straddle, WIDER * fewest)
    near = distance < reach
    share = distance[near] / reach
    off = 1.0 - share * share * share
    nearness = off * off * off  # tricube: no jump at the edge
    strike, parity, half_spread, straddles = (column[near] for column in pairs)
    floor = np.maximum(LEAST_HALF_SPREAD * strike, LEAST_SHARE * _median(half_spread))
    chosen = _Pairs(strike, parity, np.maximum(half_spread, floor), straddles)
    return _Window(chosen, nearness, straddle)


def _robust_line(window: _Window, prior: float, held: float) -> _Fit:
    """Fit the line of a window, re-weighting until pairs off it have no say."""
    (strike, parity, half_spread, _), nearness, straddle = window
    missed = _first_residuals(strike, parity, prior, held)
    for _ in range(ROUNDS):
        noise = _noise(np.abs(missed) / half_spread, nearness)
        off = missed / (BISQUARE * noise * half_spread)
        kept = np.maximum(1.0 - off * off, 0.0)
        error = noise * half_spread
        weight = nearness * (kept * kept) / (error * error)
        line = weighted_line(strike, parity, weight, prior, held)
        if not np.isfinite(line.forward):
            return _Fit()
        missed = parity - line.discount * (line.forward - strike)
    pairs = int(np.count_nonzero(kept))
    lever = line.forward - line.middle
    variance = 1.0 / line.total + lever * lever / (line.known + held)
    doubt = np.sqrt(variance) / (line.discount * straddle * ONE_PERCENT)
    confidence = pairs / (pairs + 1.0) * (pairs / strike.size) / (1.0 + doubt * doubt)
    residual = float(np.sqrt(_sum(weight * missed * missed) / line.total))
    confidence = float(confidence) if confidence > 0.0 else 0.0  # NaN: no confidence
    reason = IS_HELD if line.known < held < np.inf else ALL_FITTED
    return _Fit(line.forward, line.discount, pairs, residual, confidence, reason)


def weighted_line(
    strike: FloatArray, parity: FloatArray, weight: FloatArray, prior: float, held: float
) -> Line:
    """
    Return the line of least squares, its slope held to ``prior`` with a weight.

    The sum of ``weight (parity - discount (forward - strike))^2`` and ``held (discount -
    prior)^2`` is the least there is. An infinite ``held`` leaves the forward alone to be found.
    """
    total = _sum(weight)
    middle, level = _sum(weight * strike) / total, _sum(weight * parity) / total
    away = strike - middle
    known, discount = _sum(weight * away * away), prior
    if held < np.inf:
        slope = _sum(weight * away * (level - parity))
        discount = float((slope + held * prior) / (known + held))
    forward = float(middle + level / np.float64(discount))
    return Line(forward, discount, middle, total, known)


def _first_residuals(
    strike: FloatArray, parity: FloatArray, prior: float, held: float
) -> FloatArray:
    """
    Return what a line through medians misses, before any noise is known.

    Its slope is the median over strikes half the window apart (a quarter of them may be bad):
    held against the prior instead, a long-dated discount would look like noise.
    """
    half = strike.size // 2
    steps = strike[half:] - strike[: strike.size - half]
    is_apart = steps > 0.0
    slope = -prior
    if held < np.inf and is_apart.any():
        rises = parity[half:] - parity[: strike.size - half]
        slope = _median(rises[is_apart] / steps[is_apart])
    level = parity - slope * strike
    return level - _median(level)


def _noise(in_half_spreads: FloatArray, nearness: FloatArray) -> float:
    """Return the robust standard deviation of the residuals, counted in half spreads."""
    order = in_half_spreads.argsort(kind="stable")
    reached = nearness[order].cumsum()
    median = in_half_spreads[order[reached.searchsorted(0.5 * reached[-1])]]
    count, seen = in_half_spreads.size, MAD_TO_SD * median
    return float(np.sqrt((count * (seen * seen) + MID_NOISE * MID_NOISE) / (count + 1.0)))


def _sum(values: FloatArray) -> float:
    """Return the sum from the first to the last; NumPy's own goes by pairs of blocks."""
    return float(values.cumsum()[-1])


def _median(values: FloatArray) -> float:
    """Return the median; on some tens of values NumPy's own takes five times as long."""
    ordered = values.copy()
    ordered.sort()
    return float(0.5 * (ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]))
