"""What working orders may come to trade, counted once however many of them could."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent
from voldesk.trading.ledger import Ledger, OrderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """
    What stands beside an order in question, of one contract.

    Attributes:
        held: Contracts, with what the order's parent will have filled before it can trade.
        buying: Contracts that other orders may buy, and
        selling: sell; of orders of which one cancels the others the largest alone.
    """

    held: int
    buying: int
    selling: int


def others(ledger: Ledger, intent: Intent) -> Iterator[OrderRecord]:
    """Yield orders that may fill, strangers' included, but for the one being judged."""
    for tag, order in ledger.orders.items():
        if tag != intent.client_order_id and (order.is_open or order.state is State.EXTERNAL):
            yield order


def enlarging(orders: Iterable[OrderRecord], held: Mapping[str, int]) -> list[OrderRecord]:
    """
    Return the orders that may enlarge a position.

    One that only reduces may never fill, so nothing is taken off for it; a child of an order that
    works closes what that one opens.
    """
    found = list(orders)
    tags = {order.intent.client_order_id for order in found}
    return [
        order
        for order in found
        if order.intent.parent_id not in tags and not _is_reducing(order, held)
    ]


def signed(intent: Intent, count: int) -> dict[str, int]:
    """Return the contracts per key that so many units of an order trade, below 0 sold."""
    return {leg.key: intent.side.sign * leg.ratio * count for leg in intent.legs}


def pending(key: str, intent: Intent, orders: Iterable[OrderRecord], ledger: Ledger) -> Pending:
    """Return what is held and may be traded of one contract of an order."""
    own = signed(intent, intent.terms.quantity).get(key, 0)
    held = ledger.positions.get(key, 0)
    groups: dict[str, tuple[int, int]] = {}
    own_group = _group(intent)
    for order in orders:
        one = order.intent
        size = signed(one, order.remaining).get(key, 0)
        if one.client_order_id == intent.parent_id:
            held += size
        else:
            name = _group(one)
            bought, sold = groups.get(name, (0, 0))
            groups[name] = max(bought, size), max(sold, -size)
    if own_group in groups:
        bought, sold = groups[own_group]
        groups[own_group] = max(bought - max(own, 0), 0), max(sold - max(-own, 0), 0)
    return Pending(
        held=held,
        buying=sum(bought for bought, _ in groups.values()),
        selling=sum(sold for _, sold in groups.values()),
    )


def _group(intent: Intent) -> str:
    """Name the orders that share what they trade: a group, or children of one parent."""
    if intent.oca_group:
        return f"group {intent.oca_group}"
    if intent.parent_id:
        return f"{intent.side} of {intent.parent_id}"
    return f"order {intent.client_order_id}"


def _is_reducing(order: OrderRecord, held: Mapping[str, int]) -> bool:
    """Say whether all that is left of an order brings what is held nearer to zero."""
    return all(
        size * held.get(key, 0) <= 0 and abs(size) <= abs(held.get(key, 0))
        for key, size in signed(order.intent, order.remaining).items()
    )
