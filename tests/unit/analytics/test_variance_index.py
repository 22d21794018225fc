"""Model-free variance and the 30-day index."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr

from voldesk.analytics.variance_index import (
    MINUTES_30_DAYS,
    SeriesVariance,
    nearest_pair_forward,
    series_variance,
    vol_index,
)
from voldesk.model.quotes import FloatArray

WHITE_PAPER = Path(__file__).parents[2] / "data" / "analytics" / "vix_white_paper_2009.csv"
PAPER_RATE = 0.0038
PAPER_YEARS = {"9": 0.0246575, "37": 0.1013699}  # as printed, seven decimals
PAPER_VARIANCE = {"9": 0.4727679, "37": 0.3668180}
PAPER_MINUTES = (12_960.0, 53_280.0)


def paper_series(days: str) -> SeriesVariance:
    """Return the white paper's near ("9") or next ("37") term from its table of quotes."""
    with WHITE_PAPER.open(newline="") as lines:
        rows = [
            [float(value) for name, value in row.items() if name != "days"]
            for row in csv.DictReader(lines)
            if row["days"] == days
        ]
    strike, *quotes = np.array(rows).T
    years = PAPER_YEARS[days]
    return series_variance(strike, *quotes, years=years, discount=math.exp(-PAPER_RATE * years))


@pytest.mark.parametrize("days", ["9", "37"])
def test_white_paper_variance(days: str) -> None:
    """Both variances of the paper's example are met to the seven decimals it prints."""
    assert f"{paper_series(days).variance:.7f}" == f"{PAPER_VARIANCE[days]:.7f}"


def test_white_paper_strikes() -> None:
    """Forward, K0 and the strikes that survive the zero-bid rule are those of the paper."""
    near, following = paper_series("9"), paper_series("37")
    assert f"{near.forward:.2f} {following.forward:.2f}" == "920.50 921.00"
    assert near.base_strike == following.base_strike == 920.0
    assert (near.strike[0], near.strike[-1]) == (400.0, 1220.0)
    assert (following.strike[0], following.strike[-1]) == (200.0, 1160.0)
    assert 425.0 not in following.strike  # one put without a bid, its neighbours stand


def test_white_paper_index() -> None:
    """The 30-day index of the example is 61.22, from its quotes and from its printed variances."""
    for variance in (
        [paper_series(days).variance for days in PAPER_VARIANCE],
        list(PAPER_VARIANCE.values()),
    ):
        index = vol_index(np.array(PAPER_MINUTES), np.array(variance))
        assert f"{100 * index:.2f}" == "61.22"


def quotes(vol: FloatArray, strike: FloatArray, forward: float, years: float) -> list[FloatArray]:
    """Return call bid, call ask, put bid, put ask around Black prices, undiscounted."""
    stdev = vol * math.sqrt(years)
    d1 = np.log(forward / strike) / stdev + stdev / 2
    call = forward * ndtr(d1) - strike * ndtr(d1 - stdev)
    put = strike * ndtr(stdev - d1) - forward * ndtr(-d1)
    return [call * 0.99, call * 1.01, put * 0.99, put * 1.01]


def svi(k: FloatArray, years: float) -> FloatArray:
    shape = -0.4 * k + np.sqrt(k * k + 0.06 * years)
    return np.asarray(np.sqrt(0.02 + 0.1 * shape / math.sqrt(years)))


@pytest.mark.parametrize("discount", [1.0, 0.98])
def test_flat_vol_gives_its_square(discount: float) -> None:
    """On dense and wide strikes the variance is vol squared, whatever the discount."""
    strike = np.arange(50.0, 200.0, 0.1) + 0.03
    prices = [discount * side for side in quotes(np.full_like(strike, 0.2), strike, 100.0, 0.25)]
    found = series_variance(strike, *prices, years=0.25, discount=discount, forward=100.0)
    assert found.variance == pytest.approx(0.04, rel=1e-4)
    assert found.vol == pytest.approx(0.2, rel=1e-4)
    by_parity = series_variance(strike, *prices, years=0.25, discount=discount)
    assert by_parity.variance == pytest.approx(found.variance, rel=1e-9)


def test_smile_gives_the_variance_swap() -> None:
    """On a skewed smile the sum meets the log contract's integral."""
    forward, years = 100.0, 0.25

    def density(k: float) -> float:
        at = np.array([forward * math.exp(k)])
        call, _, put, _ = quotes(svi(np.log(at / forward), years), at, forward, years)
        return float((put if k < 0 else call)[0]) / 0.99 / float(at[0])

    integral = quad(density, -3, 0)[0] + quad(density, 0, 3)[0]
    strike = np.exp(np.linspace(-3, 3, 4001)) * forward
    sides = quotes(svi(np.log(strike / forward), years), strike, forward, years)
    found = series_variance(strike, *sides, years=years, discount=1.0)
    assert found.variance == pytest.approx(2 / years * integral, rel=1e-4)


