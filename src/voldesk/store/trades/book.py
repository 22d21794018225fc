"""The rows that one transaction touches: read once, changed in memory, written at the end."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, Update, and_, bindparam, select

Row = dict[str, Any]


class Book:
    """
    Rows of one account within one transaction.

    A row is a dict of its columns; changing it changes the table once `flush` writes it.
    """

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self.account = account
        self._rows: dict[tuple[str, tuple[Any, ...]], Row | None] = {}
        self._stored: dict[tuple[str, tuple[Any, ...]], Row] = {}
        self._tables: dict[str, Table] = {}

    def get(self, table: Table, *key: Any) -> Row | None:  # noqa: ANN401  # any column's type
        """Return the row of a key (the account goes without saying), None if there is none."""
        place = (table.name, (self.account, *key))
        if place not in self._rows:
            names = [column.name for column in table.primary_key]
            values = dict(zip(names, place[1], strict=True))
            self._load(table, _of_key(table), values)
            self._rows.setdefault(place, None)
        return self._rows[place]

    def add(self, table: Table, **values: Any) -> Row:  # noqa: ANN401  # any column's type
        """Add a row that cannot be there yet; columns left out are NULL."""
        row = {column.name: None for column in table.columns} | {"account": self.account} | values
        self._tables[table.name] = table
        self._rows[table.name, tuple(row[column.name] for column in table.primary_key)] = row
        return row

    def put(self, table: Table, **values: Any) -> Row:  # noqa: ANN401  # any column's type
        """Add a row, or replace the one of its key; columns left out are NULL."""
        names = [column.name for column in table.primary_key]
        self.get(table, *(values[name] for name in names[1:]))  # is it new, or changed?
        return self.add(table, **values)

    def find(self, table: Table, where: ColumnElement[bool]) -> list[Row]:
        """Return the rows that a condition holds for, those of this transaction among them."""
        self.flush()
        of_account = and_(table.c.account == self.account, where)
        found = self._load(table, select(table).where(of_account), {})
        return [row for key in found if (row := self._rows[table.name, key]) is not None]

    def flush(self) -> None:
        """Write what is new or changed."""
        for name, table in self._tables.items():
            new: list[Row] = []
            changed: list[Row] = []
            for place, row in self._rows.items():
                if place[0] != name or row is None or row == self._stored.get(place):
                    continue
                (changed if place in self._stored else new).append(row)
                self._stored[place] = dict(row)
            if new:
                self._connection.execute(table.insert(), new)
            if changed:
                named = [{f"is_{name}": value for name, value in row.items()} for row in changed]
                self._connection.execute(_to_row(table), named)

    def _load(self, table: Table, query: Select[Any], values: Row) -> list[tuple[Any, ...]]:
        """Read rows that are not known yet, and return the keys of all that were found."""
        self._tables[table.name] = table
        names = [column.name for column in table.primary_key]
        keys = []
        for found in self._connection.execute(query, values).mappings():
            place = (table.name, tuple(found[name] for name in names))
            keys.append(place[1])
            if place not in self._stored:
                self._rows[place] = dict(found)
                self._stored[place] = dict(found)
        return keys


@cache
def _of_key(table: Table) -> Select[Any]:
    """Return the query for one row; its parameters are named like the columns of the key."""
    return select(table).where(
        and_(*(column == bindparam(column.name) for column in table.primary_key))
    )


@cache
def _to_row(table: Table) -> Update:
    """Return what changes one row; its parameters are named ``is_`` and the column."""
    keys = list(table.primary_key)
    return (
        table.update()
        .where(and_(*(column == bindparam(f"is_{column.name}") for column in keys)))
        .values(
            {
                column.name: bindparam(f"is_{column.name}")
                for column in table.columns
                if column not in keys
            }
        )
    )
