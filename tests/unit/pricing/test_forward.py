"""The implied forward: exact where quotes are, deaf to bad ones, silent about nothing."""

import csv
import math
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voldesk.pricing.fit_rules import LARGEST_RATE, PRIOR_RATE, SMALLEST_RATE
from voldesk.pricing.forward import (
    ParityFit,
    implied_forward,
    implied_forward_of_prices,
    implied_forward_of_rows,
)

EXACT = 1e-9  # relative: nothing but rounding
FLOATS = st.floats(allow_nan=True, allow_infinity=True)
HARD_FLOATS = st.one_of(
    FLOATS, st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, 1e-300, 100.0, 101.0, 1.0])
)


class Quotes(NamedTuple):
    """Quotes of one series in the order ``implied_forward`` takes them."""

    strike: NDArray[np.float64]
    call_bid: NDArray[np.float64]
    call_ask: NDArray[np.float64]
    put_bid: NDArray[np.float64]
    put_ask: NDArray[np.float64]

    def fit(
        self, *, years: float = math.nan, discount: float | None = None, hint: float = math.nan
    ) -> ParityFit:
        return implied_forward(*self, years=years, discount=discount, spot_hint=hint)

    def take(self, rows: list[int] | NDArray[np.int64]) -> "Quotes":
        return Quotes(*(column[rows] for column in self))


