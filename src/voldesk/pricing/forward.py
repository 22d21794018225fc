"""The forward and discount that the quotes of one series imply, by put-call parity."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

SMALLEST_RATE, LARGEST_RATE = -0.02, 0.25
"""
Rates a fitted discount may stand for, continuous, a fraction per year.

Below zero there is little room on purpose: early exercise of American puts steepens the line, and
a rate of -7 % is how that shows.
"""

PRIOR_RATE, PRIOR_RATE_SD = 0.03, 0.02
"""What is held of the rate before a quote is seen; it decides only where the strikes cannot."""

PRIOR_DISCOUNT_SD = 0.02
"""Where the years are unknown the discount itself is held: 1, give or take this."""

WINDOW_IN_STRADDLES = 0.75
"""Half width of the window around the forward; a straddle at the money is 0.8 vol sqrt(years)."""

FEWEST_PAIRS = 10
"""The window widens until it holds this many pairs, as far as the series has them."""

_NEAREST = 9  # pairs whose median is the first guess
_ROUNDS = 3  # of re-weighting in each of the two windows
_BISQUARE = 4.685  # robust standard deviations: 95 % efficient where the noise is normal
_MAD_TO_SD = 1.4826  # of normal noise
_MID_NOISE = 0.25  # half spreads a mid is off by, worth one pair until others are seen
_LEAST_HALF_SPREAD = 2e-5  # of the strike: credited to a locked quote and to a lone price
_SMALLEST, _LARGEST = 1e-9, 1e12  # strikes and prices outside are not quotes
_LONGEST_YEARS = 100.0
_LOG_DISCOUNTS = (-0.5, 0.05)  # plausible where the years are unknown
_ONE_PERCENT = 0.01


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
    forward: float
    straddle: float


class _Prior(NamedTuple):
    """A discount and its standard deviation; 0 means it is given."""

    discount: float
    sd: float


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
    if discount is not None and not _SMALLEST <= discount <= 1.0 / _SMALLEST:
        return _none(f"the given discount is {discount}")
    with np.errstate(all="ignore"):
        pairs, reason = _good_pairs(np.stack(columns))
        if not reason and discount is None and np.ptp(pairs.strike) == 0.0:
            reason = "one strike and no discount"
        return _none(reason) if reason else _fit(pairs, float(years), discount, float(spot_hint))


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


def _none(reason: str) -> ParityFit:
    return ParityFit(np.nan, np.nan, 0, np.nan, 0.0, reason)


def _good_pairs(rows: FloatArray) -> tuple[_Pairs, str]:
    """Keep the strikes whose call and put are two-sided and uncrossed; say why if none is."""
    two_sided = ((rows >= _SMALLEST) & (rows <= _LARGEST)).all(axis=0)
    crossed = (rows[1] > rows[2]) | (rows[3] > rows[4])
    rows = rows[:, two_sided & ~crossed]
    strike, call_bid, call_ask, put_bid, put_ask = rows[:, np.argsort(rows[0], kind="stable")]
    call, put = 0.5 * (call_bid + call_ask), 0.5 * (put_bid + put_ask)
    half_spread = 0.5 * ((call_ask - call_bid) + (put_ask - put_bid))
    pairs = _Pairs(strike, call - put, half_spread, call + put)
    if strike.size:
        return pairs, ""
    return pairs, "every two-sided pair is crossed" if two_sided.any() else "no two-sided pairs"


def _fit(pairs: _Pairs, years: float, discount: float | None, spot_hint: float) -> ParityFit:
    """Fit near the money; where the slope is no rate anybody pays, keep the prior's."""
    is_timed = 0.0 < years < _LONGEST_YEARS
    if discount is not None:
        prior = _Prior(discount, 0.0)
    elif is_timed:
        expected = float(np.exp(-PRIOR_RATE * years))
        prior = _Prior(expected, PRIOR_RATE_SD * years * expected)
    else:
        prior = _Prior(1.0, PRIOR_DISCOUNT_SD)
    guess = _first_guess(pairs, prior.discount, spot_hint)
    fit = _fit_twice(pairs, guess, prior)
    if discount is None:
        bounds = (-LARGEST_RATE * years, -SMALLEST_RATE * years) if is_timed else _LOG_DISCOUNTS
        if not bounds[0] <= np.log(fit.discount) <= bounds[1]:
            fit = _fit_twice(pairs, guess, prior._replace(sd=0.0))
            fit = fit._replace(reason="discount assumed: the slope is no plausible rate")
    is_plausible = _SMALLEST < fit.forward < _LARGEST
    return fit if is_plausible else _none("no plausible forward")


