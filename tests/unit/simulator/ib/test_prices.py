"""The price of everything by time."""

import numpy as np
import pytest
from ib_reference import AAPL, ES_FRONT, SPX, SPY, SPY_CALL, START, Reference, make_reference

from voldesk.model.ticks import Field
from voldesk.simulator.ib.candles import MINUTES_PER_DAY
from voldesk.wire.ib.types import IbContract

MINUTE = START // 60
DAY = MINUTE // MINUTES_PER_DAY


def test_live_options_are_priced_as_the_market_does() -> None:
    """After a minute of trading our price is the market's own truth, within 0.1 percent."""
    books = make_reference("SPX")
    books.advance(60)
    rows = [c for options in books.catalogue.classes for c in options.contracts() if c.row >= 0]
    for contract in rows[::17]:
        true = float(books.market.true_price(contract.row)[0])
        mine = books.prices.price(contract, books.now)
        bid = books.observed.latest[Field.BID][contract.row]
        ask = books.observed.latest[Field.ASK][contract.row]
        assert mine == pytest.approx(true, rel=2e-3, abs=0.01)
        assert bid - 0.05 <= mine <= ask + 0.05


@pytest.mark.parametrize("asked", [SPY, AAPL, SPX, ES_FRONT, SPY_CALL])
def test_seconds_fold_to_minutes_for_every_type(reference: Reference, asked: IbContract) -> None:
    """Of a past minute the seconds add up to it, an option's by its own vol too."""
    instrument = reference.instrument(asked)
    minute = MINUTE - 90
    seconds = reference.prices.seconds(instrument, minute)
    place = minute - DAY * MINUTES_PER_DAY
    whole = reference.prices.minutes(instrument, DAY).take(slice(place, place + 1))
    assert seconds.open[0] == pytest.approx(whole.open[0], rel=1e-12)
    assert seconds.high.max() == pytest.approx(whole.high[0], rel=1e-12)
    assert seconds.low.min() == pytest.approx(whole.low[0], rel=1e-12)
    assert seconds.close[-1] == pytest.approx(whole.close[0], rel=1e-12)


def test_futures_stand_above_their_index(reference: Reference) -> None:
    """The front is the index with its carry; later months carry more."""
    index = reference.prices.price(reference.instrument(SPX), START)
    prices = [
        reference.prices.price(future, START)
        for future in reference.catalogue.futures
        if future.product.symbol == "ES"
    ]
    assert index < prices[0]
    assert prices == sorted(prices)


def test_calls_rise_and_puts_fall_with_the_strike(reference: Reference) -> None:
    """Along a made chain prices are monotone and their vols positive."""
    options = next(c for c in reference.catalogue.classes if c.name == "AAPL")
    series = options.series[3]
    calls = [
        reference.prices.price(options.contract(series, strike, "C"), START)
        for strike in series.strikes
    ]
    assert np.all(np.diff(calls) <= 1e-9)
    assert 0.05 < reference.prices.vol(options.contract(series, series.strikes[0], "P"), START) < 2


def test_the_future_is_not_told_of_what_the_market_makes(reference: Reference) -> None:
    """A minute ahead of the market its prices are NaN; a walk of our own knows them."""
    ahead = MINUTE + 5
    assert np.isnan(reference.prices.seconds(reference.instrument(SPX), ahead).open).all()
    assert np.isfinite(reference.prices.seconds(reference.instrument(AAPL), ahead).open).all()


def test_options_on_futures_follow_the_future(reference: Reference) -> None:
    """An in-the-money call on a future is worth about what the future is above its strike."""
    options = reference.catalogue.future_options[0]
    series = options.series[0]
    call = options.contract(series, series.strikes[0], "C")
    assert call.under is not None
    future = reference.prices.price(call.under, START)
    value = reference.prices.price(call, START)
    assert value == pytest.approx(future - call.strike, rel=0.12)
