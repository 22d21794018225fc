"""What is true, now and some way back."""

from collections.abc import Callable

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.sessions import NS_PER_SECOND, NS_PER_YEAR, settles_at
from voldesk.pricing.black import black_price
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.simulator.market.spot import State
from voldesk.simulator.market.truth import History, Terms, vol_of
from voldesk.simulator.market.universe import UNIVERSE

MakeMarket = Callable[..., SyntheticMarket]


def states(values: list[float]) -> State:
    """Return states that can be told apart."""
    array = np.array(values)
    return State(array, array / 10.0, -array / 100.0)


def test_a_state_holds_until_the_next_one() -> None:
    """Between two entries the earlier one answers, at an entry's own instant the entry itself."""
    history = History(0, states([1.0, 5.0]), capacity=8)
    history.record(np.array([0, 0, 1]), np.array([10, 20, 15]), states([2.0, 3.0, 6.0]))
    at = np.array([0, 9, 10, 19, 20, 99])
    assert history.state_at(np.zeros(6, np.int64), at).spot.tolist() == [1, 1, 2, 2, 3, 3]
    mixed = history.state_at(np.array([1, 0, 1]), np.array([14, 14, 15]))
    assert mixed.spot.tolist() == [5.0, 2.0, 6.0]
    assert mixed.vol.tolist() == [0.5, 0.2, 0.6]
    assert history.latest(1)[0] == 15


def test_what_is_too_old_is_forgotten_and_said_so() -> None:
    """Only the latest entries are kept; who asks for more gets an error with the limit."""
    history = History(0, states([0.0]), capacity=4)
    for n in range(1, 11):
        history.record(np.array([0]), np.array([n * 10]), states([float(n)]))
    assert history.state_at(np.zeros(2, np.int64), np.array([70, 105])).spot.tolist() == [7, 10]
    with pytest.raises(ValueError, match="69 ns is forgotten, kept from 70 ns"):
        history.state_at(np.zeros(1, np.int64), np.array([69]))


def test_more_than_it_holds_at_once_keeps_the_latest() -> None:
    """A burst longer than the capacity leaves its tail."""
    history = History(0, states([0.0]), capacity=3)
    ts = np.arange(1, 11)
    history.record(np.zeros(10, np.int64), ts, states([float(t) for t in ts]))
    assert history.state_at(np.zeros(3, np.int64), np.array([8, 9, 10])).spot.tolist() == [8, 9, 10]
    assert history.latest(0)[0] == 10


def test_the_forward_is_the_spots_carried_to_settlement(make_market: MakeMarket) -> None:
    """Forward and discount follow from spot, rate, yield and the time to the second."""
    market = make_market("NIFTY")
    market.advance(market.now + 5 * NS_PER_SECOND)
    spec, spot = UNIVERSE["NIFTY"], market.state["NIFTY"].spot
    row = 1
    expiry = market.listing.expiry[row].item()
    years = (settles_at("NIFTY", expiry, Market.INDIA) - market.now) / NS_PER_YEAR
    carry = spec.rate - spec.dividend_yield
    assert market.true_forward(row)[0] == pytest.approx(spot * np.exp(carry * years), rel=1e-14)
    assert market.oracle.discount(row, market.now)[0] == pytest.approx(np.exp(-spec.rate * years))


def test_the_price_is_black_at_the_vol(make_market: MakeMarket) -> None:
    """Vol, forward, discount and price of every contract fit each other."""
    market = make_market()
    rows = np.flatnonzero(market.listing.is_option)
    years = market._legs.settles[market._legs.series[market._legs.leg_of[rows]]] - market.now
    price = black_price(
        market.true_forward(rows),
        market.listing.strike[rows],
        market.true_vol(rows) * np.sqrt(years / NS_PER_YEAR),
        market.oracle.discount(rows, market.now),
        market.listing.is_call[rows],
    )
    assert market.true_price(rows) == pytest.approx(price, rel=1e-12)


def test_call_and_put_of_a_strike_have_one_vol(make_market: MakeMarket) -> None:
    """There is one true vol per leg."""
    market = make_market("SPX")
    rows = np.flatnonzero(market.listing.is_option)
    assert np.array_equal(market.true_vol(rows[::2]), market.true_vol(rows[1::2]))


def test_underlyings_and_settled_contracts_have_no_truth(
    make_market: MakeMarket, utc: Callable[[str], int]
) -> None:
    """An underlying's own row and a contract from its settlement on are NaN."""
    market = make_market("NIFTY", at=utc("2026-09-15T09:59:30"))
    settles = int(market._legs.settles[0])
    market.advance(settles)
    assert np.isnan(market.true_vol(np.array([0, 1]))).all()
    assert np.isfinite(market.true_vol(1, settles - 1)).all()
    later = int(market._legs.instrument[-1, 0])
    assert np.isfinite(market.true_price(later)).all()


def test_the_past_can_be_asked_per_tick(make_market: MakeMarket) -> None:
    """Each contract may have an instant of its own, and the answers are those given then."""
    market = make_market("SPX")
    rows = np.flatnonzero(market.listing.is_option)[::5]
    then, answers = [], []
    for _ in range(5):
        market.advance(market.now + NS_PER_SECOND)
        then.append(market.now)
        answers.append(market.true_vol(rows))
    asked = market.true_vol(np.tile(rows, 5), np.repeat(then, len(rows)))
    assert np.array_equal(asked, np.concatenate(answers))


def test_the_vol_at_a_delta_lies_on_the_series_smile(make_market: MakeMarket) -> None:
    """Around the money the true 25-delta vols enclose the vol at the forward of a tilted smile."""
    market = make_market("SPX")
    put, call = (market.oracle.vol_at_delta(1, delta, market.now) for delta in (-0.25, 0.25))
    at_the_money = market.oracle.vol_at_delta(1, 0.5, market.now)
    assert put > at_the_money > call


def test_a_settled_series_is_shown_about_to_settle() -> None:
    """Its years are positive and its vol finite, so that nobody divides by nothing."""
    terms = Terms((UNIVERSE["SPX"],))
    state = State(np.array([6_800.0]), np.array([0.13]), np.array([-0.5]))
    slices = terms.slices(np.zeros(1, np.int64), state, np.array([10]), np.array([5]))
    assert slices.years[0] > 0.0
    assert vol_of(slices, np.array([6_800.0]))[0] == pytest.approx(0.13, rel=1e-6)
