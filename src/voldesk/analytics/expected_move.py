"""How far the market expects the underlying to go by expiry, by three named methods."""

from dataclasses import dataclass

import numpy as np

from voldesk.model.quotes import FloatArray

STRADDLE_SHARE = 0.85


@dataclass(frozen=True, slots=True)
class ExpectedMove:
    """
    The expected move up or down to expiry, quote currency per unit of underlying.

    Attributes:
        straddle_85: 0.85 of the at-the-money straddle.
        straddle: The at-the-money straddle itself: the mean absolute move the market pays for,
            about 0.8 of a standard deviation.
        iv_sqrt_t: ``F * atm_iv * sqrt(T)``: one standard deviation.
    """

    straddle_85: float
    straddle: float
    iv_sqrt_t: float


def atm_straddle(
    strike: FloatArray, call_price: FloatArray, put_price: FloatArray, forward: float
) -> float:
    """
    Return call plus put at the forward, interpolated between the strikes around it.

    Only strikes where both prices are known count; between the nearest one at or below the forward
    and the nearest at or above it the straddle runs linearly in strike. So the figure moves
    smoothly with the market, where the straddle of the nearest strike jumps.

    Args:
        strike: Ascending. ``(m,)``
        call_price: Quote currency, NaN where unknown. ``(m,)``
        put_price: Likewise. ``(m,)``
        forward: Of the series, quote currency.

    Returns:
        Quote currency, a present value; NaN where the forward is not enclosed.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        straddle = call_price + put_price
    known = np.isfinite(straddle)
    if not known.any():
        return float("nan")
    return float(np.interp(forward, strike[known], straddle[known], left=np.nan, right=np.nan))


def expected_move(straddle: float, forward: float, atm_iv: float, years: float) -> ExpectedMove:
    """
    Return the three methods side by side, NaN where an input is unknown.

    Args:
        straddle: The at-the-money straddle, see ``atm_straddle``.
        forward: Quote currency.
        atm_iv: A fraction.
        years: Time to expiry; NaN results where it is not positive.
    """
    root = float(np.sqrt(years)) if years > 0.0 else float("nan")
    return ExpectedMove(STRADDLE_SHARE * straddle, straddle, forward * atm_iv * root)
