"""What market makers show."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.quotes import FloatArray
from voldesk.simulator.market.legs import CALL, PUT, Legs
from voldesk.simulator.market.listing import build_listing
from voldesk.simulator.market.quotes import NO_QUOTE, QuoteMaker, ticks_per_unit
from voldesk.simulator.market.spot import State
from voldesk.simulator.market.truth import Terms, price_of
from voldesk.simulator.market.universe import UNIVERSE

SPECS = tuple(UNIVERSE[symbol] for symbol in ("NIFTY", "SPX", "AMZN", "BTC"))
SPX = 1


@pytest.fixture(scope="module")
def legs(start: int) -> Legs:
    """Return the chains of four venues' underlyings."""
    return Legs.of(build_listing(SPECS, start), SPECS)


@pytest.fixture
def maker(legs: Legs) -> QuoteMaker:
    """Return a maker that has shown nothing yet."""
    return QuoteMaker(SPECS, legs, Terms(SPECS), np.random.default_rng(1))


def state_of(*, move: float = 0.0) -> State:
    """Return the specs' states, each spot moved by that fraction."""
    return State(
        spot=np.array([spec.spot * (1.0 + move) for spec in SPECS]),
        vol=np.array([spec.dynamics.vol for spec in SPECS]),
        rho=np.array([spec.smile.rho for spec in SPECS]),
    )


def true_prices(legs: Legs, state: State, at: int) -> FloatArray:
    """Return the true price of call and put of each leg."""
    of = legs.underlying
    slices = Terms(SPECS).slices(
        of,
        State(*(column[of] for column in state)),
        np.full(len(legs), at),
        legs.settles[legs.series],
    )
    sides = (
        price_of(slices, legs.strike, np.full(len(legs), is_call)) for is_call in (True, False)
    )
    return np.stack(tuple(sides), axis=1)


def show(maker: QuoteMaker, state: State, at: int) -> None:
    """Quote every chain once."""
    every = np.arange(len(SPECS))
    maker.requote(every, np.full(len(SPECS), at), state)


@pytest.mark.parametrize("move", [-0.02, 0.0, 0.013])
def test_the_true_price_lies_inside_every_two_sided_quote(
    maker: QuoteMaker, legs: Legs, start: int, move: float
) -> None:
    """Bid < truth < ask, strictly, and no ask is at or below the truth anywhere."""
    state = state_of(move=move)
    show(maker, state, start)
    truth = true_prices(legs, state, start) * ticks_per_unit(SPECS)[legs.underlying][:, np.newaxis]
    has_bid = maker.bid != NO_QUOTE
    assert has_bid.mean() > 0.7
    assert np.all(maker.bid[has_bid] < truth[has_bid])
    assert np.all(truth < maker.ask)


def test_mids_are_off_by_a_quarter_of_a_step_at_most(
    maker: QuoteMaker, legs: Legs, start: int
) -> None:
    """The mid is the half step nearest to the true price, wherever there is a bid."""
    show(maker, state_of(), start)
    per_unit = ticks_per_unit(SPECS)[legs.underlying][:, np.newaxis]
    truth = true_prices(legs, state_of(), start) * per_unit
    is_two_sided = maker.bid != NO_QUOTE
    off = np.abs(0.5 * (maker.bid + maker.ask) - truth)
    step = np.where((legs.underlying == SPX)[:, np.newaxis], 2.0, 1.0)
    assert np.all(off[is_two_sided] <= (0.25 * step + 1e-6)[np.nonzero(is_two_sided)[0], 0])


def test_spx_quotes_dimes_from_three_dollars_on(maker: QuoteMaker, legs: Legs, start: int) -> None:
    """Prices of 3.00 and more are whole dimes, some below it are nickels."""
    show(maker, state_of(), start)
    mine = legs.underlying == SPX
    nickels = np.concatenate((maker.bid[mine].reshape(-1), maker.ask[mine].reshape(-1)))
    assert np.all(nickels[nickels >= 60] % 2 == 0)
    assert np.any(nickels[nickels < 60] % 2 == 1)


def test_spreads_widen_in_the_wings(maker: QuoteMaker, legs: Legs, start: int) -> None:
    """Relative to the price a far out-of-the-money spread is wider than one at the money."""
    show(maker, state_of(), start)
    for index, spec in enumerate(SPECS):
        mine = (legs.underlying == index) & (legs.series == legs.first_series[index] + 2)
        far = mine & (legs.strike > spec.spot * 1.02)
        near = mine & (np.abs(legs.strike / spec.spot - 1.0) < 0.004)
        bid, ask = maker.bid[:, CALL], maker.ask[:, CALL]
        relative = (ask - bid) / (ask + bid)
        assert np.median(relative[far]) > np.median(relative[near])


