"""Rows are read once, written once, and only where they changed."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, event, select

from voldesk.store.trades.book import Book
from voldesk.store.trades.database import open_database
from voldesk.store.trades.schema import POSITIONS, SWITCHES


@pytest.fixture
def connection(new_database: Callable[[], str]) -> Iterator[Connection]:
    """Return a connection to an empty database."""
    engine = open_database(new_database())
    with engine.connect() as found:
        yield found
    engine.dispose()


def put(book: Book, key: str, quantity: int) -> None:
    book.put(POSITIONS, key=key, last_entry=1, base=0, quantity=quantity, changed_at=1)


def test_rows_are_added_changed_and_replaced(connection: Connection) -> None:
    """What a row holds at the end is what the table holds."""
    book = Book(connection, "DU1")
    put(book, "a", 1)
    put(book, "b", 2)
    book.flush()
    row = book.get(POSITIONS, "a")
    assert row is not None
    row["quantity"] = 5
    put(book, "b", 6)
    book.flush()
    other = Book(connection, "DU1")
    found = {key: (other.get(POSITIONS, key) or {}).get("quantity") for key in ("a", "b", "c")}
    assert found == {"a": 5, "b": 6, "c": None}


def test_rows_of_another_account_are_not_seen(connection: Connection) -> None:
    """A book reads and writes one account's rows."""
    mine, theirs = Book(connection, "DU1"), Book(connection, "DU2")
    put(mine, "a", 1)
    mine.flush()
    assert theirs.get(POSITIONS, "a") is None
    assert theirs.find(POSITIONS, POSITIONS.c.quantity == 1) == []


def test_what_was_not_written_yet_is_found(connection: Connection) -> None:
    """A condition sees the rows of this transaction, changed ones with their changes."""
    book = Book(connection, "DU1")
    put(book, "a", 1)
    (row,) = book.find(POSITIONS, POSITIONS.c.quantity == 1)
    row["quantity"] = 2
    assert book.find(POSITIONS, POSITIONS.c.quantity == 1) == []
    assert book.find(POSITIONS, POSITIONS.c.quantity == 2) == [row]


def test_nothing_is_written_twice(connection: Connection) -> None:
    """A second flush without a change says nothing to the database."""
    book = Book(connection, "DU1")
    book.add(SWITCHES, entry=1, state="halted", by="cli", reason="", at=1)
    put(book, "a", 1)
    book.flush()
    said: list[str] = []
    event.listen(
        connection, "before_cursor_execute", lambda *told: said.append(told[2]), named=False
    )
    book.flush()
    assert book.get(POSITIONS, "a") is not None
    assert said == []
    assert connection.execute(select(SWITCHES.c.state)).scalar_one() == "halted"
