"""Max pain: the settlement price at which the holders of all options are paid least."""

from dataclasses import dataclass

import numpy as np

from voldesk.analytics.ladder import levels_of
from voldesk.model.quotes import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class PainCurve:
    """What all holders together receive if the series settles at each strike."""

    strike: FloatArray  # (m,), ascending: the strikes with open interest
    payout: FloatArray  # (m,), quote currency per unit of underlying, times contracts


def pain_curve(strike: FloatArray, is_call: BoolArray, open_interest: FloatArray) -> PainCurve:
    """
    Return the intrinsic payout to holders at every strike that has open interest.

    ``payout(x) = sum_calls OI * max(x - K, 0) + sum_puts OI * max(K - x, 0)``: times the contract
    multiplier it is quote currency, never negative. It is convex and bends only at strikes with
    open interest, so its minimum is found among them; strikes without any are no candidates.

    Args:
        strike: ``(n,)``, one series.
        is_call: ``(n,)``
        open_interest: Contracts; rows where it is not a positive number are skipped. ``(n,)``
    """
    held = np.isfinite(open_interest) & (open_interest > 0.0) & np.isfinite(strike)
    levels, place = levels_of(strike[held])
    if not len(levels):
        return PainCurve(levels, np.empty(0))
    amount = open_interest[held]
    is_held_call = is_call[held]
    calls = np.bincount(place, np.where(is_held_call, amount, 0.0), len(levels))
    puts = np.bincount(place, np.where(is_held_call, 0.0, amount), len(levels))
    payout = np.zeros(len(levels))
    with np.errstate(over="ignore", invalid="ignore"):
        step = np.diff(levels)
        # Settling one strike higher pays every call held below by the step, and so downwards.
        payout[1:] += np.cumsum(np.cumsum(calls)[:-1] * step)
        payout[:-1] += np.cumsum(np.cumsum(puts[::-1])[:-1] * step[::-1])[::-1]
    return PainCurve(levels, payout)


def max_pain(strike: FloatArray, is_call: BoolArray, open_interest: FloatArray) -> float:
    """
    Return the strike where the holders' payout is smallest; of equals, the lowest.

    Returns:
        Quote currency; NaN where no row has open interest.
    """
    curve = pain_curve(strike, is_call, open_interest)
    if not len(curve.strike):
        return float("nan")
    return float(curve.strike[int(np.argmin(curve.payout))])
