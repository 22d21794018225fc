import mpmath as mp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.pricing.mills import horner, mills_difference, mills_ratio

ABSOLUTE = 3e-15


def exact(y: float) -> mp.mpf:
    with mp.workdps(60):
        return mp.sqrt(mp.pi / 2) * mp.erfc(mp.mpf(y) / mp.sqrt(2)) * mp.exp(mp.mpf(y) ** 2 / 2)


def test_horner_takes_the_constant_first() -> None:
    """Coefficients are in rising powers."""
    assert horner((1.0, 2.0, 3.0), np.array([2.0]))[0] == 1 + 4 + 12


@given(st.floats(-1.5, 37.0))
def test_ratio_is_exact_in_the_absolute(y: float) -> None:
    """R(y) agrees with erfc to 60 digits wherever the solver asks for it."""
    assert abs(mills_ratio(np.array([y]))[0] - exact(y)) <= ABSOLUTE * max(1.0, float(exact(y)))


@given(st.floats(-1.5, 8.0), st.floats(1e-12, 3.0))
def test_difference_keeps_relative_accuracy_over_any_width(y: float, width: float) -> None:
    """R(y) - R(y + width) keeps its digits even where the two agree in all of theirs."""
    value, difference = mills_difference(np.array([y]), np.array([width]))
    with mp.workdps(60):
        expected = exact(y) - exact(mp.mpf(y) + mp.mpf(width))
    assert abs(value[0] - exact(y)) <= 2 * ABSOLUTE * max(1.0, float(exact(y)))
    assert abs(difference[0] - expected) <= 5e-13 * expected
