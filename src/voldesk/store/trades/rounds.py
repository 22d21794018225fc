"""
Positions and round trips, as executions make them.

A trade begins where a position of a contract was none and ends where it is none again; an
execution that turns a position over ends one trade and begins the next. Nothing is averaged, so
nothing is rounded: a trade keeps what was paid and what was received.
"""

from decimal import Decimal

from voldesk.model.orders import Fill, Side
from voldesk.store.trades.book import Book, Row
from voldesk.store.trades.schema import POSITIONS, TRADE_FILLS, TRADES


def take_fill(book: Book, fill: Fill, entry: int, order: Row | None) -> None:
    """Let an execution change the position of its contract, and the trades it belongs to."""
    signed = fill.side.sign * fill.quantity
    position = _position(book, fill.key)
    closing = _closing(position["quantity"], signed)
    for part in (closing, signed - closing):
        if part:
            trade = _trade(book, position, part, entry, fill.ts_event)
            if trade["opened_entry"] == entry and order is not None:
                trade["client_order_id"] = order["client_order_id"]
                trade["strategy"] = order["strategy"]
            count, money = ("bought", "paid") if fill.side is Side.BUY else ("sold", "received")
            trade[count] += abs(part)
            trade[money] += fill.price * abs(part)
            book.put(
                TRADE_FILLS,
                execution_id=fill.execution_id,
                key=fill.key,
                opened_entry=trade["opened_entry"],
                quantity=abs(part),
            )
            _move(position, trade, part, entry, fill.ts_event)


def take_count(book: Book, base: dict[str, int], entry: int, at: int) -> None:
    """Let a count say what is held beside all executions; at which price is not known."""
    held = {row["key"]: row for row in book.find(POSITIONS, POSITIONS.c.base != 0)}
    for key in sorted(base.keys() | held.keys()):
        position = _position(book, key)
        signed = base.get(key, 0) - position["base"]
        position["base"] += signed
        closing = _closing(position["quantity"], signed)
        for part in (closing, signed - closing):
            if part:
                trade = _trade(book, position, part, entry, at)
                trade["counted"] += part
                trade["is_counted"] = True
                _move(position, trade, part, entry, at)


def _closing(quantity: int, signed: int) -> int:
    """Return how much of a change brings a position nearer to none."""
    if quantity * signed >= 0:
        return 0
    return signed if abs(signed) <= abs(quantity) else -quantity


def _position(book: Book, key: str) -> Row:
    return book.get(POSITIONS, key) or book.put(
        POSITIONS, key=key, last_entry=0, base=0, quantity=0, changed_at=0
    )


def _trade(book: Book, position: Row, part: int, entry: int, at: int) -> Row:
    """Return the open trade of a position, or begin one."""
    key = position["key"]
    opened = position["trade_entry"]
    known = None if opened is None else book.get(TRADES, key, opened)
    if known is not None:
        return known
    position["trade_entry"] = entry
    return book.put(
        TRADES,
        key=key,
        opened_entry=entry,
        side=(Side.BUY if part > 0 else Side.SELL).value,
        largest=0,
        counted=0,
        is_counted=False,
        bought=0,
        paid=Decimal(0),
        sold=0,
        received=Decimal(0),
        opened_at=at,
    )


def _move(position: Row, trade: Row, part: int, entry: int, at: int) -> None:
    """Change a position by a part of one sign, and end its trade where it comes to none."""
    position["quantity"] += part
    position["last_entry"] = entry
    position["changed_at"] = at
    trade["largest"] = max(trade["largest"], abs(position["quantity"]))
    if position["quantity"] == 0:
        trade["closed_entry"], trade["closed_at"] = entry, at
        trade["points"] = None if trade["is_counted"] else trade["received"] - trade["paid"]
        position["trade_entry"] = None
