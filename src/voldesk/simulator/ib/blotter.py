"""Every order of every client: what was sent, what it is at the exchange, and who hears of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from voldesk.simulator.exchange.events import (
    CancelRefused,
    ChangeRefused,
    Event,
    Filled,
    OrderChanged,
)
from voldesk.simulator.exchange.exchange import Exchange
from voldesk.simulator.exchange.orders import Execution, Order, OrderRequest, OrderStatus
from voldesk.simulator.ib.listed import Listed
from voldesk.simulator.ib.order_forms import status_of
from voldesk.simulator.ib.refusal import Refused
from voldesk.wire.ib.types import IbOrder

FIRST_PERM_ID: Final = 1_710_000_000
"""Permanent ids count up from here."""


@dataclass(slots=True)
class Record:
    """
    One order as its client sent it.

    Attributes:
        number: At the exchange.
        key: Of what it trades.
        order: With its ids and every modification.
        is_warned: Whether its client was told that the market is closed.
    """

    number: int
    key: str
    order: IbOrder
    is_warned: bool = False

    @property
    def client_id(self) -> int:
        """Whose it is."""
        return self.order.client_id


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the exchange, and the order it is about; None where it is about none."""

    event: Event
    record: Record | None
    status: str = ""  # of the order, in TWS's words


Listener = Callable[[Told], None]


@dataclass(slots=True, eq=False)
class Blotter:
    """
    Stands between the sessions and the exchange.

    The exchange tells while it is being called; that is kept until `settle`, so that an order that
    fills at once is told of as TWS does: PreSubmitted, then Filled, never Submitted.

    Args:
        exchange: Where orders go.
        listed: What can be traded there.
    """

    exchange: Exchange
    listed: Listed
    is_read_only: bool = False
    _records: dict[int, Record] = field(default_factory=dict)
    _by_client: dict[tuple[int, int], int] = field(default_factory=dict)
    _waiting: list[Event] = field(default_factory=list)
    _listeners: list[Listener] = field(default_factory=list)
    _placing: Record | None = None
    _next_ids: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.exchange.subscribe(self._waiting.append)

    # Who hears

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener everything from now on; return the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def settle(self) -> None:
        """Tell everybody what the exchange has told since the last time."""
        while self._waiting:
            events = tuple(self._waiting)
            self._waiting.clear()
            filled = {
                event.order.venue_order_id
                for event in events
                if isinstance(event, OrderChanged) and event.order.status is OrderStatus.FILLED
            }
            for event in events:
                told = self._told(event, filled)
                for listener in tuple(self._listeners):
                    listener(told)

    def _told(self, event: Event, filled: set[int]) -> Told:
        if isinstance(event, Filled):
            return Told(event, self._records.get(event.execution.venue_order_id))
        if isinstance(event, OrderChanged | ChangeRefused | CancelRefused):
            number = event.order.venue_order_id
            status = status_of(event.order)
            if number in filled and status == "Submitted" and not event.order.filled:
                status = "PreSubmitted"
            return Told(event, self._records.get(number), status)
        return Told(event, None)

    # Orders

    def next_id(self, client_id: int) -> int:
        """Return the next order id of a client."""
        return self._next_ids.get(client_id, 1)

    def roll_back(self, client_id: int | None = None) -> None:
        """Forget which ids were used, as a TWS that was set back does; None for all clients."""
        for known in [client_id] if client_id is not None else list(self._next_ids):
            self._next_ids[known] = 1

    def place(self, order: IbOrder, request: OrderRequest) -> None:
        """
        Place an order, or modify it where the client has one of that id.

        Raises:
            Refused: The order of that id is no more (103, 104).
        """
        ids = order.client_id, order.order_id
        number = self._by_client.get(ids)
        if number is not None:
            self._modify(self._records[number], order, request)
            return
        self._next_ids[ids[0]] = max(self.next_id(ids[0]), ids[1] + 1)
        number = self.exchange.place(request)
        order = replace(order, perm_id=FIRST_PERM_ID + number)
        self._records[number] = Record(number, request.instrument, order)
        self._by_client[ids] = number
        self.settle()

    def _modify(self, record: Record, order: IbOrder, request: OrderRequest) -> None:
        standing = self.exchange.order(record.number)
        if standing.status is OrderStatus.FILLED:
            raise Refused(104, "Cannot modify a filled order.")
        if standing.status.is_final:
            raise Refused(103, "Duplicate order id")
        before = record.order
        record.order = replace(order, perm_id=before.perm_id)
        revision = standing.revision
        self.exchange.modify(record.number, request)
        if self.exchange.order(record.number).revision == revision and any(
            isinstance(event, ChangeRefused) for event in self._waiting
        ):
            record.order = before
        self.settle()

    def cancel(self, client_id: int, order_id: int) -> None:
        """
        Cancel an order of a client.

        Raises:
            Refused: There is none (10147).
        """
        number = self._by_client.get((client_id, order_id))
        if number is None:
            raise Refused(10_147, f"OrderId {order_id} that needs to be cancelled is not found.")
        self.exchange.cancel(number)
        self.settle()

    def cancel_all(self) -> None:
        """Cancel every order of every client."""
        self.exchange.cancel_all()
        self.settle()

    # Questions

    def record(self, number: int) -> Record | None:
        """Return the order the exchange knows by that number."""
        return self._records.get(number)

    def known(self, client_id: int, order_id: int) -> Record | None:
        """Return an order of a client."""
        number = self._by_client.get((client_id, order_id))
        return None if number is None else self._records[number]

    def open_orders(self, client_id: int | None = None) -> list[tuple[Record, Order]]:
        """Return the orders that are not final, of a client or of all."""
        client = None if client_id is None else str(client_id)
        return self._with_records(self.exchange.open_orders(client=client))

    def completed(self) -> list[tuple[Record, Order]]:
        """Return the orders that are final."""
        return self._with_records(self.exchange.completed_orders())

    def executions(self) -> list[tuple[Record, Execution]]:
        """Return every fill there was."""
        return [
            (self._records[execution.venue_order_id], execution)
            for execution in self.exchange.executions()
            if execution.venue_order_id in self._records
        ]

    def traded_keys(self) -> set[str]:
        """Return what is held or worked on: the market of these has to be kept up to date."""
        held = {position.instrument for position in self.exchange.positions()}
        return held | {order.request.instrument for order in self.exchange.open_orders()}

    def _with_records(self, orders: list[Order]) -> list[tuple[Record, Order]]:
        found = []
        for order in orders:
            record = self._records.get(order.venue_order_id)
            if record is not None:
                found.append((record, order))
        return found
