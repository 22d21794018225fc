"""The ladder of a series."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.analytics.ladder import ABSENT, Ladder


def test_strikes_ascend_and_sides_stand_beside_them() -> None:
    """Rows in any order become strikes with a call and a put, NaN where one is missing."""
    strike = np.array([110.0, 90.0, 100.0, 100.0])
    is_call = np.array([True, False, False, True])
    price = np.array([1.0, 2.0, 3.0, 4.0])
    ladder = Ladder.of(strike, is_call)
    assert ladder.strike.tolist() == [90.0, 100.0, 110.0]
    assert ladder.call_row.tolist() == [ABSENT, 3, 0]
    np.testing.assert_equal(ladder.calls(price), [np.nan, 4.0, 1.0])
    np.testing.assert_equal(ladder.puts(price), [2.0, 3.0, np.nan])


def test_of_two_rows_for_a_contract_the_later_counts() -> None:
    """A repeated contract is read from its last row."""
    ladder = Ladder.of(np.array([100.0, 100.0]), np.array([True, True]))
    assert ladder.call_row.tolist() == [1]


def test_no_rows_or_no_known_strike_is_an_empty_ladder() -> None:
    """An empty ladder has columns of length 0."""
    for strike in (np.empty(0), np.array([np.nan, np.inf])):
        ladder = Ladder.of(strike, np.ones(len(strike), dtype=np.bool_))
        assert len(ladder.strike) == len(ladder.calls(strike)) == len(ladder.puts(strike)) == 0


@given(st.lists(st.tuples(st.integers(1, 99), st.booleans()), max_size=40))
def test_every_row_is_found_where_it_belongs(rows: list[tuple[int, bool]]) -> None:
    """Reading the strike column through the ladder gives the ladder's own strikes."""
    strike = np.array([row[0] for row in rows], dtype=np.float64)
    is_call = np.array([row[1] for row in rows], dtype=np.bool_)
    ladder = Ladder.of(strike, is_call)
    for side in (ladder.calls(strike), ladder.puts(strike)):
        known = ~np.isnan(side)
        assert (side[known] == ladder.strike[known]).all()
    assert set(ladder.strike.tolist()) == set(strike.tolist())
