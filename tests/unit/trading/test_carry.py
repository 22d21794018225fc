"""Carry: the rate that a discount stands for."""

import math

import pytest

from voldesk.trading.carry import Carry


def test_a_series_rate_is_that_of_its_discount() -> None:
    """The rate is continuous, per year."""
    carry = Carry(forward=100.0, discount=math.exp(-0.04 * 0.25), years=0.25)
    assert carry.rate == pytest.approx(0.04)


@pytest.mark.parametrize(("discount", "years"), [(1.0, 0.0), (0.0, 1.0), (math.nan, 1.0)])
def test_without_time_or_discount_there_is_no_rate(discount: float, years: float) -> None:
    """What is not known stays so."""
    assert math.isnan(Carry(forward=1.0, discount=discount, years=years).rate)
