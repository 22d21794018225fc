"""Requests are looked at when they are sent and done when they arrive."""

from decimal import Decimal

from trading_floor import CALL, STOCK, Floor

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.events import CancelRefused, ChangeRefused
from voldesk.simulator.exchange.orders import OrderStatus, OrderType, Reason
from voldesk.simulator.exchange.scenario import Delay, Scenario

SECOND = Delay(least_ns=NS_PER_SECOND, most_ns=NS_PER_SECOND)


def test_an_order_can_be_cancelled_on_its_way() -> None:
    """A cancel without delay overtakes an order with one: it never arrives."""
    floor = Floor(Scenario(order_delay=SECOND, stale_after_secs=None))
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1)
    floor.exchange.cancel(number)
    floor.wait(2)
    assert floor.order(number).status is OrderStatus.CANCELLED
    assert floor.order(number).filled == 0


def test_a_cancel_may_arrive_before_its_order() -> None:
    """An order that arrives with a cancel behind it is PENDING_CANCEL, then cancelled."""
    slow = Delay(least_ns=2 * NS_PER_SECOND, most_ns=2 * NS_PER_SECOND)
    floor = Floor(Scenario(order_delay=SECOND, cancel_delay=slow, stale_after_secs=None))
    number = floor.buy(1, limit_price=4)
    floor.exchange.cancel(number)
    floor.wait(1)
    assert floor.order(number).status is OrderStatus.PENDING_CANCEL
    floor.wait(1)
    assert floor.order(number).status is OrderStatus.CANCELLED


def test_two_cancels_are_one_and_a_refusal() -> None:
    """The second one arrives too late."""
    floor = Floor(Scenario(cancel_delay=SECOND, stale_after_secs=None))
    number = floor.buy(1, limit_price=4)
    floor.exchange.cancel(number)
    floor.exchange.cancel(number)
    floor.wait(1)
    assert floor.told(number)[-2:] == [OrderStatus.PENDING_CANCEL, OrderStatus.CANCELLED]
    assert sum(isinstance(event, CancelRefused) for event in floor.events) == 1


def test_a_modification_can_overtake_its_order() -> None:
    """The order arrives with the new price."""
    floor = Floor(Scenario(order_delay=SECOND, stale_after_secs=None))
    number = floor.buy(1, limit_price=4)
    floor.change(number, limit_price=Decimal("4.5"))
    floor.wait(1)
    assert floor.order(number).limit_price == Decimal("4.5")


def test_margin_is_looked_at_when_the_order_arrives() -> None:
    """Two orders that can be paid for one by one, but not both: the second is refused."""
    account = (AccountSpec(name="DU1", cash={"USD": Decimal(800)}),)
    floor = Floor(Scenario(order_delay=SECOND, stale_after_secs=None), accounts=account)
    floor.quote(CALL, 5.0, 5.1)
    first, second = floor.buy(1), floor.buy(1)
    floor.wait(1)
    assert floor.order(first).status is OrderStatus.FILLED
    rejection = floor.order(second).rejection
    assert rejection is not None
    assert rejection.reason is Reason.MARGIN


def test_an_order_that_needs_less_margin_is_never_refused_for_it() -> None:
    """A broke account may still close what it is short of."""
    account = (AccountSpec(name="DU1", cash={"USD": Decimal(6_000)}),)
    floor = Floor(accounts=account)
    floor.quote(STOCK, 229.99, 230.01)
    floor.quote(CALL, 5.0, 5.1)
    floor.sell(1)
    floor.quote(STOCK, 299.99, 300.01)
    floor.quote(CALL, 70.0, 70.1)
    assert floor.exchange.summary("DU1").margin.available < 0
    opened = floor.order(floor.sell(1))
    closed = floor.order(floor.buy(1))
    assert opened.status is OrderStatus.REJECTED
    assert closed.status is OrderStatus.FILLED


def test_a_modified_order_is_checked_like_a_new_one() -> None:
    """An off-tick stop is refused at arrival of the modification."""
    floor = Floor()
    number = floor.sell(1, order_type=OrderType.STOP, stop_price=4)
    floor.change(number, stop_price=Decimal("4.01"))
    refused = [event for event in floor.events if isinstance(event, ChangeRefused)]
    assert [event.rejection.reason for event in refused] == [Reason.PRICE_INCREMENT]


def test_every_member_of_a_group_must_be_allowed_and_able() -> None:
    """One account that may not trade refuses the group's order."""
    pair = (
        AccountSpec(name="DU1", groups=("Both",)),
        AccountSpec(name="DU2", groups=("Both",), is_read_only=True),
    )
    rejection = (floor := Floor(accounts=pair)).order(floor.buy(1, account="Both")).rejection
    assert rejection is not None
    assert rejection.reason is Reason.READ_ONLY
    poor = (
        AccountSpec(name="DU1", groups=("Both",)),
        AccountSpec(name="DU2", groups=("Both",), cash={"USD": Decimal(1)}),
    )
    floor = Floor(accounts=poor)
    floor.quote(CALL, 5.0, 5.1)
    rejection = floor.order(floor.buy(2, account="Both")).rejection
    assert rejection is not None
    assert rejection.reason is Reason.MARGIN
    assert "DU2" in rejection.text
