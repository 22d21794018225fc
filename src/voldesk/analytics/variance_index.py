"""Model-free variance of a series, and the 30-day index made of two of them, as Cboe's VIX."""

from dataclasses import dataclass

import numpy as np

from voldesk.model.quotes import BoolArray, FloatArray

MINUTES_PER_YEAR = 525_600.0
MINUTES_30_DAYS = 43_200.0
_ZERO_BIDS_THAT_END_A_WING = 2


@dataclass(frozen=True, slots=True)
class SeriesVariance:
    """
    The variance of one series and what it is made of.

    Attributes:
        variance: Per year; NaN where it cannot be made.
        forward: The forward used, quote currency.
        base_strike: K0, the highest quoted strike at or below the forward.
        strike: Every strike that counts, ascending. ``(k,)``
        price: Q(K): the put below K0, the call above it, their mean at K0. ``(k,)``
        contribution: ``dK / K^2 * e^(RT) * Q(K)`` of each. ``(k,)``
    """

    variance: float
    forward: float
    base_strike: float
    strike: FloatArray
    price: FloatArray
    contribution: FloatArray

    @property
    def vol(self) -> float:
        """The square root of the variance, a fraction; NaN where that is negative or unknown."""
        return float(np.sqrt(self.variance)) if self.variance >= 0.0 else float("nan")


def nearest_pair_forward(
    strike: FloatArray, call_mid: FloatArray, put_mid: FloatArray, discount: float
) -> float:
    """
    Return the forward as the white paper takes it: parity where call and put are nearest in price.

    ``F = K + (C - P) / D`` at the strike with the smallest ``|C - P|``, of equals the lowest.

    Returns:
        Quote currency; NaN where no strike has both prices.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        gap = call_mid - put_mid
        if not np.isfinite(gap).any():
            return float("nan")
        at = int(np.nanargmin(np.where(np.isfinite(gap), np.abs(gap), np.nan)))
        return float(strike[at] + gap[at] / np.float64(discount))


def series_variance(
    strike: FloatArray,
    call_bid: FloatArray,
    call_ask: FloatArray,
    put_bid: FloatArray,
    put_ask: FloatArray,
    *,
    years: float,
    discount: float,
    forward: float | None = None,
) -> SeriesVariance:
    """
    Return the fair variance of one series from its out-of-the-money quotes.

    ``variance = 2/T sum_i dK_i / K_i^2 e^(RT) Q(K_i) - 1/T (F/K0 - 1)^2`` with ``e^(RT) = 1/D``
    and Q the mid. Outwards from K0 a row without a bid is left out, and after two such rows in
    succession the wing ends. ``dK`` is half the distance between the strikes that count on either
    side, at the ends the distance to the one beside it.

    Args:
        strike: Ascending. ``(m,)``
        call_bid: Quote currency, 0 or NaN where nobody bids; NaN too where there is no such
            contract, which then counts as a strike without a bid. ``(m,)``
        call_ask: Likewise. ``(m,)``
        put_bid: Likewise. ``(m,)``
        put_ask: Likewise. ``(m,)``
        years: Time to expiry.
        discount: Discount factor to expiry.
        forward: Of the series; None takes it as the paper does.

    Returns:
        Variance NaN, and no strikes, where there is no K0 or a side has no quote.

    Source: Cboe, "The CBOE Volatility Index - VIX" (white paper, 2009), steps 1 and 2.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        call_mid, put_mid = 0.5 * (call_bid + call_ask), 0.5 * (put_bid + put_ask)
        both_mid = 0.5 * (call_mid + put_mid)
    if forward is None:
        forward = nearest_pair_forward(strike, call_mid, put_mid, discount)
    base = np.flatnonzero(np.isfinite(both_mid) & (strike <= forward))
    if not len(base) or not (years > 0.0 and discount > 0.0):
        return _unknown(forward)
    at = int(base[-1])
    puts = _wing(put_bid[:at][::-1], put_mid[:at][::-1])[::-1]
    calls = _wing(call_bid[at + 1 :], call_mid[at + 1 :])
    if not puts.any() or not calls.any():
        return _unknown(forward)
    counts = np.concatenate((puts, [True], calls))
    price = np.concatenate((put_mid[:at], both_mid[at : at + 1], call_mid[at + 1 :]))[counts]
    levels = strike[counts]
    with np.errstate(all="ignore"):
        contribution = _widths(levels) / (levels * levels) * price / discount
        variance = 2.0 * contribution.sum() / years - (forward / strike[at] - 1.0) ** 2 / years
    known = float(variance) if np.isfinite(variance) else float("nan")
    return SeriesVariance(known, forward, float(strike[at]), levels, price, contribution)


def vol_index(
    minutes: FloatArray, variance: FloatArray, target_minutes: float = MINUTES_30_DAYS
) -> float:
    """
    Blend the two series around a maturity into one vol; 100 times it is the index.

    ``index^2 = (T1 v1 (N2 - N) / (N2 - N1) + T2 v2 (N - N1) / (N2 - N1)) * N365 / N`` with
    ``T = minutes / 525,600``: total variance, linear in time. The nearest series on either side
    are taken; nothing is extrapolated.

    Args:
        minutes: From now to each settlement, any order. ``(m,)``
        variance: Of each series, per year, NaN where unknown. ``(m,)``
        target_minutes: The index's maturity.

    Returns:
        A fraction; NaN where the known series do not enclose the maturity.

    Source: Cboe, "The CBOE Volatility Index - VIX" (white paper, 2009), step 3.
    """
    known = np.isfinite(variance) & np.isfinite(minutes) & (minutes > 0.0) & (variance >= 0.0)
    order = np.flatnonzero(known)[np.argsort(minutes[known], kind="stable")]
    if not len(order):
        return float("nan")
    with np.errstate(over="ignore", invalid="ignore"):
        time, total = minutes[order], minutes[order] * variance[order]
        blended = np.interp(target_minutes, time, total, left=np.nan, right=np.nan)
        return float(np.sqrt(blended / target_minutes))


def _wing(bid: FloatArray, mid: FloatArray) -> BoolArray:
    """Return which rows of a wing count; rows run outwards from K0."""
    has_bid = bid > 0.0
    is_empty = ~has_bid
    ended = np.zeros(len(bid), dtype=np.bool_)
    if len(bid) >= _ZERO_BIDS_THAT_END_A_WING:
        ended[1:] = np.logical_or.accumulate(is_empty[1:] & is_empty[:-1])
    return has_bid & ~ended & np.isfinite(mid)


def _widths(strike: FloatArray) -> FloatArray:
    """Return dK of two or more strikes: half of what lies between the neighbours."""
    step = strike[1:] - strike[:-1]
    widths = np.empty_like(strike)
    widths[0], widths[-1] = step[0], step[-1]
    widths[1:-1] = 0.5 * (step[:-1] + step[1:])
    return widths


def _unknown(forward: float) -> SeriesVariance:
    nothing = np.empty(0)
    return SeriesVariance(float("nan"), forward, float("nan"), nothing, nothing, nothing)
