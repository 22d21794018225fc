"""
What leaves the database for its age.

The rule: SQL is a copy, and a row leaves it only while the journal can give it again. The journal
itself is never cut, by nobody here and at no age: an account's state is the sum of all of it. So
before anything goes, the log is read from its first entry to the last one projected, and if it is
damaged, shorter or another one, nothing goes.

What goes is what is over: trades that were closed, orders that ended, and with them their
intents, decisions and events; executions once no trade that stays has a part of them. Positions,
open trades, orders that may still fill and the newest run and switch stay at any age.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
)

from voldesk.model.errors import StorageError
from voldesk.model.lifecycle import FINAL
from voldesk.store.trades.schema import (
    CHARGES,
    CHECKS,
    DECISIONS,
    EVENTS,
    FILLS,
    INTENTS,
    LEGS,
    ORDERS,
    PROGRESS,
    RUNS,
    SWITCHES,
    TRADE_FILLS,
    TRADES,
    VENUE_IDS,
)
from voldesk.store.trades.tail import Place, Tail

NS_PER_DAY: Final = 86_400 * 10**9
_READ_ENTRIES = 10_000


def prune(engine: Engine, log: Path, account: str, before: int) -> Mapping[str, int]:
    """
    Drop what was over before an instant, in one transaction.

    Args:
        engine: The database.
        log: The journal's log, which must be able to give every row again.
        account: Whose rows.
        before: UTC ns.

    Returns:
        How many rows left each table that lost any.

    Raises:
        StorageError: The log is not whole, or not the one the rows came from; nothing was dropped.
        SQLAlchemyError: The database does not do it; nothing was dropped.
    """
    with engine.begin() as connection:
        row = connection.execute(
            select(PROGRESS.c.entries, PROGRESS.c.last_start, PROGRESS.c.last_crc)
            .where(PROGRESS.c.account == account)
            .with_for_update()
        ).one_or_none()
        if row is None:
            return {}
        _require_whole(log, Place(*row))
        return {name: count for name, count in _drop(connection, account, before) if count}


def _require_whole(log: Path, place: Place) -> None:
    """
    Read a log up to a place.

    Raises:
        StorageError: It does not lead there.
    """
    with Tail(log) as tail:
        while tail.place.entries < place.entries:
            if not tail.read(min(_READ_ENTRIES, place.entries - tail.place.entries)):
                break
        if tail.place != place:
            raise StorageError(
                f"{log} cannot give the rows again ({tail.place.entries} entries, the database has"
                f" {place.entries}, or they differ): nothing was dropped"
            )


def _drop(connection: Connection, account: str, before: int) -> list[tuple[str, int]]:
    def gone(table: Table, *where: ColumnElement[bool]) -> tuple[str, int]:
        done = connection.execute(delete(table).where(table.c.account == account, *where))
        return table.name, done.rowcount

    counts = [
        gone(TRADES, TRADES.c.closed_at < before),
        gone(TRADE_FILLS, ~_has(TRADES, TRADE_FILLS, "key", "opened_entry")),
        gone(FILLS, FILLS.c.at < before, ~_has(TRADE_FILLS, FILLS, "execution_id")),
        gone(CHARGES, CHARGES.c.at < before, ~_has(FILLS, CHARGES, "execution_id")),
        gone(
            ORDERS,
            ORDERS.c.state.in_([state.value for state in FINAL]),
            ORDERS.c.changed_at < before,
            ~_has(FILLS, ORDERS, "client_order_id"),
        ),
        gone(LEGS, ~_has(ORDERS, LEGS, "client_order_id")),
        gone(VENUE_IDS, ~_has(ORDERS, VENUE_IDS, "client_order_id")),
        gone(INTENTS, ~_has(ORDERS, INTENTS, "client_order_id")),
        gone(DECISIONS, ~_has(ORDERS, DECISIONS, "client_order_id")),
        gone(CHECKS, ~_has(DECISIONS, CHECKS, "entry")),
        gone(
            EVENTS,
            or_(EVENTS.c.client_order_id.is_not(None), EVENTS.c.at < before),
            ~_has(ORDERS, EVENTS, "client_order_id"),
        ),
    ]
    for table in (RUNS, SWITCHES):
        newest = _newest_entry(table, account)
        counts.append(gone(table, table.c.at < before, table.c.entry < newest.scalar_subquery()))
    return counts


def _has(other: Table, table: Table, *names: str) -> ColumnElement[bool]:
    """Return the condition that another table has a row that a row belongs to."""
    same = (other.c[name] == table.c[name] for name in ("account", *names))
    return exists().where(and_(*same))


def _newest_entry(table: Table, account: str) -> Select[Any]:
    return select(func.max(table.c.entry)).where(table.c.account == account)
