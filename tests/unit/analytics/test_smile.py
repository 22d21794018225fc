"""The smile, at the forward and at a delta."""

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import ndtr

from voldesk.analytics.smile import Smile, atm_iv, iv_at_delta, otm_smile
from voldesk.model.quotes import FloatArray

Vol = Callable[[FloatArray, float], FloatArray]

FORWARD, YEARS = 5000.0, 0.1
ABS_TOLERANCE_VOL = 2e-6  # two ten-thousandths of a vol point, strikes 0.5 % apart


def smile_of(vol: Vol, strike: FloatArray, years: float = YEARS) -> Smile:
    iv = vol(np.log(strike / FORWARD), years)
    return otm_smile(strike, iv, iv, FORWARD, years)


def strikes(step: float = 0.005, each_side: int = 80) -> FloatArray:
    return FORWARD * (1.0 + step * (np.linspace(-each_side, each_side, 2 * each_side + 1) + 0.3))


def true_iv_at_delta(vol: Vol, delta: float) -> float:
    """Solve N(d1) = delta on the known smile."""
    goal = delta if delta > 0 else 1 + delta

    def miss(k: float) -> float:
        stdev = float(vol(np.array(k), YEARS)) * math.sqrt(YEARS)
        return float(ndtr(stdev / 2 - k / stdev)) - goal

    return float(vol(np.array(brentq(miss, -2, 2, xtol=1e-14)), YEARS))


def test_puts_below_the_forward_and_calls_from_it_up() -> None:
    """The out-of-the-money side is taken, and never the other in its place."""
    strike = np.array([90.0, 95.0, 100.0, 105.0, 110.0])
    call, put = np.full(5, 0.2), np.array([0.3, np.nan, 0.3, 0.3, 0.3])
    smile = otm_smile(strike, call, put, 100.0, 1.0)
    assert smile.strike.tolist() == [90.0, 100.0, 105.0, 110.0]
    assert smile.iv.tolist() == [0.3, 0.2, 0.2, 0.2]


def test_svi_at_the_forward(svi: Vol) -> None:
    """A known smile is met at the forward though no strike stands there."""
    truth = float(svi(np.array(0.0), YEARS))
    assert abs(atm_iv(smile_of(svi, strikes())) - truth) < ABS_TOLERANCE_VOL


@pytest.mark.parametrize("delta", [0.25, -0.25, 0.10, -0.10, 0.40, -0.05])
def test_svi_at_a_delta(svi: Vol, delta: float) -> None:
    """A known smile is met at exact deltas between the strikes."""
    found = iv_at_delta(smile_of(svi, strikes()), delta)
    assert abs(found - true_iv_at_delta(svi, delta)) < ABS_TOLERANCE_VOL


def test_missing_strikes_cost_little(svi: Vol) -> None:
    """With every strike within 2 % of the forward gone the vol at it is within a tenth point."""
    strike = strikes()
    far = strike[np.abs(strike / FORWARD - 1.0) > 0.02]
    assert abs(atm_iv(smile_of(svi, far)) - float(svi(np.array(0.0), YEARS))) < 1e-3


@given(st.floats(0.03, 2.0), st.floats(0.003, 2.0), st.sampled_from([0.25, -0.25, 0.1, -0.1]))
def test_flat_vol_is_returned_everywhere(vol: float, years: float, delta: float) -> None:
    """On a flat smile every figure is the vol itself, to rounding."""
    strike = FORWARD * np.exp(vol * math.sqrt(years) * np.linspace(-6, 6, 41))
    smile = smile_of(lambda k, _: np.full_like(k, vol), strike, years)
    assert atm_iv(smile) == pytest.approx(vol, rel=1e-13)
    assert iv_at_delta(smile, delta) == pytest.approx(vol, rel=1e-13)


@given(st.lists(st.floats(0.05, 1.0), min_size=3, max_size=12), st.floats(0.02, 0.98))
def test_interpolation_stays_between_known_vols(vols: list[float], delta: float) -> None:
    """However noisy the quotes, no vol is invented outside their range."""
    strike = np.linspace(80.0, 120.0, len(vols))
    iv = np.array(vols)
    smile = otm_smile(strike, iv, iv, 100.0, 0.2)
    for value in (atm_iv(smile), iv_at_delta(smile, delta), iv_at_delta(smile, delta - 1.0)):
        assert math.isnan(value) or min(vols) - 1e-12 <= value <= max(vols) + 1e-12


