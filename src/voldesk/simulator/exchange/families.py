"""Orders that depend on one another: parents and children, and one-cancels-all groups."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from voldesk.simulator.exchange.orders import OcaType, OrderStatus, Reason, Rejection
from voldesk.simulator.exchange.ticket import Ticket

_NONE = ("", "")


@dataclass(slots=True, eq=False)
class _Group:
    """A one-cancels-all group."""

    members: list[Ticket] = field(default_factory=list)
    is_done: bool = False  # a member of type CANCEL has filled


class Families:
    """
    Who waits for whom, and whose fill ends or shrinks whom.

    A child waits until its parent has filled whole. Where the parent ends partly filled, the
    children shrink to what was filled and work; where it ends unfilled they are cancelled. The
    children on the other side of a parent are a group of type REDUCE unless they name another.

    Args:
        cancel: Cancels an order, for a reason.
        shrink: Takes a quantity off an order.
        resume: Lets an order work if nothing else holds it.
    """

    def __init__(
        self,
        cancel: Callable[[Ticket, str], None],
        shrink: Callable[[Ticket, Decimal, str], None],
        resume: Callable[[Ticket], None],
    ) -> None:
        self._cancel = cancel
        self._shrink = shrink
        self._resume = resume
        self._groups: dict[tuple[str, str], _Group] = {}
        self._later: list[tuple[_Group, Ticket, Decimal]] = []

    def join(self, ticket: Ticket, parent: Ticket | None) -> Rejection | None:
        """Put an order into its family and group; say why it cannot be there."""
        request = ticket.request
        if request.parent_id:
            fault = _parent_fault(request.parent_id, parent)
            if fault is not None:
                return fault
        group = self._group_of(ticket, parent)
        if group is not None:
            if group.is_done:
                return Rejection(Reason.TOO_LATE, f"group {request.oca_group!r} has filled")
            group.members.append(ticket)
        if parent is not None:
            ticket.parent = parent
            ticket.is_waiting = parent.is_live
            parent.children.append(ticket)
        ticket.is_transmitted = request.transmit
        return None

    def transmit(self, ticket: Ticket) -> list[Ticket]:
        """Transmit the family of an order that is transmitted; return the others it releases."""
        if not ticket.request.transmit:
            return []
        head = ticket.parent or ticket
        released = [t for t in (head, *head.children) if not t.is_transmitted and t is not ticket]
        ticket.is_transmitted = True
        for other in released:
            other.is_transmitted = True
        return released

    def on_fill(self, ticket: Ticket, quantity: Decimal) -> None:
        """Let a fill of an order act on the others."""
        group = self._group_of(ticket, ticket.parent)
        if group is not None and quantity:
            before = ticket.remaining + quantity
            self._act(group, ticket, quantity / before)
        if ticket.status is OrderStatus.FILLED:
            self._release(ticket)

    def on_end(self, ticket: Ticket, why: str) -> None:
        """Let the end of an order without (or before) its whole fill act on its children."""
        group = self._group_of(ticket, ticket.parent)
        if group is not None:
            group.members = [member for member in group.members if member is not ticket]
            if not group.members and not group.is_done:
                del self._groups[_name_of(ticket, ticket.parent)]
        if ticket.status is OrderStatus.FILLED:
            return
        if not ticket.filled:
            for child in list(ticket.children):
                self._cancel(child, f"parent {why}")
            return
        for child in list(ticket.children):
            surplus = child.quantity - ticket.filled
            if child.is_waiting and surplus > 0:
                self._shrink(child, surplus, "parent filled in part")
        self._release(ticket)

    def finish_pass(self) -> None:
        """Apply the reductions that were to wait until the same quotes had filled all they can."""
        later, self._later = self._later, []
        for group, ticket, share in later:
            self._reduce(group, ticket, share)

    def _group_of(self, ticket: Ticket, parent: Ticket | None) -> _Group | None:
        name = _name_of(ticket, parent)
        return self._groups.setdefault(name, _Group()) if name != _NONE else None

    def _act(self, group: _Group, ticket: Ticket, share: Decimal) -> None:
        kind = ticket.request.oca_type if ticket.request.oca_group else OcaType.REDUCE
        if kind is OcaType.CANCEL:
            group.is_done = True
            for other in [member for member in group.members if member is not ticket]:
                self._cancel(other, "another order of its group filled")
        elif kind is OcaType.REDUCE:
            self._reduce(group, ticket, share)
        else:
            self._later.append((group, ticket, share))

    def _reduce(self, group: _Group, ticket: Ticket, share: Decimal) -> None:
        """Take a share off what remains of the others, rounded up to whole lots."""
        for other in [member for member in group.members if member is not ticket]:
            lot = other.instrument.lot
            cut = -(-other.remaining * share // lot) * lot
            self._shrink(other, cut, "another order of its group filled")

    def _release(self, parent: Ticket) -> None:
        for child in list(parent.children):
            child.is_waiting = False
            self._resume(child)


def _name_of(ticket: Ticket, parent: Ticket | None) -> tuple[str, str]:
    """Return the name of an order's group: the one it asks for, or that of its siblings."""
    request = ticket.request
    if request.oca_group:
        return request.account, request.oca_group
    if parent is not None and parent.side is not ticket.side:
        return "", str(parent.venue_order_id)
    return _NONE


def _parent_fault(name: str, parent: Ticket | None) -> Rejection | None:
    if parent is None:
        return Rejection(Reason.UNKNOWN_PARENT, f"no parent order {name!r}")
    if not parent.is_live and not parent.filled:
        return Rejection(Reason.TOO_LATE, f"parent order {name!r} is {parent.status}")
    return None
