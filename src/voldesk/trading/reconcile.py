"""
What to write down so that our record agrees with the venue's, and what cannot be explained.

Broker truth wins. An order is matched by our tag, then by the venue's id, never by price and
quantity; an execution by the venue's execution id alone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from voldesk.model.events import Adopted, Counted, Entry, Filled, Happened, Seen, Snapshot
from voldesk.model.lifecycle import Event, State
from voldesk.trading.ledger import Ledger, OrderRecord


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What a snapshot means for the ledger.

    Attributes:
        entries: To be written and applied, in this order.
        differences: Sentences about positions that no execution known to both explains.
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
    for seen in snapshot.orders:
        order = ledger.find(
            client_order_id=seen.client_order_id, venue_order_id=seen.venue_order_id
        )
        if order is None:
            entries.extend(_adoption(seen, snapshot.at))
            continue
        shown.add(order.intent.client_order_id)
        if _says_more(order, seen):
            entries.append(_event(order, seen, snapshot.at))
    for tag in missing:
        if tag not in shown and ledger.orders[tag].state is State.UNKNOWN:
            entries.extend(_absence(tag, snapshot.at))
    ours = _positions_after(ledger, entries)
    theirs = {held.key: held.quantity for held in snapshot.positions}
    if ledger.base is None:
        # The first time there is nothing to differ from: what was held before is taken as it is.
        entries.append(Counted(base=_minus(theirs, ours), at=snapshot.at))
        return Comparison(tuple(entries), ())
    return Comparison(tuple(entries), tuple(_differences(theirs, ours)))


def _absence(tag: str, at: int) -> list[Entry]:
    """Return that an order was lost, which was known in memory alone, and never found."""
    reason = "the venue has no such tag"
    return [
        Happened(client_order_id=tag, event=event, at=at, reason=reason)
        for event in (Event.LOSE, Event.MISS)
    ]


def _adoption(seen: Seen, at: int) -> list[Entry]:
    """Return what takes in an order of somebody else; one that is over is of no interest."""
    if seen.intent is None or seen.event not in {Event.WORK, Event.ACCEPT, Event.FILL}:
        return []
    return [Adopted(intent=seen.intent, venue_order_id=seen.venue_order_id, at=at)]


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
