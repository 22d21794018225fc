"""
Orders that depend on one another: parents and children, and groups of which one stands for all.

- A child waits until its parent has filled whole. Where the parent ends filled in part, children
  shrink to that and work; where it ends unfilled they are cancelled.
- Of the orders of a group a fill takes its share off what is left of the others, rounded up, and a
  whole one cancels them: as at IB, where a group reduces with a block.
- Children of one parent that name no group share what they close: what one fills is taken off the
  others that trade the same way, so that a target filled in part leaves a stop for the rest.
"""

from typing import NamedTuple

from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.ticket import Ticket


class Effect(NamedTuple):
    """What becomes of another order: its new quantity, or None where it is cancelled."""

    ticket: Ticket
    quantity: int | None
    reason: str


def refusal(book: Book, intent: Intent) -> str:
    """Say why an order cannot join its family, "" if it can."""
    if intent.parent_id is not None:
        parent = book.find(intent.parent_id)
        if parent is None:
            return f"there is no parent order {intent.parent_id!r}"
        if not parent.is_live and not parent.filled:
            return f"the parent order {intent.parent_id!r} has ended unfilled ({parent.event})"
    group = intent.oca_group
    if group is not None and any(t.filled and t.intent.oca_group == group for t in _all(book)):
        return f"an order of group {group!r} has filled already"
    return ""


def is_waiting(book: Book, ticket: Ticket) -> bool:
    """Say whether an order waits for its parent."""
    parent = book.find(ticket.intent.parent_id or "")
    return parent is not None and parent.is_live


def children(book: Book, tag: str) -> list[Ticket]:
    """Return the live children of an order."""
    return [one for one in book.live.values() if one.intent.parent_id == tag]


def after_fill(book: Book, ticket: Ticket, units: int) -> list[Effect]:
    """Return what a fill means for the others."""
    intent = ticket.intent
    if intent.oca_group is not None:
        reason = f"{ticket.tag} of group {intent.oca_group!r} filled"
        before = ticket.remaining + units
        return [
            _shrunk(
                other, other.intent.terms.quantity - -(-other.remaining * units // before), reason
            )
            for other in book.live.values()
            if other is not ticket and other.intent.oca_group == intent.oca_group
        ]
    parent = book.find(intent.parent_id or "")
    if parent is None or parent.side is ticket.side:
        return []
    reason = f"{ticket.tag} closed {units} of the same position"
    return [
        _shrunk(other, other.intent.terms.quantity - units, reason)
        for other in children(book, parent.tag)
        if other is not ticket and other.side is ticket.side and other.intent.oca_group is None
    ]


def after_end(book: Book, ticket: Ticket) -> list[Effect]:
    """Return what the end of an order means for its children."""
    if ticket.event is Event.COMPLETE:
        return []
    if not ticket.filled:
        reason = f"the parent order {ticket.tag} has ended unfilled"
        return [Effect(child, None, reason) for child in children(book, ticket.tag)]
    reason = f"the parent order {ticket.tag} filled {ticket.filled}"
    return [
        _shrunk(child, ticket.filled, reason)
        for child in children(book, ticket.tag)
        if child.intent.terms.quantity > ticket.filled
    ]


def _shrunk(ticket: Ticket, quantity: int, reason: str) -> Effect:
    return Effect(ticket, quantity if quantity > ticket.filled else None, reason)


def _all(book: Book) -> list[Ticket]:
    return [*book.live.values(), *book.ended.values()]
