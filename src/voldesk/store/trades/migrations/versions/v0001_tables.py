"""
The first tables: the life of orders, positions and round trips, and how far they are projected.

Written out rather than taken from `schema`, which goes on changing while this stays.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MONEY = sa.Numeric().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_process()
    _make_intents()
    _make_orders()
    _make_executions()
    _make_positions()


def downgrade() -> None:
    """Remove them; the journal can make their rows again."""
    for name in (
        *("trade_fills", "trades", "positions", "charges", "fills", "order_events", "venue_ids"),
        *("legs", "orders", "checks", "decisions", "intents", "switches", "runs", "progress"),
    ):
        op.drop_table(name)


def _text(name: str, *, is_optional: bool = False, is_indexed: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=is_optional, index=is_indexed)


def _whole(name: str, *, is_optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=is_optional)


def _yes(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _money(name: str, *, is_optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _MONEY, nullable=is_optional)


def _key(*names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("account", *names)


def _terms() -> tuple[sa.Column[Any], ...]:
    return (
        _whole("quantity"),
        _money("limit_price", is_optional=True),
        _money("stop_price", is_optional=True),
        _money("trail_amount", is_optional=True),
        _money("trail_pct", is_optional=True),
        _whole("good_till", is_optional=True),
    )


def _make_process() -> None:
    op.create_table(
        "progress",
        _text("account"),
        _whole("entries"),
        _whole("last_start"),
        _whole("last_crc"),
        _key(),
    )
    op.create_table(
        "runs",
        _text("account"),
        _whole("entry"),
        _text("version"),
        _text("config"),
        _whole("pid"),
        _whole("at"),
        _key("entry"),
    )
    op.create_table(
        "switches",
        _text("account"),
        _whole("entry"),
        _text("state"),
        _text("by"),
        _text("reason"),
        _whole("at"),
        _key("entry"),
    )


def _make_intents() -> None:
    op.create_table(
        "intents",
        _text("account"),
        _whole("entry"),
        _text("client_order_id", is_indexed=True),
        _yes("is_external"),
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
        _key("entry"),
    )
    op.create_table(
        "decisions",
        _text("account"),
        _whole("entry"),
        _text("client_order_id", is_indexed=True),
        _yes("is_allowed"),
        _text("reason"),
        _whole("at"),
        _key("entry"),
    )
    op.create_table(
        "checks",
        _text("account"),
        _whole("entry"),
        sa.Column("place", sa.Integer(), nullable=False),
        _text("name"),
        sa.Column("value", sa.Double()),
        sa.Column("bound", sa.Double()),
        _key("entry", "place"),
    )


def _make_orders() -> None:
    op.create_table(
        "orders",
        _text("account"),
        _text("client_order_id"),
        _whole("entry"),
        _whole("last_entry"),
        _text("venue_order_id"),
        _text("state"),
        _text("underlying"),
        _text("side"),
        _text("order_type"),
        _text("strategy"),
        _whole("leg_count"),
        *_terms(),
        _text("asked", is_optional=True),
        _whole("filled"),
        _money("paid"),
        _text("reason"),
        _whole("changed_at"),
        _key("client_order_id"),
    )
    op.create_table(
        "legs",
        _text("account"),
        _text("client_order_id"),
        sa.Column("place", sa.Integer(), nullable=False),
        _text("key"),
        _whole("ratio"),
        _whole("filled"),
        _key("client_order_id", "place"),
    )
    op.create_table(
        "venue_ids",
        _text("account"),
        _text("venue_order_id"),
        _text("client_order_id", is_indexed=True),
        _key("venue_order_id"),
    )
    op.create_table(
        "order_events",
        _text("account"),
        _whole("entry"),
        _text("client_order_id", is_optional=True, is_indexed=True),
        _text("event"),
        _text("state", is_optional=True),
        _text("venue_order_id"),
        _text("terms", is_optional=True),
        _whole("filled", is_optional=True),
        _whole("code", is_optional=True),
        _text("reason"),
        _text("alarm"),
        _whole("at"),
        _key("entry"),
    )


def _make_executions() -> None:
    op.create_table(
        "fills",
        _text("account"),
        _text("execution_id"),
        _whole("entry"),
        _text("client_order_id", is_optional=True, is_indexed=True),
        _text("venue_order_id"),
        _text("key"),
        _text("side"),
        _whole("quantity"),
        _money("price"),
        _money("commission", is_optional=True),
        _text("currency"),
        _money("venue_realised", is_optional=True),
        _whole("ts_event"),
        _whole("at"),
        _key("execution_id"),
    )
    op.create_table(
        "charges",
        _text("account"),
        _text("execution_id"),
        _whole("entry"),
        _money("commission"),
        _text("currency"),
        _money("venue_realised", is_optional=True),
        _whole("at"),
        _key("execution_id"),
    )


def _make_positions() -> None:
    op.create_table(
        "positions",
        _text("account"),
        _text("key"),
        _whole("last_entry"),
        _whole("base"),
        _whole("quantity"),
        _whole("trade_entry", is_optional=True),
        _whole("changed_at"),
        _key("key"),
    )
    op.create_table(
        "trades",
        _text("account"),
        _text("key"),
        _whole("opened_entry"),
        _whole("closed_entry", is_optional=True),
        _text("side"),
        _text("client_order_id", is_optional=True),
        _text("strategy", is_optional=True),
        _whole("largest"),
        _whole("counted"),
        _yes("is_counted"),
        _whole("bought"),
        _money("paid"),
        _whole("sold"),
        _money("received"),
        _money("points", is_optional=True),
        _whole("opened_at"),
        _whole("closed_at", is_optional=True),
        _key("key", "opened_entry"),
    )
    op.create_index("ix_trades_closed_at", "trades", ["closed_at"])
    op.create_table(
        "trade_fills",
        _text("account"),
        _text("execution_id"),
        _text("key"),
        _whole("opened_entry"),
        _whole("quantity"),
        _key("execution_id", "opened_entry"),
    )
    op.create_index("ix_trade_fills_trade", "trade_fills", ["account", "key", "opened_entry"])
