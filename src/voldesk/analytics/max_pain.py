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
    rows = np.isfinite(strike)
    levels, place = levels_of(strike[rows])
    amount, chosen = _held(open_interest[rows]), is_call[rows]
    calls = np.bincount(place[chosen], amount[chosen], len(levels))
    puts = np.bincount(place[~chosen], amount[~chosen], len(levels))
    return pain_of_sides(levels, calls.astype(np.float64), puts.astype(np.float64))


def pain_of_sides(
    strike: FloatArray, call_interest: FloatArray, put_interest: FloatArray
) -> PainCurve:
    """Return `pain_curve` of a ladder: distinct strikes, ascending, with both sides' contracts."""
    calls, puts = _held(call_interest), _held(put_interest)
    is_held = (calls > 0.0) | (puts > 0.0)
    levels, calls, puts = strike[is_held], calls[is_held], puts[is_held]
    payout = np.zeros(len(levels))
    if len(levels):
        with np.errstate(over="ignore", invalid="ignore"):
            step = levels[1:] - levels[:-1]
            # Settling one strike higher pays every call held below by the step, and so downwards.
            payout[1:] += (calls.cumsum()[:-1] * step).cumsum()
            payout[:-1] += (puts[::-1].cumsum()[:-1] * step[::-1]).cumsum()[::-1]
    return PainCurve(levels, payout)


def _held(interest: FloatArray) -> FloatArray:
    """Return the contracts held, 0 where their number is unknown."""
    return np.where((interest > 0.0) & (interest < np.inf), interest, 0.0)


def max_pain(strike: FloatArray, is_call: BoolArray, open_interest: FloatArray) -> float:
    """
    Return the strike where the holders' payout is smallest; of equals, the lowest.

    Returns:
        Quote currency; NaN where no row has open interest.
    """
    return lowest_pain(pain_curve(strike, is_call, open_interest))


def lowest_pain(curve: PainCurve) -> float:
    """Return the strike of the smallest payout, the lowest of equals; NaN on an empty curve."""
    if not len(curve.strike):
        return float("nan")
    return float(curve.strike[int(curve.payout.argmin())])
