"""The trade log as a file: one row per round trip, CSV or Parquet."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, RowMapping, and_, or_, select

from voldesk.model.errors import ConfigError, StorageError
from voldesk.store.atomic import write_whole
from voldesk.store.trades.database import reading
from voldesk.store.trades.schema import FILLS, TRADE_FILLS, TRADES

PLACES: Final = 12
"""Decimal places of money in Parquet."""

_TIME: Final = pa.timestamp("ns", tz="UTC")
_MONEY: Final = pa.decimal128(38, PLACES)

COLUMNS: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "account": pa.string(),
        "key": pa.string(),
        "side": pa.string(),
        "strategy": pa.string(),
        "client_order_id": pa.string(),
        "opened_at": _TIME,
        "closed_at": _TIME,
        "largest": pa.int64(),
        "executions": pa.int64(),
        "bought": pa.int64(),
        "paid": _MONEY,
        "sold": pa.int64(),
        "received": _MONEY,
        "points": _MONEY,
        "commission": _MONEY,
        "venue_realised": _MONEY,
        "currency": pa.string(),
    }
)
"""
Of the file; NULL or empty is unknown, or not yet.

``paid``, ``received`` and ``points`` are price × contracts, in quote currency per unit of
underlying: times the contract's multiplier they are money. ``commission`` and ``venue_realised``
are money as the venue told it, None unless it was told of every execution in one currency.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """
    Which trades: those closed in it; with no end, those still open too.

    Attributes:
        since: UTC ns, None for the first.
        until: UTC ns, itself outside.
    """

    since: int | None = None
    until: int | None = None


def export_trades(url: str, path: Path, when: Range | None = None) -> int:
    """
    Write the trade log, and return how many trades it has.

    Args:
        url: The database.
        path: ``.csv`` or ``.parquet``; a file of that name is replaced once the new one is whole.
        when: Which trades; all if left out.

    Raises:
        ConfigError: The name ends otherwise, the URL is none, or the file cannot be written.
        StorageError: The database does not answer, or a price has more than `PLACES` decimals.
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise ConfigError(f"{path.name} ends with neither .csv nor .parquet")
    with reading(url) as connection:
        rows = trades(connection, when or Range())
    try:
        write_whole(path, lambda unfinished: write(unfinished, rows))
    except OSError as exc:
        raise ConfigError(f"cannot write {path}: {exc.strerror}") from exc
    except pa.ArrowInvalid as exc:
        raise StorageError(
            f"a price has more than {PLACES} decimals, export to CSV: {exc}"
        ) from exc
    return len(rows)


def trades(connection: Connection, when: Range) -> list[dict[str, Any]]:
    """Return the trades of a range, the first closed first, those still open last."""
    closed = TRADES.c.closed_at
    inside = and_(
        *([closed >= when.since] if when.since is not None else ()),
        *([closed < when.until] if when.until is not None else ()),
        closed.is_not(None),
    )
    where = inside if when.until is not None else or_(inside, closed.is_(None))
    order = (closed.is_(None), closed, TRADES.c.account, TRADES.c.opened_entry, TRADES.c.key)
    found = connection.execute(select(TRADES).where(where).order_by(*order)).mappings().all()
    costs = _costs(connection)
    rows = []
    for trade in found:
        cost = costs.get((trade["account"], trade["key"], trade["opened_entry"]), _Cost())
        row = {name: trade[name] for name in COLUMNS if name in trade}
        rows.append(dict.fromkeys(COLUMNS) | row | cost.columns())
    return rows


@dataclass(slots=True)
class _Cost:
    """What executions of one trade cost, as far as the venue told."""

    executions: int = 0
    commission: Fraction | None = Fraction(0)
    realised: Fraction | None = Fraction(0)
    currency: str = ""

    def add(self, fill: RowMapping) -> None:
        """Count an execution, or the part of it that belongs to the trade."""
        share = Fraction(fill["part"], fill["quantity"])
        is_other = self.currency not in {"", fill["currency"]}
        self.executions += 1
        self.currency = fill["currency"]
        told = (fill["commission"], fill["venue_realised"])
        sums = [self.commission, self.realised]
        for place, (value, so_far) in enumerate(zip(told, sums, strict=True)):
            if value is None or so_far is None or is_other:
                sums[place] = None
            else:
                sums[place] = so_far + Fraction(value) * share
        self.commission, self.realised = sums

    def columns(self) -> dict[str, Any]:
        """Return the columns of a file."""
        return {
            "executions": self.executions,
            "commission": _decimal(self.commission) if self.executions else None,
            "venue_realised": _decimal(self.realised) if self.executions else None,
            "currency": self.currency or None,
        }


def _decimal(value: Fraction | None) -> Decimal | None:
    """Return an exact number where there is one; a share of a commission may have none."""
    if value is None:
        return None
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return number.quantize(Decimal(1).scaleb(-PLACES)).normalize() + 0


def _costs(connection: Connection) -> dict[tuple[str, str, int], _Cost]:
    both = and_(
        FILLS.c.account == TRADE_FILLS.c.account,
        FILLS.c.execution_id == TRADE_FILLS.c.execution_id,
    )
    query = select(
        TRADE_FILLS.c.account,
        TRADE_FILLS.c.key,
        TRADE_FILLS.c.opened_entry,
        TRADE_FILLS.c.quantity.label("part"),
        *(FILLS.c.quantity, FILLS.c.commission, FILLS.c.venue_realised, FILLS.c.currency),
    ).join_from(TRADE_FILLS, FILLS, both)
    costs: dict[tuple[str, str, int], _Cost] = {}
    for fill in connection.execute(query).mappings():
        trade = (fill["account"], fill["key"], fill["opened_entry"])
        costs.setdefault(trade, _Cost()).add(fill)
    return costs


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([_text(row[name], kind) for name, kind in COLUMNS.items()])


def _text(value: Any, kind: pa.DataType) -> str:  # noqa: ANN401  # any column's type
    if value is None:
        return ""
    if kind == _TIME:
        secs, nanos = divmod(value, 10**9)
        return f"{datetime.fromtimestamp(secs, UTC):%Y-%m-%dT%H:%M:%S}.{nanos:09d}Z"
    return format(value, "f") if kind == _MONEY else str(value)


def _write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    schema = pa.schema([pa.field(name, kind) for name, kind in COLUMNS.items()])
    pq.write_table(pa.Table.from_pylist(rows, schema), path, compression="zstd")
