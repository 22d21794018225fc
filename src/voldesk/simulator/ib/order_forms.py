"""Orders of TWS as requests to the built-in exchange, and what becomes of them in TWS's words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeVar

from voldesk.model.orders import Side, TimeInForce
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.exchange.orders import (
    HeldFor,
    OcaType,
    Order,
    OrderRequest,
    OrderStatus,
    OrderType,
    Reason,
    TriggerMethod,
)
from voldesk.simulator.ib.periods import end_of
from voldesk.simulator.ib.refusal import Refused, invalid
from voldesk.wire.ib.types import IbOrder

_TYPES: Final[Mapping[str, OrderType]] = {
    "MKT": OrderType.MARKET,
    "LMT": OrderType.LIMIT,
    "STP": OrderType.STOP,
    "STP LMT": OrderType.STOP_LIMIT,
    "TRAIL": OrderType.TRAIL,
    "TRAIL LIMIT": OrderType.TRAIL_LIMIT,
    "MIT": OrderType.MARKET_IF_TOUCHED,
    "LIT": OrderType.LIMIT_IF_TOUCHED,
    "MOC": OrderType.MARKET_ON_CLOSE,
    "LOC": OrderType.LIMIT_ON_CLOSE,
    "MTL": OrderType.MARKET_TO_LIMIT,
    "REL": OrderType.RELATIVE,
    "PEG MID": OrderType.PEGGED_TO_MID,
    "MIDPRICE": OrderType.PEGGED_TO_MID,
    "SNAP MID": OrderType.PEGGED_TO_MID,
    "PEG MKT": OrderType.PEGGED_TO_MARKET,
    "SNAP MKT": OrderType.PEGGED_TO_MARKET,
    "MKT PRT": OrderType.MARKET,
    "STP PRT": OrderType.STOP,
    "BOX TOP": OrderType.MARKET_TO_LIMIT,
}

ALGOS: Final = frozenset(
    {
        "Adaptive",
        "ArrivalPx",
        "AD",
        "BalanceImpactRisk",
        "ClosePx",
        "DarkIce",
        "MinImpact",
        "PctVol",
        "PctVolPx",
        "PctVolSz",
        "PctVolTm",
        "Twap",
        "Vwap",
    }
)
"""Algorithms of IB that are taken."""

_SIDES: Final = {"BUY": Side.BUY, "SELL": Side.SELL, "SSHORT": Side.SELL, "SLONG": Side.SELL}
_TIMES: Final = {
    "": TimeInForce.DAY,
    "DAY": TimeInForce.DAY,
    "DTC": TimeInForce.DAY,
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
    "OPG": TimeInForce.OPG,
    "GTD": TimeInForce.GTD,
    "AUC": TimeInForce.OPG,
}
_TRIGGERS: Final = {
    0: TriggerMethod.DEFAULT,
    1: TriggerMethod.BID_ASK,
    2: TriggerMethod.LAST,
    3: TriggerMethod.LAST,
    4: TriggerMethod.BID_ASK,
    7: TriggerMethod.LAST,
    8: TriggerMethod.MID,
}
_STOPS: Final = frozenset(
    {
        OrderType.STOP,
        OrderType.STOP_LIMIT,
        OrderType.MARKET_IF_TOUCHED,
        OrderType.LIMIT_IF_TOUCHED,
    }
)
_TRAILS: Final = frozenset({OrderType.TRAIL, OrderType.TRAIL_LIMIT})
_LIMITED: Final = frozenset(
    {
        OrderType.LIMIT,
        OrderType.STOP_LIMIT,
        OrderType.LIMIT_IF_TOUCHED,
        OrderType.LIMIT_ON_CLOSE,
        OrderType.RELATIVE,
        OrderType.PEGGED_TO_MID,
        OrderType.PEGGED_TO_MARKET,
    }
)
_NOTHING: Final = Decimal(0)
_Value = TypeVar("_Value")

STATUSES: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.PENDING: "PendingSubmit",
    OrderStatus.HELD: "PreSubmitted",
    OrderStatus.WORKING: "Submitted",
    OrderStatus.PENDING_CANCEL: "PendingCancel",
    OrderStatus.FILLED: "Filled",
    OrderStatus.CANCELLED: "Cancelled",
    OrderStatus.REJECTED: "Inactive",
    OrderStatus.EXPIRED: "Cancelled",
}

_CODES: Final[Mapping[Reason, int]] = {
    Reason.UNKNOWN_INSTRUMENT: 200,
    Reason.DUPLICATE_ID: 103,
    Reason.UNKNOWN_PARENT: 135,
    Reason.TOO_LATE: 104,
    Reason.CANNOT_CHANGE: 105,
    Reason.PRICE_INCREMENT: 110,
    Reason.PRICE_MISSING: 321,
    Reason.TIME: 337,
    Reason.QUANTITY: 434,
}
"""Codes of refusals that TWS makes before an order goes anywhere; the rest are 201."""

REJECTED: Final = 201


def code_of(reason: Reason) -> int:
    """Return the number of the error that tells of a refusal."""
    return _CODES.get(reason, REJECTED)


def request_of(
    order: IbOrder, key: str, account: str, client_id: int, now: int, zone_id: str
) -> OrderRequest:
    """
    Return an order of TWS as a request to the exchange.

    Args:
        order: As the client sent it.
        key: Of what it trades.
        account: Whose, or the name of a group.
        client_id: Who asks.
        now: UTC ns.
        zone_id: Of the contract: times without a zone are in it.

    Raises:
        Refused: It is of a kind that is not taken, or says too little.
    """
    kind = _type_of(order)
    trail = kind in _TRAILS
    return OrderRequest(
        account=account,
        instrument=key,
        side=_of(_SIDES, order.action, "action"),
        quantity=_decimal(order.quantity) or _NOTHING,
        order_type=kind,
        limit_price=_limit(order, kind),
        stop_price=_decimal(order.trail_stop_price if trail else order.aux_price)
        if kind in _STOPS | _TRAILS
        else None,
        trail_amount=_trail_amount(order) if trail else None,
        trail_percent=_decimal(order.trailing_percent) or None if trail else None,
        limit_offset=_limit_offset(order) if kind is OrderType.TRAIL_LIMIT else None,
        offset=_decimal(order.aux_price) or _NOTHING if kind is OrderType.RELATIVE else _NOTHING,
        time_in_force=_of(_TIMES, order.tif, "time in force"),
        good_till=_instant(order.good_till_date, now, zone_id) if order.tif == "GTD" else None,
        good_after=_instant(order.good_after_time, now, zone_id),
        outside_hours=order.outside_rth,
        client=str(client_id),
        client_order_id=str(order.order_id),
        order_ref=order.order_ref,
        parent_id=str(order.parent_id) if order.parent_id else "",
        transmit=order.transmit,
        oca_group=order.oca_group,
        oca_type=OcaType(order.oca_type) if order.oca_type in {1, 2, 3} else OcaType.REDUCE_LATER,
        all_or_none=order.all_or_none,
        min_quantity=_decimal(order.min_quantity) or None,
        display_size=_decimal(order.display_size) or None,
        is_hidden=order.hidden,
        trigger_method=_TRIGGERS.get(order.trigger_method, TriggerMethod.DEFAULT),
        algo=order.algo_strategy,
    )


def status_of(order: Order) -> str:
    """Return where an order is, in TWS's words."""
    return STATUSES[order.status]


