"""Call and put walls."""

import math

import numpy as np

from voldesk.analytics.exposure import StrikeExposure
from voldesk.analytics.walls import call_wall, put_wall

STRIKE = np.array([90.0, 100.0, 110.0])


def test_walls_are_where_most_gamma_of_a_right_stands() -> None:
    """Each right is looked at alone."""
    gex = StrikeExposure(STRIKE, np.array([1.0, 2.0, 5.0]), np.array([-9.0, -3.0, 0.0]))
    assert call_wall(gex) == 110.0
    assert put_wall(gex) == 90.0


def test_walls_do_not_depend_on_the_sign_convention() -> None:
    """The other party's signs name the same strikes."""
    gex = StrikeExposure(STRIKE, -np.array([1.0, 2.0, 5.0]), np.array([9.0, 3.0, 0.0]))
    assert call_wall(gex) == 110.0
    assert put_wall(gex) == 90.0


def test_of_equals_the_lowest_strike() -> None:
    """A tie goes to the lowest strike."""
    assert call_wall(StrikeExposure(STRIKE, np.array([2.0, 1.0, 2.0]), np.zeros(3))) == 90.0


def test_no_exposure_is_unknown() -> None:
    """No strikes, or a right without exposure, give NaN."""
    assert math.isnan(put_wall(StrikeExposure(STRIKE, np.ones(3), np.zeros(3))))
    assert math.isnan(call_wall(StrikeExposure(np.empty(0), np.empty(0), np.empty(0))))
