"""What the database knows now: how far it is, and the newest rows of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Table, func, select

from voldesk.store.trades.schema import (
    METADATA,
    ORDERS,
    POSITIONS,
    PROGRESS,
    RUNS,
    SWITCHES,
    TRADES,
)


@dataclass(frozen=True, slots=True)
class Overview:
    """
    One database, of every account in it.

    Attributes:
        entries: Journal entries projected, by account.
        counts: Rows by table.
        runs: The newest, one per account; likewise
        switches: of the gate.
        positions: Those that are not none.
        orders: The newest changed first.
        trades: The newest opened first.
    """

    entries: Mapping[str, int]
    counts: Mapping[str, int]
    runs: tuple[RowMapping, ...]
    switches: tuple[RowMapping, ...]
    positions: tuple[RowMapping, ...]
    orders: tuple[RowMapping, ...]
    trades: tuple[RowMapping, ...]


def overview(connection: Connection, most: int) -> Overview:
    """
    Return what a database knows.

    Args:
        connection: To it.
        most: How many orders and trades at most.
    """
    progress = connection.execute(select(PROGRESS.c.account, PROGRESS.c.entries))
    tables = METADATA.sorted_tables
    orders = select(ORDERS).order_by(ORDERS.c.last_entry.desc(), ORDERS.c.account).limit(most)
    trades = select(TRADES).order_by(TRADES.c.opened_entry.desc(), TRADES.c.key).limit(most)
    held = select(POSITIONS).where(POSITIONS.c.quantity != 0)
    return Overview(
        entries={row.account: row.entries for row in progress},
        counts={
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        },
        runs=_newest(connection, RUNS),
        switches=_newest(connection, SWITCHES),
        positions=tuple(
            connection.execute(held.order_by(POSITIONS.c.account, POSITIONS.c.key)).mappings()
        ),
        orders=tuple(connection.execute(orders).mappings()),
        trades=tuple(connection.execute(trades).mappings()),
    )


def _newest(connection: Connection, table: Table) -> tuple[RowMapping, ...]:
    """Return the newest row of each account."""
    newest = select(table.c.account, func.max(table.c.entry).label("entry"))
    of_account = newest.group_by(table.c.account).subquery()
    is_newest = (table.c.account == of_account.c.account) & (table.c.entry == of_account.c.entry)
    query = select(table).join(of_account, is_newest).order_by(table.c.account)
    return tuple(connection.execute(query).mappings())