STRIKE = np.arange(70.0, 135.0, 5.0)


def test_two_zero_bids_end_a_wing_and_one_does_not() -> None:
    """A lone row without a bid is skipped; after two in succession nothing further counts."""
    sides = quotes(np.full(13, 0.3), STRIKE, 101.0, 0.25)
    call_bid, _, put_bid, _ = sides
    put_bid[STRIKE == 90.0] = 0.0
    call_bid[np.isin(STRIKE, [115.0, 120.0])] = (0.0, np.nan)
    found = series_variance(STRIKE, *sides, years=0.25, discount=1.0)
    assert found.base_strike == 100.0
    assert found.strike.tolist() == [70.0, 75.0, 80.0, 85.0, 95.0, 100.0, 105.0, 110.0]


def test_widths_at_gaps_and_ends() -> None:
    """dK is half of what lies between the neighbours, at the ends the one distance there is."""
    sides = quotes(np.full(4, 0.3), np.array([90.0, 95.0, 100.0, 110.0]), 100.0, 0.25)
    strike = np.array([90.0, 95.0, 100.0, 110.0])
    found = series_variance(strike, *sides, years=0.25, discount=1.0, forward=100.0)
    widths = found.contribution * found.strike**2 / found.price
    np.testing.assert_allclose(widths, [5.0, 5.0, 7.5, 10.0])


SIDES = quotes(np.full(13, 0.3), STRIKE, 101.0, 0.25)
NONE = [np.full(13, np.nan)] * 2


@pytest.mark.parametrize(
    ("rows", "sides", "years", "discount", "forward"),
    [
        pytest.param(13, [*NONE, *SIDES[2:]], 0.25, 1.0, 101.0, id="puts only"),
        pytest.param(13, [*SIDES[:2], *NONE], 0.25, 1.0, 101.0, id="calls only"),
        pytest.param(7, SIDES, 0.25, 1.0, 101.0, id="no call above K0"),
        pytest.param(1, SIDES, 0.25, 1.0, 101.0, id="one strike"),
        pytest.param(0, SIDES, 0.25, 1.0, None, id="no rows"),
        pytest.param(13, SIDES, 0.0, 1.0, None, id="no time left"),
        pytest.param(13, SIDES, 0.25, math.nan, None, id="no discount"),
        pytest.param(13, SIDES, 0.25, 1.0, math.nan, id="no forward"),
    ],
)
def test_a_side_without_quotes_is_unknown(
    rows: int, sides: list[FloatArray], years: float, discount: float, forward: float | None
) -> None:
    """What the formula needs and does not get leaves NaN and no strikes."""
    cut = [side[:rows] for side in sides]
    found = series_variance(STRIKE[:rows], *cut, years=years, discount=discount, forward=forward)
    assert math.isnan(found.variance)
    assert math.isnan(found.vol)
    assert len(found.strike) == 0


def test_forward_is_taken_where_call_and_put_are_nearest() -> None:
    """Parity at the smallest difference, undone of discount."""
    strike = np.array([90.0, 100.0, 110.0])
    forward = nearest_pair_forward(
        strike, np.array([12.0, 5.0, 1.0]), np.array([1.0, 4.5, np.nan]), 0.5
    )
    assert forward == 101.0
    assert math.isnan(nearest_pair_forward(strike, np.full(3, np.nan), strike, 1.0))


def test_index_takes_the_series_on_either_side() -> None:
    """Of many expiries only the two around 30 days matter, in any order."""
    minutes = np.array([60.0, 20.0, 40.0, 5.0]) * 1440
    variance = np.array([0.9, 0.04, 0.09, 0.9])
    total = (20 * 0.04 + 40 * 0.09) / 2
    assert vol_index(minutes, variance) == pytest.approx(math.sqrt(total / 30))


@pytest.mark.parametrize(
    ("days", "variance"),
    [([], []), ([20.0], [0.04]), ([31.0, 60.0], [0.04, 0.04]), ([9.0, 37.0], [0.04, math.nan])],
)
def test_index_is_not_extrapolated(days: list[float], variance: list[float]) -> None:
    """Series on one side of 30 days only leave the index unknown."""
    assert math.isnan(vol_index(np.array(days) * 1440, np.array(variance)))


def test_index_of_a_series_that_settles_then() -> None:
    """A series of exactly 30 days is the index."""
    assert vol_index(np.array([MINUTES_30_DAYS]), np.array([0.09])) == pytest.approx(0.3)


@given(st.lists(st.tuples(*[st.floats(allow_nan=True)] * 5), max_size=8), st.floats(), st.floats())
def test_no_float_raises(rows: list[tuple[float, ...]], years: float, discount: float) -> None:
    """Whatever the numbers, the answers are numbers or NaN."""
    strike, *sides = np.array(rows).reshape(-1, 5).T
    series_variance(np.sort(strike), *sides, years=years, discount=discount)
    vol_index(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