def test_spreads_grow_into_the_money(maker: QuoteMaker, legs: Legs, start: int) -> None:
    """In currency a deep in-the-money option has a wider spread than its other right."""
    show(maker, state_of(), start)
    deep = (legs.underlying == SPX) & (legs.strike < 0.97 * SPECS[SPX].spot)
    width = (maker.ask - maker.bid)[deep]
    assert np.mean(width[:, CALL]) > np.mean(width[:, PUT])


def test_moved_are_exactly_the_quotes_that_differ(
    maker: QuoteMaker, legs: Legs, start: int
) -> None:
    """Each event's quotes are compared with what the event before it left."""
    show(maker, state_of(), start)
    before = maker.bid.copy(), maker.ask.copy()
    state = state_of(move=0.0005)
    twice = State(*(np.array([column[SPX], column[SPX]]) for column in state))
    twice.spot[1] *= 1.0001
    times = np.array([start + 1, start + 2])
    quoted = maker.requote(np.array([SPX, SPX]), times, twice)
    mine = legs.underlying == SPX
    first, second = quoted.event == 0, quoted.event == 1
    moved = (quoted.bid[first] != before[0][mine]) | (quoted.ask[first] != before[1][mine])
    assert np.array_equal(quoted.moved[first], moved)
    moved = (quoted.bid[second] != quoted.bid[first]) | (quoted.ask[second] != quoted.ask[first])
    assert np.array_equal(quoted.moved[second], moved)
    assert np.array_equal(maker.bid[mine], quoted.bid[second])
    assert np.array_equal(maker.bid[~mine], before[0][~mine])
    assert np.array_equal(quoted.leg[first], np.flatnonzero(mine))


def test_a_standing_market_moves_no_quote(maker: QuoteMaker, start: int) -> None:
    """The same state at the same instant gives the same quotes."""
    show(maker, state_of(), start)
    every = np.arange(len(SPECS))
    quoted = maker.requote(every, np.full(len(SPECS), start), state_of())
    assert not quoted.moved.any()


def test_a_settled_series_is_not_quoted(maker: QuoteMaker, legs: Legs) -> None:
    """From its settlement on a series shows nothing, while later ones go on."""
    at = int(legs.settles[legs.first_series[SPX]])
    show(maker, state_of(), at)
    is_due = legs.settles[legs.series] <= at
    assert is_due.any()
    assert np.all(maker.ask[is_due] == NO_QUOTE)
    assert np.all(maker.bid[is_due] == NO_QUOTE)
    assert np.all(maker.ask[~is_due] != NO_QUOTE)


def test_withdrawn_quotes_are_named_once(maker: QuoteMaker, start: int) -> None:
    """Taking quotes away says which there were; a second time there are none."""
    show(maker, state_of(), start)
    chosen = np.arange(5)
    assert maker.withdraw(chosen).all()
    assert not maker.withdraw(chosen).any()


@given(st.floats(0.0, 5_000.0), st.floats(0.0, 50.0))
def test_any_price_is_quoted_around(price: float, half: float) -> None:
    """Whatever price and spread, the quote is on ticks, holds both and is at most 3 steps wider."""
    maker = QuoteMaker.__new__(QuoteMaker)
    maker._per_unit, maker._coarse = np.array([[20.0]]), np.array([[60.0]])
    maker._has_coarse = True
    columns = np.array([[price]]), np.array([[half]])
    bid, ask = maker._on_ticks(np.array([0]), *columns, np.array([[True]]))
    low, high = bid[0, 0] / 20.0, ask[0, 0] / 20.0
    assert low == 0.0 or low <= price - half + 1e-9
    assert high >= price + half - 1e-9
    assert low < high
    assert high - max(price - half, 0.0) <= 2.0 * half + 0.3 + 1e-9
    assert ask[0, 0] < 60 or (ask[0, 0] % 2, bid[0, 0] % 2) == (0, 0)


def test_ticks_are_whole_parts_of_a_unit() -> None:
    """Counts of ticks divide into the decimals venues print."""
    assert ticks_per_unit(SPECS).tolist() == [20.0, 20.0, 100.0, 0.4]
