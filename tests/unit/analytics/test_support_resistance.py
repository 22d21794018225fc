"""Support and resistance by open interest."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.analytics.support_resistance import resistance, support

STRIKE = np.array([90.0, 95.0, 105.0, 110.0, 110.0, 115.0, 90.0, 95.0])
IS_CALL = np.array([True, True, True, True, True, True, False, False])
INTEREST = np.array([900.0, 900.0, 10.0, 30.0, 30.0, 50.0, 7.0, 8.0])


def test_resistance_is_calls_above_and_support_puts_below() -> None:
    """Strikes are ordered by open interest, summed over series; the wrong side never shows."""
    assert resistance(STRIKE, IS_CALL, INTEREST, 100.0) == (110.0, 115.0, 105.0)
    assert support(STRIKE, IS_CALL, INTEREST, 100.0) == (95.0, 90.0)


def test_count_limits_the_answer() -> None:
    """At most so many strikes are named."""
    assert resistance(STRIKE, IS_CALL, INTEREST, 100.0, count=1) == (110.0,)


def test_equal_interest_goes_to_the_nearest() -> None:
    """Of equals the strike nearest to spot comes first."""
    assert resistance(STRIKE, IS_CALL, np.ones(8) + (STRIKE != 110.0), 100.0)[0] == 105.0


def test_unknown_spot_or_interest_names_nothing() -> None:
    """Nothing is above an unknown spot, and a row without open interest does not count."""
    assert resistance(STRIKE, IS_CALL, INTEREST, math.nan) == ()
    assert support(STRIKE, IS_CALL, np.full(8, np.nan), 100.0) == ()
    assert support(np.empty(0), np.empty(0, dtype=np.bool_), np.empty(0), 100.0) == ()


@given(st.permutations(range(8)))
def test_order_of_rows_does_not_matter(order: list[int]) -> None:
    """Any permutation of the rows names the same strikes."""
    shuffled = (STRIKE[order], IS_CALL[order], INTEREST[order], 100.0)
    assert resistance(*shuffled) == (110.0, 115.0, 105.0)
    assert support(*shuffled) == (95.0, 90.0)
