"""Orders as TWS wants them sent, and what it tells of an order as an intent."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ib_async.contract import Contract, TagValue
from ib_async.order import Order

from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms, TimeInForce
from voldesk.venues.ib.money import decimal_of

_TYPES: Final[Mapping[OrderType, str]] = MappingProxyType(
    {
        OrderType.MARKET: "MKT",
        OrderType.LIMIT: "LMT",
        OrderType.STOP: "STP",
        OrderType.STOP_LIMIT: "STP LMT",
        OrderType.TRAIL: "TRAIL",
        OrderType.TRAIL_LIMIT: "TRAIL LIMIT",
        OrderType.MARKET_ON_CLOSE: "MOC",
        OrderType.LIMIT_ON_CLOSE: "LOC",
    }
)
_OUR_TYPES: Final = {theirs: ours for ours, theirs in _TYPES.items()}
_TIMES: Final[Mapping[TimeInForce, str]] = MappingProxyType(
    {
        TimeInForce.DAY: "DAY",
        TimeInForce.GTC: "GTC",
        TimeInForce.GTD: "GTD",
        TimeInForce.IOC: "IOC",
        TimeInForce.FOK: "FOK",
        TimeInForce.OPG: "OPG",
    }
)
_OUR_TIMES: Final = {theirs: ours for ours, theirs in _TIMES.items()}
_LIMITED: Final = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.LIMIT_ON_CLOSE})
_STOPPED: Final = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})
_TRAILING: Final = frozenset({OrderType.TRAIL, OrderType.TRAIL_LIMIT})

_ALGO: Final = "Adaptive"
_PRIORITY: Final = TagValue("adaptivePriority", "Normal")
_REDUCE_THE_REST: Final = 2  # with a block: two of a group cannot both fill
_NS_PER_SECOND: Final = 1_000_000_000
_NOTHING: Final = Decimal(0)


class MarginQuestion(Order):
    """
    An order that asks for its margin, and cannot be sent as anything else.

    Raises:
        AttributeError: Somebody takes the question mark off.
    """

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute, but never make an order of the question."""
        if name == "whatIf":
            if value is False and "whatIf" in self.__dict__:
                raise AttributeError("a question about margin cannot become an order")
            value = True
        super().__setattr__(name, value)


def order_of(intent: Intent, order_id: int, *, parent_id: int = 0, transmits: bool = True) -> Order:
    """
    Return the order that an intent is.

    Args:
        intent: See `Intent`.
        order_id: For this connection.
        parent_id: Order id of the one that must fill first, 0 where none must.
        transmits: False leaves it at TWS until a child of it is sent that does.
    """
    return _filled(Order(), intent, order_id, parent_id, transmits=transmits)


def margin_question(intent: Intent, order_id: int) -> MarginQuestion:
    """Return the question what an intent would bind."""
    question = MarginQuestion()
    _filled(question, intent, order_id, 0, transmits=True)
    return question


def _filled(
    order: Order, intent: Intent, order_id: int, parent_id: int, *, transmits: bool
) -> Order:
    kind, terms = intent.order_type, intent.terms
    order.orderId = order_id
    order.action = "BUY" if intent.side is Side.BUY else "SELL"
    order.totalQuantity = terms.quantity
    order.orderType = _TYPES[kind]
    order.tif = _TIMES[intent.time_in_force]
    order.account = intent.account
    order.orderRef = intent.client_order_id
    order.outsideRth = intent.outside_hours
    order.parentId = parent_id
    order.transmit = transmits
    if kind in _LIMITED:
        order.lmtPrice = _number(terms.limit_price)
    if kind in _STOPPED:
        order.auxPrice = _number(terms.stop_price)
    if kind in _TRAILING:
        _trail(order, intent)
    if intent.oca_group is not None:
        order.ocaGroup, order.ocaType = intent.oca_group, _REDUCE_THE_REST
    if intent.is_adaptive:
        order.algoStrategy, order.algoParams = _ALGO, [_PRIORITY]
    if terms.good_till is not None:
        order.goodTillDate = _utc_text(terms.good_till)
    return order


def _trail(order: Order, intent: Intent) -> None:
    """Say how far a stop lags, and how far beyond it the limit is."""
    terms = intent.terms
    if terms.trail_amount is not None:
        order.auxPrice = float(terms.trail_amount)
    else:
        order.trailingPercent = _number(terms.trail_pct)
    if terms.stop_price is not None:
        order.trailStopPrice = float(terms.stop_price)
    if intent.order_type is OrderType.TRAIL_LIMIT:
        # TWS takes the offset or the limit, not both, and the offset follows the stop.
        has_both = terms.limit_price is not None and terms.stop_price is not None
        offset = abs((terms.stop_price or _NOTHING) - (terms.limit_price or _NOTHING))
        order.lmtPriceOffset = float(offset) if has_both else 0.0


