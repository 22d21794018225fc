"""Exposures: formula, sign, sums."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voldesk.analytics.exposure import (
    CHARM_EXPOSURE,
    CONVENTIONS,
    DEX,
    EXPOSURES,
    GEX,
    LONG_ALL,
    SHORT_ALL,
    VANNA_EXPOSURE,
    Exposure,
    by_series,
    by_strike,
    left_out,
    net,
    row_exposure,
)

IS_CALL = np.array([True, False])
HELD = np.array([10.0, 20.0])


@pytest.mark.parametrize(
    ("exposure", "greek", "expected"),
    [
        (GEX, [0.01, 0.02], [10 * 0.01 * 100 * 50**2 * 0.01, -20 * 0.02 * 100 * 50**2 * 0.01]),
        (DEX, [0.5, -0.4], [10 * 0.5 * 100 * 50, 20 * 0.4 * 100 * 50]),
        (VANNA_EXPOSURE, [0.02, -0.03], [10 * 0.02 * 100 * 50, 20 * 0.03 * 100 * 50]),
        (CHARM_EXPOSURE, [-0.01, 0.02], [-10 * 0.01 * 100 * 50, -20 * 0.02 * 100 * 50]),
    ],
    ids=lambda value: value.name if isinstance(value, Exposure) else None,
)
def test_formula_by_hand(exposure: Exposure, greek: list[float], expected: list[float]) -> None:
    """Ten calls and twenty puts on a spot of 50: the stated formula, calls +, puts -."""
    value = row_exposure(exposure, np.array(greek), HELD, IS_CALL, 50.0, 100.0)
    np.testing.assert_allclose(value, expected, rtol=1e-14)


def test_gex_is_the_hedge_of_one_percent() -> None:
    """GEX is the change of delta over a 1 % move, times spot: what a hedger trades."""
    spot, gamma, held = 5000.0, 2e-4, 300.0
    shares = gamma * (0.01 * spot) * held * 100.0
    value = row_exposure(GEX, np.array([gamma]), np.array([held]), np.array([True]), spot, 100.0)
    assert value[0] == pytest.approx(shares * spot)


def test_every_convention_is_named_and_signs_the_rights() -> None:
    """The table holds each convention under its name; short of all is long of all reversed."""
    assert all(name == convention.name for name, convention in CONVENTIONS.items())
    greek = np.array([0.5, -0.4])
    long = row_exposure(DEX, greek, HELD, IS_CALL, 50.0, 1.0, LONG_ALL)
    short = row_exposure(DEX, greek, HELD, IS_CALL, 50.0, 1.0, SHORT_ALL)
    np.testing.assert_array_equal(long, -short)
    assert long.tolist() == [250.0, -400.0]


def test_every_exposure_states_formula_unit_and_meaning() -> None:
    """What is published can be read without the source."""
    for exposure in EXPOSURES:
        assert exposure.greek in exposure.formula
        assert exposure.unit
        assert exposure.meaning


def test_unknown_rows_are_unknown_and_counted() -> None:
    """A row without its Greek or open interest is NaN, left out of the sums, and counted."""
    greek, held = np.array([0.1, np.nan, 0.1]), np.array([1.0, 1.0, np.nan])
    value = row_exposure(GEX, greek, held, np.ones(3, dtype=np.bool_), 100.0, 1.0)
    assert np.isnan(value).tolist() == [False, True, True]
    assert net(value) == value[0]
    assert left_out(value) == 2


def test_nothing_known_is_unknown_and_not_zero() -> None:
    """A net of no known rows is NaN."""
    assert math.isnan(net(np.full(3, np.nan)))
    assert math.isnan(net(np.empty(0)))
    assert np.isnan(by_series(np.full(2, np.nan), np.array([0, 1]), 2)).all()
    assert len(by_strike(np.full(1, np.nan), np.ones(1), np.array([True])).strike) == 0


def test_unknown_spot_is_unknown_everywhere() -> None:
    """Without a spot no row has an exposure."""
    assert np.isnan(row_exposure(GEX, HELD, HELD, IS_CALL, math.nan, 100.0)).all()


def test_sums_by_series_and_strike() -> None:
    """Rows add up where they belong, rights apart at each strike."""
    value = np.array([1.0, -2.0, 4.0, np.nan])
    strike = np.array([100.0, 100.0, 90.0, 90.0])
    is_call = np.array([True, False, True, False])
    np.testing.assert_equal(by_series(value, np.array([0, 0, 2, 2]), 3), [-1.0, np.nan, 4.0])
    totals = by_strike(value, strike, is_call)
    assert totals.strike.tolist() == [90.0, 100.0]
    assert totals.call.tolist() == [4.0, 1.0]
    assert totals.put.tolist() == [0.0, -2.0]
    assert totals.net.tolist() == [4.0, -1.0]


@given(st.floats(0.01, 100.0))
def test_scaling_the_price_of_everything(scale: float) -> None:
    """In a currency worth c times less, gamma is 1/c, and every exposure c times as much."""
    greek = np.array([0.01, 0.02])
    for exposure in EXPOSURES:
        rescaled = greek / scale if exposure is GEX else greek
        before = row_exposure(exposure, greek, HELD, IS_CALL, 50.0, 100.0)
        after = row_exposure(exposure, rescaled, HELD, IS_CALL, 50.0 * scale, 100.0)
        np.testing.assert_allclose(after, before * scale, rtol=1e-12)


@given(arrays(np.float64, 12, elements=st.floats(-1e6, 1e6)), st.permutations(range(12)))
def test_the_whole_is_the_sum_of_its_parts(value: np.ndarray, order: list[int]) -> None:
    """Net, by series and by strike agree with one another in any order of rows."""
    series, strike = np.arange(12) % 3, 5.0 * (np.arange(12.0) % 4)
    is_call = np.arange(12) % 2 == 0
    total = net(value)
    np.testing.assert_allclose(net(by_series(value, series, 3)), total, atol=1e-6)
    np.testing.assert_allclose(by_strike(value, strike, is_call).net.sum(), total, atol=1e-6)
    np.testing.assert_allclose(net(value[order]), total, atol=1e-6)


def test_the_largest_floats_do_not_raise() -> None:
    """Overflow is unknown, without a warning."""
    huge = np.full(2, 1e308)
    value = row_exposure(GEX, huge, huge, IS_CALL, 1e308, 1e308)
    assert np.isnan(value).all()
    by_strike(huge, np.ones(2), IS_CALL)
    net(huge)
