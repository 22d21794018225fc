"""Brackets and one-cancels-all groups."""

from decimal import Decimal
from typing import Any

import pytest
from trading_floor import CALL, CLOSE, PUT, Floor

from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.orders import HeldFor, OcaType, OrderStatus, OrderType, Reason


def _bracket(floor: Floor, quantity: int = 4, *, limit: float = 5.1) -> tuple[int, int, int]:
    """Place a buy with a profit taker and a stop, transmitted with the last of them."""
    parent = floor.buy(quantity, limit_price=limit, client_order_id="1", transmit=False)
    profit = floor.sell(quantity, limit_price=6, client_order_id="2", parent_id="1", transmit=False)
    stop = floor.sell(
        quantity, order_type=OrderType.STOP, stop_price=4, client_order_id="3", parent_id="1"
    )
    return parent, profit, stop


def test_a_bracket_is_held_until_its_last_member_is_transmitted() -> None:
    """Nothing of the family works before; then the parent does, and the children wait for it."""
    floor = Floor()
    parent = floor.buy(1, limit_price=5, client_order_id="1", transmit=False)
    assert floor.order(parent).held_for is HeldFor.TRANSMIT
    child = floor.sell(1, limit_price=6, client_order_id="2", parent_id="1")
    assert floor.order(parent).status is OrderStatus.WORKING
    assert floor.order(child).held_for is HeldFor.PARENT


def test_an_order_can_be_transmitted_by_a_modification() -> None:
    """The same request with transmit True lets it work."""
    floor = Floor()
    number = floor.buy(1, limit_price=5, transmit=False)
    floor.change(number, transmit=True)
    assert floor.order(number).status is OrderStatus.WORKING


def test_children_work_when_the_parent_has_filled() -> None:
    """The profit taker rests and the stop waits for its price."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=2)
    parent, profit, stop = _bracket(floor)
    assert floor.order(profit).held_for is HeldFor.PARENT
    floor.quote(CALL, 5.0, 5.1, size=2)
    assert floor.order(parent).status is OrderStatus.FILLED
    assert floor.order(profit).status is OrderStatus.WORKING
    assert floor.order(stop).held_for is HeldFor.TRIGGER


def test_one_exit_shrinks_and_then_cancels_the_other() -> None:
    """A partial profit takes its share off the stop; the rest cancels it."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    _, profit, stop = _bracket(floor)
    floor.quote(CALL, 6.0, 6.1, size=1)
    assert floor.order(stop).quantity == 3
    floor.quote(CALL, 6.0, 6.1)
    assert floor.order(profit).status is OrderStatus.FILLED
    assert floor.order(stop).status is OrderStatus.CANCELLED
    assert floor.held() == 0


def test_the_end_of_an_unfilled_parent_cancels_its_children() -> None:
    """Nobody waits for what will never come."""
    floor = Floor()
    parent, profit, stop = _bracket(floor)
    floor.exchange.cancel(parent)
    assert {floor.order(n).status for n in (profit, stop)} == {OrderStatus.CANCELLED}


def test_a_partly_filled_parent_leaves_children_of_that_size() -> None:
    """What was bought is protected, no more."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=3)
    parent, profit, stop = _bracket(floor)
    floor.exchange.cancel(parent)
    assert floor.order(profit).quantity == floor.order(stop).quantity == 3
    assert floor.order(profit).status is OrderStatus.WORKING


def test_a_late_child_does_not_wait_for_a_filled_parent() -> None:
    """It works at once; one of a parent that ended unfilled is refused."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    floor.buy(1, client_order_id="1")
    child = floor.sell(1, limit_price=6, parent_id="1")
    assert floor.order(child).status is OrderStatus.WORKING
    gone = floor.buy(1, limit_price=4, client_order_id="2")
    floor.exchange.cancel(gone)
    rejection = floor.order(floor.sell(1, limit_price=6, parent_id="2")).rejection
    assert rejection is not None
    assert rejection.reason is Reason.TOO_LATE


