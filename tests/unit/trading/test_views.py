"""Exposures add up."""

from voldesk.trading.views import Exposure


def test_exposures_add_in_every_greek() -> None:
    """So many of one on top of another is the sum of each figure."""
    one, other = Exposure(delta=1, gamma=2, vega=3, theta=-4), Exposure(delta=10, theta=1)
    assert one.plus(other, -2) == Exposure(delta=-19, gamma=2, vega=3, theta=-6)
    assert one.plus(one, -1) == Exposure()
