"""What a history can show."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ib_reference import AAPL, BTC, EURUSD, SPX, SPY_CALL, Reference, make_reference

from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.shows import (
    Show,
    half_spread,
    on_ticks,
    require_shown,
    show_named,
    shown,
)
from voldesk.wire.ib.types import IbContract

INSTRUMENTS = [make_reference().instrument(each) for each in (AAPL, SPY_CALL, EURUSD, BTC)]


@given(st.sampled_from(INSTRUMENTS), st.floats(0.05, 5_000.0))
def test_bid_mid_and_ask_stand_in_order_on_ticks(each: Instrument, price: float) -> None:
    """The bid is below the ask, the price between them, each a multiple of its step."""
    raw = np.array([price])
    bid, ask = (float(shown(each, show, raw)[0]) for show in (Show.BID, Show.ASK))
    assert bid < ask
    assert bid <= price <= ask
    for value in (bid, ask):
        assert round(value / each.tick) == pytest.approx(value / each.tick, abs=1e-6)


@given(st.lists(st.floats(0.01, 1_000.0), min_size=2, max_size=20))
def test_what_is_shown_rises_with_the_price(prices: list[float]) -> None:
    """A larger price never shows as a smaller one, so bars fold after rounding as before."""
    ordered = np.sort(np.array(prices))
    for show in (Show.TRADES, Show.MIDPOINT, Show.BID, Show.ASK):
        assert (np.diff(shown(INSTRUMENTS[1], show, ordered)) >= 0.0).all()


def test_prices_print_without_tails() -> None:
    """A price on a tick is the shortest decimal, coarse steps above their edge."""
    books = make_reference()
    spx = next(c for c in books.catalogue.classes if c.name == "SPXW")
    option = next(spx.contracts())
    printed = on_ticks(option, np.array([0.151, 2.97, 3.04, 3.06]), np.rint)
    assert [repr(float(price)) for price in printed] == ["0.15", "2.95", "3.0", "3.1"]
    assert (half_spread(option, np.array([1.0, 10.0])) > 0.0).all()


@pytest.mark.parametrize("text", ["trades", "", "LAST"])
def test_other_kinds_are_refused(text: str) -> None:
    """What there is no such kind of is error 321."""
    with pytest.raises(Refused) as caught:
        show_named(text)
    assert caught.value.code == 321


@pytest.mark.parametrize(
    ("asked", "show", "code"),
    [
        (EURUSD, Show.TRADES, 162),
        (SPX, Show.BID, 162),
        (SPX, Show.BID_ASK, 162),
        (SPY_CALL, Show.OPTION_IMPLIED_VOLATILITY, 162),
        (BTC, Show.TRADES, 10_299),
        (AAPL, Show.AGGTRADES, 162),
        (AAPL, Show.YIELD_BID, 162),
    ],
)
def test_what_is_not_recorded_is_refused(
    reference: Reference, asked: IbContract, show: Show, code: int
) -> None:
    """Currencies have no trades, indices no quotes, options no vol of their own."""
    with pytest.raises(Refused) as caught:
        require_shown(reference.instrument(asked), show, "SMART")
    assert caught.value.code == code


def test_the_refusal_names_contract_and_kind(reference: Reference) -> None:
    """The sentence is that of the history service."""
    with pytest.raises(Refused, match="No historical market data for EUR/CASH@IDEALPRO Last 1d"):
        require_shown(reference.instrument(EURUSD), show_named("TRADES"), "IDEALPRO")
