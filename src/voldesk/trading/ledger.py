"""
The orders of an account, as the fold of its journal.

`Ledger.apply` takes one entry and changes one order; the same entries give the same ledger, so a
process that starts again knows what the one that died had made durable.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from voldesk.model.errors import InvariantError
from voldesk.model.events import Adopted, Charged, Counted, Decided, Entry, Filled, Happened
from voldesk.model.lifecycle import FINAL, OPEN, Event, State, next_state
from voldesk.model.orders import Fill, Intent


@dataclass(slots=True)
class OrderRecord:
    """
    One order and all that is known of it.

    Attributes:
        intent: With the terms the venue is known to have.
        asked: Terms that were asked for and not confirmed yet.
        filled: Contracts; of a combination whole units, as the venue counts.
        reason: The last word that came with an event: why it was denied, rejected, cancelled.
        changed_at: UTC ns of the last entry.
    """

    intent: Intent
    state: State = State.INTENT
    venue_order_id: str = ""
    asked: Intent | None = None
    filled: int = 0
    paid: Decimal = Decimal(0)  # sum of price × quantity of all fills, less what was undone
    fills: list[Fill] = field(default_factory=list)
    reason: str = ""
    changed_at: int = 0

    @property
    def remaining(self) -> int:
        """Return contracts not filled yet."""
        return max(self.intent.terms.quantity - self.filled, 0)

    @property
    def average_price(self) -> Decimal | None:
        """Return the mean price of its fills, quote currency per unit, None without any."""
        count = sum(_signed(self, fill) for fill in self.fills)
        return self.paid / count if count else None

    @property
    def is_open(self) -> bool:
        """Say whether it may be, or come to be, filled at the venue."""
        return self.state in OPEN

    @property
    def is_final(self) -> bool:
        """Say whether nothing more is due."""
        return self.state in FINAL


class Ledger:
    """
    All orders by our id, all executions by the venue's.

    Attributes:
        base: Contracts per key held beside all executions known, None until first counted.
        strays: Executions that belong to no order known here, until one is adopted.
        version: Grows whenever executions, what they cost, or the base change, and with nothing
            else: what is made of them stays as it is meanwhile.
        alarms: Sentences about what cannot be and was told all the same, such as more filled than
            was asked; the money is counted, and somebody has to look.
    """

    def __init__(self) -> None:
        self.orders: dict[str, OrderRecord] = {}
        self.base: Mapping[str, int] | None = None
        self.version = 0
        self.strays: list[Fill] = []
        self.alarms: list[str] = []
        self._by_venue_id: dict[str, str] = {}
        self._executions: dict[str, Fill] = {}
        self._early: dict[str, Charged] = {}
        self._traded: dict[str, int] = {}
        self._positions: tuple[int, dict[str, int]] = (-1, {})

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Ledger":
        """Return the ledger that entries add up to."""
        ledger = cls()
        for entry in entries:
            ledger.apply(entry)
        return ledger

    @property
    def open_orders(self) -> Iterator[OrderRecord]:
        """Yield orders that may be filled at the venue."""
        return (order for order in self.orders.values() if order.is_open)

    @property
    def executions(self) -> Mapping[str, Fill]:
        """Return all executions by the venue's id, in the order they were told."""
        return MappingProxyType(self._executions)

    @property
    def positions(self) -> dict[str, int]:
        """Return contracts per key, below 0 sold: the base and all executions; none of them 0."""
        version, found = self._positions
        if version != self.version:
            held = dict(self.base or {})
            for key, count in self._traded.items():
                held[key] = held.get(key, 0) + count
            found = {key: count for key, count in held.items() if count}
            self._positions = self.version, found
        return dict(found)

    def find(self, *, client_order_id: str = "", venue_order_id: str = "") -> OrderRecord | None:
        """Return the order of our tag or of the venue's id, None if there is none."""
        known = self.orders.get(client_order_id)
        return known or self.orders.get(self._by_venue_id.get(venue_order_id, ""))

    def is_new(self, entry: Entry) -> bool:
        """
        Say whether an entry changes anything: an execution told twice does not.

        What a venue tells is asked for before it is written down.
        """
        if isinstance(entry, Filled):
            return entry.fill.execution_id not in self._executions
        if isinstance(entry, Charged):
            known = self._executions.get(entry.execution_id)
            if known is None:
                return entry.execution_id not in self._early
            return known.commission != entry.commission
        return True

    def apply(self, entry: Entry) -> OrderRecord | None:
        """
        Take one entry and return the order it changed, None if it changed no order.

        Executions are taken whatever is known: money moved.

        Raises:
            InvariantError: It cannot follow what is known; nothing was changed.
        """
        if isinstance(entry, Decided):
            return self._decide(entry)
        if isinstance(entry, Adopted):
            return self._adopt(entry)
        if isinstance(entry, Happened):
            return self._happen(entry)
        if isinstance(entry, Filled):
            return self._fill(entry)
        if isinstance(entry, Charged):
            return self._charge(entry)
        if isinstance(entry, Counted):
            self.base = dict(entry.base)
            self.version += 1
        return None

    def forget(self, client_order_id: str) -> None:
        """Take back a decision that could not be made durable: its id may be used again."""
        del self.orders[client_order_id]

    def _adopt(self, entry: Adopted) -> OrderRecord:
        order = OrderRecord(entry.intent, State.EXTERNAL, entry.venue_order_id, changed_at=entry.at)
        self.orders[entry.intent.client_order_id] = order
        self._by_venue_id[entry.venue_order_id] = entry.intent.client_order_id
        mine = [fill for fill in self.strays if fill.venue_order_id == entry.venue_order_id]
        self.strays = [fill for fill in self.strays if fill not in mine]
        for fill in mine:
            self._attach(order, fill, entry.at)
        return order

    def _decide(self, entry: Decided) -> OrderRecord:
        tag = entry.intent.client_order_id
        if tag in self.orders:
            raise InvariantError(f"order {tag} was decided before: an id is used once")
        order = OrderRecord(entry.intent, reason=entry.reason, changed_at=entry.at)
        order.state = next_state(order.state, Event.DENY if entry.reason else Event.JOURNAL)
        self.orders[tag] = order
        return order

    def _happen(self, entry: Happened) -> OrderRecord:
        order = self.find(
            client_order_id=entry.client_order_id, venue_order_id=entry.venue_order_id
        )
        if order is None:
            raise InvariantError(
                f"{entry.event} of order {entry.client_order_id!r}, which nobody decided"
            )
        filled = max(order.filled, entry.filled or 0)
        order.state = next_state(order.state, entry.event, filled=filled)
        order.filled = filled
        order.reason = entry.reason or order.reason
        order.changed_at = entry.at
        if entry.venue_order_id:
            order.venue_order_id = entry.venue_order_id
            self._by_venue_id[entry.venue_order_id] = order.intent.client_order_id
        self._change_terms(order, entry)
        return order

    def _change_terms(self, order: OrderRecord, entry: Happened) -> None:
        if entry.event is Event.ASK_MODIFY and entry.terms is not None:
            order.asked = replace(order.intent, terms=entry.terms)
        elif entry.event is Event.MODIFY:
            if entry.terms is not None:
                order.intent = replace(order.intent, terms=entry.terms)
            elif order.asked is not None:
                order.intent = order.asked
            order.asked = None
        elif entry.event is Event.REFUSE_MODIFY or order.is_final:
            order.asked = None

    def _fill(self, entry: Filled) -> OrderRecord | None:
        fill = entry.fill
        if fill.execution_id in self._executions:
            return None
        early = self._early.pop(fill.execution_id, None)
        if early is not None:
            fill = replace(fill, commission=early.commission, currency=early.currency)
        order = self.find(client_order_id=fill.client_order_id, venue_order_id=fill.venue_order_id)
        self._executions[fill.execution_id] = fill
        self.version += 1
        signed = fill.side.sign * fill.quantity
        self._traded[fill.key] = self._traded.get(fill.key, 0) + signed
        if order is None:
            self.strays.append(fill)
            return None
        return self._attach(order, fill, entry.at)

    def _attach(self, order: OrderRecord, fill: Fill, at: int) -> OrderRecord:
        order.fills.append(fill)
        order.paid += fill.price * _signed(order, fill)
        order.changed_at = at
        units, asked = _units(order), order.intent.terms.quantity
        is_told = units <= order.filled and order.is_final
        order.filled = max(order.filled, units)
        if units > asked:
            self.alarms.append(f"order {fill.client_order_id}: {units} filled, {asked} asked")
        elif not is_told:
            event = Event.COMPLETE if order.filled >= asked else Event.FILL
            try:
                order.state = next_state(order.state, event, filled=order.filled)
            except InvariantError as exc:
                self.alarms.append(f"order {fill.client_order_id}: {exc}")
        return order

    def _charge(self, entry: Charged) -> OrderRecord | None:
        fill = self._executions.get(entry.execution_id)
        if fill is None:  # told before its execution: kept until that comes
            self._early[entry.execution_id] = entry
            return None
        charged = replace(fill, commission=entry.commission, currency=entry.currency)
        self._executions[entry.execution_id] = charged
        self.version += 1
        self.strays = [
            charged if one.execution_id == entry.execution_id else one for one in self.strays
        ]
        order = self.find(client_order_id=fill.client_order_id, venue_order_id=fill.venue_order_id)
        if order is not None:
            order.fills = [
                charged if one.execution_id == entry.execution_id else one for one in order.fills
            ]
        return order


def _units(order: OrderRecord) -> int:
    """Return whole units filled: of a combination, as many as its least filled leg allows."""
    counts = {leg.key: 0 for leg in order.intent.legs}
    for fill in order.fills:
        counts[fill.key] = counts.get(fill.key, 0) + _signed(order, fill)
    return min(counts[leg.key] // abs(leg.ratio) for leg in order.intent.legs)


def _signed(order: OrderRecord, fill: Fill) -> int:
    """Return the contracts of a fill; below 0 where it goes against its order: it undoes one."""
    intent = order.intent
    ratio = next((leg.ratio for leg in intent.legs if leg.key == fill.key), 1)
    side = intent.side if ratio > 0 else intent.side.other
    return fill.quantity if fill.side is side else -fill.quantity