def normal_cdf(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def black_call(forward: float, strike: float, stdev: float) -> float:
    d1 = math.log(forward / strike) / stdev + stdev / 2
    return forward * normal_cdf(d1) - strike * normal_cdf(d1 - stdev)


def series(
    forward: float = 102.0,
    discount: float = 0.98,
    stdev: float = 0.15,
    strikes: NDArray[np.float64] | None = None,
    half_spread: float = 0.05,
) -> Quotes:
    """Make a series whose mids obey parity exactly."""
    strike = np.arange(70.0, 136.0, 2.5) if strikes is None else strikes
    call = discount * np.array([black_call(forward, k, stdev) for k in strike.tolist()])
    put = call - discount * (forward - strike)
    half = np.minimum(half_spread, 0.4 * np.minimum(call, put))
    return Quotes(strike, call - half, call + half, put - half, put + half)


@given(forward=st.floats(90.0, 115.0), rate=st.floats(-0.01, 0.15), years=st.floats(0.3, 3.0))
def test_exact_parity_gives_the_forward_back(forward: float, rate: float, years: float) -> None:
    """Where mids obey parity, forward and discount come out near enough to leave no vol error."""
    discount = math.exp(-rate * years)
    fit = series(forward, discount, 0.25 * math.sqrt(years), half_spread=0.005).fit(years=years)
    assert fit.forward == pytest.approx(forward, rel=1e-5)
    assert fit.discount == pytest.approx(discount, rel=1e-3)
    assert fit.confidence > 0.8
    assert fit.reason == ""


@given(st.floats(60.0, 160.0), st.floats(0.5, 1.05))
def test_given_discount_is_kept_and_the_forward_is_exact(forward: float, discount: float) -> None:
    """With the discount given only the forward is fitted, to rounding."""
    fit = series(forward, discount).fit(discount=discount)
    assert fit.discount == discount
    assert fit.forward == pytest.approx(forward, rel=EXACT)
    assert fit.residual == pytest.approx(0.0, abs=1e-9)


@given(st.floats(1e-3, 1e4))
def test_the_fit_scales_with_the_currency(scale: float) -> None:
    """Quotes counted in another unit give the forward in that unit and the same discount."""
    quotes = series()
    fit = quotes.fit(years=0.5)
    scaled = Quotes(*(column * scale for column in quotes)).fit(years=0.5)
    assert scaled.forward == pytest.approx(fit.forward * scale, rel=EXACT)
    assert scaled.discount == pytest.approx(fit.discount, rel=EXACT)
    assert scaled.pairs == fit.pairs


@given(st.permutations(range(len(series().strike))))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    """Rows in any order give the same fit."""
    fit, shuffled = series().fit(years=0.5), series().take(order).fit(years=0.5)
    assert shuffled.forward == pytest.approx(fit.forward, rel=EXACT)
    assert shuffled.discount == pytest.approx(fit.discount, rel=EXACT)


def test_one_pair_with_a_given_discount_is_a_forward() -> None:
    """One strike is enough when the discount is given, with little confidence."""
    fit = series(strikes=np.array([100.0])).fit(discount=0.98)
    assert fit.forward == pytest.approx(102.0, rel=EXACT)
    assert fit.pairs == 1
    assert 0.0 < fit.confidence <= 0.5


def test_one_pair_without_a_discount_has_no_forward() -> None:
    """One strike cannot fix both forward and discount, and the fit says so."""
    fit = series(strikes=np.array([100.0])).fit(years=0.5)
    assert math.isnan(fit.forward)
    assert math.isnan(fit.discount)
    assert fit.reason == "one strike and no discount"


def test_puts_only_have_no_forward() -> None:
    """A series without calls has no pairs."""
    quotes = series()
    nothing = np.full_like(quotes.strike, np.nan)
    fit = quotes._replace(call_bid=nothing, call_ask=nothing).fit(years=0.5)
    assert math.isnan(fit.forward)
    assert fit.pairs == 0
    assert fit.confidence == 0.0
    assert fit.reason == "no two-sided pairs"


def test_an_empty_series_has_no_forward() -> None:
    """No rows at all is a reason, not an error."""
    assert series(strikes=np.array([])).fit().reason == "no two-sided pairs"


def test_zero_bids_do_not_count() -> None:
    """A strike whose call nobody bids for has no part in the fit."""
    quotes = series()
    quotes.call_bid[:] = 0.0
    assert quotes.fit(years=0.5).reason == "no two-sided pairs"


def test_a_crossed_series_has_no_forward() -> None:
    """Where every pair is crossed the reason names it."""
    quotes = series()
    fit = quotes._replace(call_bid=quotes.call_ask, call_ask=quotes.call_bid).fit(years=0.5)
    assert math.isnan(fit.forward)
    assert fit.reason == "every two-sided pair is crossed"


def test_crossed_strikes_are_left_out() -> None:
    """A crossed quote beside good ones is refused however far it is off."""
    quotes = series()
    quotes.call_bid[12] += 50.0
    fit = quotes.fit(years=0.5, discount=0.98)
    assert fit.forward == pytest.approx(102.0, rel=EXACT)


@pytest.mark.parametrize("shift", [-30.0, -3.0, 3.0, 30.0])
@pytest.mark.parametrize("row", [8, 11, 12, 13, 14, 20])
def test_a_stale_quote_is_refused(row: int, shift: float) -> None:
    """One strike whose call is left over from another price does not move the forward."""
    quotes = series()
    shift = max(shift, 0.1 - float(quotes.call_bid[row]))
    quotes.call_bid[row] += shift
    quotes.call_ask[row] += shift
    fit = quotes.fit(years=0.5)
    assert fit.forward == pytest.approx(102.0, rel=1e-5)


def test_a_third_of_the_quotes_may_be_stale() -> None:
    """Every third call stale by the same amount still leaves the forward of the others."""
    quotes = series()
    quotes.call_bid[::3] += 4.0
    quotes.call_ask[::3] += 4.0
    fit = quotes.fit(years=0.5)
    assert fit.forward == pytest.approx(102.0, rel=1e-4)
    assert fit.confidence < series().fit(years=0.5).confidence


def test_wide_quotes_say_less_than_tight_ones() -> None:
    """A bias carried by wide quotes alone hardly shows."""
    quotes = series()
    wide = np.arange(len(quotes.strike)) % 2 == 0
    half = np.where(wide, np.minimum(1.0, quotes.call_bid), 0.0)
    biased = quotes._replace(
        call_bid=quotes.call_bid + np.where(wide, 0.3, 0.0) - 0.9 * half,
        call_ask=quotes.call_ask + np.where(wide, 0.3, 0.0) + 0.9 * half,
    )
    assert biased.fit(discount=0.98).forward == pytest.approx(102.0, abs=0.02)


def test_near_expiry_the_prior_gives_the_discount() -> None:
    """With a day to go and strikes close together the slope is noise: the prior decides."""
    rng = np.random.default_rng(5)
    quotes = series(6700.0, 1.0, 0.01, np.arange(6600.0, 6805.0, 5.0), 0.2)
    noise = rng.normal(0.0, 0.05, len(quotes.strike))
    fit = quotes._replace(call_bid=quotes.call_bid + noise, call_ask=quotes.call_ask + noise).fit(
        years=1 / 365
    )
    assert fit.reason == "discount assumed: the strikes do not fix it"
    assert -math.log(fit.discount) * 365 == pytest.approx(PRIOR_RATE, abs=0.02)
    assert fit.forward == pytest.approx(6700.0, abs=0.1)


@pytest.mark.parametrize("rate", [-0.5, 0.6])
def test_an_implausible_slope_is_not_believed(rate: float) -> None:
    """A slope that stands for a rate nobody pays gives way to the prior and says so."""
    fit = series(102.0, math.exp(-rate * 0.5)).fit(years=0.5)
    assert fit.reason == "discount assumed: the slope is no plausible rate"
    assert fit.discount == pytest.approx(math.exp(-PRIOR_RATE * 0.5))
    assert fit.forward == pytest.approx(102.0, rel=0.01)


def test_unknown_years_leave_the_slope_to_the_strikes() -> None:
    """Without years the discount still comes out where the strikes fix it."""
    fit = series(discount=0.93, half_spread=0.005).fit()
    assert fit.discount == pytest.approx(0.93, rel=1e-3)
    assert fit.forward == pytest.approx(102.0, rel=1e-5)


@pytest.mark.parametrize("years", [5e-324, 1e-300, 1e-160, 1e-12])
def test_an_instant_before_expiry_the_discount_is_one(years: float) -> None:
    """However short the time is, the prior of its rate is a discount of 1 and no error."""
    fit = series(102.0, 1.0).fit(years=years)
    assert fit.discount == pytest.approx(1.0, rel=1e-9)
    assert fit.forward == pytest.approx(102.0, rel=EXACT)


def test_rows_of_both_rights_are_the_same_series() -> None:
    """A call and a put row per strike give what the columns side by side do."""
    strike, call_bid, call_ask, put_bid, put_ask = series()
    bid, ask = np.stack((call_bid, put_bid)).T.ravel(), np.stack((call_ask, put_ask)).T.ravel()
    is_call = np.tile([True, False], strike.size)
    fit = implied_forward_of_rows(np.repeat(strike, 2), is_call, bid, ask, years=0.5)
    assert fit == series().fit(years=0.5)


def test_rows_of_other_lengths_are_an_error() -> None:
    """A column shorter than the others raises ValueError."""
    with pytest.raises(ValueError, match="columns of one length expected"):
        implied_forward_of_rows(np.ones(2), np.ones(2, np.bool_), np.ones(2), np.ones(1))


@given(st.floats(1e-3, 1e6))
def test_any_hint_finds_the_same_money(hint: float) -> None:
    """A hint only says where to start: a wrong one does no harm."""
    assert series().fit(discount=0.98, hint=hint).forward == pytest.approx(102.0, rel=EXACT)


def test_noise_lowers_the_confidence() -> None:
    """The more the pairs disagree, the less the fit trusts itself, and the residual shows it."""
    rng = np.random.default_rng(7)
    shape = rng.normal(0.0, 1.0, len(series().strike))
    fits = []
    for size in (0.0, 0.05, 0.2):
        quotes = series(half_spread=0.02)
        fits.append(
            quotes._replace(
                put_bid=np.maximum(quotes.put_bid + size * shape, 0.01),
                put_ask=np.maximum(quotes.put_ask + size * shape, 0.02),
            ).fit(years=0.5)
        )
    assert fits[0].confidence > fits[1].confidence > fits[2].confidence
    assert fits[0].residual < fits[1].residual < fits[2].residual


def test_single_prices_are_locked_quotes() -> None:
    """Settlement prices give the forward without any spread to weight by."""
    quotes = series()
    call, put = 0.5 * (quotes.call_bid + quotes.call_ask), 0.5 * (quotes.put_bid + quotes.put_ask)
    fit = implied_forward_of_prices(quotes.strike, call, put, years=0.5)
    assert fit.forward == pytest.approx(102.0, rel=1e-6)
    assert fit == implied_forward(quotes.strike, call, call, put, put, years=0.5)


def test_single_prices_out_of_date_are_refused() -> None:
    """A last trade that the other strikes contradict has no say."""
    quotes = series()
    call, put = 0.5 * (quotes.call_bid + quotes.call_ask), 0.5 * (quotes.put_bid + quotes.put_ask)
    call[13] += 2.0
    put[10] += 3.0
    fit = implied_forward_of_prices(quotes.strike, call, put, years=0.5, discount=0.98)
    assert fit.forward == pytest.approx(102.0, rel=1e-4)


@pytest.mark.parametrize("discount", [0.0, -1.0, math.nan, math.inf])
def test_a_senseless_discount_is_a_reason(discount: float) -> None:
    """A given discount that is no number above zero gives no forward, and is named."""
    fit = series().fit(discount=discount)
    assert math.isnan(fit.forward)
    assert fit.reason == f"the given discount is {discount}"


def test_a_negative_forward_is_not_plausible() -> None:
    """Puts dearer than their strikes are no forward of anything that can be owned."""
    strike = np.array([10.0, 11.0, 12.0])
    fit = implied_forward_of_prices(strike, np.ones(3), strike * 5, discount=1.0)
    assert math.isnan(fit.forward)
    assert fit.reason == "no plausible forward"


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 2), ()])
def test_columns_of_other_shapes_are_an_error(shape: tuple[int, ...]) -> None:
    """Columns that differ in length, or are tables or scalars, raise ValueError."""
    with pytest.raises(ValueError, match="columns of one length expected"):
        implied_forward([1.0, 2.0], np.ones(shape), *np.ones((3, 2)))
    if len(shape) != 1:
        with pytest.raises(ValueError, match="columns of one length expected"):
            implied_forward(*np.ones((5, *shape)))


