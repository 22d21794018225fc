"""The tape: what happened, put in order of time as ticks."""

from typing import NamedTuple

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.model.ticks import Field, TickBatch, TickKind, empty_batch

_COLUMNS = tuple((field, field.name.lower()) for field in Field if field.name is not None)


class _Strip(NamedTuple):
    """Ticks of one kind: when, whose, and the values they carry."""

    kind: TickKind
    ts: IntArray
    instrument: IntArray
    values: dict[Field, FloatArray]


class Tape:
    """Collects ticks of one interval, whatever their order."""

    def __init__(self) -> None:
        self._strips: list[_Strip] = []

    def add(
        self, kind: TickKind, ts: IntArray, instrument: IntArray, values: dict[Field, FloatArray]
    ) -> None:
        """
        Add ticks; of those at one instant the ones added first stay first.

        Args:
            kind: Of all of them.
            ts: UTC ns. ``(n,)``
            instrument: Row of the listing. ``(n,)``
            values: What they carry; NaN says "there is none now". Each ``(n,)``
        """
        if len(ts):
            self._strips.append(_Strip(kind, ts, instrument, values))

    def batch(self, ts_recv: int) -> TickBatch:
        """Return all ticks by ``ts_event``, received at one instant."""
        if not self._strips:
            return empty_batch(0)
        ts = np.concatenate([strip.ts for strip in self._strips])
        order = np.argsort(ts, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        batch = np.repeat(_BLANK, len(ts))
        batch["ts_event"] = ts[order]
        batch["ts_recv"] = ts_recv
        done = 0
        for strip in self._strips:
            rows = place[done : done + len(strip.ts)]
            done += len(strip.ts)
            batch["instrument"][rows] = strip.instrument
            batch["kind"][rows] = strip.kind
            batch["present"][rows] = sum(strip.values)
            for field, name in _COLUMNS:
                if field in strip.values:
                    batch[name][rows] = strip.values[field]
        return batch


_BLANK = empty_batch(1)
