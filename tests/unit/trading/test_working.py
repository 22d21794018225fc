"""Working orders: what they may trade, counted once however many of them could."""

from typing import Any

from orders import CALL, PUT, an_intent

from voldesk.model.lifecycle import State
from voldesk.model.orders import Leg, Side
from voldesk.trading.ledger import Ledger, OrderRecord
from voldesk.trading.working import enlarging, others, pending, signed


def an_order(tag: str, state: State = State.WORKING, **changes: Any) -> OrderRecord:
    """Return an order for three calls, with changes."""
    return OrderRecord(an_intent(tag, **changes), state)


def test_a_spread_trades_each_leg_its_way() -> None:
    """Sold twice, a long leg is sold and a short one bought."""
    spread = an_intent(legs=(Leg(CALL), Leg(PUT, -2)), side=Side.SELL)
    assert signed(spread, 2) == {CALL: -2, PUT: 4}


def test_others_are_those_that_may_fill() -> None:
    """Strangers' count, those that are over do not, nor does the order itself."""
    ledger = Ledger()
    for tag, state in (
        ("a", State.WORKING),
        ("b", State.FILLED),
        ("c", State.EXTERNAL),
        ("d", State.UNKNOWN),
    ):
        ledger.orders[tag] = an_order(tag, state)
    found = others(ledger, an_intent("a"))
    assert [order.intent.client_order_id for order in found] == ["c", "d"]


def test_an_order_beyond_zero_enlarges() -> None:
    """Towards zero an order reduces, past it or away from it it does not."""
    sale = an_order("a", side=Side.SELL)
    assert enlarging([sale], {CALL: 3}) == []
    assert enlarging([sale], {CALL: 2}) == [sale]
    assert enlarging([sale], {CALL: -3}) == [sale]
    assert enlarging([an_order("b")], {CALL: -3}) == []


def test_a_group_s_largest_counts_beside_single_orders() -> None:
    """Of a group the largest way either side, of the rest each."""
    orders = [
        an_order("a", oca_group="g", side=Side.SELL, quantity=2),
        an_order("b", oca_group="g", side=Side.SELL, quantity=5),
        an_order("c", side=Side.SELL, quantity=1),
        an_order("d", quantity=4),
    ]
    found = pending(CALL, an_intent("z"), orders, Ledger())
    assert (found.held, found.buying, found.selling) == (0, 4, 6)
    inside = pending(CALL, an_intent("z", 3, oca_group="g", side=Side.SELL), orders, Ledger())
    assert (inside.buying, inside.selling) == (4, 3)


def test_children_of_one_parent_share_what_they_close() -> None:
    """A target and a stop without a group close the same contracts, whichever fills."""
    ledger = Ledger()
    target = an_order("t", parent_id="p", side=Side.SELL, quantity=2)
    stop = an_intent("s", 2, parent_id="p", side=Side.SELL)
    beside = [an_order("p", quantity=2), target]
    found = pending(CALL, stop, beside, ledger)
    assert (found.held, found.buying, found.selling) == (2, 0, 0)
    stranger = pending(CALL, an_intent("z", 2, side=Side.SELL), beside, ledger)
    assert (stranger.held, stranger.buying, stranger.selling) == (0, 2, 2)
