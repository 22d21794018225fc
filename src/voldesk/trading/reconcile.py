"""
What to write down so that our record agrees with the venue's, and what cannot be explained.

Broker truth wins. An order is matched by our tag, then by the venue's id, never by price and
quantity; an execution by the venue's execution id alone.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from voldesk.model.events import Adopted, Counted, Entry, Filled, Happened, Seen, Snapshot
from voldesk.model.lifecycle import Event, State
from voldesk.model.orders import OrderType, Terms
from voldesk.trading.ledger import Ledger, OrderRecord


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What a snapshot means for the ledger.

    Attributes:
        entries: To be written and applied, in this order.
        differences: Sentences about positions that no execution known to both explains, and about
            orders that the venue has twice.
    """

    entries: tuple[Entry, ...]
    differences: tuple[str, ...]


def compare(
    ledger: Ledger,
    snapshot: Snapshot,
    *,
    missing: Collection[str] = (),
) -> Comparison:
    """
    Compare what we believe with what the venue has.

    Args:
        ledger: Ours.
        snapshot: Theirs.
        missing: Our ids of orders lost long enough ago that the venue would show them by now if
            it had them: such an order that it does not show never arrived.
    """
    entries: list[Entry] = []
    for fill in snapshot.fills:
        entry = Filled(fill=fill, at=snapshot.at)
        if ledger.is_new(entry):
            entries.append(entry)
    shown = set()
    twice: list[str] = []
    for seen in snapshot.orders:
        order = ledger.find(
            client_order_id=seen.client_order_id, venue_order_id=seen.venue_order_id
        )
        if order is None:
            entries.extend(_adoption(seen, snapshot.at))
            continue
        shown.add(order.intent.client_order_id)
        if _is_another(order, seen):
            twice.extend(_doubling(order, seen))
        else:
            entries.extend(_news(order, seen, snapshot.at))
    entries.extend(
        _absence(tag, snapshot.at)
        for tag in missing
        if tag not in shown and ledger.orders[tag].state is State.UNKNOWN
    )
    ours = _positions_after(ledger, entries)
    theirs = {held.key: held.quantity for held in snapshot.positions}
    if ledger.base is None:
        # The first time there is nothing to differ from: what was held before is taken as it is.
        entries.append(Counted(base=_minus(theirs, ours), at=snapshot.at))
        return Comparison(tuple(entries), tuple(twice))
    return Comparison(tuple(entries), (*twice, *_differences(theirs, ours)))


def _absence(tag: str, at: int) -> Entry:
    """Return that an order which was lost was never found."""
    reason = "the venue has no such tag"
    return Happened(client_order_id=tag, event=Event.MISS, at=at, reason=reason)


def _adoption(seen: Seen, at: int) -> list[Entry]:
    """Return what takes in an order of somebody else; one that is over is of no interest."""
    if seen.intent is None or seen.event not in {Event.WORK, Event.ACCEPT, Event.FILL}:
        return []
    return [Adopted(intent=seen.intent, venue_order_id=seen.venue_order_id, at=at)]


def _is_another(order: OrderRecord, seen: Seen) -> bool:
    """Say whether the venue has a second order under our tag."""
    return bool(
        order.venue_order_id and seen.venue_order_id and order.venue_order_id != seen.venue_order_id
    )


def _doubling(order: OrderRecord, seen: Seen) -> list[str]:
    """Return the alarm about a second order, where it may fill or has: nobody sent it twice."""
    if seen.event not in _ALIVE and not seen.filled:
        return []
    numbers = f"{order.venue_order_id} and {seen.venue_order_id}"
    return [f"order {order.intent.client_order_id} is at the venue twice: {numbers}"]


def _news(order: OrderRecord, seen: Seen, at: int) -> list[Entry]:
    """Return what the venue's word changes."""
    change = _change(order, seen, at)
    news: list[Entry] = [] if change is None else [change]
    if _says_more(order, seen):
        news.append(_event(order, seen, at))
    return news


