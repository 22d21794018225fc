"""The paper account as the fold of its records: orders, positions, money."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from voldesk.model.events import Happened
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Fill, Terms
from voldesk.trading.paper.holdings import Holding
from voldesk.trading.paper.records import Executed, Line, Moved, Opened, Placed, Record
from voldesk.trading.paper.ticket import TRAILING, Ticket

_STANDING = frozenset({Event.ACCEPT, Event.WORK, Event.CANCEL, Event.EXPIRE, Event.REJECT})
_NOTHING = Decimal(0)


class Book:
    """
    Everything the venue knows; the same records give the same book.

    Attributes:
        account: Its name, "" before it was opened.
        opened_at: UTC ns; part of every id the venue gives.
        cash: By currency.
        realised: Profit of what was closed, commissions deducted, by currency.
        commissions: By currency.
        live: Orders that may fill, the oldest first.
        ended: Those that do not any more, the latest so many.
        holdings: By key, none of them flat.
        fills: The latest so many.
        count: Records so far.
    """

    def __init__(self, kept: int) -> None:
        self.account = ""
        self.opened_at = 0
        self.cash: dict[str, Decimal] = {}
        self.realised: dict[str, Decimal] = {}
        self.commissions: dict[str, Decimal] = {}
        self.live: dict[str, Ticket] = {}
        self.ended: dict[str, Ticket] = {}
        self.holdings: dict[str, Holding] = {}
        self.fills: deque[Fill] = deque(maxlen=kept)
        self.count = 0
        self._kept = kept
        self._fill_count = 0
        self._order_count = 0

    @classmethod
    def of(cls, records: Iterable[Record], kept: int) -> "Book":
        """Return the book that records add up to; what works in it has rested."""
        book = cls(kept)
        for record in records:
            book.apply(record)
        for ticket in book.live.values():
            ticket.has_rested = True
        return book

    def find(self, tag: str) -> Ticket | None:
        """Return the order of a tag, None where none is known."""
        return self.live.get(tag) or self.ended.get(tag)

    def next_order_id(self) -> str:
        """Return the venue's id of the next order."""
        return f"{self.opened_at:x}-o{self._order_count + 1}"

    def next_execution_ids(self, count: int) -> list[str]:
        """Return the ids of the next executions."""
        first = self._fill_count + 1
        return [f"{self.opened_at:x}-x{number}" for number in range(first, first + count)]

    def quantity(self, key: str) -> int:
        """Return contracts held of a key, below 0 sold."""
        holding = self.holdings.get(key)
        return holding.quantity if holding is not None else 0

    def apply(self, record: Record) -> None:
        """Take one record in."""
        self.count += 1
        if isinstance(record, Executed):
            self._execute(record)
        elif isinstance(record, Happened):
            self._happen(record)
        elif isinstance(record, Moved):
            self._move(record)
        elif isinstance(record, Placed):
            self._order_count += 1
            self.live[record.intent.client_order_id] = Ticket(
                record.intent, record.venue_order_id, record.contracts, record.at
            )
        else:
            self._open(record)

    def _open(self, record: Opened) -> None:
        self.account, self.opened_at = record.account, record.at
        self.cash = dict(record.cash)

    def _happen(self, record: Happened) -> None:
        ticket = self.live.get(record.client_order_id)
        if ticket is None:
            return  # a request for an order that is over, refused
        ticket.reason = record.reason or ticket.reason
        if record.event is Event.MODIFY and record.terms is not None:
            _change(ticket, record.terms)
        elif record.event in _STANDING:
            works_on = record.event is Event.WORK and ticket.filled > 0
            ticket.event = Event.FILL if works_on else record.event
        self._retire(ticket)

    def _move(self, record: Moved) -> None:
        ticket = self.live[record.client_order_id]
        ticket.stop_price = record.stop_price
        ticket.limit_price = record.limit_price
        ticket.is_triggered = record.is_triggered

    def _execute(self, record: Executed) -> None:
        for line in record.lines:
            self._book(line)
        ticket = self.live.get(record.client_order_id)
        if ticket is None:
            return  # a settlement
        ticket.filled += record.units
        ticket.event = Event.FILL if ticket.remaining else Event.COMPLETE
        self._retire(ticket)

    def _book(self, line: Line) -> None:
        fill, contract = line.fill, line.contract
        fee = fill.commission or _NOTHING
        signed = fill.side.sign * fill.quantity
        holding = self.holdings.setdefault(fill.key, Holding(contract))
        holding.trade(signed, fill.price, fee)
        if not holding.quantity:
            del self.holdings[fill.key]
        spent = signed * fill.price * contract.multiplier + fee
        _add(self.cash, fill.currency, -spent)
        _add(self.commissions, fill.currency, fee)
        _add(self.realised, fill.currency, line.realised or _NOTHING)
        self.fills.append(fill)
        self._fill_count += 1

    def _retire(self, ticket: Ticket) -> None:
        if ticket.is_live:
            return
        self.live.pop(ticket.tag, None)
        self.ended[ticket.tag] = ticket
        if len(self.ended) > self._kept:
            del self.ended[next(iter(self.ended))]


def _change(ticket: Ticket, terms: Terms) -> None:
    """Let new terms take force: a price that changed is in the market for the first time."""
    old = ticket.intent.terms
    ticket.intent = replace(ticket.intent, terms=terms)
    if terms.limit_price != old.limit_price:
        ticket.limit_price = terms.limit_price
        ticket.has_rested = False
    if ticket.is_triggered:
        return
    trail = (terms.stop_price, terms.trail_amount, terms.trail_pct)
    is_trailing = ticket.intent.order_type in TRAILING
    if not is_trailing or trail != (old.stop_price, old.trail_amount, old.trail_pct):
        ticket.stop_price = terms.stop_price


def _add(money: dict[str, Decimal], currency: str, amount: Decimal) -> None:
    money[currency] = money.get(currency, _NOTHING) + amount
