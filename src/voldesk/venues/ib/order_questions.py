"""Questions about orders, each with the type of its answer, which ib_async does not know."""

from collections.abc import Awaitable
from typing import cast

from ib_async import IB
from ib_async.contract import Contract
from ib_async.objects import ExecutionFilter, Position
from ib_async.order import OrderState

from voldesk.model.events import Margin
from voldesk.venues.ib.money import decimal_of
from voldesk.venues.ib.order_wrapper import ToldFill, ToldOrder
from voldesk.venues.ib.orders import MarginQuestion


def open_orders(ib: IB) -> Awaitable[list[ToldOrder]]:
    """Ask for the working orders of every program."""
    return cast("Awaitable[list[ToldOrder]]", ib.reqAllOpenOrdersAsync())


def completed_orders(ib: IB) -> Awaitable[list[ToldOrder]]:
    """Ask for the orders of the day that are over, those made by hand too."""
    return cast("Awaitable[list[ToldOrder]]", ib.reqCompletedOrdersAsync(False))


def executions(ib: IB, wanted: ExecutionFilter) -> Awaitable[list[ToldFill]]:
    """Ask for the executions of the day."""
    return cast("Awaitable[list[ToldFill]]", ib.reqExecutionsAsync(wanted))


def positions(ib: IB) -> Awaitable[list[Position]]:
    """Ask for the positions of every account."""
    return ib.reqPositionsAsync()


def margin(ib: IB, contract: Contract, question: MarginQuestion) -> Awaitable[OrderState]:
    """Ask what an order would bind: only a question can be asked, no order."""
    future = ib.wrapper.startReq(question.orderId)  # type: ignore[no-untyped-call]  # ib_async is typed in part
    ib.client.placeOrder(question.orderId, contract, question)  # type: ignore[no-untyped-call]  # likewise
    return cast("Awaitable[OrderState]", future)


def margin_of(state: OrderState) -> Margin | None:
    """Return the answer about margin, None where TWS gave no figures."""
    initial = decimal_of(state.initMarginAfter)
    maintenance = decimal_of(state.maintMarginAfter)
    equity = decimal_of(state.equityWithLoanAfter)
    if initial is None or maintenance is None or equity is None:
        return None
    commission = decimal_of(state.commission)
    return Margin(
        initial_after=initial,
        maintenance_after=maintenance,
        equity_after=equity,
        commission=decimal_of(state.maxCommission) if commission is None else commission,
        warnings=(state.warningText,) if state.warningText else (),
    )
