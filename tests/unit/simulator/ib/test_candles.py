"""Candles, and minutes cut into seconds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.simulator.ib.candles import Candles, cut_minute

prices = st.floats(1.0, 1e5)


@given(prices, prices, st.floats(0.0, 10.0), st.floats(0.0, 0.9), st.integers(0, 10**8))
def test_seconds_fold_to_their_minute(
    first: float, last: float, above: float, below: float, number: int
) -> None:
    """Sixty seconds open, peak, dip and close exactly as the minute did, without a gap inside."""
    high, low = max(first, last) + above, min(first, last) - below
    minute = Candles(*(np.array([price]) for price in (first, high, low, last)))
    seconds = cut_minute(minute, 3, number)
    assert seconds.open[0] == first
    assert seconds.close[-1] == last
    assert seconds.high.max() == high
    assert seconds.low.min() == low
    assert np.array_equal(seconds.open[1:], seconds.close[:-1])
    assert (seconds.low <= np.minimum(seconds.open, seconds.close)).all()
    assert (seconds.high >= np.maximum(seconds.open, seconds.close)).all()


def test_a_falling_figure_turns_highs_into_lows() -> None:
    """The map of a figure that falls keeps high above low."""
    candle = Candles(*(np.array([price]) for price in (2.0, 4.0, 1.0, 2.0)))
    turned = candle.mapped(lambda price: 1.0 / price)
    assert [float(column[0]) for column in turned] == [0.5, 1.0, 0.25, 0.5]


def test_candles_can_be_taken_joined_and_flat() -> None:
    """Pieces joined again are what they were pieces of."""
    whole = Candles.joined([Candles.flat(3.0, 2), Candles.flat(4.0, 1)])
    parts = [whole.take(slice(0, 1)), whole.take(np.array([1, 2]))]
    assert np.array_equal(Candles.joined(parts).close, [3.0, 3.0, 4.0])