_SAME = {
    Event.ACCEPT: {State.ACCEPTED, State.WORKING, State.PARTIALLY_FILLED},
    Event.WORK: {State.WORKING, State.PARTIALLY_FILLED},
    Event.FILL: {State.PARTIALLY_FILLED},
    Event.COMPLETE: {State.FILLED},
    Event.CANCEL: {State.CANCELLED},
    Event.REJECT: {State.REJECTED, State.CANCELLED},
    Event.EXPIRE: {State.EXPIRED, State.CANCELLED},
}
_PENDING = {State.MODIFY_PENDING, State.CANCEL_PENDING, State.EXTERNAL}


def _says_more(order: OrderRecord, seen: Seen) -> bool:
    """Say whether the venue's word changes anything."""
    if seen.filled > order.filled:
        return True
    is_alive = seen.event in {Event.ACCEPT, Event.WORK, Event.FILL}
    if order.state in _PENDING and is_alive:
        return False
    return order.state not in _SAME.get(seen.event, set())


_ALIVE = {Event.ACCEPT, Event.WORK, Event.FILL}
_TRAILING = {OrderType.TRAIL, OrderType.TRAIL_LIMIT}  # whose prices the venue moves


def _change(order: OrderRecord, seen: Seen, at: int) -> Happened | None:
    """Return that the venue has other terms than we know, or that it has not those we asked for."""
    if seen.intent is None or seen.event not in _ALIVE or order.is_final:
        return None
    if seen.intent.order_type is not order.intent.order_type:
        return None
    theirs, ours = seen.intent.terms, order.intent.terms
    known = ours if order.asked is None else order.asked.terms
    terms = None
    if _differ(order, theirs, ours):
        terms = known if not _differ(order, theirs, known) else _with(ours, theirs)
    elif order.asked is None or order.state is State.MODIFY_PENDING:
        return None
    return Happened(
        client_order_id=order.intent.client_order_id,
        event=Event.REFUSE_MODIFY if terms is None else Event.MODIFY,
        at=at,
        venue_order_id=seen.venue_order_id,
        terms=terms,
        reason="as the venue shows it",
    )


def _differ(order: OrderRecord, theirs: Terms, ours: Terms) -> bool:
    """Say whether quantity or price are not the same, of those that the venue leaves alone."""
    if order.intent.order_type in _TRAILING:
        return theirs.quantity != ours.quantity
    return _named(theirs) != _named(ours)


def _with(ours: Terms, theirs: Terms) -> Terms:
    """Return our terms with what the venue has of them."""
    quantity, limit, stop = _named(theirs)
    return replace(
        ours,
        quantity=quantity,
        limit_price=ours.limit_price if limit is None else limit,
        stop_price=ours.stop_price if stop is None else stop,
    )


def _named(terms: Terms) -> tuple[int, Decimal | None, Decimal | None]:
    return terms.quantity, terms.limit_price, terms.stop_price


def _event(order: OrderRecord, seen: Seen, at: int) -> Happened:
    return Happened(
        client_order_id=order.intent.client_order_id,
        event=seen.event,
        at=at,
        venue_order_id=seen.venue_order_id,
        filled=seen.filled,
        reason=seen.reason,
    )


def _positions_after(ledger: Ledger, entries: list[Entry]) -> dict[str, int]:
    """Return contracts per key by our count once the entries are applied."""
    ours = ledger.positions
    for entry in entries:
        if isinstance(entry, Filled):
            signed = entry.fill.side.sign * entry.fill.quantity
            ours[entry.fill.key] = ours.get(entry.fill.key, 0) + signed
    return ours


def _minus(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    """Return what the first has more of, keys of nothing left out."""
    rest = {key: one.get(key, 0) - other.get(key, 0) for key in sorted(one.keys() | other.keys())}
    return {key: count for key, count in rest.items() if count}


def _differences(theirs: dict[str, int], ours: dict[str, int]) -> list[str]:
    """Return a sentence per contract of which the venue has another count."""
    return [
        f"position of {key}: {theirs.get(key, 0)} at the venue, {ours.get(key, 0)} by our count"
        for key in _minus(theirs, ours)
    ]
