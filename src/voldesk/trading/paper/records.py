"""
What the paper venue writes down: one line of JSON per fact, and the news each fact is.

The state of the venue is the fold of its records (`book.Book`), and everything it tells comes from
a record, so nothing is told that a restart would not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import msgspec

from voldesk.model.events import Charged, Filled, Happened, Told
from voldesk.model.orders import Fill, Intent
from voldesk.trading.paper.contracts import PaperContract


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The account came to be."""

    account: str
    cash: dict[str, Decimal]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order arrived; what was said of it follows. ``contracts`` are its legs, if all known."""

    intent: Intent
    venue_order_id: str
    contracts: tuple[PaperContract, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A stop followed the market, or was set off."""

    client_order_id: str
    stop_price: Decimal
    limit_price: Decimal | None
    is_triggered: bool
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    One contract that changed hands.

    Attributes:
        fill: With its commission.
        realised: Profit of what it closed, commissions of both ends deducted; None if it opened.
        spot: Of the underlying then, which some charges count by; None where not known.
    """

    fill: Fill
    contract: PaperContract
    realised: Decimal | None = None
    spot: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """
    Contracts changed hands, all legs or none.

    Attributes:
        client_order_id: "" of a settlement.
        units: Of the order.
    """

    client_order_id: str
    units: int
    lines: tuple[Line, ...]
    at: int


Record = Opened | Placed | Happened | Moved | Executed

KINDS: Final[Mapping[str, type[Record]]] = MappingProxyType(
    {
        "opened": Opened,
        "placed": Placed,
        "happened": Happened,
        "moved": Moved,
        "executed": Executed,
    }
)
_NAMES: Final = MappingProxyType({kind: name for name, kind in KINDS.items()})


class _Row(msgspec.Struct):
    kind: str
    data: msgspec.Raw


def encoded(record: Record) -> bytes:
    """Return a record as one line."""
    row: dict[str, Any] = {"kind": _NAMES[type(record)], "data": record}
    return msgspec.json.encode(row) + b"\n"


def decoded(line: bytes) -> Record:
    """
    Return the record a line stands for.

    Raises:
        msgspec.DecodeError: It is no record.
        KeyError: It is of a kind this version does not know.
        ValueError: Its order could not have been made.
    """
    row = msgspec.json.decode(line, type=_Row)
    return msgspec.json.decode(row.data, type=KINDS[row.kind])


def told_of(record: Record) -> tuple[Told, ...]:
    """Return what a record is to who trades the account: first all fills, then their cost."""
    if isinstance(record, Happened):
        return (record,)
    if isinstance(record, Executed):
        fills = [
            Filled(fill=replace(line.fill, commission=None), at=record.at) for line in record.lines
        ]
        return (*fills, *charges_of(record))
    return ()


def charges_of(record: Executed) -> tuple[Charged, ...]:
    """Return what each fill of an execution cost."""
    return tuple(
        Charged(
            execution_id=line.fill.execution_id,
            commission=line.fill.commission or Decimal(0),
            currency=line.fill.currency,
            at=record.at,
            realised=line.realised,
        )
        for line in record.lines
    )
