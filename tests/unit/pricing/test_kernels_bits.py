import math
import struct
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.pricing import kernels_bits as bits
from voldesk.pricing.mills import mills_difference

ULP = 2.0**-52


@bits.looping
def as_bits(x: Any) -> Any:
    return bits.bits_of(x)


@bits.looping
def as_float(n: Any) -> Any:
    return bits.float_of(n)


@bits.looping
def either(test: Any, yes: Any, no: Any) -> Any:
    return bits.choose(test, yes, no)


@bits.looping
def fused(a: Any, b: Any, c: Any) -> Any:
    return bits.fma(a, b, c)


@bits.looping
def view_of(column: Any, first: Any) -> Any:
    view = bits.window(column, first)
    return bits.get(view, 0), bits.get(view, 2)


@bits.looping
def filled(n: Any) -> Any:
    scratch = np.zeros(n)
    bits.poke_eight(scratch, 3, 7.0)
    bits.poke(scratch, 0, 1.0)
    return scratch, bits.peek(scratch, 4)


@settings(deadline=None)  # the first example compiles
@given(st.floats(allow_nan=False))
def test_bits_are_those_of_the_float(x: float) -> None:
    """A float taken apart and put together is itself."""
    assert as_bits(x) == struct.unpack("<q", struct.pack("<d", x))[0]
    assert as_float(as_bits(x)) == x


def test_choose_takes_one_of_two() -> None:
    """The branch not taken may be anything."""
    assert either(True, 1.0, math.nan) == 1.0
    assert math.isnan(either(False, 1.0, math.nan))


def test_fma_rounds_once() -> None:
    """The product is not rounded before the sum."""
    x = 1 + 2.0**-30
    assert fused(x, x, -1.0) == 2.0**-29 + 2.0**-60


@settings(deadline=None)  # the first example compiles
@given(st.floats(1e-300, 1e300))
def test_log_is_right_to_the_last_digits(x: float) -> None:
    """ln(x) without libm."""
    with mp.workdps(40):
        exact = mp.log(mp.mpf(x))
    assert abs(bits.log_of(x) - exact) <= ULP * max(1, abs(float(exact)))
    assert bits.rough_log_of(x) == pytest.approx(float(exact), rel=1e-5, abs=3e-6)


@settings(deadline=None)  # the first example compiles
@given(st.floats(-700, 700))
def test_exp_is_right_to_the_last_digits(x: float) -> None:
    """e^x without libm."""
    with mp.workdps(40):
        exact = mp.exp(mp.mpf(x))
    assert abs(bits.exp_of(x) / exact - 1) <= 2 * ULP


@settings(deadline=None)  # the first example compiles
@given(st.floats(1e-3, 1e3), st.floats(-0.2, 0.2))
def test_log_ratio_keeps_its_digits(a: float, apart: float) -> None:
    """ln(b / a) for b near and not so near a."""
    b = a * (1 + apart)
    k, top, bottom = bits.ratio_parts(a, b)
    with mp.workdps(40):
        exact = float(mp.log(mp.mpf(b) / mp.mpf(a)))
    assert bits.log_from_parts(k, top / bottom) == pytest.approx(exact, rel=4 * ULP, abs=0)


@settings(deadline=None)  # the first example compiles
@given(st.floats(-1.5, 30.0), st.floats(1e-9, 3.0))
def test_mills_pair_is_the_twins(y: float, width: float) -> None:
    """The compiled Mills ratio and difference are those of NumPy up to rounding."""
    value, difference = bits.mills_pair(y, width)
    expected = mills_difference(np.array([y]), np.array([width]))
    assert value == pytest.approx(expected[0][0], rel=1e-13)
    assert difference == pytest.approx(expected[1][0], rel=1e-11)
    assert bits.mills_ratio(y) == pytest.approx(value, rel=1e-13)


def test_windows_start_where_they_say() -> None:
    """A window is the array from an index on."""
    assert view_of(np.arange(10.0), 4) == (4.0, 6.0)


def test_eight_elements_are_set_at_once() -> None:
    """Eight and no more."""
    scratch, read = filled(16)
    assert scratch.tolist() == [1.0, 0.0, 0.0, *[7.0] * 8, *[0.0] * 5]
    assert read == 7.0