def test_the_first_fill_cancels_a_group() -> None:
    """Type 1: even a partial fill ends the others; the filled one goes on; nobody joins later."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=1)
    other = floor.buy(1, key=PUT, limit_price=1, oca_group="g")
    first = floor.buy(2, limit_price=5.1, oca_group="g")
    assert floor.order(other).status is OrderStatus.CANCELLED
    assert floor.order(first).status is OrderStatus.WORKING
    rejection = floor.order(floor.buy(1, limit_price=1, oca_group="g")).rejection
    assert rejection is not None
    assert rejection.reason is Reason.TOO_LATE


def test_groups_of_two_accounts_do_not_meet() -> None:
    """The same name in another account is another group."""
    floor = Floor(accounts=(AccountSpec(name="DU1"), AccountSpec(name="DU2")))
    floor.quote(CALL, 5.0, 5.1)
    other = floor.buy(1, limit_price=4, oca_group="g", account="DU2")
    floor.buy(1, oca_group="g")
    assert floor.order(other).status is OrderStatus.WORKING


def test_a_reducing_group_never_fills_more_than_one_order() -> None:
    """Type 2: the same quote fills one and has nothing of the other left to fill."""
    floor = Floor()
    terms: dict[str, Any] = {"limit_price": 5, "oca_group": "g", "oca_type": OcaType.REDUCE}
    first, second = floor.buy(3, **terms), floor.buy(3, **terms)
    floor.quote(CALL, 4.9, 5.0, size=2)
    assert floor.order(first).filled == 2
    assert floor.order(second).quantity == 1
    assert floor.order(second).filled == 0
    floor.quote(CALL, 4.9, 5.0, size=2)
    assert floor.held() == 3
    assert floor.order(second).status is OrderStatus.CANCELLED


def test_a_later_reducing_group_can_overfill() -> None:
    """Type 3: one quote fills both before the reduction comes."""
    floor = Floor()
    terms: dict[str, Any] = {"limit_price": 5, "oca_group": "g", "oca_type": OcaType.REDUCE_LATER}
    first, second = floor.buy(3, **terms), floor.buy(3, **terms)
    floor.quote(CALL, 4.9, 5.0, size=6)
    assert floor.held() == 6
    assert {floor.order(n).status for n in (first, second)} == {OrderStatus.FILLED}


@pytest.mark.parametrize(("filled", "left"), [(1, 6), (2, 5), (3, 4)])
def test_shares_are_rounded_up_to_whole_lots(filled: int, left: int) -> None:
    """A share of what remains leaves the other order a whole number, never too large."""
    floor = Floor()
    terms: dict[str, Any] = {"limit_price": 5, "oca_group": "g", "oca_type": OcaType.REDUCE}
    floor.buy(7, **terms)
    other = floor.buy(7, key=PUT, **terms)
    floor.quote(CALL, 4.9, 5.0, size=filled)
    assert floor.order(other).quantity == Decimal(left)


def test_a_child_that_has_ended_stays_ended() -> None:
    """The parent's fill, or its end after a part, does not wake a cancelled child."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=3)
    parent, profit, stop = _bracket(floor)
    floor.exchange.cancel(profit)
    floor.exchange.cancel(parent)
    assert floor.order(profit).status is OrderStatus.CANCELLED
    assert floor.order(stop).quantity == 3


def test_a_parent_cancels_only_the_children_that_live() -> None:
    """A child that was cancelled before is not told of again."""
    floor = Floor()
    parent, profit, _ = _bracket(floor)
    floor.exchange.cancel(profit)
    told = floor.told(profit)
    floor.exchange.cancel(parent)
    assert floor.told(profit) == told


def test_a_modification_can_transmit_a_family() -> None:
    """Any member will do."""
    floor = Floor()
    parent = floor.buy(1, limit_price=5, client_order_id="1", transmit=False)
    child = floor.sell(1, limit_price=6, parent_id="1", transmit=False)
    floor.change(child, transmit=True)
    assert floor.order(parent).status is OrderStatus.WORKING
    assert floor.order(child).held_for is HeldFor.PARENT


def test_a_cancel_that_cascades_is_told_once() -> None:
    """A child in its parent's group ends with the parent, and not a second time."""
    floor = Floor()
    parent = floor.buy(1, limit_price=4, client_order_id="1", oca_group="g")
    child = floor.sell(1, limit_price=6, parent_id="1", oca_group="g")
    floor.quote(CALL, 5.0, 5.1)
    floor.buy(1, oca_group="g")
    assert floor.told(parent)[-1] is OrderStatus.CANCELLED
    assert floor.told(child).count(OrderStatus.CANCELLED) == 1


def test_children_smaller_than_the_fill_keep_their_size() -> None:
    """Half a position may be protected; late children do not wait again."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=3)
    parent = floor.buy(4, limit_price=5.1, client_order_id="1")
    child = floor.sell(2, limit_price=6, parent_id="1")
    floor.exchange.cancel(parent)
    late = floor.sell(1, limit_price=7, parent_id="1")
    assert floor.order(child).quantity == 2
    assert floor.order(late).status is OrderStatus.WORKING


def test_late_children_are_a_group_too() -> None:
    """One exit placed after the fill still cancels the other."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    floor.buy(1, client_order_id="1")
    first = floor.sell(1, limit_price=6, parent_id="1")
    second = floor.sell(1, limit_price=7, parent_id="1")
    floor.quote(CALL, 6.0, 6.1)
    assert floor.order(first).status is OrderStatus.FILLED
    assert floor.order(second).status is OrderStatus.CANCELLED


def test_a_family_ends_with_the_day_each_member_once() -> None:
    """The parent expires and takes the children along, before their own day ends."""
    floor = Floor()
    parent, profit, stop = _bracket(floor, limit=4)
    floor.exchange.advance(CLOSE)
    assert floor.told(parent)[-1] is OrderStatus.EXPIRED
    for child in (profit, stop):
        assert floor.told(child)[-1] is OrderStatus.CANCELLED
        assert sum(status.is_final for status in floor.told(child)) == 1
