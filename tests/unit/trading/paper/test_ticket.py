"""One order's state as it begins and as it stands."""

from decimal import Decimal

from orders import CALL, PUT
from paper_world import START, a_mark, an_order, sell

from voldesk.model.lifecycle import Event
from voldesk.model.orders import Leg, OrderType, Side
from voldesk.trading.paper.contracts import PaperContract, contract_of
from voldesk.trading.paper.ticket import Ticket


def _contract(key: str) -> PaperContract:
    contract = contract_of(a_mark(key))
    assert contract is not None
    return contract


def test_a_stop_begins_untriggered_at_its_terms() -> None:
    """Its prices in force are those asked for."""
    intent = sell("s", 3, stop_price="1.0", limit_price="0.9", order_type=OrderType.STOP_LIMIT)
    ticket = Ticket(intent, "o1", (_contract(CALL),), START)
    assert (ticket.stop_price, ticket.limit_price) == (Decimal("1.0"), Decimal("0.9"))
    assert ticket.awaits_trigger
    assert ticket.is_live
    ticket.filled, ticket.is_triggered, ticket.event = 4, True, Event.COMPLETE
    assert (ticket.remaining, ticket.awaits_trigger, ticket.is_live) == (0, False, False)


def test_legs_are_sold_where_their_ratio_is_below_zero() -> None:
    """And the other way round when the combination is sold."""
    intent = an_order("c", Side.SELL, 1, (Leg(CALL, 2), Leg(PUT, -1)))
    ticket = Ticket(intent, "o1", (_contract(CALL), _contract(PUT)), START)
    assert [(contract.key, ratio, side) for contract, ratio, side in ticket.legs] == [
        (CALL, 2, Side.SELL),
        (PUT, 1, Side.BUY),
    ]