def why_held(order: Order) -> str:
    """Return what a held order waits for, in TWS's words."""
    if order.held_for is HeldFor.TRIGGER:
        return "trigger"
    return "child" if order.held_for is HeldFor.PARENT else ""


def time_text(ts: int) -> str:
    """Return an instant as TWS writes it in executions and completed orders."""
    return f"{datetime.fromtimestamp(ts // NS_PER_SECOND, UTC):%Y%m%d %H:%M:%S} UTC"


def _type_of(order: IbOrder) -> OrderType:
    name = order.order_type.upper().replace("PEGMID", "PEG MID").replace("PEGMKT", "PEG MKT")
    name = {"STPLMT": "STP LMT", "TRAILLMT": "TRAIL LIMIT", "TRAIL LMT": "TRAIL LIMIT"}.get(
        name, name
    )
    kind = _TYPES.get(name)
    if kind is None:
        raise Refused(387, "Unsupported order type for this exchange and security type.")
    if order.algo_strategy and order.algo_strategy not in ALGOS:
        raise Refused(442, f"No such algorithm: {order.algo_strategy}")
    return kind


def _limit(order: IbOrder, kind: OrderType) -> Decimal | None:
    if kind not in _LIMITED:
        return None
    limit = _decimal(order.limit_price)
    is_cap = kind in {OrderType.RELATIVE, OrderType.PEGGED_TO_MID, OrderType.PEGGED_TO_MARKET}
    return None if is_cap and not limit else limit


def _trail_amount(order: IbOrder) -> Decimal | None:
    return None if order.trailing_percent else _decimal(order.aux_price)


def _limit_offset(order: IbOrder) -> Decimal | None:
    """Return how far beyond its stop the limit of a trailing order is."""
    if order.limit_price_offset is not None:
        return _decimal(order.limit_price_offset)
    if order.limit_price is None or order.trail_stop_price is None:
        return None
    return _decimal(round(abs(order.trail_stop_price - order.limit_price), 10))


def _instant(text: str, now: int, zone_id: str) -> int | None:
    return end_of(text, now // NS_PER_SECOND, zone_id) * NS_PER_SECOND if text else None


def _decimal(number: float | None) -> Decimal | None:
    if number is None:
        return None
    return Decimal(repr(float(number)).removesuffix(".0"))


def _of(table: Mapping[str, _Value], name: str, what: str) -> _Value:
    found = table.get(name.upper())
    if found is None:
        raise invalid(f"Invalid {what}: {name}")
    return found
