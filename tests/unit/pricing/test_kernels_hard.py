import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.pricing import flags
from voldesk.pricing.kernels_hard import greeks_row, legs, log_moneyness, solve_row
from voldesk.pricing.twin_calls import Calls

ANY = st.floats(allow_nan=True, allow_infinity=True)


@settings(deadline=None)  # the first example compiles
@given(ANY, ANY, ANY, ANY, ANY, st.booleans(), ANY)
def test_solving_a_row_always_answers(
    price: float,
    forward: float,
    strike: float,
    x: float,
    years: float,
    is_call: bool,
    discount: float,
) -> None:
    """Any seven numbers give a vol with OK or NaN with a reason."""
    vol, flag = solve_row(price, forward, strike, x, years, is_call, discount)
    assert math.isnan(vol) == (flag != flags.OK)
    assert flag in {
        flags.OK,
        flags.BELOW_INTRINSIC,
        flags.ABOVE_MAX,
        flags.NOT_CONVERGED,
        flags.BAD_INPUT,
    }


@settings(deadline=None)
@given(st.tuples(*[ANY] * 6, st.booleans(), *[ANY] * 4))
def test_a_greek_is_finite_or_unknown(inputs: tuple[Any, ...]) -> None:
    """Any inputs give ten figures, none of them infinite."""
    assert not any(math.isinf(figure) for figure in greeks_row(*inputs))


@settings(deadline=None)  # the first example compiles
@given(st.floats(0.0, 5.0), st.floats(0.05, 20.0))
def test_legs_are_two_probabilities(h: float, v: float) -> None:
    """Each leg is a tail of the normal distribution, and the value is their difference."""
    slope, near, far, value = legs(h, v)
    z = h / v
    assert near == pytest.approx(
        math.exp(-h / 2) * math.erfc((z - v / 2) / math.sqrt(2)) / 2, rel=1e-11, abs=1e-280
    )
    assert far == pytest.approx(
        math.exp(h / 2) * math.erfc((z + v / 2) / math.sqrt(2)) / 2, rel=1e-11, abs=1e-280
    )
    assert value == pytest.approx(near - far, rel=1e-9, abs=1e-15 * near)
    assert slope >= 0


def test_moneyness_of_the_forward_is_zero() -> None:
    """At the forward there is nothing to take a logarithm of."""
    assert log_moneyness(123.4, 123.4) == 0


@pytest.mark.parametrize("price", [1e-300, 1e-30, 1e-5, 5.0, 60.0, 99.0, 99.999999])
def test_every_price_between_the_limits_has_a_vol(compiled: Calls, price: float) -> None:
    """From almost nothing to almost the forward, at and away from the strike."""
    assert compiled is not None
    for strike in (100.0, 100.0001, 150.0, 1000.0, 1e9):
        x = log_moneyness(100.0, strike)
        vol, flag = solve_row(price, 100.0, strike, x, 1.0, True, 1.0)
        assert flag == flags.OK, strike
        _, near, far, value = legs(abs(x), vol)
        again = math.sqrt(100.0 * strike) * value
        assert again == pytest.approx(price, rel=1e-11 if price > 1e-290 else 1), (
            strike,
            near,
            far,
        )
