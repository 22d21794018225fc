"""
The tables of trades: the single list of columns, the same in SQLite and PostgreSQL.

Every row names its account and, as ``entry``, the journal's entry that made it, so that the
same entry never makes two. Instants are UTC nanoseconds. Prices are quote currency per unit of
underlying, and decimal to the last digit: NUMERIC in PostgreSQL, text in SQLite, whose numbers
are binary.
"""

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    TypeDecorator,
)

METADATA: Final = MetaData()


class Money(TypeDecorator[Decimal]):
    """A decimal number that comes back as it was."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401  # SQLAlchemy's signature
        """Return text for SQLite, whose NUMERIC would turn it into a float."""
        kind = Text() if dialect.name == "sqlite" else Numeric()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401  # what each driver takes
        """Return what the driver is given."""
        if value is None or dialect.name != "sqlite":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401  # what each driver gives
        """Return the number."""
        del dialect
        return None if value is None else Decimal(value)


def _account() -> Column[str]:
    return Column("account", Text, primary_key=True)


def _entry(*, is_key: bool = True) -> Column[int]:
    return Column("entry", BigInteger, primary_key=is_key, nullable=False, autoincrement=False)


def _place() -> Column[int]:
    return Column("place", Integer, primary_key=True, autoincrement=False)


def _whole(name: str, *, is_key: bool = False, is_optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=is_key, nullable=is_optional, autoincrement=False)


def _text(
    name: str, *, is_key: bool = False, is_optional: bool = False, is_indexed: bool = False
) -> Column[str]:
    return Column(name, Text, primary_key=is_key, nullable=is_optional, index=is_indexed)


def _money(name: str, *, is_optional: bool = False) -> Column[Decimal]:
    return Column(name, Money, nullable=is_optional)


def _yes(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _terms() -> tuple[Column[Any], ...]:
    """Return what of an order may change while it works."""
    return (
        _whole("quantity"),
        _money("limit_price", is_optional=True),
        _money("stop_price", is_optional=True),
        _money("trail_amount", is_optional=True),
        _money("trail_pct", is_optional=True),
        _whole("good_till", is_optional=True),
    )


PROGRESS: Final = Table(
    "progress",  # how far the journal is projected; commits with the rows
    METADATA,
    _account(),
    _whole("entries"),  # how many, so also the number of the next one
    _whole("last_start"),  # byte of the log where the last one begins
    _whole("last_crc"),  # of its payload: tells this journal from another
)

RUNS: Final = Table(
    "runs",
    METADATA,
    _account(),
    _entry(),
    _text("version"),
    _text("config"),
    _whole("pid"),
    _whole("at"),
)

SWITCHES: Final = Table(
    "switches",
    METADATA,
    _account(),
    _entry(),
    _text("state"),
    _text("by"),
    _text("reason"),
    _whole("at"),
)

INTENTS: Final = Table(
    "intents",
    METADATA,
    _account(),
    _entry(),
    _text("client_order_id", is_indexed=True),
    _yes("is_external"),  # somebody else's, adopted
    _text("underlying"),
    _text("side"),
    _text("order_type"),
    _text("time_in_force"),
    *_terms(),
    _text("parent_id", is_optional=True),
    _text("oca_group", is_optional=True),
    _yes("outside_hours"),
    _yes("is_adaptive"),
    _yes("is_reducing"),
    _text("strategy"),
    _text("reason"),
    _whole("made_at"),
    _whole("at"),
)

DECISIONS: Final = Table(
    "decisions",
    METADATA,
    _account(),
    _entry(),
    _text("client_order_id", is_indexed=True),
    _yes("is_allowed"),
    _text("reason"),
    _whole("at"),
)

CHECKS: Final = Table(
    "checks",  # of a decision, in the order they were made
    METADATA,
    _account(),
    _entry(),
    _place(),
    _text("name"),
    Column("value", Double),  # NULL: not known, or without bound
    Column("bound", Double),  # the limit; LIMIT is a word of SQL
)

ORDERS: Final = Table(
    "orders",
    METADATA,
    _account(),
    _text("client_order_id", is_key=True),
    _entry(is_key=False),
    _whole("last_entry"),
    _text("venue_order_id"),
    _text("state"),
    _text("underlying"),
    _text("side"),
    _text("order_type"),
    _text("strategy"),
    _whole("leg_count"),
    *_terms(),
    _text("asked", is_optional=True),  # terms asked for and not confirmed, JSON
    _whole("filled"),
    _money("paid"),  # sum of price times quantity of its executions, less what was undone
    _text("reason"),
    _whole("changed_at"),
)

LEGS: Final = Table(
    "legs",
    METADATA,
    _account(),
    _text("client_order_id", is_key=True),
    _place(),
    _text("key"),
    _whole("ratio"),
    _whole("filled"),  # contracts, less what was undone
)

VENUE_IDS: Final = Table(
    "venue_ids",
    METADATA,
    _account(),
    _text("venue_order_id", is_key=True),
    _text("client_order_id", is_indexed=True),
)

EVENTS: Final = Table(
    "order_events",
    METADATA,
    _account(),
    _entry(),
    _text("client_order_id", is_optional=True, is_indexed=True),  # NULL: of no order known here
    _text("event"),
    _text("state", is_optional=True),  # after it
    _text("venue_order_id"),
    _text("terms", is_optional=True),  # the new ones, of a change, JSON
    _whole("filled", is_optional=True),
    _whole("code", is_optional=True),
    _text("reason"),
    _text("alarm"),  # what cannot be and was told all the same, "" if nothing
    _whole("at"),
)

FILLS: Final = Table(
    "fills",
    METADATA,
    _account(),
    _text("execution_id", is_key=True),
    _entry(is_key=False),
    _text("client_order_id", is_optional=True, is_indexed=True),  # NULL: of no order known here
    _text("venue_order_id"),
    _text("key"),
    _text("side"),
    _whole("quantity"),
    _money("price"),
    _money("commission", is_optional=True),
    _text("currency"),
    _money("venue_realised", is_optional=True),  # profit by the venue's count
    _whole("ts_event"),
    _whole("at"),
)

CHARGES: Final = Table(
    "charges",  # the newest of each execution, which may be told before the execution
    METADATA,
    _account(),
    _text("execution_id", is_key=True),
    _entry(is_key=False),
    _money("commission"),
    _text("currency"),
    _money("venue_realised", is_optional=True),
    _whole("at"),
)

POSITIONS: Final = Table(
    "positions",
    METADATA,
    _account(),
    _text("key", is_key=True),
    _whole("last_entry"),
    _whole("base"),  # held beside all executions
    _whole("quantity"),  # base and executions, below 0 sold
    _whole("trade_entry", is_optional=True),  # of the open trade
    _whole("changed_at"),
)

TRADES: Final = Table(
    "trades",  # round trips: from no position to none again
    METADATA,
    _account(),
    _text("key", is_key=True),
    _whole("opened_entry", is_key=True),
    _whole("closed_entry", is_optional=True),
    _text("side"),  # of the contracts that opened it
    _text("client_order_id", is_optional=True),  # of the order that opened it
    _text("strategy", is_optional=True),
    _whole("largest"),  # most contracts held, long or short
    _whole("counted"),  # net contracts that came without an execution
    _yes("is_counted"),  # some did, so that what it brought is not known
    _whole("bought"),
    _money("paid"),
    _whole("sold"),
    _money("received"),
    _money("points", is_optional=True),  # received less paid, once closed; NULL: not known
    _whole("opened_at"),
    _whole("closed_at", is_optional=True),
    Index("ix_trades_closed_at", "closed_at"),
)

TRADE_FILLS: Final = Table(
    "trade_fills",  # an execution that turns a position closes one trade and opens another
    METADATA,
    _account(),
    _text("execution_id", is_key=True),
    _text("key"),
    _whole("opened_entry", is_key=True),
    _whole("quantity"),
    Index("ix_trade_fills_trade", "account", "key", "opened_entry"),
)
