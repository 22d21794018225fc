"""Histograms of volume by price."""

import pytest
from ib_reference import AAPL, BTC, EURUSD, START, Reference

from voldesk.simulator.ib.histogram import histogram
from voldesk.simulator.ib.refusal import Refused
from voldesk.wire.ib.types import IbContract


@pytest.mark.parametrize("period", ["1 week", "3 days", "1 W", "2 D", "1 month"])
def test_bins_ascend_and_hold_the_volume(reference: Reference, period: str) -> None:
    """Prices rise, sizes are above 0, on ticks."""
    bins = histogram(reference.bars, reference.instrument(AAPL), period, START, is_regular=True)
    prices = [row.price for row in bins]
    assert prices == sorted(set(prices))
    assert all(row.size > 0 for row in bins)


def test_the_sum_is_the_volume_of_the_bars(reference: Reference) -> None:
    """What the bins add up to is what the minutes of the day did."""
    apple = reference.instrument(AAPL)
    bins = histogram(reference.bars, apple, "1 day", START, is_regular=True)
    bars = reference.ask(AAPL, "1 D", "1 min").bars
    assert sum(row.size for row in bins) == sum(bar.volume for bar in bars)


def test_coins_have_histograms(reference: Reference) -> None:
    """Their volumes are rounded to whole coins for the bins."""
    bins = histogram(reference.bars, reference.instrument(BTC), "3 days", START, is_regular=True)
    assert all(row.size >= 1 for row in bins)


@pytest.mark.parametrize(("asked", "period", "code"), [(AAPL, "x", 321), (EURUSD, "1 day", 162)])
def test_what_cannot_be_counted_is_refused(
    reference: Reference, asked: IbContract, period: str, code: int
) -> None:
    """A period that is none, and what has no volume."""
    instrument = reference.instrument(asked)
    with pytest.raises(Refused) as caught:
        histogram(reference.bars, instrument, period, START, is_regular=True)
    assert caught.value.code == code
