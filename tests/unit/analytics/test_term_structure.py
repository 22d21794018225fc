"""Constant maturities, forward variance, slope."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.analytics.term_structure import (
    CONSTANT_DAYS,
    constant_maturity_iv,
    forward_variances,
    term_slope,
)

YEARS = np.array([9.0, 37.0, 93.0]) / 365.0


def test_total_variance_is_linear_in_time() -> None:
    """Half way in time between two expiries lies half way in total variance."""
    iv = constant_maturity_iv(np.array([10.0, 30.0]) / 365, np.array([0.3, 0.2]), (20,))
    total = (0.3**2 * 10 + 0.2**2 * 30) / 2
    assert iv[0] == pytest.approx(math.sqrt(total / 20), rel=1e-14)


def test_an_expiry_is_met_exactly() -> None:
    """At an expiry its own vol stands."""
    assert constant_maturity_iv(YEARS, np.array([0.3, 0.2, 0.25]), (37,))[0] == pytest.approx(0.2)


def test_nothing_is_extrapolated() -> None:
    """Maturities before the first expiry and past the last are unknown."""
    iv = constant_maturity_iv(YEARS, np.full(3, 0.2))
    assert np.isnan(iv).tolist() == [day < 9 or day > 93 for day in CONSTANT_DAYS]


@given(st.floats(0.01, 3.0), st.permutations(range(3)))
def test_flat_vol_is_flat_in_any_order(vol: float, order: list[int]) -> None:
    """A flat term structure is the same vol at every maturity, forward and spot."""
    years, iv = YEARS[order], np.full(3, vol)
    np.testing.assert_allclose(constant_maturity_iv(years, iv, (9, 30, 60)), vol, rtol=1e-12)
    for forward in forward_variances(years, iv):
        assert forward.vol == pytest.approx(vol, rel=1e-9)
    assert term_slope(years, iv) == pytest.approx(0.0, abs=1e-12)


def test_forward_variance_by_hand() -> None:
    """20 % to one year and 25 % to two are sqrt(2 * 0.0625 - 0.04) in the second."""
    (forward,) = forward_variances(np.array([1.0, 2.0]), np.array([0.20, 0.25]))
    assert (forward.start_years, forward.end_years) == (1.0, 2.0)
    assert forward.variance == pytest.approx(0.085)
    assert forward.vol == pytest.approx(math.sqrt(0.085))
    assert not forward.is_arbitrage


def test_falling_total_variance_is_flagged() -> None:
    """A calendar arbitrage has a negative forward variance, a flag, and no vol."""
    (forward,) = forward_variances(np.array([1.0, 2.0]), np.array([0.3, 0.2]))
    assert forward.variance == pytest.approx(-0.01)
    assert math.isnan(forward.vol)
    assert forward.is_arbitrage


def test_unknown_and_past_expiries_are_left_out() -> None:
    """A NaN vol or a settled series joins its neighbours; the rest stands."""
    years = np.array([-0.1, 0.0, 1.0, 1.5, 2.0])
    iv = np.array([0.9, 0.9, 0.2, np.nan, 0.25])
    (forward,) = forward_variances(years, iv)
    assert forward.variance == pytest.approx(0.085)


def test_one_time_twice_counts_as_its_mean() -> None:
    """Two series that settle together are averaged in total variance."""
    iv = constant_maturity_iv(np.array([0.1, 0.1, 0.2]), np.array([0.1, 0.3, 0.2]), (36.5,))
    assert iv[0] == pytest.approx(math.sqrt(0.05))


def test_slope_is_far_less_near() -> None:
    """Contango is positive."""
    years, iv = np.array([30.0, 90.0]) / 365, np.array([0.18, 0.21])
    assert term_slope(years, iv) == pytest.approx(0.03)
    assert math.isnan(term_slope(years, iv, far_days=120))


@given(
    st.lists(st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True)), max_size=10),
)
def test_no_float_raises(points: list[tuple[float, float]]) -> None:
    """Whatever the numbers, the answers are numbers or NaN."""
    years = np.array([point[0] for point in points])
    iv = np.array([point[1] for point in points])
    assert constant_maturity_iv(years, iv).shape == (len(CONSTANT_DAYS),)
    forward_variances(years, iv)