@given(
    rows=st.lists(st.tuples(*[HARD_FLOATS] * 5), max_size=14),
    years=HARD_FLOATS,
    discount=st.one_of(st.none(), HARD_FLOATS),
    hint=HARD_FLOATS,
)
def test_no_float_raises_or_warns(
    rows: list[tuple[float, ...]], years: float, discount: float | None, hint: float
) -> None:
    """Whatever the floats, the fit is either whole and sane or NaN with a reason."""
    columns = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    check(implied_forward(*columns, years=years, discount=discount, spot_hint=hint))


@given(
    prices=st.lists(st.tuples(*[st.floats(1e-9, 1e12)] * 3), min_size=1, max_size=14),
    years=st.floats(1e-9, 200.0),
)
def test_any_positive_prices_give_a_sane_fit(prices: list[tuple[float, ...]], years: float) -> None:
    """Prices that agree on nothing still give a plausible line or a reason."""
    strike, call, put = np.array(prices, dtype=np.float64).reshape(-1, 3).T
    fit = implied_forward_of_prices(strike, call, put, years=years)
    check(fit)
    if not math.isnan(fit.forward) and years < 100.0:
        slack = 1e-9 * (1.0 + years)
        assert SMALLEST_RATE * years - slack <= -math.log(fit.discount)
        assert -math.log(fit.discount) <= LARGEST_RATE * years + slack


