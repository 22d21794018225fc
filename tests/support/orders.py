"""Orders and executions for tests: good ones, with changes."""

from decimal import Decimal
from typing import Any

from voldesk.model.orders import Fill, Intent, Leg, OrderType, Side, Terms

CALL = "us SPXW 20251017 000006700000000 C"
PUT = "us SPXW 20251017 000006700000000 P"


def an_intent(tag: str = "vd-1", quantity: int = 3, **changes: Any) -> Intent:
    """Return a limit order to buy calls, with changes."""
    facts: dict[str, Any] = {
        "client_order_id": tag,
        "account": "DU1",
        "underlying": "SPX",
        "legs": (Leg(CALL),),
        "side": Side.BUY,
        "order_type": OrderType.LIMIT,
        "terms": Terms(quantity=quantity, limit_price=Decimal("1.25")),
        "made_at": 1,
    }
    return Intent(**facts | changes)


def a_fill(execution_id: str, tag: str = "vd-1", quantity: int = 1, **changes: Any) -> Fill:
    """Return an execution of calls bought, with changes."""
    facts: dict[str, Any] = {
        "execution_id": execution_id,
        "client_order_id": tag,
        "venue_order_id": "",
        "account": "DU1",
        "key": CALL,
        "side": Side.BUY,
        "quantity": quantity,
        "price": Decimal("1.20"),
        "ts_event": 5,
    }
    return Fill(**facts | changes)
