"""Support and resistance as open interest draws them."""

import numpy as np

from voldesk.model.quotes import BoolArray, FloatArray


def resistance(
    strike: FloatArray, is_call: BoolArray, open_interest: FloatArray, spot: float, count: int = 3
) -> tuple[float, ...]:
    """
    Return the strikes above spot with the most call open interest, the most first.

    Written calls are what is defended: sellers are held to lose above such a strike.

    Args:
        strike: ``(n,)``, any number of series; open interest at one strike adds up.
        is_call: ``(n,)``
        open_interest: Contracts; rows where it is not a positive number are skipped. ``(n,)``
        spot: Quote currency; nothing is above or below an unknown spot.
        count: At most so many; equal open interest is ordered nearest to spot first.
    """
    return _heaviest(strike, open_interest, is_call & (strike > spot), spot, count)


def support(
    strike: FloatArray, is_call: BoolArray, open_interest: FloatArray, spot: float, count: int = 3
) -> tuple[float, ...]:
    """Return the strikes below spot with the most put open interest; see ``resistance``."""
    return _heaviest(strike, open_interest, ~is_call & (strike < spot), spot, count)


def _heaviest(
    strike: FloatArray, open_interest: FloatArray, is_candidate: BoolArray, spot: float, count: int
) -> tuple[float, ...]:
    """Return the strikes with the largest sums of open interest among the candidates."""
    chosen = is_candidate & np.isfinite(open_interest) & (open_interest > 0.0)
    levels, place = np.unique(strike[chosen], return_inverse=True)
    total = np.bincount(place, open_interest[chosen], len(levels))
    with np.errstate(over="ignore"):
        order = np.lexsort((np.abs(levels - spot), -total))[:count]
    return tuple(levels[order].tolist())