def check(fit: ParityFit) -> None:
    assert 0.0 <= fit.confidence <= 1.0
    if math.isnan(fit.forward):
        assert fit.reason
        assert math.isnan(fit.discount)
        assert fit.pairs == 0
        assert fit.confidence == 0.0
    else:
        assert fit.forward > 0.0
        assert fit.discount > 0.0
        assert fit.pairs >= 1
        assert fit.residual >= 0.0


def cboe_series(file: Path) -> dict[tuple[str, str], list[list[str]]]:
    found: dict[tuple[str, str], list[list[str]]] = {}
    for row in csv.reader(file.read_text(encoding="utf-8").splitlines()):
        if len(row) == 22 and row[0] != "Expiration Date":
            found.setdefault((row[0], row[1][:-15]), []).append(row)
    return found


def test_spx_quotes_imply_the_rate_of_their_day(vendor_data: Path) -> None:
    """Every SPX series of 2025-10-01 implies 3.5 to 4.5 % and misses its line by cents."""
    files = sorted((vendor_data / "cboe_quotetable_spx_2025-10-01").glob("*.csv"))
    assert files
    for file in files:
        for (expiry, _), rows in cboe_series(file).items():
            settles = datetime.strptime(expiry, "%a %b %d %Y")  # noqa: DTZ007  # days are enough
            years = (settles - datetime(2025, 10, 1, 18, 0)).total_seconds() / 31_536_000  # noqa: DTZ001  # a date alone
            columns = np.array([[row[i] for i in (11, 4, 5, 15, 16)] for row in rows], float).T
            fit = implied_forward(*columns, years=years, spot_hint=6711.20)
            assert 0.035 < -math.log(fit.discount) / years < 0.045, file.name
            assert fit.residual < 0.25, file.name
            assert fit.confidence > 0.9, file.name
            assert fit.reason == "", file.name
