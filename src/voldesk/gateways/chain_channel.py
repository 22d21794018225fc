"""A chain in one choice of fields and format: a snapshot, then the rows that changed."""

from typing import Any

import numpy as np

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.channel import Channel, Delivery
from voldesk.gateways.encode import Stamps, binary_frame, columns_json, layout_json
from voldesk.gateways.frames import BINARY_EVENT, Message, Parcel
from voldesk.gateways.request import Request, StreamFormat
from voldesk.model.quotes import BoolArray, IntArray


class ChangedRows:
    """Which rows of a chain changed and have not been said, and the stamps of those changes."""

    __slots__ = ("_mask", "_only", "stamps")

    def __init__(self) -> None:
        self._mask: BoolArray | None = None
        self._only: IntArray | None = None  # the rows of the one update taken, as it gave them
        self.stamps: Stamps | None = None

    def add(self, update: ChainUpdate) -> None:
        """Take the rows of one more update."""
        stamps = Stamps.of(update)
        if self.stamps is None:
            self.stamps, self._only = stamps, update.rows.copy()
            return
        if self._mask is None:
            self._mask = np.zeros(len(update.table.rows), dtype=np.bool_)
        if self._only is not None:
            self._mask[self._only] = True
            self._only = None
        self._mask[update.rows] = True
        self.stamps = stamps.after(self.stamps)

    def drain(self) -> IntArray:
        """Return the rows, rising, and begin again."""
        if self._only is not None:
            rows = self._only
        elif self._mask is not None and self.stamps is not None:
            rows = np.flatnonzero(self._mask)
            self._mask[rows] = False
        else:
            rows = np.zeros(0, dtype=np.int64)
        self._only = self.stamps = None
        return rows

    def forget(self) -> None:
        """Begin again with rows that mean something else."""
        self._mask = self._only = self.stamps = None


class ChainChannel(Channel):
    """
    Serves ``chain/<underlying>`` in one variant.

    Frames count up by one. A snapshot bears the number of the frame it stands for, so after a
    snapshot ``s`` comes delta ``s + 1``; it is read from the live table and may already hold
    figures that the next delta repeats.
    """

    def __init__(self, request: Request, topic_id: int, update: ChainUpdate) -> None:
        super().__init__(request, topic_id, request.rate)
        self._update = update
        self._changed = ChangedRows()
        self._stamps = Stamps.of(update)
        self._snapshot: Message | None = None  # of the present seq
        self._layout: Message | None = None
        self._is_other_layout = False

    def take(self, message: Any) -> None:  # noqa: ANN401  # a bus topic's own type
        """Note a `ChainUpdate`."""
        update: ChainUpdate = message
        if update.layout != self._update.layout or update.table is not self._update.table:
            self._is_other_layout = True
            self._changed.forget()
        self._update = update
        self._changed.add(update)
        self.has_news = True

    def flush(self) -> list[Delivery]:
        """Return a delta for all; where the rows mean other contracts, owe all an opening."""
        self.has_news = False
        stamps = self._changed.stamps
        rows = self._changed.drain()
        if self._is_other_layout:
            self._is_other_layout = False
            self._advance(stamps)
            self._layout = None
            for client in self.clients:
                client.owe(self, is_opening=True)
                client.settle()
            return []
        if not len(rows):
            return []
        self._advance(stamps)
        return [(self.clients, Parcel((self._columns(rows),)))]

    def opening(self) -> tuple[Message, ...]:
        """Return which contract each row is, and a snapshot."""
        if self._layout is None:
            payload = layout_json(self._update, self.topic, self.topic_id)
            self._layout = Message("layout", payload)
        return (self._layout, *self.snapshot())

    def snapshot(self) -> tuple[Message, ...]:
        """Return every row as the table stands; made once per frame however many ask."""
        if self._snapshot is None:
            self._snapshot = self._columns(None)
        return (self._snapshot,)

    def _advance(self, stamps: Stamps | None) -> None:
        self.seq += 1
        self._snapshot = None
        if stamps is not None:
            self._stamps = stamps

    def _columns(self, rows: IntArray | None) -> Message:
        update, fields = self._update, self.request.fields
        if self.request.format is StreamFormat.BINARY:
            frame = binary_frame(update, self.topic_id, self.seq, fields, rows, self._stamps)
            return Message(BINARY_EVENT, frame, is_text=False)
        payload = columns_json(update, self.topic, self.seq, fields, rows, self._stamps)
        return Message("snapshot" if rows is None else "delta", payload)
