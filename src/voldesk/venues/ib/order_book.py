"""Which of TWS's numbers mean which order: our tag, its permanent id, its id for a connection."""

from dataclasses import dataclass, field
from typing import Final

from voldesk.model.lifecycle import Event
from voldesk.model.orders import Terms

ADOPTED: Final = "ib-"
"""What our id for an order of somebody else begins with; its permanent id follows."""

_NO_IDS: Final = frozenset({0, 2**31 - 1})  # of an order that TWS made


@dataclass(slots=True, eq=False)
class Known:
    """
    One order, as far as TWS told of it.

    Attributes:
        tag: Its reference at TWS: our id if it is ours, anything or "" if not.
        client_id: The program it belongs to; nobody else may change it.
        order_id: That program's number for it, 0 where it has none.
        perm_id: For ever, over all programs; 0 until TWS tells.
        terms: In force at TWS, None not known.
        asked: A change that is not answered.
        parent_id: Order id of the one that must fill first, 0 for none.
        filled: Contracts, as TWS counts.
        is_taken: Whether TWS has confirmed it, so that an error later on need not refuse it.
        ended: How it ended, None while it may fill.
        told: The last thing that was passed on of it.
    """

    tag: str
    account: str
    client_id: int
    order_id: int
    perm_id: int = 0
    terms: Terms | None = None
    asked: Terms | None = None
    parent_id: int = 0
    filled: int = 0
    is_taken: bool = False
    ended: Event | None = None
    told: tuple[object, ...] = ()

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is due."""
        return self.ended is not None

    @property
    def venue_order_id(self) -> str:
        """Return its permanent id as the desk keeps it, "" where it is not known."""
        return str(self.perm_id) if self.perm_id else ""


@dataclass(slots=True)
class OrderBook:
    """
    Every order heard of since the process began.

    An order is told by its permanent id. Its order id serves until that is known, and only within
    what was sent or heard: ids that TWS gives out once more after it was set back mean another
    order as soon as the permanent id differs.
    """

    _by_perm: dict[int, Known] = field(default_factory=dict)
    _by_id: dict[tuple[int, int], Known] = field(default_factory=dict)
    _by_tag: dict[str, Known] = field(default_factory=dict)

    def sent(
        self, tag: str, account: str, client_id: int, order_id: int, terms: Terms | None
    ) -> Known:
        """Take in an order that is sent now."""
        known = Known(tag, account, client_id, order_id, terms=terms)
        self._by_tag[tag] = self._by_id[client_id, order_id] = known
        return known

    def heard(self, tag: str, account: str, client_id: int, order_id: int, perm_id: int) -> Known:
        """Return an order that TWS tells of, taking it in if it is new."""
        known = self.find(client_id, order_id, perm_id)
        if known is None:
            known = Known(tag, account, client_id, 0, perm_id)
            if tag:
                self._by_tag[tag] = known
            self._bind(known, perm_id)
        known.client_id, known.account = client_id, account
        if order_id not in _NO_IDS:
            known.order_id = order_id
            self._by_id[client_id, order_id] = known
        return known

    def find(self, client_id: int, order_id: int, perm_id: int) -> Known | None:
        """Return the order that is meant, None where none is known."""
        known = self._by_perm.get(perm_id) if perm_id else None
        if known is not None or order_id in _NO_IDS:
            return known
        known = self._by_id.get((client_id, order_id))
        if known is None or (perm_id and known.perm_id not in {0, perm_id}):
            return None
        self._bind(known, perm_id)
        return known

    def named(self, client_order_id: str) -> Known | None:
        """Return the order of our id, made for it or adopted."""
        known = self._by_tag.get(client_order_id)
        if known is None and client_order_id.startswith(ADOPTED):
            digits = client_order_id.removeprefix(ADOPTED)
            return self._by_perm.get(int(digits)) if digits.isdecimal() else None
        return known

    def alive(self, account: str) -> list[Known]:
        """Return the orders of an account that may still fill."""
        every = {id(known): known for known in self._by_id.values()} | {
            id(known): known for known in self._by_perm.values()
        }
        return [known for known in every.values() if known.account == account and not known.is_over]

    def renew(self) -> None:
        """Forget what was passed on: after a break everything is news again."""
        for known in (*self._by_id.values(), *self._by_perm.values()):
            known.told = ()

    def _bind(self, known: Known, perm_id: int) -> None:
        if perm_id:
            known.perm_id = perm_id
            self._by_perm[perm_id] = known
