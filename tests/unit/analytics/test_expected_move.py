"""The expected move by three methods."""

import math
from dataclasses import astuple

import numpy as np
import pytest
from scipy.special import ndtr

from voldesk.analytics.expected_move import atm_straddle, expected_move


def test_straddle_is_interpolated_at_the_forward() -> None:
    """A forward a quarter of the way between two strikes takes three quarters of the lower."""
    strike = np.array([90.0, 100.0, 110.0])
    call, put = np.array([14.0, 6.0, 2.0]), np.array([2.0, 6.0, 14.0])
    assert atm_straddle(strike, call, put, 100.0) == 12.0
    assert atm_straddle(strike, call, put, 102.5) == 13.0


def test_a_strike_with_one_leg_only_is_passed_over() -> None:
    """The bracket widens to the next strikes where both prices are known."""
    strike = np.array([90.0, 100.0, 110.0])
    call, put = np.array([14.0, np.nan, 2.0]), np.array([2.0, 6.0, 16.0])
    assert atm_straddle(strike, call, put, 100.0) == 17.0


@pytest.mark.parametrize("forward", [89.9, 110.1, math.nan, math.inf])
def test_a_forward_outside_the_strikes_is_unknown(forward: float) -> None:
    """Nothing is extrapolated."""
    one = np.ones(3)
    assert math.isnan(atm_straddle(np.array([90.0, 100.0, 110.0]), one, one, forward))


def test_no_pair_is_unknown() -> None:
    """Puts only, or no rows: NaN."""
    unknown = np.full(2, np.nan)
    assert math.isnan(atm_straddle(np.array([90.0, 110.0]), unknown, np.ones(2), 100.0))
    assert math.isnan(atm_straddle(np.empty(0), np.empty(0), np.empty(0), 100.0))


def test_the_three_methods() -> None:
    """A straddle of 100 on a forward of 5000 at 20 % for a quarter year."""
    assert astuple(expected_move(100.0, 5000.0, 0.2, 0.25)) == (85.0, 100.0, 500.0)


def test_straddle_is_the_mean_absolute_move() -> None:
    """A Black straddle at the forward is sqrt(2/pi) of one deviation, to second order."""
    stdev, forward = 0.05, 5000.0
    value = 2.0 * forward * (2.0 * float(ndtr(stdev / 2)) - 1.0)
    half = np.array([value / 2])
    straddle = atm_straddle(np.array([forward]), half, half, forward)
    move = expected_move(straddle, forward, 0.1, 0.25)
    assert move.straddle / move.iv_sqrt_t == pytest.approx(math.sqrt(2 / math.pi), rel=1e-3)


@pytest.mark.parametrize("years", [0.0, -0.1, math.nan])
def test_no_time_left_is_unknown(years: float) -> None:
    """The vol method needs time; the straddle's figures stand."""
    move = expected_move(10.0, 100.0, 0.2, years)
    assert math.isnan(move.iv_sqrt_t)
    assert move.straddle == 10.0
