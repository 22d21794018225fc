"""The put-call ratio."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voldesk.analytics.pcr import put_call_ratio

CALLS = np.array([True, True, False, False])


def test_ratio_is_puts_over_calls() -> None:
    """Thirty puts against twenty calls are 1.5."""
    assert put_call_ratio(np.array([5.0, 15.0, 10.0, 20.0]), CALLS) == 1.5


def test_unknown_rows_are_skipped() -> None:
    """A row with no known count neither counts nor spoils the others."""
    assert put_call_ratio(np.array([np.nan, 15.0, np.inf, 30.0]), CALLS) == 2.0


def test_no_calls_to_divide_by_is_unknown() -> None:
    """Calls that sum to nothing leave the ratio unknown, not infinite."""
    assert math.isnan(put_call_ratio(np.array([0.0, 0.0, 10.0, 20.0]), CALLS))


def test_a_side_nobody_knows_is_unknown_and_not_zero() -> None:
    """Only calls, only puts, or no rows at all give NaN."""
    known_calls = np.array([1.0, 2.0, np.nan, np.nan])
    for counts, is_call in (
        (known_calls, CALLS),
        (known_calls[::-1], CALLS),
        (np.empty(0), np.empty(0, dtype=np.bool_)),
    ):
        assert math.isnan(put_call_ratio(counts, is_call))


@given(arrays(np.float64, 8, elements=st.floats(0, 1e6)), st.permutations(range(8)))
def test_order_of_rows_does_not_matter(counts: np.ndarray, order: list[int]) -> None:
    """Any permutation of the rows gives the same ratio."""
    is_call = np.arange(8) % 2 == 0
    np.testing.assert_allclose(
        put_call_ratio(counts[order], is_call[order]), put_call_ratio(counts, is_call), rtol=1e-12
    )


def test_sums_beyond_the_largest_float_do_not_raise() -> None:
    """Counts near 1e308 give a number or NaN and no warning."""
    put_call_ratio(np.full(4, 1.7e308), CALLS)
