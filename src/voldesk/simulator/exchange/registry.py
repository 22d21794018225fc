"""Which orders there are: by id, by the client's id, by what they look at."""

from collections.abc import Callable

import numpy as np

from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.orders import Order
from voldesk.simulator.exchange.ticket import Ticket


class Registry:
    """
    Finds orders.

    Args:
        row: Row of an instrument in the ticks.
        rows: How many instruments there are.
    """

    def __init__(self, row: Callable[[str], int], rows: int) -> None:
        self._row = row
        self._tickets: dict[int, Ticket] = {}
        self._refused: dict[int, Order] = {}
        self._live: dict[int, Ticket] = {}
        self._ended: dict[int, None] = {}
        self._by_client: dict[tuple[str, str], int] = {}
        self._watching: dict[str, dict[int, Ticket]] = {}
        self._count = 0
        self.is_watched = np.zeros(rows, dtype=np.bool_)  # rows that an order looks at

    def next_id(self) -> int:
        """Return an id never used before."""
        self._count += 1
        return self._count

    def grow(self, rows: int) -> None:
        """Make room for more instruments."""
        self.is_watched = np.append(self.is_watched, np.zeros(rows, dtype=np.bool_))

    def refuse(self, order: Order) -> None:
        """Keep a request that never became an order; its client id stays free."""
        self._refused[order.venue_order_id] = order
        self._ended[order.venue_order_id] = None

    def add(self, ticket: Ticket) -> None:
        """Keep an order, and let it look at its instrument, or at the legs of it."""
        request, number = ticket.request, ticket.venue_order_id
        self._tickets[number] = self._live[number] = ticket
        if request.client_order_id:
            self._by_client[request.client, request.client_order_id] = number
        for key in watched_keys(ticket.instrument):
            self._watching.setdefault(key, {})[number] = ticket
            self.is_watched[self._row(key)] = True

    def end(self, ticket: Ticket) -> None:
        """Let an order look at nothing any more."""
        number = ticket.venue_order_id
        self._live.pop(number, None)
        self._ended[number] = None
        for key in watched_keys(ticket.instrument):
            others = self._watching.get(key, {})
            others.pop(number, None)
            if not others:
                self._watching.pop(key, None)
                self.is_watched[self._row(key)] = False

    def forget(self, before: int) -> None:
        """Drop orders that ended before an instant; clients' ids stay taken."""
        old = [number for number in self._ended if self.view(number).changed_at < before]
        for number in old:
            del self._ended[number]
            self._tickets.pop(number, None)
            self._refused.pop(number, None)

    def is_taken(self, client: str, client_order_id: str) -> bool:
        """Say whether a client has used an id."""
        return bool(client_order_id) and (client, client_order_id) in self._by_client

    def find(self, client: str, client_order_id: str) -> Ticket | None:
        """Return the order a client knows by an id."""
        number = self._by_client.get((client, client_order_id), 0)
        return self._tickets.get(number)

    def parent_of(self, ticket: Ticket) -> Ticket | None:
        """Return the order a request names as its parent."""
        name = ticket.request.parent_id
        return self.find(ticket.request.client, name) if name else None

    def ticket(self, venue_order_id: int) -> Ticket | None:
        """Return an order by its permanent id; None for one that was refused."""
        if venue_order_id in self._refused:
            return None
        return self._tickets[venue_order_id]

    def view(self, venue_order_id: int) -> Order:
        """Return an order as it stands, a refused one too; KeyError where there is none."""
        refused = self._refused.get(venue_order_id)
        return self._tickets[venue_order_id].view() if refused is None else refused

    def live(self) -> list[Ticket]:
        """Return the orders that are not final, oldest first."""
        return list(self._live.values())

    def ended(self) -> list[Order]:
        """Return the orders that are final, in the order in which they ended."""
        return [self.view(number) for number in self._ended]

    def watching(self, key: str) -> list[Ticket]:
        """Return the orders that look at an instrument, oldest first."""
        return list(self._watching.get(key, {}).values())


def watched_keys(instrument: Instrument) -> tuple[str, ...]:
    """Return the instruments whose quotes concern an order."""
    legs = tuple(leg.instrument for leg in instrument.legs)
    return legs or (instrument.key,)
