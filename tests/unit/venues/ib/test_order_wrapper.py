"""Messages about orders go to the listener as they are, and answers to who asked."""

from typing import Any

import pytest
from ib_async import IB
from ib_async.contract import Contract
from ib_async.objects import CommissionReport, Execution
from ib_async.order import Order, OrderState
from ib_async.util import UNSET_DOUBLE, UNSET_INTEGER

from voldesk.model.clock import ManualClock
from voldesk.venues.ib.order_wrapper import OrderWrapper, Standing, ToldFill, ToldOrder
from voldesk.venues.ib.rows import TickRows

OPTION, STATE = Contract(secType="OPT"), OrderState(status="Submitted")


class Heard:
    """Keeps all that it is told, as the listener of orders and that of the line."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def on_order(self, told: ToldOrder) -> None:
        self.said.append(told)

    def on_standing(self, standing: Standing) -> None:
        self.said.append(standing)

    def on_execution(self, told: ToldFill) -> None:
        self.said.append(told)

    def on_charge(self, report: CommissionReport) -> None:
        self.said.append(report)

    def on_error(self, request_id: int, code: int, text: str) -> None:
        self.said.append((request_id, code, text))

    def on_message(self, request_id: int, code: int, text: str) -> None:
        """Take what the line is told of it."""

    def on_packet(self) -> None:
        """Take no note."""

    def on_lost(self) -> None:
        """Take no note."""


@pytest.fixture
def heard() -> Heard:
    """Return a listener that heard nothing."""
    return Heard()


@pytest.fixture
async def wrapper(heard: Heard) -> OrderWrapper:
    """Return a wrapper of no connection."""
    return OrderWrapper(IB(), TickRows(), heard, ManualClock(1), heard)


async def test_orders_are_heard_and_listed(wrapper: OrderWrapper, heard: Heard) -> None:
    """Each is told once; while a list is asked for it is in the list as well."""
    order = Order(orderId=5)
    wrapper.openOrder(5, OPTION, order, STATE)
    future: Any = wrapper.startReq("openOrders")  # type: ignore[no-untyped-call]  # ib_async is typed in part
    wrapper.openOrder(5, OPTION, order, STATE)
    wrapper.openOrderEnd()  # type: ignore[no-untyped-call]  # likewise
    told = ToldOrder(order, OPTION, STATE)
    assert heard.said == [told, told]
    assert await future == [told]


async def test_completed_orders_are_for_who_asks(wrapper: OrderWrapper, heard: Heard) -> None:
    """Nobody else hears of them."""
    wrapper.completedOrder(OPTION, Order(), STATE)
    future: Any = wrapper.startReq("completedOrders")  # type: ignore[no-untyped-call]  # ib_async is typed in part
    wrapper.completedOrder(OPTION, Order(), STATE)
    wrapper.completedOrdersEnd()  # type: ignore[no-untyped-call]  # likewise
    assert len(await future) == 1
    assert heard.said == []


async def test_standings_and_charges(wrapper: OrderWrapper, heard: Heard) -> None:
    """They are passed on as they come."""
    wrapper.orderStatus(5, "Filled", 2.0, 0.0, 1.2, 77, 0, 1.2, 3, "")
    report = CommissionReport("1.01", 1.3)
    wrapper.commissionReport(report)
    assert heard.said == [Standing(5, "Filled", 2.0, 77, 3), report]


async def test_executions(wrapper: OrderWrapper, heard: Heard) -> None:
    """Those asked for are the answer, the others news; by hand there is no order id."""
    by_hand = Execution(orderId=UNSET_INTEGER)
    wrapper.execDetails(-1, OPTION, by_hand)
    assert heard.said == [ToldFill(OPTION, by_hand)]
    assert by_hand.orderId == 0
    future: Any = wrapper.startReq(9)  # type: ignore[no-untyped-call]  # ib_async is typed in part
    wrapper.execDetails(9, OPTION, Execution(orderId=4))
    wrapper.execDetailsEnd(9)
    assert [told.execution.orderId for told in await future] == [4]
    assert len(heard.said) == 1


async def test_a_question_about_margin(wrapper: OrderWrapper, heard: Heard) -> None:
    """The answer is the one with figures, and no order."""
    future: Any = wrapper.startReq(6)  # type: ignore[no-untyped-call]  # ib_async is typed in part
    for figure in ("", str(UNSET_DOUBLE), "500.0"):
        state = OrderState(initMarginAfter=figure)
        wrapper.openOrder(6, OPTION, Order(orderId=6, whatIf=True), state)
    assert (await future).initMarginAfter == "500.0"
    assert heard.said == []


async def test_errors(wrapper: OrderWrapper, heard: Heard) -> None:
    """One that answers a question is for who asked; any other is heard."""
    future: Any = wrapper.startReq(6)  # type: ignore[no-untyped-call]  # ib_async is typed in part
    wrapper.error(6, 321, "no", "")
    wrapper.error(5, 201, "not you", "")
    wrapper.error(-1, 1100, "lost", "")
    assert heard.said == [(5, 201, "not you"), (-1, 1100, "lost")]
    assert future.exception().code == 321
