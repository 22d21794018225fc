"""Depth ladders."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ib_reference import AAPL, EURUSD, SPX, SPY_CALL, START, Reference, make_reference

from voldesk.simulator.ib.depth import (
    DELETE,
    DEPTH_EXCHANGES,
    EMPTY,
    INSERT,
    LEVELS,
    Ladder,
    Level,
    changes,
    ladder,
    require_depth,
)
from voldesk.simulator.ib.refusal import Refused
from voldesk.wire.ib.types import DepthRow, IbContract

APPLE = make_reference().instrument(AAPL)
NAN = float("nan")


def apply(before: Ladder, rows: list[DepthRow]) -> Ladder:
    """Return the ladder of a client that obeys the changes."""
    sides: list[list[Any]] = [list(side) for side in before]
    for row in rows:
        side, level = sides[row.side], Level(row.price, row.size, row.market_maker)
        if row.operation == INSERT:
            side.insert(row.position, level)
        elif row.operation == DELETE:
            del side[row.position]
        else:
            side[row.position] = level
    return tuple(sides[0]), tuple(sides[1])


quotes = st.tuples(
    st.integers(20_000, 20_020),
    st.integers(1, 5),
    st.integers(START, START + 5),
    st.integers(1, 10),
)


@given(quotes, quotes)
def test_changes_lead_from_one_ladder_to_the_next(
    first: tuple[int, int, int, int], second: tuple[int, int, int, int]
) -> None:
    """A client that obeys the changes holds the new ladder, whatever the old one was."""
    ladders = []
    for bid, width, at, rows in (first, second):
        made = ladder(APPLE, bid / 100, (bid + width) / 100, at, rows, is_smart=True)
        ladders.append(made)
    assert apply(EMPTY, changes(EMPTY, ladders[0])) == ladders[0]
    assert apply(ladders[0], changes(ladders[0], ladders[1])) == ladders[1]
    assert changes(ladders[0], ladders[0]) == []


def test_ladders_step_away_from_the_quote() -> None:
    """Ten levels a side, asks rising from the ask, bids falling from the bid, sizes above 0."""
    asks, bids = ladder(APPLE, 200.0, 200.01, START, 50, is_smart=True)
    assert len(asks) == len(bids) == LEVELS
    assert asks[0].price == 200.01
    assert bids[0].price == 200.0
    assert [level.price for level in asks] == sorted(level.price for level in asks)
    assert [level.price for level in bids] == sorted((level.price for level in bids), reverse=True)
    assert all(level.size >= 1.0 and level.market_maker for level in asks + bids)


def test_a_side_nobody_quotes_is_empty() -> None:
    """Without a bid there are no bids, and none at or below 0."""
    asks, bids = ladder(APPLE, NAN, 200.01, START, 5, is_smart=False)
    assert not bids
    assert all(level.market_maker == "" for level in asks)
    assert len(ladder(APPLE, 0.02, 0.03, START, 10, is_smart=False)[1]) == 2


def test_sizes_change_now_and_then() -> None:
    """From one second to the next some levels change and some stand."""
    first, second = (ladder(APPLE, 200.0, 200.01, START + n, 10, is_smart=True) for n in (0, 1))
    told = changes(first, second)
    assert 0 < len(told) < 20


@pytest.mark.parametrize(
    ("asked", "exchange", "is_smart"),
    [(AAPL, "SMART", True), (AAPL, "NASDAQ", False), (EURUSD, "IDEALPRO", False)],
)
def test_depth_is_shown_where_it_is_listed(
    reference: Reference, asked: IbContract, exchange: str, is_smart: bool
) -> None:
    """SMART depth of stocks, and exchanges of the list."""
    require_depth(reference.instrument(asked), exchange, is_smart=is_smart)


@pytest.mark.parametrize(
    ("asked", "exchange", "is_smart"),
    [(SPX, "CBOE", False), (AAPL, "SMART", False), (SPY_CALL, "MIAX", False)],
)
def test_other_depth_is_refused(
    reference: Reference, asked: IbContract, exchange: str, is_smart: bool
) -> None:
    """An index has none, and SMART must be asked for as such."""
    with pytest.raises(Refused) as caught:
        require_depth(reference.instrument(asked), exchange, is_smart=is_smart)
    assert caught.value.code == 10_092


def test_the_list_of_exchanges_has_each_once() -> None:
    """No exchange and type stand twice."""
    pairs = [(row.exchange, row.sec_type) for row in DEPTH_EXCHANGES]
    assert len(set(pairs)) == len(pairs)
