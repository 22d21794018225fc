"""Risk reversals, butterflies and slopes."""

import math
from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.analytics.skew import nearest_delta, net_iv, skew_of, skew_slope
from voldesk.analytics.smile import Smile, atm_iv, iv_at_delta, otm_smile
from voldesk.model.quotes import FloatArray

Vol = Callable[[FloatArray, float], FloatArray]

STRIKE = 5000.0 * (1.0 + 0.005 * (np.arange(-80.0, 81.0) + 0.3))


def smile_of(vol: Vol, strike: FloatArray = STRIKE, years: float = 0.1) -> Smile:
    iv = vol(np.log(strike / 5000.0), years)
    return otm_smile(strike, iv, iv, 5000.0, years)


def test_figures_are_made_of_the_vols_they_name(svi: Vol) -> None:
    """rr is call less put, bf their mean less the vol at the forward."""
    smile = smile_of(svi)
    call, put = iv_at_delta(smile, 0.25), iv_at_delta(smile, -0.25)
    skew = skew_of(smile)
    assert skew.atm_iv == atm_iv(smile)
    assert skew.rr25 == call - put
    assert skew.bf25 == (call + put) / 2 - atm_iv(smile)
    assert skew.rr10 < skew.rr25 < 0.0 < skew.bf25 < skew.bf10


def test_flat_smile_has_no_skew() -> None:
    """On a flat smile every shape figure is 0 to rounding."""
    skew = skew_of(smile_of(lambda k, _: np.full_like(k, 0.3)))
    np.testing.assert_allclose(astuple(skew), [0.3, 0, 0, 0, 0, 0, 0], atol=1e-12)


def test_slope_of_a_parabola_is_exact() -> None:
    """On iv = 0.2 - 0.5 k + 2 k^2 the slope at the forward is -0.5."""
    smile = smile_of(lambda k, _: 0.2 - 0.5 * k + 2.0 * k * k)
    assert skew_slope(smile) == pytest.approx(-0.5, abs=1e-9)
    assert skew_of(smile).slope_sqrt_years == pytest.approx(-0.5 * math.sqrt(0.1), abs=1e-9)


def test_slope_of_svi(svi: Vol) -> None:
    """On a known smile the slope is within 2 % of the derivative, noise of the fit's width."""
    step = 1e-5
    truth = float(svi(np.array(step), 0.1) - svi(np.array(-step), 0.1)) / (2 * step)
    assert skew_slope(smile_of(svi)) == pytest.approx(truth, rel=0.02)


def test_few_strikes_give_the_slope_of_the_line_between_two() -> None:
    """With two strikes the slope is their secant; with one, or none around, it is unknown."""
    smile = smile_of(lambda k, _: 0.2 - 0.5 * k, np.array([4000.0, 6000.0]))
    assert skew_slope(smile) == pytest.approx(-0.5, rel=1e-12)
    at_forward = smile_of(lambda k, _: 0.2 - 0.5 * k, np.array([4000.0, 5000.0, 6000.0]))
    assert skew_slope(at_forward) == pytest.approx(-0.5, rel=1e-12)
    assert math.isnan(skew_slope(smile_of(lambda k, _: 0.2 + 0 * k, np.array([5000.0]))))
    assert math.isnan(skew_slope(smile_of(lambda k, _: 0.2 + 0 * k, np.array([4000.0, 4500.0]))))


def test_an_empty_smile_is_unknown_throughout() -> None:
    """No strikes: every figure is NaN."""
    nothing = np.empty(0)
    assert np.isnan(astuple(skew_of(otm_smile(nothing, nothing, nothing, 100.0, 0.0)))).all()


DELTA = np.array([0.60, 0.30, 0.21, -0.10, -0.24, -0.55])
IS_CALL = np.array([True, True, True, False, False, False])


def test_nearest_delta_looks_on_one_side() -> None:
    """0.25 finds the 0.21 call, -0.25 the -0.24 put."""
    assert nearest_delta(DELTA, IS_CALL, 0.25) == 2
    assert nearest_delta(DELTA, IS_CALL, -0.25) == 4


def test_nearest_delta_of_nothing_known_is_none() -> None:
    """A right without a known delta has no nearest row."""
    assert nearest_delta(np.where(IS_CALL, np.nan, DELTA), IS_CALL, 0.25) is None
    assert nearest_delta(np.empty(0), np.empty(0, dtype=np.bool_), -0.25) is None


def test_net_iv_is_call_less_put_at_listed_strikes() -> None:
    """The seed's figure: iv of the nearest 25-delta call less that of the put."""
    iv = np.array([0.20, 0.19, 0.18, 0.30, 0.25, 0.21])
    assert net_iv(iv, DELTA, IS_CALL) == pytest.approx(0.18 - 0.25)
    iv[2] = np.nan
    assert net_iv(iv, DELTA, IS_CALL) == pytest.approx(0.19 - 0.25)
    assert math.isnan(net_iv(np.full(6, np.nan), DELTA, IS_CALL))


@given(st.permutations(range(6)))
def test_net_iv_does_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    """Any permutation of distinct deltas gives the same figure."""
    iv = np.linspace(0.1, 0.3, 6)
    assert net_iv(iv[order], DELTA[order], IS_CALL[order]) == net_iv(iv, DELTA, IS_CALL)


@given(
    st.lists(st.floats(allow_nan=True), min_size=1, max_size=12),
    st.floats(allow_nan=True),
    st.floats(allow_nan=True),
)
def test_no_float_raises(vols: list[float], forward: float, years: float) -> None:
    """Whatever the numbers, the answer is a number or NaN."""
    strike, iv = np.linspace(99.0, 101.0, len(vols)), np.array(vols)
    skew_of(otm_smile(strike, iv, iv, forward, years))
    skew_of(otm_smile(strike, iv, iv, 100.0, 0.5))
