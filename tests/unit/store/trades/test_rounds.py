"""Round trips: where they begin, where they end, what they brought."""

from collections.abc import Callable
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journals import BEGUN, rows, write_journal
from orders import CALL, a_fill

from voldesk.model.events import Counted, Entry, Filled
from voldesk.model.orders import Side
from voldesk.store.trades.book import Book
from voldesk.store.trades.database import open_database
from voldesk.store.trades.projector import catch_up
from voldesk.store.trades.rounds import take_fill
from voldesk.store.trades.schema import POSITIONS, TRADES


@pytest.fixture
def trades(new_database: Callable[[], str], tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Return a function from entries to the trades they make, in the order they were opened."""
    folders = count()

    def run(*entries: Entry) -> list[dict[str, Any]]:
        url = new_database()
        catch_up(write_journal(tmp_path / str(next(folders)), [BEGUN, *entries]), "DU1", url)
        return sorted(rows(url, "trades"), key=lambda row: (row["opened_entry"], row["key"]))

    return run


def bought(quantity: int, price: str, at: int = 5, tag: str = "") -> Filled:
    fill = a_fill(f"b{at}", tag, quantity, price=Decimal(price), ts_event=at)
    return Filled(fill=fill, at=at)


def sold(quantity: int, price: str, at: int = 6) -> Filled:
    fill = a_fill(f"s{at}", "", quantity, side=Side.SELL, price=Decimal(price), ts_event=at)
    return Filled(fill=fill, at=at)


Trades = Callable[..., list[dict[str, Any]]]


def test_a_round_trip_ends_where_nothing_is_held(trades: Trades) -> None:
    """Bought twice, sold twice: one trade, and what was received less what was paid."""
    (trade,) = trades(
        bought(2, "1.20", 5), bought(1, "1.50", 6), sold(1, "1.40", 7), sold(2, "1.45", 8)
    )
    assert (trade["side"], trade["largest"]) == ("buy", 3)
    assert (trade["bought"], trade["paid"]) == (3, Decimal("3.90"))
    assert (trade["sold"], trade["received"]) == (3, Decimal("4.30"))
    assert trade["points"] == Decimal("0.40")
    assert (trade["opened_at"], trade["closed_at"]) == (5, 8)
    assert (trade["opened_entry"], trade["closed_entry"]) == (1, 4)


def test_an_open_trade_has_no_result(trades: Trades) -> None:
    """While contracts are held, points and the end are not known."""
    (trade,) = trades(bought(3, "1.20"), sold(2, "9.00"))
    assert (trade["points"], trade["closed_at"], trade["closed_entry"]) == (None, None, None)


def test_an_execution_that_turns_a_position_over_is_of_two_trades(trades: Trades) -> None:
    """Five sold against two held: one trade ends with two, the next begins with three."""
    first, second = trades(bought(2, "1.00", 5), sold(5, "1.10", 6))
    assert (first["sold"], first["points"]) == (2, Decimal("0.20"))
    assert (second["side"], second["sold"], second["largest"]) == ("sell", 3, 3)
    assert (first["closed_entry"], second["opened_entry"]) == (2, 2)


def test_what_was_held_before_has_no_price(trades: Trades) -> None:
    """A trade that a count opened ends without a result: nothing is guessed."""
    (trade,) = trades(Counted(base={CALL: 2}, at=4), sold(2, "1.10"))
    assert (trade["counted"], trade["is_counted"], trade["opened_at"]) == (2, True, 4)
    assert trade["closed_entry"] == 2
    assert trade["points"] is None


def test_a_count_that_is_corrected_closes_and_opens(trades: Trades) -> None:
    """A later count replaces the first: to none, and over to the other side."""
    (gone,) = trades(Counted(base={CALL: 2}, at=4), Counted(base={}, at=5))
    assert (gone["closed_at"], gone["counted"], gone["points"]) == (5, 0, None)
    first, second = trades(Counted(base={CALL: 2}, at=4), Counted(base={CALL: -1}, at=5))
    assert (first["closed_entry"], second["opened_entry"]) == (2, 2)
    assert (second["side"], second["largest"]) == ("sell", 1)


def test_a_count_that_stays_changes_nothing(trades: Trades) -> None:
    """The same base again touches no trade, and a mixture of both has no known result."""
    (trade,) = trades(
        bought(1, "1.00"), Counted(base={CALL: 1}, at=6), Counted(base={CALL: 1}, at=7)
    )
    assert (trade["counted"], trade["largest"], trade["is_counted"]) == (1, 2, True)


@given(st.lists(st.integers(-4, 4).filter(bool), min_size=1, max_size=12), st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_contract_and_no_money_is_lost(
    empty_database: Path, moves: list[int], data: st.DataObject
) -> None:
    """Over all trades contracts and money add up to the executions; at most one is open."""
    prices = data.draw(
        st.lists(st.decimals("0", "99", places=2), min_size=len(moves), max_size=len(moves))
    )
    engine = open_database(f"sqlite:///{empty_database}")
    with engine.connect() as connection:
        book = Book(connection, "DU1")
        for place, (move, price) in enumerate(zip(moves, prices, strict=True)):
            side = Side.BUY if move > 0 else Side.SELL
            fill = a_fill(f"e{place}", "", abs(move), side=side, price=price, ts_event=place)
            take_fill(book, fill, place, None)
        found = book.find(TRADES, TRADES.c.key == CALL)
        (position,) = book.find(POSITIONS, POSITIONS.c.key == CALL)
        connection.rollback()
    engine.dispose()
    assert position["quantity"] == sum(moves)
    assert sum(trade["bought"] - trade["sold"] for trade in found) == sum(moves)
    flow = sum((move * price for move, price in zip(moves, prices, strict=True)), Decimal(0))
    assert sum(trade["paid"] - trade["received"] for trade in found) == flow
    opened = [trade for trade in found if trade["closed_entry"] is None]
    assert len(opened) == (1 if sum(moves) else 0)
    for trade in found:
        if trade["closed_entry"] is not None:
            assert trade["bought"] == trade["sold"]
            assert trade["points"] == trade["received"] - trade["paid"]