def test_a_wing_that_does_not_reach_is_unknown(svi: Vol) -> None:
    """Strikes within a quarter deviation of the forward have a 45-delta and no 25-delta."""
    smile = smile_of(svi, strikes(step=0.001, each_side=15))
    assert math.isfinite(iv_at_delta(smile, 0.45))
    assert math.isnan(iv_at_delta(smile, 0.25))
    assert math.isnan(iv_at_delta(smile, -0.25))


def test_a_far_wing_where_delta_turns_back_changes_nothing(svi: Vol) -> None:
    """Absurd quotes far out leave the 25-delta vol as it was."""
    strike = strikes()
    iv = svi(np.log(strike / FORWARD), YEARS)
    noisy = np.where(strike > 1.3 * FORWARD, 5.0, iv)
    clean, spoiled = (otm_smile(strike, x, x, FORWARD, YEARS) for x in (iv, noisy))
    assert iv_at_delta(spoiled, 0.25) == iv_at_delta(clean, 0.25)


@pytest.mark.parametrize("delta", [0.25, -0.25])
def test_a_strike_that_has_the_delta_gives_its_vol(delta: float) -> None:
    """Even a lone strike is enough when its delta is the one asked for."""
    d1 = np.array([NormalDist().inv_cdf(delta % 1.0)])
    smile = Smile(np.array([100.0]), np.array([0.1]), np.array([0.2]), d1, 1.0)
    assert iv_at_delta(smile, delta) == 0.2


def test_one_side_only_has_no_vol_at_the_forward() -> None:
    """Puts alone, calls alone, one strike or none: NaN, unless the strike is the forward."""
    iv = np.full(3, 0.2)
    for strike in (np.array([80.0, 85.0, 90.0]), np.array([110.0, 115.0, 120.0])):
        assert math.isnan(atm_iv(otm_smile(strike, iv, iv, 100.0, 1.0)))
    for one in (np.array([90.0]), np.empty(0)):
        smile = otm_smile(one, iv[: len(one)], iv[: len(one)], 100.0, 1.0)
        assert math.isnan(atm_iv(smile))
        assert math.isnan(iv_at_delta(smile, 0.25))
        assert math.isnan(iv_at_delta(smile, -0.25))
    at_forward = otm_smile(np.array([100.0]), iv[:1], iv[:1], 100.0, 1.0)
    assert atm_iv(at_forward) == 0.2


@pytest.mark.parametrize(
    ("forward", "years"),
    [(math.nan, 0.1), (0.0, 0.1), (-5.0, 0.1), (math.inf, 0.1), (100.0, 0.0), (100.0, -1.0)],
)
def test_without_a_forward_or_time_the_smile_is_empty(forward: float, years: float) -> None:
    """An unknown forward or an expired series has no smile, and nothing raises."""
    iv = np.array([0.2, 1e308, np.nan])
    assert len(otm_smile(np.array([90.0, 100.0, 110.0]), iv, iv, forward, years).iv) == 0


@pytest.mark.parametrize("delta", [0.0, 1.0, -1.0, 2.0, math.nan])
def test_a_delta_no_option_has_is_refused(delta: float) -> None:
    """A delta outside (-1, 1), or 0, is the caller's mistake."""
    with pytest.raises(ValueError, match="delta"):
        iv_at_delta(otm_smile(np.empty(0), np.empty(0), np.empty(0), 100.0, 1.0), delta)


@given(
    st.lists(
        st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True)), min_size=1, max_size=12
    ),
    st.floats(allow_nan=True),
    st.floats(allow_nan=True),
)
def test_no_float_raises(rows: list[tuple[float, float]], forward: float, years: float) -> None:
    """Whatever the numbers, the answer is a number or NaN."""
    strike = np.unique([row[0] for row in rows])
    iv = np.array([row[1] for row in rows])[: len(strike)]
    smile = otm_smile(strike, iv, iv, forward, years)
    atm_iv(smile)
    iv_at_delta(smile, 0.25)
    iv_at_delta(smile, -0.25)