def _first_guess(pairs: _Pairs, discount: float, spot_hint: float) -> float:
    """
    Find the money by medians: fewer than half of the pairs asked cannot mislead it far.

    Each strike alone says ``forward = strike + (C - P) / discount``, least biased at the money,
    so those nearest to the last answer are asked again.
    """
    said = pairs.strike + pairs.parity / discount
    forward = spot_hint if _SMALLEST < spot_hint < _LARGEST else _median(said)
    for _ in range(2):
        near = np.abs(pairs.strike - forward).argsort(kind="stable")[:_NEAREST]
        forward = _median(said[near])
    return forward


def _fit_twice(pairs: _Pairs, guess: float, prior: _Prior) -> ParityFit:
    """Fit in the window around the guess, then in the one around the forward that gave."""
    rough = _robust_line(_window(pairs, guess), prior)
    return _robust_line(_window(pairs, rough.forward), prior)


def _window(pairs: _Pairs, forward: float) -> _Window:
    """Choose the pairs around a forward: so many straddles wide, and never too few."""
    distance = np.abs(pairs.strike - forward)
    order = distance.argsort(kind="stable")
    straddle = _median(pairs.straddle[order[:_NEAREST]])
    fewest = distance[order[:FEWEST_PAIRS][-1]]
    reach = max(WINDOW_IN_STRADDLES * straddle, 1.25 * float(fewest))
    near = distance < reach
    nearness = (1.0 - (distance[near] / reach) ** 3) ** 3  # tricube: no jump at the edge
    strike, parity, half_spread, straddles = (column[near] for column in pairs)
    floor = np.maximum(_LEAST_HALF_SPREAD * strike, 0.25 * _median(half_spread))
    chosen = _Pairs(strike, parity, np.maximum(half_spread, floor), straddles)
    return _Window(chosen, nearness, forward, straddle)


def _robust_line(window: _Window, prior: _Prior) -> ParityFit:
    """Fit the line of a window, re-weighting until pairs off it have no say."""
    (strike, parity, half_spread, _), nearness, forward, straddle = window
    discount, held = prior.discount, 1.0 / prior.sd**2 if prior.sd > 0.0 else np.inf
    missed = _first_residuals(strike, parity, prior)
    for _ in range(_ROUNDS):
        noise = _noise(np.abs(missed) / half_spread, nearness)
        off = missed / (_BISQUARE * noise * half_spread)
        kept = np.maximum(1.0 - off**2, 0.0) ** 2
        weight = nearness * kept / (noise * half_spread) ** 2
        total = weight.sum()
        middle = (weight @ strike) / total
        known = weight @ (strike - middle) ** 2  # how well the strikes alone fix the slope
        if held < np.inf:
            slope = weight @ ((middle - strike) * parity)
            discount = float((slope + held * prior.discount) / (known + held))
        forward = float(middle + (weight @ parity) / total / discount)
        missed = parity - discount * (forward - strike)
    pairs = int(np.count_nonzero(kept))
    variance = 1.0 / total + (forward - middle) ** 2 / (known + held)
    doubt = np.sqrt(variance) / (discount * straddle * _ONE_PERCENT)
    confidence = pairs / (pairs + 1.0) * (pairs / strike.size) / (1.0 + doubt**2)
    return ParityFit(
        forward=forward,
        discount=discount,
        pairs=pairs,
        residual=float(np.sqrt((weight @ missed**2) / total)),
        confidence=float(confidence) if confidence > 0.0 else 0.0,  # NaN: no confidence
        reason="discount assumed: the strikes do not fix it" if known < held < np.inf else "",
    )


def _first_residuals(strike: FloatArray, parity: FloatArray, prior: _Prior) -> FloatArray:
    """
    Return what a line through medians misses, before any noise is known.

    Its slope is the median over strikes half the window apart (a quarter of them may be bad):
    held against the prior instead, a long-dated discount would look like noise.
    """
    half = strike.size // 2
    steps = strike[half:] - strike[: strike.size - half]
    is_apart = steps > 0.0
    slope = -prior.discount
    if prior.sd > 0.0 and is_apart.any():
        rises = parity[half:] - parity[: strike.size - half]
        slope = _median(rises[is_apart] / steps[is_apart])
    level = parity - slope * strike
    return level - _median(level)


def _noise(in_half_spreads: FloatArray, nearness: FloatArray) -> float:
    """Return the robust standard deviation of the residuals, counted in half spreads."""
    order = in_half_spreads.argsort()
    reached = nearness[order].cumsum()
    median = in_half_spreads[order[reached.searchsorted(0.5 * reached[-1])]]
    count = in_half_spreads.size
    seen = (_MAD_TO_SD * median) ** 2
    return float(np.sqrt((count * seen + _MID_NOISE**2) / (count + 1.0)))


def _median(values: FloatArray) -> float:
    """Return the median; on some tens of values NumPy's own takes five times as long."""
    ordered = values.copy()
    ordered.sort()
    return float(0.5 * (ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]))
