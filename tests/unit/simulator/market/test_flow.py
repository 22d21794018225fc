"""Who trades; statistical statements hold for the seeds given."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.quotes import FloatArray
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.market.flow import (
    OPEN_INTEREST_SHARE,
    TRADE_SHARE,
    Flow,
    _running_sum,
    uniform_times,
)
from voldesk.simulator.market.legs import CALL, PUT, Legs
from voldesk.simulator.market.listing import build_listing
from voldesk.simulator.market.universe import UNIVERSE

SPECS = tuple(UNIVERSE[symbol] for symbol in ("NIFTY", "SPX"))
NIFTY, SPX = 0, 1


@pytest.fixture(scope="module")
def legs(start: int) -> Legs:
    """Return the chains of an Indian and a US underlying."""
    return Legs.of(build_listing(SPECS, start), SPECS)


@pytest.fixture
def flow(legs: Legs) -> Flow:
    """Return a flow that nothing has come of yet."""
    return Flow(SPECS, legs, np.random.default_rng(5))


def standing(legs: Legs, start: int) -> tuple[FloatArray, FloatArray]:
    """Return rough standard deviations from the money and years of each leg."""
    years = (legs.settles[legs.series] - start) / (365 * 86_400 * NS_PER_SECOND)
    spot = np.array([spec.spot for spec in SPECS])[legs.underlying]
    return np.log(legs.strike / spot) / (0.13 * np.sqrt(years)), years


def review(flow: Flow, legs: Legs, start: int, activity: float = 1.0) -> None:
    """Set usual paces."""
    stdevs, years = standing(legs, start)
    flow.review(stdevs, years, np.array([activity, activity]), 1.0)


def test_the_paces_add_up(flow: Flow, legs: Legs, start: int) -> None:
    """Events of all contracts come at the specs' mean pace, times activity and intensity."""
    expected = sum(2 * legs.count[i] * spec.quoting.events_per_sec for i, spec in enumerate(SPECS))
    review(flow, legs, start)
    assert flow.events_per_sec == pytest.approx(expected)
    stdevs, years = standing(legs, start)
    flow.review(stdevs, years, np.array([0.5, 0.5]), 10.0)
    assert flow.events_per_sec == pytest.approx(5.0 * expected)


def test_arrivals_are_a_poisson_stream(flow: Flow, legs: Legs, start: int) -> None:
    """Counts per second scatter as their mean does, in order of time, inside the interval."""
    review(flow, legs, start)
    counts = []
    for second in range(300):
        begin = start + second * NS_PER_SECOND
        came = flow.arrivals(begin, begin + NS_PER_SECOND)
        assert np.all(np.diff(came.ts) >= 0)
        assert np.all((came.ts > begin) & (came.ts <= begin + NS_PER_SECOND))
        counts.append(len(came.ts))
    assert np.mean(counts) == pytest.approx(flow.events_per_sec, rel=0.02)
    assert np.var(counts) == pytest.approx(np.mean(counts), rel=0.25)


