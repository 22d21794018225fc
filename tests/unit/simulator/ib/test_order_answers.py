"""What is told of orders, made of what the exchange knows."""

from dataclasses import replace
from decimal import Decimal

from tws_client import AMZN, Client, make_world

from voldesk.simulator.ib.order_answers import (
    completed_order,
    execution_answers,
    open_order,
    order_status,
)
from voldesk.wire.ib.requests_orders import PlaceOrder
from voldesk.wire.ib.types import IbContract, IbOrder

CONTRACT = IbContract(symbol="AMZN")


def test_what_tws_fills_in() -> None:
    """Where the client said nothing TWS says DAY, 0.0, 3 and IB."""
    world = make_world()
    client = Client(world)
    client.ask(
        PlaceOrder(
            AMZN,
            IbOrder(order_id=1, action="BUY", quantity=5.0, order_type="STP", aux_price=300.0),
        )
    )
    ((record, order),) = world.blotter.open_orders()
    told = open_order(record, order, CONTRACT)
    assert (told.order.tif, told.order.limit_price, told.order.oca_type) == ("DAY", 0.0, 3)
    assert told.order.clearing_intent == "IB"
    assert told.state.status == "PreSubmitted"
    status = order_status(record, order)
    assert (status.filled, status.remaining, status.why_held) == (0.0, 5.0, "trigger")
    shrunk = replace(order, quantity=Decimal(3))
    assert open_order(record, shrunk, CONTRACT).order.quantity == 3.0


def test_fills_and_ends() -> None:
    """A fill names its order; a completed order its size."""
    world = make_world()
    client = Client(world)
    order = IbOrder(order_id=1, action="SELL", quantity=5.0, order_type="MKT", order_ref="why")
    client.ask(PlaceOrder(AMZN, order))
    ((record, fill),) = world.blotter.executions()
    details, commission = execution_answers(9, record, fill, CONTRACT)
    assert (details.req_id, details.execution.side, details.execution.order_ref) == (
        9,
        "SLD",
        "why",
    )
    assert commission.report.realized_pnl is None
    ((record, ended),) = world.blotter.completed()
    assert completed_order(record, ended, CONTRACT).state.completed_status == "Filled Size: 5"
