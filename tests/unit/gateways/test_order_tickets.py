"""An Idempotency-Key belongs to one request, whoever asks when."""

import pytest
from hand_desk import HandDesk
from orders import an_intent

from voldesk.gateways.order_requests import NewOrder
from voldesk.gateways.order_tickets import Tickets
from voldesk.gateways.problems import ClientError
from voldesk.model.events import Decided
from voldesk.model.orders import LONGEST_ID, Side

BODY = NewOrder(contract="AMZN", side=Side.BUY, quantity=1)
OTHER = NewOrder(contract="AMZN", side=Side.BUY, quantity=2)


def decided(desk: HandDesk, tag: str) -> None:
    """Have an order of that id in the journal."""
    desk.apply(Decided(intent=an_intent(tag), reason="", checks=(), at=1))


def test_the_same_request_has_the_same_id() -> None:
    """It is claimed for the first time once; another body under its key is refused."""
    tickets = Tickets(HandDesk())
    tag, is_first = tickets.claim("k", BODY)
    assert is_first
    assert len(tag) <= LONGEST_ID
    assert tickets.claim("k", BODY) == (tag, False)
    with pytest.raises(ClientError, match=f"belongs to order {tag}"):
        tickets.claim("k", OTHER)
    assert tickets.claim("other", OTHER)[0] != tag


def test_orders_that_are_known_tell_which_keys_are_taken() -> None:
    """After a restart the journal is all that is left; ids of others mean nothing."""
    desk = HandDesk()
    tag, _ = Tickets(desk).claim("k", BODY)
    for known in (tag, "ext-1", "vd-1", "scan-AMZN-1"):
        decided(desk, known)
    tickets = Tickets(desk)
    assert tickets.claim("k", BODY) == (tag, False)
    with pytest.raises(ClientError, match="whose request was another one"):
        tickets.claim("k", OTHER)


def test_a_key_whose_order_came_to_nothing_may_ask_again() -> None:
    """One that has its order keeps it."""
    desk = HandDesk()
    tickets = Tickets(desk)
    tag, _ = tickets.claim("k", BODY)
    tickets.release(tag)
    other, is_first = tickets.claim("k", OTHER)
    assert is_first
    decided(desk, other)
    tickets.release(other)
    with pytest.raises(ClientError):
        tickets.claim("k", BODY)