def test_the_money_is_busy_and_the_wings_are_quiet(flow: Flow, legs: Legs, start: int) -> None:
    """A contract at the money has many times the events of one three deviations away."""
    review(flow, legs, start)
    came = flow.arrivals(start, start + 300 * NS_PER_SECOND)
    seen = np.bincount(came.contract // 2, minlength=len(legs))
    stdevs, _ = standing(legs, start)
    first = legs.series == legs.first_series[NIFTY] + 1
    near, far = first & (np.abs(stdevs) < 0.5), first & (np.abs(stdevs) > 2.0)
    assert seen[near].mean() > 3.0 * seen[far].mean() > 0.0


def test_settled_contracts_are_silent(flow: Flow, legs: Legs, start: int) -> None:
    """Nothing comes of a series without years left, nor of a market that is closed."""
    stdevs, years = standing(legs, start)
    years = np.where(legs.series == 0, 0.0, years)
    flow.review(stdevs, years, np.array([1.0, 0.0]), 1.0)
    came = flow.arrivals(start, start + 60 * NS_PER_SECOND)
    leg = came.contract // 2
    assert len(leg) > 0
    assert not np.any(legs.series[leg] == 0)
    assert not np.any(legs.underlying[leg] == SPX)
    flow.review(stdevs, years, np.zeros(2), 1.0)
    assert not len(flow.arrivals(start, start + 60 * NS_PER_SECOND).ts)


def test_shares_of_trades_and_news_are_kept(flow: Flow, legs: Legs, start: int) -> None:
    """So many arrivals are trades; open interest changes in India only."""
    review(flow, legs, start)
    came = flow.arrivals(start, start + 600 * NS_PER_SECOND)
    is_us = legs.underlying[came.contract // 2] == SPX
    assert came.is_trade.mean() == pytest.approx(TRADE_SHARE, rel=0.1)
    assert not came.is_open_interest[is_us].any()
    assert came.is_open_interest[~is_us].mean() == pytest.approx(OPEN_INTEREST_SHARE, rel=0.2)
    assert not (came.is_trade & came.is_open_interest).any()


def test_volume_counts_up_trade_by_trade(flow: Flow) -> None:
    """Each trade adds at least one contract to its own contract's volume."""
    contract = np.array([3, 5, 3, 3, 5])
    volume = flow.trade(np.arange(5), contract, np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert volume[0] < volume[2] < volume[3]
    assert volume[1] < volume[4]
    assert flow.volume[3] == volume[3]
    assert flow.volume[5] == volume[4]
    assert (flow.last[3], flow.last[5]) == (4.0, 5.0)
    assert (flow.traded_ts[3], flow.traded_ts[5]) == (3, 4)
    assert flow.volume.sum() == volume[3] + volume[4]


def test_open_interest_is_never_below_nothing(flow: Flow) -> None:
    """Whatever is closed, no fewer than 0 contracts are held."""
    held = flow.hold(np.arange(200), np.zeros(200, dtype=np.int64))
    assert held.min() >= 0.0
    assert flow.open_interest[0] == held[-1]
    assert flow.held_ts[0] == 199


def test_a_new_day_begins_at_nothing(flow: Flow) -> None:
    """Volumes of the contracts go to 0, and those that had any are named."""
    flow.trade(np.zeros(2, np.int64), np.array([1, 8]), np.array([1.0, 1.0]))
    assert flow.new_day(np.arange(5)).tolist() == [1]
    assert flow.volume[1] == 0.0
    assert flow.volume[8] > 0.0


def test_open_interest_gathers_at_round_strikes_near_the_money(
    flow: Flow, legs: Legs, start: int
) -> None:
    """Round strikes hold more than their neighbours, the money more than the wings."""
    stdevs, years = standing(legs, start)
    flow.fill(start, stdevs, years)
    held = flow.open_interest.reshape(-1, 2)
    series = legs.series == legs.first_series[NIFTY] + 1
    strike = legs.strike
    is_round = series & (strike % 500.0 == 0.0) & (np.abs(stdevs) < 2.0)
    beside = series & (strike % 250.0 != 0.0) & (np.abs(stdevs) < 2.0)
    assert held[is_round].mean() > 2.5 * held[beside].mean()
    assert held[series & (np.abs(stdevs) < 1.0)].mean() > held[series & (stdevs > 2.0)].mean()
    above, below = series & (stdevs > 0.5), series & (stdevs < -0.5)
    assert held[above, CALL].sum() > held[above, PUT].sum()
    assert held[below, PUT].sum() > held[below, CALL].sum()
    mean = SPECS[NIFTY].quoting.open_interest
    assert held[legs.underlying == NIFTY].mean() == pytest.approx(mean, rel=0.01)
    assert np.all(flow.volume <= 40.0 * flow.open_interest + 1.0)
    assert np.all(held == np.rint(held))


def test_sizes_are_whole_contracts(flow: Flow) -> None:
    """Bid and ask sizes are at least 1."""
    sizes = flow.sizes(np.arange(50))
    assert sizes.shape == (2, 50)
    assert np.all(sizes >= 1.0)
    assert np.all(sizes == np.rint(sizes))


def test_uniform_times_fill_the_interval(rng: np.random.Generator) -> None:
    """They lie after its start, up to its end, ascending and even."""
    ts = uniform_times(rng, 1_000, 2_000, 10_000)
    assert ts.min() > 1_000
    assert ts.max() <= 2_000
    assert np.all(np.diff(ts) >= 0)
    assert ts.mean() == pytest.approx(1_500.0, rel=0.01)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 100)), max_size=30))
def test_running_sums_are_each_contracts_own(entries: list[tuple[int, int]]) -> None:
    """Each entry is the sum of its contract's values so far."""
    contract = np.array([entry[0] for entry in entries], dtype=np.int64)
    values = np.array([float(entry[1]) for entry in entries])
    found = _running_sum(contract, values)
    for which in set(contract.tolist()):
        mine = values[contract == which]
        assert found[contract == which].tolist() == list(accumulate(mine))