def _number(value: Decimal | None) -> float:
    assert value is not None, "a price that its type needs, which the intent has checked"
    return float(value)


def _utc_text(at: int) -> str:
    """Return an instant as TWS reads UTC: the dash says so."""
    return f"{datetime.fromtimestamp(at // _NS_PER_SECOND, UTC):%Y%m%d-%H:%M:%S}"


def terms_of(order: Order, quantity: int) -> Terms:
    """
    Return the terms TWS has of an order, the prices its type has a use for.

    Raises:
        ValueError: A price is missing, or no price.
    """
    kind = _OUR_TYPES.get(order.orderType, OrderType.MARKET)
    limit = decimal_of(order.lmtPrice) if kind in _LIMITED else None
    stop = decimal_of(order.auxPrice) if kind in _STOPPED else None
    amount = share = None
    if kind in _TRAILING:
        share = decimal_of(order.trailingPercent) or None
        amount = None if share else decimal_of(order.auxPrice)
        stop = decimal_of(order.trailStopPrice)
    till = _instant(order.goodTillDate) if order.tif == "GTD" else None
    return Terms(
        quantity=quantity,
        limit_price=limit,
        stop_price=stop,
        trail_amount=amount,
        trail_pct=share,
        good_till=till,
    )


def has_terms(order: Order, terms: Terms) -> bool:
    """
    Say whether TWS has an order with these terms.

    A price TWS moves itself, such as a trailing stop, is not compared, nor is the end of a GTD
    order, which it tells in a zone of its own choice.
    """
    try:
        told = terms_of(order, whole(order.totalQuantity))
    except ValueError:
        return False
    trails = order.orderType.startswith("TRAIL")
    return (
        told.quantity == terms.quantity
        and (trails or told.limit_price == terms.limit_price)
        and (trails or told.stop_price == terms.stop_price)
        and told.trail_amount == terms.trail_amount
        and told.trail_pct == terms.trail_pct
    )


def whole(quantity: float | Decimal) -> int:
    """Return a quantity in whole contracts, a part of one as one; 0 where there is none."""
    number = decimal_of(quantity)
    return 0 if number is None else math.ceil(number)


def intent_of(
    order: Order, contract: Contract, key_of: Callable[[Contract], str], *, tag: str, made_at: int
) -> Intent | None:
    """
    Return the intent that an order at TWS amounts to, None where it says too little.

    What we have no word for is taken as what risks most: a type as a market order, a time in
    force as "until cancelled".

    Args:
        order: As TWS tells it.
        contract: Of a combination with its legs.
        key_of: Names a contract; a leg comes as its number alone.
        tag: Our id for it.
        made_at: UTC ns.
    """
    kind = _OUR_TYPES.get(order.orderType, OrderType.MARKET)
    tif = _OUR_TIMES.get(order.tif or "DAY", TimeInForce.GTC)
    told = order.totalQuantity or order.filledQuantity
    with suppress(ValueError):
        terms = terms_of(order, max(whole(told), 1))
        if tif is TimeInForce.GTD and terms.good_till is None:
            tif = TimeInForce.GTC
        return Intent(
            client_order_id=tag,
            account=order.account,
            underlying=contract.localSymbol if contract.secType == "FUT" else contract.symbol,
            legs=_legs(contract, key_of),
            side=Side.BUY if order.action == "BUY" else Side.SELL,
            order_type=kind,
            terms=terms,
            time_in_force=tif,
            oca_group=order.ocaGroup or None,
            outside_hours=order.outsideRth,
            is_adaptive=order.algoStrategy == _ALGO,
            strategy="external",
            reason=f"{order.orderType} of client {order.clientId} at TWS",
            made_at=made_at,
        )
    return None


def _legs(contract: Contract, key_of: Callable[[Contract], str]) -> tuple[Leg, ...]:
    if not contract.comboLegs:
        return (Leg(key_of(contract)),)
    return tuple(
        Leg(key_of(Contract(conId=leg.conId)), leg.ratio if leg.action == "BUY" else -leg.ratio)
        for leg in contract.comboLegs
    )


def _instant(text: str) -> int | None:
    """Return the instant TWS means, UTC ns; None where it cannot be read."""
    date, _, rest = text.replace("-", " ").partition(" ")
    clock, _, zone = rest.partition(" ")
    with suppress(ValueError, ZoneInfoNotFoundError, OSError):
        wall = datetime.strptime(f"{date} {clock}", "%Y%m%d %H:%M:%S")  # noqa: DTZ007  # the zone is on the next line
        return int(wall.replace(tzinfo=ZoneInfo(zone or "UTC")).timestamp()) * _NS_PER_SECOND
    return None
