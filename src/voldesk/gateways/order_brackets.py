"""Orders that wait for another one to fill, to close what it has opened."""

from dataclasses import replace
from itertools import pairwise

from voldesk.gateways.order_requests import NewBracket
from voldesk.model.orders import Intent, OrderType, Side, Terms, TimeInForce


def ways_out(entry: Intent, bracket: NewBracket | None) -> tuple[Intent, ...]:
    """
    Return the orders that a bracket puts behind an entry: target, then stop.

    They trade as many contracts the other way. The target is a limit, the stop sells or buys at
    market; both work for the day, or until they are cancelled where the entry does.

    Raises:
        ValueError: A price lies on the wrong side of the entry's, or of the other one.
    """
    if bracket is None:
        return ()
    _check(entry, bracket)
    found = []
    quantity = entry.terms.quantity
    if bracket.target is not None:
        terms = Terms(quantity=quantity, limit_price=bracket.target)
        found.append(_way_out(entry, "target", OrderType.LIMIT, terms))
    if bracket.stop is not None:
        terms = Terms(quantity=quantity, stop_price=bracket.stop)
        found.append(_way_out(entry, "stop", OrderType.STOP, terms))
    return tuple(found)


def _check(entry: Intent, bracket: NewBracket) -> None:
    sign = entry.side.sign
    prices = (
        ("stop", bracket.stop),
        ("limit_price", entry.terms.limit_price),
        ("target", bracket.target),
    )
    known = [(name, price) for name, price in prices if price is not None]
    for (name, price), (other, further) in pairwise(known):
        if (further - price) * sign <= 0:
            than = "above" if sign > 0 else "below"
            raise ValueError(f"{other} is {further}, expected {than} {name}, {price}")


def _way_out(entry: Intent, name: str, kind: OrderType, terms: Terms) -> Intent:
    tag = entry.client_order_id
    is_lasting = entry.time_in_force is TimeInForce.GTC
    return replace(
        entry,
        client_order_id=f"{tag}-{name}",
        side=Side.SELL if entry.side is Side.BUY else Side.BUY,
        order_type=kind,
        terms=terms,
        time_in_force=TimeInForce.GTC if is_lasting else TimeInForce.DAY,
        parent_id=tag,
        oca_group=f"{tag}-out",
        is_adaptive=False,
        is_reducing=True,
    )
