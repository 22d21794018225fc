import math

from voldesk.pricing import constants


def test_mathematical_constants_are_right_to_the_last_digit() -> None:
    """The constants are the float64s nearest to what their names say."""
    assert math.isclose(constants.SQRT_2PI, math.sqrt(2 * math.pi), rel_tol=2e-16)
    assert math.isclose(constants.INV_SQRT_2PI, 1 / math.sqrt(2 * math.pi), rel_tol=2e-16)
    assert math.isclose(constants.LOG_SQRT_2PI, 0.5 * math.log(2 * math.pi), rel_tol=2e-16)
    assert math.isclose(constants.TWO_PI, 2 * math.pi, rel_tol=2e-16)
    assert math.isclose(constants.INV_TWO_PI, 0.5 / math.pi, rel_tol=2e-16)


def test_certificate_leaves_an_error_below_rounding() -> None:
    """One step from the largest certified misfit leaves its fourth power, under float64's unit."""
    assert constants.CERTIFIED**4 <= 2.0**-53
    assert constants.LAST_STEP <= constants.CERTIFIED
