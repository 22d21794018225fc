"""Max pain."""

import math
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.analytics.max_pain import max_pain, pain_curve
from voldesk.model.quotes import BoolArray, FloatArray

Row = tuple[int, bool, int]


def columns(rows: list[Row]) -> tuple[FloatArray, BoolArray, FloatArray]:
    strike, is_call, open_interest = zip(*rows, strict=True)
    return (
        np.array(strike, dtype=np.float64),
        np.array(is_call, dtype=np.bool_),
        np.array(open_interest, dtype=np.float64),
    )


def payout_at(settles: float, strike: FloatArray, is_call: BoolArray, oi: FloatArray) -> float:
    gap = np.where(is_call, settles - strike, strike - settles)
    return float((np.maximum(gap, 0.0) * oi).sum())


ROWS = st.lists(
    st.tuples(st.integers(1, 40), st.booleans(), st.integers(0, 1000)), min_size=1, max_size=30
)


def test_hand_computed_curve() -> None:
    """Three strikes worked by hand: the holders of all options get least at 100."""
    strike, is_call, oi = columns(
        [(90, True, 10), (100, True, 20), (100, False, 30), (110, False, 5)]
    )
    curve = pain_curve(strike, is_call, oi)
    assert curve.strike.tolist() == [90.0, 100.0, 110.0]
    assert curve.payout.tolist() == [10 * 30 + 20 * 5, 10 * 10 + 10 * 5, 20 * 10 + 10 * 20]
    assert max_pain(strike, is_call, oi) == 100.0


@given(ROWS)
def test_curve_is_the_payout_summed_option_by_option(rows: list[Row]) -> None:
    """The cumulative sums agree exactly with adding up every option at every strike."""
    strike, is_call, oi = columns(rows)
    curve = pain_curve(strike, is_call, oi)
    expected = [payout_at(at, strike, is_call, oi) for at in curve.strike]
    assert curve.payout.tolist() == expected


@given(ROWS)
def test_no_price_pays_less(rows: list[Row]) -> None:
    """No settlement price, listed or not, pays holders less than max pain."""
    strike, is_call, oi = columns(rows)
    best = max_pain(strike, is_call, oi)
    if math.isnan(best):
        assert not oi.any()
        return
    least = payout_at(best, strike, is_call, oi)
    assert all(payout_at(at, strike, is_call, oi) >= least for at in np.linspace(0.0, 45.0, 91))


@given(ROWS, st.randoms(use_true_random=False))
def test_rows_in_any_order_and_rows_without_interest(rows: list[Row], random: Random) -> None:
    """Neither a permutation nor a strike without open interest moves max pain."""
    before = max_pain(*columns(rows))
    shuffled = [*rows, (50, True, 0), (1, False, 0)]
    random.shuffle(shuffled)
    strike, is_call, oi = columns(shuffled)
    extra = (np.append(strike, 7.0), np.append(is_call, True), np.append(oi, np.nan))
    np.testing.assert_equal(max_pain(*extra), before)


def test_of_equal_strikes_the_lowest() -> None:
    """Between one put's strike and a higher call's nothing is paid: the lower strike is named."""
    assert max_pain(*columns([(90, False, 3), (110, True, 3)])) == 90.0


def test_nothing_held_is_unknown() -> None:
    """No rows, or none with open interest, give NaN."""
    assert math.isnan(max_pain(np.empty(0), np.empty(0, dtype=np.bool_), np.empty(0)))
    assert math.isnan(max_pain(np.array([100.0]), np.array([True]), np.array([np.nan])))
