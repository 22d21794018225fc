"""What TWS tells of orders and fills, made of what the exchange knows."""

from dataclasses import replace
from typing import Any

from voldesk.model.orders import Side
from voldesk.simulator.exchange.accounts import Margin, WhatIf
from voldesk.simulator.exchange.orders import Execution as Fill
from voldesk.simulator.exchange.orders import Order, OrderStatus
from voldesk.simulator.ib.blotter import Record
from voldesk.simulator.ib.order_forms import status_of, time_text, why_held
from voldesk.wire.ib.answers_orders import (
    CommissionAnswer,
    CompletedOrder,
    ExecutionDetails,
    OpenOrder,
)
from voldesk.wire.ib.answers_orders import OrderStatus as StatusAnswer
from voldesk.wire.ib.types import CommissionReport, Execution, IbContract, IbOrder, OrderState

_SIDES = {Side.BUY: "BOT", Side.SELL: "SLD"}


def open_order(record: Record, order: Order, contract: IbContract, status: str = "") -> OpenOrder:
    """Return an order as openOrder tells it."""
    state = OrderState(
        status=status or status_of(order),
        commission=float(order.commission) if order.commission else None,
        warning_text="" if order.rejection is None else order.rejection.text,
    )
    return OpenOrder(contract, _as_it_stands(record.order, order), state)


def order_status(record: Record, order: Order, status: str = "") -> StatusAnswer:
    """Return how far an order is."""
    return StatusAnswer(
        order_id=record.order.order_id,
        status=status or status_of(order),
        filled=float(order.filled),
        remaining=float(order.remaining),
        average_price=float(order.average_price),
        perm_id=record.order.perm_id,
        parent_id=record.order.parent_id,
        last_price=float(order.last_price),
        client_id=record.client_id,
        why_held=why_held(order),
    )


def margin_order(order: IbOrder, contract: IbContract, answer: WhatIf) -> OpenOrder:
    """Return the answer of a what-if: an open order with margins, that is not placed."""
    commission = float(answer.commission)
    state = OrderState(
        status="PreSubmitted",
        **_margins("before", answer.before),
        **_margins("change", answer.change),
        **_margins("after", answer.after),
        commission=commission,
        min_commission=commission,
        max_commission=commission,
        commission_currency=answer.currency,
        warning_text="" if answer.rejection is None else answer.rejection.text,
    )
    return OpenOrder(contract, replace(_filled_in(order), what_if=True), state)


def execution_answers(
    req_id: int, record: Record, fill: Fill, contract: IbContract
) -> tuple[Any, Any]:
    """Return a fill and what it cost."""
    execution = Execution(
        order_id=record.order.order_id,
        exec_id=fill.execution_id,
        time=time_text(fill.ts),
        account=fill.account,
        exchange=contract.exchange,
        side=_SIDES[fill.side],
        shares=float(fill.quantity),
        price=float(fill.price),
        perm_id=record.order.perm_id,
        client_id=record.client_id,
        cumulative_quantity=float(fill.cumulative),
        average_price=float(fill.average_price),
        order_ref=record.order.order_ref,
        model_code=record.order.model_code,
        last_liquidity=int(fill.liquidity),
    )
    report = CommissionReport(
        exec_id=fill.execution_id,
        commission=float(fill.commission),
        currency=fill.currency,
        realized_pnl=None if fill.realized_pnl is None else float(fill.realized_pnl),
    )
    return ExecutionDetails(req_id, contract, execution), CommissionAnswer(report)


def completed_order(record: Record, order: Order, contract: IbContract) -> CompletedOrder:
    """Return an order that is no more."""
    status = status_of(order)
    said = order.text or "Cancelled by Trader"
    if order.status is OrderStatus.FILLED:
        said = f"Filled Size: {order.filled.normalize():f}"
    state = OrderState(
        status=status, completed_time=time_text(order.changed_at), completed_status=said
    )
    told = replace(_as_it_stands(record.order, order), filled_quantity=float(order.filled))
    return CompletedOrder(contract, told, state)


def _as_it_stands(sent: IbOrder, order: Order) -> IbOrder:
    """Return an order as sent, with the quantity and prices in force."""
    stop = None if order.stop_price is None else float(order.stop_price)
    told = _filled_in(sent)
    if sent.order_type.startswith("TRAIL"):
        told = replace(told, trail_stop_price=stop)
    return replace(told, quantity=float(order.quantity))


def _filled_in(sent: IbOrder) -> IbOrder:
    """Return an order with what TWS fills in where the client said nothing."""
    return replace(
        sent,
        limit_price=0.0 if sent.limit_price is None else sent.limit_price,
        aux_price=0.0 if sent.aux_price is None else sent.aux_price,
        tif=sent.tif or "DAY",
        oca_type=sent.oca_type or 3,
        clearing_intent=sent.clearing_intent or "IB",
    )


def _margins(when: str, margin: Margin) -> dict[str, Any]:
    return {
        f"init_margin_{when}": round(float(margin.initial), 2),
        f"maint_margin_{when}": round(float(margin.maintenance), 2),
        f"equity_with_loan_{when}": round(float(margin.equity_with_loan), 2),
    }
