"""When an order triggers, at what price it trades, and how much of it: functions of one quote."""

from decimal import ROUND_HALF_EVEN, Decimal

from voldesk.model.orders import Side
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.orders import TriggerMethod
from voldesk.simulator.exchange.quotes import Touch
from voldesk.simulator.exchange.shapes import Pricing, Trigger
from voldesk.simulator.exchange.ticket import Ticket

_NOTHING = Decimal(0)
_PERCENT = Decimal(100)
_QUOTED = frozenset({Kind.OPTION, Kind.COMBO})


def on_tick(price: Decimal, instrument: Instrument) -> Decimal:
    """Return the price on the instrument's tick that is nearest to a price."""
    tick = instrument.tick_size
    return (price / tick).quantize(Decimal(1), ROUND_HALF_EVEN) * tick


def reference(ticket: Ticket, touch: Touch, last: Decimal | None) -> Decimal | None:
    """
    Return the price that a trigger looks at, None where there is none now.

    It is the last price, the mid, or (options, combos, and whatever has not traded yet) the price
    the order would trade at: a buyer's stop looks at the ask, a seller's at the bid.
    """
    method = ticket.request.trigger_method
    if method is TriggerMethod.DEFAULT:
        is_by_quote = ticket.instrument.kind in _QUOTED or last is None
        method = TriggerMethod.BID_ASK if is_by_quote else TriggerMethod.LAST
    if method is TriggerMethod.LAST:
        return last
    if method is TriggerMethod.MID:
        return touch.mid
    return touch.opposite(ticket.side)


def follow(ticket: Ticket, price: Decimal | None) -> None:
    """Let an order's trigger see a price: trigger it, or trail its stop."""
    if ticket.is_triggered or price is None:
        return
    if ticket.stop_price is not None and _is_reached(ticket, ticket.stop_price, price):
        ticket.is_triggered = True
        if ticket.shape.pricing is Pricing.TRAIL:
            away = ticket.side.sign * (ticket.request.limit_offset or _NOTHING)
            ticket.limit_price = ticket.stop_price + away
    elif ticket.shape.trigger is Trigger.TRAIL:
        _trail(ticket, price)


def _is_reached(ticket: Ticket, stop: Decimal, price: Decimal) -> bool:
    """Say whether a price is as bad as a stop, or as good as a touch price."""
    is_rise = (ticket.side is Side.BUY) is (ticket.shape.trigger is not Trigger.TOUCH)
    return price >= stop if is_rise else price <= stop


def _trail(ticket: Ticket, price: Decimal) -> None:
    """Move a trailing stop after the market where it got better."""
    request = ticket.request
    distance = request.trail_amount
    if distance is None:
        distance = price * (request.trail_percent or _NOTHING) / _PERCENT
    stop = on_tick(price + ticket.side.sign * distance, ticket.instrument)
    known = ticket.stop_price
    is_better = known is None or (stop < known if ticket.side is Side.BUY else stop > known)
    if is_better:
        ticket.stop_price = stop


def peg(ticket: Ticket, touch: Touch) -> Decimal | None:
    """Return the limit a relative or pegged order gets at arrival, None without a quote."""
    side, request = ticket.side, ticket.request
    price = {
        Pricing.OWN_TOUCH: touch.own(side),
        Pricing.MID: touch.mid,
        Pricing.OPPOSITE_TOUCH: touch.opposite(side),
    }[ticket.shape.pricing]
    if price is None:
        return None
    if ticket.shape.pricing is Pricing.OWN_TOUCH:
        price += side.sign * request.offset
    cap = request.limit_price
    if cap is not None:
        price = min(price, cap) if side is Side.BUY else max(price, cap)
    return on_tick(price, ticket.instrument)


def fill_price(ticket: Ticket, touch: Touch) -> Decimal | None:
    """
    Return the price at which the order trades now, None where it does not.

    It takes what is shown, at the price shown, if that is no worse than its limit. Once it has
    rested in the book it is the others that come to it, at its own limit. Combos never rest: their
    legs are taken.
    """
    shown = touch.opposite(ticket.side)
    limit = ticket.limit_price
    if shown is None or limit is None:
        return shown
    if (shown > limit) if ticket.side is Side.BUY else (shown < limit):
        return None
    return limit if ticket.has_rested and not ticket.instrument.legs else shown


def fill_quantity(ticket: Ticket, shown: Decimal) -> Decimal:
    """Return how much of the order fills against a size shown; 0 for nothing."""
    quantity = min(ticket.remaining, shown)
    display = ticket.request.display_size
    if display and ticket.has_rested:
        quantity = min(quantity, display)
    lot = ticket.instrument.lot
    quantity = quantity // lot * lot
    if ticket.is_whole_only:
        return ticket.remaining if shown >= ticket.remaining else _NOTHING
    least = ticket.request.min_quantity
    if least and not ticket.filled and quantity < min(least, ticket.remaining):
        return _NOTHING
    return quantity
