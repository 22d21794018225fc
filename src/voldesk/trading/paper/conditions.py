"""
What must come true before an order trades, and when it ends: stops, trails, the close, time.

A stop looks at the price its order would trade at: a buyer's at the ask, a seller's at the bid, of
a combination the net. All of it is watched by this process alone, so none of it holds while the
process does not run. Whether a market trades is what its marks say, so an order for outside hours
is like any other, and an adaptive one is its plain type.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from voldesk.model.enums import Market
from voldesk.model.orders import OrderType, TimeInForce
from voldesk.model.sessions import NS_PER_MINUTE, is_trading_day, local_date, session_close
from voldesk.trading.paper.contracts import on_tick
from voldesk.trading.paper.records import Moved
from voldesk.trading.paper.ticket import ON_CLOSE, TRAILING, Ticket

STANDING = frozenset({TimeInForce.GTC, TimeInForce.GTD})
AT_ONCE = frozenset({TimeInForce.IOC, TimeInForce.FOK})
OUR_SIDE = "held by this process: inactive while it does not run"
_PERCENT = Decimal(100)
_QUARTER = 15 * NS_PER_MINUTE


def follow(ticket: Ticket, price: Decimal, tick: Decimal | None, at: int) -> Moved | None:
    """
    Let a stop see the price its order would trade at.

    Returns:
        How it moved or was set off, None if it did not.
    """
    stop, sign = ticket.stop_price, ticket.side.sign
    if stop is not None and (price - stop) * sign >= 0:
        return _moved(ticket, stop, _limit_at(ticket, stop), at, is_triggered=True)
    if ticket.intent.order_type not in TRAILING:
        return None
    new = on_tick(price + sign * _distance(ticket, price), tick)
    if stop is not None and (new - stop) * sign >= 0:
        return None
    return _moved(ticket, new, _limit_at(ticket, new), at, is_triggered=False)


def end_of(ticket: Ticket, now: int, *, is_open: bool) -> str:
    """
    Say why an order's time is over, "" while it is not.

    An order of the day ends with the session, or where none is seen to end with the date of its
    market; every order ends when its contract settles.
    """
    good_till = ticket.intent.terms.good_till
    if good_till is not None and good_till <= now:
        return "its time is over"
    for contract in ticket.contracts:
        if contract.settles_at is not None and contract.settles_at <= now:
            return f"{contract.key} has settled"
    if ticket.intent.time_in_force in STANDING:
        return ""
    market = ticket.contracts[0].market
    if not is_open or _date(now // _QUARTER, market) > _date(ticket.placed_at // _QUARTER, market):
        return "the session is over"
    if ticket.intent.order_type in ON_CLOSE:
        close = closes_at(now, market)
        return "the session has closed" if close is None or close <= now else ""
    return ""


def closes_at(now: int, market: Market) -> int | None:
    """Return when the session of an instant's date closes, UTC ns; None on a day without one."""
    day = _date(now // _QUARTER, market)
    return session_close(day, market) if is_trading_day(day, market) else None


def awaits_close(ticket: Ticket, now: int, closing_ns: int) -> bool:
    """Say whether it is an order on close and the close is not near yet."""
    if ticket.intent.order_type not in ON_CLOSE:
        return False
    close = closes_at(now, ticket.contracts[0].market)
    return close is None or now < close - closing_ns


@lru_cache(maxsize=256)
def _date(quarter: int, market: Market) -> date:
    """Return the date of a quarter of an hour since 1970; no zone changes date within one."""
    return local_date(quarter * _QUARTER, market)


def _moved(
    ticket: Ticket, stop: Decimal, limit: Decimal | None, at: int, *, is_triggered: bool
) -> Moved:
    return Moved(
        client_order_id=ticket.tag,
        stop_price=stop,
        limit_price=limit,
        is_triggered=is_triggered,
        at=at,
    )


def _distance(ticket: Ticket, price: Decimal) -> Decimal:
    terms = ticket.intent.terms
    if terms.trail_amount is not None:
        return terms.trail_amount
    return abs(price) * (terms.trail_pct or Decimal(0)) / _PERCENT


def _limit_at(ticket: Ticket, stop: Decimal) -> Decimal | None:
    """
    Return the limit that goes with a stop.

    Of a trailing one it lies as far beyond the stop as its terms do, or at the stop where they do
    not say both: as at IB.
    """
    if ticket.intent.order_type is not OrderType.TRAIL_LIMIT:
        return ticket.limit_price
    terms = ticket.intent.terms
    if terms.limit_price is None or terms.stop_price is None:
        return stop
    return stop + ticket.side.sign * abs(terms.limit_price - terms.stop_price)
