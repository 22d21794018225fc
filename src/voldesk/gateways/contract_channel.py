"""One message per contract, paced, for clients that take a chain so."""

from typing import Any

import numpy as np

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.channel import Channel, Delivery
from voldesk.gateways.contract_messages import greeks_updates, pcr_update, rows_of_expiry
from voldesk.gateways.frames import Message, Parcel
from voldesk.gateways.outbox import Outbox
from voldesk.gateways.request import Request
from voldesk.model.quotes import BoolArray, IntArray


class _Due:
    """Rows a reader has not been told; those that wait longest come first, round and round."""

    __slots__ = ("_next", "mask")

    def __init__(self, mask: BoolArray) -> None:
        self.mask = mask
        self._next = 0

    def some(self, limit: int) -> IntArray:
        """Take up to ``limit`` rows off, going on where the last call ended."""
        rows = np.flatnonzero(self.mask)
        if len(rows) > limit:
            start = int(np.searchsorted(rows, self._next))
            rows = np.roll(rows, -start)[:limit]
            self._next = int(rows[-1]) + 1
        self.mask[rows] = False
        return rows

    def __bool__(self) -> bool:
        return bool(self.mask.any())


class ContractChannel(Channel):
    """
    Serves ``greeks/<underlying>``: a message per contract that changed, and the put-call ratio.

    Whoever is new, or was too slow for a frame, has a list of its own of rows to be told, is
    served from it at the same pace, and joins the others when it is empty. A frame never holds
    more than ``limit`` messages for anyone.
    """

    def __init__(
        self, request: Request, topic_id: int, update: ChainUpdate, *, rate: float, limit: int
    ) -> None:
        super().__init__(request, topic_id, rate)
        self._limit = limit
        self._update = update
        self._chosen = rows_of_expiry(update, request.expiry)
        self._due = _Due(np.zeros(len(update.table.rows), dtype=np.bool_))
        self._behind: dict[Outbox, _Due] = {}
        self._said_pcr: bytes | None = None

    def take(self, message: Any) -> None:  # noqa: ANN401  # a bus topic's own type
        """Note a `ChainUpdate`."""
        update: ChainUpdate = message
        is_other = update.layout != self._update.layout or update.table is not self._update.table
        self._update = update
        if is_other:
            self._chosen = rows_of_expiry(update, self.request.expiry)
            self._due = _Due(np.zeros(len(update.table.rows), dtype=np.bool_))
            self._behind = {client: _Due(self._all()) for client in self.clients}
        rows = update.rows if self._chosen is None else update.rows[self._chosen[update.rows]]
        self._due.mask[rows] = True
        for due in self._behind.values():
            due.mask[rows] = True
        self.has_news = True

    def flush(self) -> list[Delivery]:
        """Return the next messages for those in step, and for each of the others."""
        for client in self.clients:
            if client not in self._behind and not client.can_take:
                self._behind[client] = _Due(self._due.mask.copy())
        in_step = [client for client in self.clients if client not in self._behind]
        ratio = pcr_update(self._update, self._chosen, is_named=self.request.is_named)
        shared = greeks_updates(self._update, self._due.some(self._limit))
        deliveries: list[Delivery] = []
        if shared or self._said_pcr != ratio.payload:
            self._said_pcr = ratio.payload
            deliveries.append((in_step, Parcel((*shared, ratio))))
        deliveries += self._catch_up(ratio)
        self.seq += 1
        self.has_news = bool(self._due) or bool(self._behind)
        return [(clients, parcel) for clients, parcel in deliveries if clients]

    def snapshot(self) -> tuple[Message, ...]:
        """Return the put-call ratio; contracts follow at the channel's pace."""
        return (pcr_update(self._update, self._chosen, is_named=self.request.is_named),)

    def join(self, client: Outbox) -> None:
        """Begin to serve a client: every contract is due to it."""
        super().join(client)
        self._behind[client] = _Due(self._all())
        self.has_news = True

    def leave(self, client: Outbox) -> None:
        """Stop serving a client."""
        super().leave(client)
        self._behind.pop(client, None)

    def _catch_up(self, ratio: Message) -> list[Delivery]:
        deliveries: list[Delivery] = []
        for client, due in list(self._behind.items()):
            if not client.can_take:
                continue
            messages = greeks_updates(self._update, due.some(self._limit))
            deliveries.append(((client,), Parcel((*messages, ratio))))
            if not (due.mask & ~self._due.mask).any():
                del self._behind[client]
        return deliveries

    def _all(self) -> BoolArray:
        if self._chosen is not None:
            return self._chosen.copy()
        return np.ones(len(self._update.table.rows), dtype=np.bool_)
