"""Marks: the middle of a quote."""

import math

import pytest
from hand_desk import a_mark


def test_the_mid_lies_between_bid_and_ask() -> None:
    """With both sides it is their mean, with one it is not known."""
    assert a_mark().mid == pytest.approx(1.225)
    assert math.isnan(a_mark(bid=math.nan).mid)
