"""Orders are found by everything they are known by."""

import pytest
from trading_floor import CALL, FAR_CALL, INSTRUMENTS, SPREAD, START, Floor

from voldesk.model.orders import Side
from voldesk.simulator.exchange.orders import OrderStatus
from voldesk.simulator.exchange.registry import Registry, watched_keys
from voldesk.simulator.exchange.ticket import Ticket

_ROWS = {instrument.key: row for row, instrument in enumerate(INSTRUMENTS)}


def _registry() -> Registry:
    return Registry(_ROWS.__getitem__, len(INSTRUMENTS))


def _ticket(registry: Registry, key: str = CALL, client_order_id: str = "") -> Ticket:
    request = Floor().request(Side.BUY, 1, key, client="a", client_order_id=client_order_id)
    instrument = INSTRUMENTS[_ROWS[key]]
    return Ticket(
        venue_order_id=registry.next_id(),
        request=request,
        instrument=instrument,
        quantity=request.quantity,
        placed_at=START,
        changed_at=START,
    )


def test_rows_are_watched_while_an_order_looks_at_them() -> None:
    """A combo looks at its legs; the last order that ends leaves the row alone."""
    registry = _registry()
    single, combo = _ticket(registry), _ticket(registry, SPREAD)
    registry.add(single)
    registry.add(combo)
    assert watched_keys(combo.instrument) == (CALL, FAR_CALL)
    assert registry.watching(CALL) == [single, combo]
    registry.end(combo)
    assert registry.is_watched[_ROWS[CALL]]
    assert not registry.is_watched[_ROWS[FAR_CALL]]
    registry.end(single)
    assert not registry.is_watched.any()
    registry.grow(2)
    assert len(registry.is_watched) == len(INSTRUMENTS) + 2


def test_ids_of_clients_are_taken_once() -> None:
    """An empty id is nobody's; a used one is taken even when its order has ended."""
    registry = _registry()
    nameless, named = _ticket(registry), _ticket(registry, client_order_id="7")
    registry.add(nameless)
    registry.add(named)
    registry.end(named)
    assert registry.is_taken("a", "7")
    assert not registry.is_taken("b", "7")
    assert not registry.is_taken("a", "")
    assert registry.find("a", "7") is named
    assert registry.find("a", "8") is None


def test_ended_orders_stand_in_the_order_of_their_end() -> None:
    """Refused requests stand among them."""
    registry = _registry()
    first, second = _ticket(registry), _ticket(registry)
    registry.add(first)
    registry.add(second)
    refused = _ticket(registry)
    refused.status = OrderStatus.REJECTED
    registry.end(second)
    registry.refuse(refused.view())
    registry.end(first)
    assert [order.venue_order_id for order in registry.ended()] == [2, 3, 1]
    assert registry.live() == []
    assert registry.ticket(3) is None
    assert registry.view(3).status is OrderStatus.REJECTED
    with pytest.raises(KeyError):
        registry.view(9)
