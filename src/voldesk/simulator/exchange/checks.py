"""Why a request is refused before anything else happens: a list of questions, asked in order."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from voldesk.model.orders import TimeInForce
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.orders import OrderRequest, OrderType, Reason, Rejection
from voldesk.simulator.exchange.shapes import SHAPES, Trigger

_NOTHING = Decimal(0)


def find_fault(request: OrderRequest, instrument: Instrument, now: int) -> Rejection | None:
    """Return why a request cannot be an order of that instrument, None if it can."""
    for question in _QUESTIONS:
        for fault in question(request, instrument, now):
            return fault
    return None


def find_ban(
    request: OrderRequest, instrument: Instrument, account: AccountSpec
) -> Rejection | None:
    """Return why an account may not trade the instrument, None if it may."""
    if account.is_read_only:
        return Rejection(Reason.READ_ONLY, f"account {account.name} takes no orders")
    if instrument.kind not in account.permissions:
        text = f"account {account.name} has no permission for {instrument.kind}: {request.side}"
        return Rejection(Reason.NO_PERMISSION, text)
    return None


def _instrument(request: OrderRequest, instrument: Instrument, now: int) -> Iterator[Rejection]:
    if instrument.kind is Kind.INDEX:
        yield Rejection(Reason.NOT_TRADABLE, f"{request.instrument} is an index")
    if instrument.settles_at is not None and instrument.settles_at <= now:
        yield Rejection(Reason.EXPIRED_INSTRUMENT, f"{request.instrument} has settled")


def _quantity(request: OrderRequest, instrument: Instrument, _now: int) -> Iterator[Rejection]:
    quantity, lot = request.quantity, instrument.lot
    if not quantity.is_finite() or quantity <= 0:
        yield Rejection(Reason.QUANTITY, f"quantity {quantity}, must be above 0")
    elif quantity % lot:
        yield Rejection(Reason.QUANTITY, f"quantity {quantity} is no multiple of the lot {lot}")
    limit = instrument.max_quantity
    if limit is not None and quantity > limit:
        yield Rejection(Reason.QUANTITY, f"quantity {quantity}, at most {limit} per order")
    for name, part in (("min", request.min_quantity), ("display", request.display_size)):
        if part is not None and not _NOTHING <= part <= quantity:
            yield Rejection(
                Reason.QUANTITY, f"{name} quantity {part}, expected 0 to the quantity {quantity}"
            )


def _prices(request: OrderRequest, instrument: Instrument, _now: int) -> Iterator[Rejection]:
    shape = SHAPES[request.order_type]
    needed = (
        ("limit price", request.limit_price, shape.needs_limit),
        ("stop price", request.stop_price, shape.needs_stop),
    )
    for name, price, is_needed in needed:
        if price is None and is_needed:
            yield Rejection(Reason.PRICE_MISSING, f"a {request.order_type} order has a {name}")
        if price is None:
            continue
        yield from _band(name, price, instrument)
        may_be_negative = bool(instrument.legs)
        if not price.is_finite() or (price <= 0 and not may_be_negative):
            yield Rejection(Reason.PRICE_INCREMENT, f"{name} {price}, must be above 0")
        elif price % instrument.tick_size:
            yield Rejection(
                Reason.PRICE_INCREMENT,
                f"{name} {price} is no multiple of the tick {instrument.tick_size}",
            )


def _band(name: str, price: Decimal, instrument: Instrument) -> Iterator[Rejection]:
    low, high = instrument.lowest_price, instrument.highest_price
    if low is not None and price < low:
        yield Rejection(Reason.PRICE_BAND, f"{name} {price}, at least {low} today")
    if high is not None and price > high:
        yield Rejection(Reason.PRICE_BAND, f"{name} {price}, at most {high} today")


def _trail(request: OrderRequest, _instrument: Instrument, _now: int) -> Iterator[Rejection]:
    if SHAPES[request.order_type].trigger is not Trigger.TRAIL:
        return
    given = [d for d in (request.trail_amount, request.trail_percent) if d is not None]
    if len(given) != 1 or not given[0].is_finite() or given[0] <= 0:
        yield Rejection(
            Reason.PRICE_MISSING, "a trailing order has an amount or a percentage above 0"
        )
    if request.order_type is OrderType.TRAIL_LIMIT and request.limit_offset is None:
        yield Rejection(Reason.PRICE_MISSING, "a trail_limit order has a limit offset")


def _times(request: OrderRequest, _instrument: Instrument, now: int) -> Iterator[Rejection]:
    till, after = request.good_till, request.good_after
    if request.time_in_force is TimeInForce.GTD and till is None:
        yield Rejection(Reason.TIME, "a gtd order has an instant it is good till")
    if till is not None and till <= now:
        yield Rejection(Reason.TIME, f"good till {till} ns, which is past: now {now} ns")
    if till is not None and after is not None and after >= till:
        yield Rejection(Reason.TIME, f"good after {after} ns, till {till} ns")
    if SHAPES[request.order_type].is_on_close and request.time_in_force is not TimeInForce.DAY:
        yield Rejection(Reason.TIME, f"a {request.order_type} order is for the day")


_Question = Callable[[OrderRequest, Instrument, int], Iterator[Rejection]]
_QUESTIONS: tuple[_Question, ...] = (_instrument, _quantity, _prices, _trail, _times)
