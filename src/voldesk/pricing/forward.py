"""The forward and discount that the quotes of one series imply, by put-call parity."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from voldesk.pricing import engine, fit_rules
from voldesk.pricing.mills import FloatArray
from voldesk.pricing.twin_hard import BoolArray

_REASONS: Final = {
    fit_rules.ALL_FITTED: "",
    fit_rules.IS_HELD: "discount assumed: the strikes do not fix it",
    fit_rules.IS_NO_RATE: "discount assumed: the slope is no plausible rate",
    fit_rules.HAS_NO_PAIRS: "no two-sided pairs",
    fit_rules.IS_CROSSED: "every two-sided pair is crossed",
    fit_rules.IS_ONE_STRIKE: "one strike and no discount",
    fit_rules.HAS_NO_FORWARD: "no plausible forward",
}


class ParityFit(NamedTuple):
    """
    The line ``C - P = discount * (forward - strike)`` through the quotes of one series.

    Attributes:
        forward: Quote currency; NaN where there is none, and ``reason`` says why.
        discount: Present value of 1 at expiry; NaN where there is no forward.
        pairs: Strikes that had a part in the fit.
        residual: Weighted root mean square of what the line misses, quote currency.
        confidence: 0..1. Near 1 where the forward's error cannot be seen in an implied vol, at
            most 0.5 where one standard error moves an at-the-money vol by 1 % of itself; less
            where pairs are few or were refused.
        reason: Why there is no forward; beside a forward, what was assumed to have it. Else "".
    """

    forward: float
    discount: float
    pairs: int
    residual: float
    confidence: float
    reason: str


def implied_forward(
    strike: ArrayLike,
    call_bid: ArrayLike,
    call_ask: ArrayLike,
    put_bid: ArrayLike,
    put_ask: ArrayLike,
    *,
    years: float = np.nan,
    discount: float | None = None,
    spot_hint: float = np.nan,
) -> ParityFit:
    """
    Return the forward and discount of one series from the two-sided quotes of both rights.

    A strike counts where call and put each have a bid above zero and an ask not below it. Mids
    are fitted by least squares weighted by spread and by nearness to the money, and re-weighted
    (Tukey's bisquare) until strikes off the line have no say. The slope is held against a prior,
    a rate of 3 % give or take 2 %: strikes that know better decide; where they are few or expiry
    is near the prior does, and there it hardly matters. American series are fitted by European
    parity, near the money a small error in the forward.

    Args:
        strike: Quote currency, one row per strike, in any order. ``(n,)``
        call_bid: Quote currency; NaN or zero where nobody bids. ``(n,)``
        call_ask: Quote currency; a locked quote (bid = ask) is allowed. ``(n,)``
        put_bid: As ``call_bid``. ``(n,)``
        put_ask: As ``call_ask``. ``(n,)``
        years: Time to expiry, which turns a rate into a discount; NaN where unknown.
        discount: The discount to take as given; None to fit it.
        spot_hint: Where to look for the money first; NaN for the middle of the pairs.

    Returns:
        The fit. No float input raises or warns: what cannot be had is NaN, with a reason.

    Raises:
        ValueError: The columns are not one-dimensional or differ in length.
    """
    columns = [np.asarray(c, np.float64) for c in (strike, call_bid, call_ask, put_bid, put_ask)]
    if columns[0].ndim != 1 or any(column.shape != columns[0].shape for column in columns):
        raise ValueError(f"columns of one length expected, got {[c.shape for c in columns]}")
    level, *sides = columns
    bid, ask = np.empty((2, 2 * level.size))
    bid[::2], ask[::2], bid[1::2], ask[1::2] = sides
    return implied_forward_of_rows(
        np.repeat(level, 2),
        np.tile([True, False], level.size),
        bid,
        ask,
        years=float(years),
        discount=None if discount is None else float(discount),
        spot_hint=float(spot_hint),
    )


def implied_forward_of_rows(
    strike: FloatArray,
    is_call: BoolArray,
    bid: FloatArray,
    ask: FloatArray,
    *,
    years: float = math.nan,
    discount: float | None = None,
    spot_hint: float = math.nan,
) -> ParityFit:
    """
    Return the same of one row per contract, a call before the put of its strike.

    Rows of one contract in succession are quotes of one time after another, and the last counts;
    a call or put alone is passed over. A single price is both bid and ask.

    Args:
        strike: Quote currency. ``(n,)``
        is_call: ``(n,)``
        bid: Quote currency; NaN or zero where nobody bids. ``(n,)``
        ask: ``(n,)``
        years: As in ``implied_forward``, and so the rest.
        discount: Likewise.
        spot_hint: Likewise.

    Raises:
        ValueError: The columns are not one-dimensional or differ in length.
    """
    if not (strike.shape == is_call.shape == bid.shape == ask.shape == (strike.size,)):
        shapes = [strike.shape, is_call.shape, bid.shape, ask.shape]
        raise ValueError(f"columns of one length expected, got {shapes}")
    smallest = fit_rules.SMALLEST
    if discount is not None and not smallest <= discount <= 1.0 / smallest:
        return ParityFit(math.nan, math.nan, 0, math.nan, 0.0, f"the given discount is {discount}")
    told = np.empty(fit_rules.TOLD)
    columns = map(np.ascontiguousarray, (strike, is_call, bid, ask))
    engine.live_calls().fit_rows(*columns, spot_hint, *_prior(years, discount), told)
    forward, fitted, pairs, residual, confidence, reason = told.tolist()
    return ParityFit(forward, fitted, int(pairs), residual, confidence, _REASONS[int(reason)])


def _prior(years: float, discount: float | None) -> tuple[bool, float, float, float, float]:
    """Return whether the discount is given, it or what is held of it, and what is believed."""
    if discount is not None:
        return True, discount, math.inf, 0.0, math.inf
    if not 0.0 < years < fit_rules.LONGEST_YEARS:
        held = fit_rules.PRIOR_DISCOUNT_SD**-2
        return False, 1.0, held, fit_rules.LOWEST_DISCOUNT, fit_rules.HIGHEST_DISCOUNT
    expected = math.exp(-fit_rules.PRIOR_RATE * years)
    deviation = fit_rules.PRIOR_RATE_SD * years * expected
    variance = deviation * deviation
    held = 1.0 / variance if variance > 0.0 else math.inf  # seconds to expiry bear no interest
    lowest = math.exp(-fit_rules.LARGEST_RATE * years)
    return False, expected, held, lowest, math.exp(-fit_rules.SMALLEST_RATE * years)


def implied_forward_of_prices(
    strike: ArrayLike,
    call_price: ArrayLike,
    put_price: ArrayLike,
    *,
    years: float = np.nan,
    discount: float | None = None,
    spot_hint: float = np.nan,
) -> ParityFit:
    """
    Return the forward and discount of one series from single prices: last, settlement or mark.

    As ``implied_forward`` with every price a locked quote: pairs differ by nearness alone, and a
    last trade out of date is refused only where the other strikes agree against it.
    """
    return implied_forward(
        strike,
        call_price,
        call_price,
        put_price,
        put_price,
        years=years,
        discount=discount,
        spot_hint=spot_hint,
    )
