"""Chains laid flat."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.enums import Market
from voldesk.model.sessions import settles_at
from voldesk.simulator.market.legs import CALL, PUT, Legs, ranges
from voldesk.simulator.market.listing import build_listing
from voldesk.simulator.market.universe import UNIVERSE

SPECS = tuple(UNIVERSE[symbol] for symbol in ("NIFTY", "SPX", "BTC"))


def test_a_leg_has_the_terms_of_its_two_contracts(start: int) -> None:
    """Strike, settlement and underlying of a leg are those of the rows its call and put are."""
    listing = build_listing(SPECS, start)
    legs = Legs.of(listing, SPECS)
    for leg in range(0, len(legs), 17):
        call, put = legs.instrument[leg]
        assert listing.is_call[call]
        assert not listing.is_call[put]
        for row in (call, put):
            root, market = listing.root[row], Market(listing.market[row])
            assert listing.strike[row] == legs.strike[leg]
            assert (
                settles_at(root, listing.expiry[row].item(), market)
                == (legs.settles[legs.series[leg]])
            )
            assert listing.underlying[row] == SPECS[legs.underlying[leg]].symbol


def test_every_row_is_found_again(start: int) -> None:
    """The way from a row to its leg and side leads back to the row; underlyings have no leg."""
    listing = build_listing(SPECS, start)
    legs = Legs.of(listing, SPECS)
    rows = np.flatnonzero(listing.is_option)
    assert np.array_equal(legs.instrument[legs.leg_of[rows], legs.side_of[rows]], rows)
    assert np.array_equal(legs.side_of[rows] == CALL, listing.is_call[rows])
    assert set(legs.side_of[rows]) == {CALL, PUT}
    assert np.all(legs.leg_of[legs.spot_row] == -1)
    assert [listing.symbol[row] for row in legs.spot_row] == [spec.symbol for spec in SPECS]


def test_legs_and_series_of_an_underlying_are_neighbours(start: int) -> None:
    """First and count name all of an underlying's legs and series, and nothing else's."""
    legs = Legs.of(build_listing(SPECS, start), SPECS)
    assert legs.count.sum() == len(legs)
    assert legs.series_count.sum() == len(legs.settles)
    for index in range(len(SPECS)):
        mine = slice(legs.first[index], legs.first[index] + legs.count[index])
        assert np.all(legs.underlying[mine] == index)
        first = legs.first_series[index]
        series = slice(first, first + legs.series_count[index])
        assert np.all(legs.underlying_of_series[series] == index)
        assert legs.series[mine].min() == first
        assert all(early <= late for early, late in pairwise(legs.settles[series]))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=20))
def test_ranges_are_the_ranges_joined(parts: list[tuple[int, int]]) -> None:
    """The result is each range after the other, empty ones left out."""
    first, count = (np.array([part[i] for part in parts], dtype=np.int64) for i in (0, 1))
    expected = [n for start, size in parts for n in range(start, start + size)]
    assert ranges(first, count).tolist() == expected
