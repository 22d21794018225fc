"""What TWS says of orders, from the decoder of ib_async straight to a listener of ours.

ib_async keeps orders by order id, and an id comes twice once TWS was set back: then it takes one
order for another. So none of its book-keeping is used for orders.
"""

from typing import NamedTuple, Protocol

from ib_async import IB
from ib_async.contract import Contract
from ib_async.objects import CommissionReport, Execution
from ib_async.order import Order, OrderState
from ib_async.util import UNSET_DOUBLE, UNSET_INTEGER

from voldesk.model.clock import Clock
from voldesk.venues.ib.client import Listener, TickWrapper
from voldesk.venues.ib.rows import TickRows


class Standing(NamedTuple):
    """How far an order is, as ``orderStatus`` has it."""

    order_id: int
    status: str
    filled: float
    perm_id: int
    client_id: int


class ToldOrder(NamedTuple):
    """An order of a list."""

    order: Order
    contract: Contract
    state: OrderState


class ToldFill(NamedTuple):
    """An execution of a list."""

    contract: Contract
    execution: Execution


class OrderListener(Protocol):
    """Is told of orders, in the order in which TWS tells."""

    def on_order(self, told: ToldOrder) -> None:
        """Take the terms of an order."""
        ...

    def on_standing(self, standing: Standing) -> None:
        """Take how far one is."""
        ...

    def on_execution(self, told: ToldFill) -> None:
        """Take a fill."""
        ...

    def on_charge(self, report: CommissionReport) -> None:
        """Take what a fill cost."""
        ...

    def on_error(self, request_id: int, code: int, text: str) -> None:
        """Take an error that answers no question: of an order, or of the line (-1)."""
        ...


class OrderWrapper(TickWrapper):
    """
    A wrapper that hands on everything about orders.

    Args:
        hear: Is told.
    """

    def __init__(
        self, ib: IB, rows: TickRows, listener: Listener, clock: Clock, hear: OrderListener
    ) -> None:
        super().__init__(ib, rows, listener, clock)
        self._hear = hear

    def openOrder(  # noqa: N802  # ib_async's name
        self, orderId: int, contract: Contract, order: Order, orderState: OrderState
    ) -> None:
        """Take message 5: an order, or what a question about margin is answered with."""
        if order.whatIf:
            if _is_told(orderState.initMarginAfter):  # the first of two answers has no figures
                self._endReq(orderId, orderState)  # type: ignore[no-untyped-call]  # ib_async is typed in part
            return
        told = ToldOrder(order, contract, orderState)
        results = self._results.get("openOrders")
        if results is not None:
            results.append(told)
        self._hear.on_order(told)

    def orderStatus(  # noqa: N802  # likewise
        self,
        orderId: int,
        status: str,
        filled: float,
        remaining: float,  # noqa: ARG002  # the order of TWS's fields, as the next ones
        avgFillPrice: float,  # noqa: ARG002  # likewise
        permId: int,
        parentId: int,  # noqa: ARG002  # likewise
        lastFillPrice: float,  # noqa: ARG002  # likewise
        clientId: int,
        whyHeld: str,  # noqa: ARG002  # likewise
        mktCapPrice: float = 0.0,  # noqa: ARG002  # likewise
    ) -> None:
        """Take message 3."""
        self._hear.on_standing(Standing(orderId, status, filled, permId, clientId))

    def completedOrder(self, contract: Contract, order: Order, orderState: OrderState) -> None:  # noqa: N802  # likewise
        """Take message 101."""
        results = self._results.get("completedOrders")
        if results is not None:
            results.append(ToldOrder(order, contract, orderState))

    def execDetails(self, reqId: int, contract: Contract, execution: Execution) -> None:  # noqa: N802  # likewise
        """Take message 11, told of its own accord or asked for."""
        if execution.orderId == UNSET_INTEGER:  # TWS, of an order made by hand
            execution.orderId = 0
        told = ToldFill(contract, execution)
        if reqId in self._futures:
            self._results[reqId].append(told)
        else:
            self._hear.on_execution(told)

    def commissionReport(self, commissionReport: CommissionReport) -> None:  # noqa: N802  # likewise
        """Take message 59."""
        self._hear.on_charge(commissionReport)

    def error(
        self, reqId: int, errorCode: int, errorString: str, advancedOrderRejectJson: str
    ) -> None:
        """Take message 4."""
        answers = reqId in self._futures
        super().error(reqId, errorCode, errorString, advancedOrderRejectJson)
        if not answers:
            self._hear.on_error(reqId, errorCode, errorString)


def _is_told(figure: str) -> bool:
    """Say whether TWS wrote a margin: what it leaves open is empty, or the largest number."""
    return bool(figure) and float(figure) != UNSET_DOUBLE
