"""
What an order can have now, and at which price: functions of the quotes shown.

A side trades at the opposite quote, as far as its size goes, and only if that quote is fresh and
not crossed. Where nobody shows the own side there is nothing to cross, so a bid that is not known
does not keep a buyer from an ask that is. An order that has stood away from the market trades at
its own limit when the market comes to it, never better. Of a combination all legs trade at once,
each at its quote; it never stands in the market, so it has no limit of its own to be met at.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from voldesk.model.orders import Side, TimeInForce
from voldesk.trading.marks import Mark
from voldesk.trading.paper.contracts import exact
from voldesk.trading.paper.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Touch:
    """
    What an order would meet.

    Attributes:
        net: Price of one unit; below 0 where buying it is paid for.
        units: How many can be had.
        prices: Of each leg.
    """

    net: Decimal
    units: int
    prices: tuple[Decimal, ...]


@dataclass(slots=True)
class _Shown:
    price: float
    size: float
    left: float


class Displays:
    """
    What is left of the sizes shown.

    What was taken is gone until the price changes; at an unchanged price only what a size grows by
    is new. A process that begins again takes every quote for new.
    """

    def __init__(self) -> None:
        self._taken: dict[tuple[str, Side], _Shown] = {}

    def left(self, mark: Mark, side: Side) -> int:
        """Return how many contracts a side can still take of a quote; an unknown size is none."""
        price, size = opposite(mark, side)
        if not size > 0 or math.isinf(size):
            return 0
        shown = self._taken.get((mark.key, side))
        if shown is None or shown.price != price:
            self._taken.pop((mark.key, side), None)
            return int(size)
        grown = shown.left + max(size - shown.size, 0)
        shown.size, shown.left = size, min(grown, size)
        return int(shown.left)

    def take(self, mark: Mark, side: Side, count: int) -> None:
        """Let a side take so many."""
        price, size = opposite(mark, side)
        left = self.left(mark, side)
        self._taken[mark.key, side] = _Shown(price, size, left - count)


def opposite(mark: Mark, side: Side) -> tuple[float, float]:
    """Return price and size that a side trades against."""
    return (mark.ask, mark.ask_size) if side is Side.BUY else (mark.bid, mark.bid_size)


def quote_fault(mark: Mark, side: Side, stale_secs: float) -> str:
    """Say why a side cannot trade on a quote, "" if it can."""
    if not mark.quote_age_secs <= stale_secs:
        age = mark.quote_age_secs
        told = "of unknown age" if math.isnan(age) else f"{age:.1f} s old"
        return f"the quote of {mark.key} is {told}, at most {stale_secs:g} s pass"
    price, _ = opposite(mark, side)
    if not price > 0 or math.isinf(price):
        return f"{mark.key} has no {'ask' if side is Side.BUY else 'bid'}"
    if mark.bid > mark.ask:
        return f"the quote of {mark.key} is crossed: {mark.bid:g} over {mark.ask:g}"
    return ""


def touch_of(
    ticket: Ticket, marks: Sequence[Mark], displays: Displays, stale_secs: float
) -> Touch | str:
    """Return what an order would meet now, or why nothing."""
    net, units, prices = Decimal(0), ticket.remaining, []
    for (_, ratio, side), mark in zip(ticket.legs, marks, strict=True):
        fault = quote_fault(mark, side, stale_secs)
        price = exact(opposite(mark, side)[0])
        if fault or price is None:
            return fault
        net += ratio * price * (1 if side is ticket.side else -1)
        units = min(units, displays.left(mark, side) // ratio)
        prices.append(price)
    return Touch(net, units, tuple(prices))


def is_away(ticket: Ticket, touch: Touch) -> bool:
    """Say whether the market is worse than the order's limit."""
    limit = ticket.limit_price
    return limit is not None and (touch.net - limit) * ticket.side.sign > 0


def units_of(ticket: Ticket, touch: Touch) -> int:
    """Return how many units of an order trade from whose limit the market is not away."""
    units = min(ticket.remaining, touch.units)
    is_whole_only = ticket.intent.time_in_force is TimeInForce.FOK
    return 0 if is_whole_only and units < ticket.remaining else units


def prices_of(ticket: Ticket, touch: Touch) -> tuple[Decimal, ...]:
    """Return the price of each leg."""
    if ticket.has_rested and ticket.limit_price is not None and not ticket.intent.is_combination:
        return (ticket.limit_price,)
    return touch.prices
