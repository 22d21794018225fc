"""
The fast path of market data: payloads to columns, without an object per message.

Messages 1, 2, 21, 45, 46, 57 and 58 are most of what TWS sends. `MarketDataColumns` keeps the
latest value of each field of each instrument in preallocated columns, written through views of
memory, and hands on what changed as rows of `TICK_DTYPE`. The same bytes decoded by
`messages.decode_answer` say the same.
"""

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voldesk.model.errors import WireError
from voldesk.model.quotes import BoolArray, FloatArray
from voldesk.model.ticks import DataType, Field, TickBatch, TickKind, empty_batch

FIGURES: Final = (
    "iv",
    "delta",
    "price",
    "pv_dividend",
    "gamma",
    "vega",  # per vol point
    "theta",  # per calendar day
    "under_price",
)
"""What a computation consists of, in the order of the message."""

COLUMNS: Final = (
    "bid",
    "ask",
    "last",
    "bid_size",
    "ask_size",
    "last_size",
    "volume",
    "open",
    "high",
    "low",
    "close",
    "mark_price",
    "call_open_interest",
    "put_open_interest",
    "last_time",  # UTC seconds
    "halted",
    *(f"model_{figure}" for figure in FIGURES),
)
"""What is kept of an instrument; NaN is unknown, or "there is none now". As TWS scales it."""

_PRICES: Final = {
    1: ("bid", "bid_size"),
    2: ("ask", "ask_size"),
    4: ("last", "last_size"),
    6: ("high", None),
    7: ("low", None),
    9: ("close", None),
    14: ("open", None),
    37: ("mark_price", None),
    66: ("bid", "bid_size"),
    67: ("ask", "ask_size"),
    68: ("last", "last_size"),
    72: ("high", None),
    73: ("low", None),
    75: ("close", None),
    76: ("open", None),
}
_SIZES: Final = {
    0: "bid_size",
    3: "ask_size",
    5: "last_size",
    8: "volume",
    27: "call_open_interest",
    28: "put_open_interest",
    69: "bid_size",
    70: "ask_size",
    71: "last_size",
    74: "volume",
}
_NUMBERS: Final = {45: "last_time", 88: "last_time", 49: "halted", 90: "halted"}
_MODEL_TYPES: Final = frozenset({b"13", b"83"})
_SIDES: Final = {
    b"10": "bid",
    b"80": "bid",
    b"11": "ask",
    b"81": "ask",
    b"12": "last",
    b"82": "last",
}

_QUOTE, _TRADE, _INTEREST, _MODEL, _STATE = 1, 2, 4, 8, 16
_CHANGES: Final = {
    "bid": _QUOTE,
    "ask": _QUOTE,
    "bid_size": _QUOTE,
    "ask_size": _QUOTE,
    "last": _TRADE,
    "volume": _TRADE,
    "call_open_interest": _INTEREST,
    "put_open_interest": _INTEREST,
}
_NONE: Final = -1.0
_NO_GREEK: Final = -2.0
_UNKNOWN: Final = (_NONE, _NO_GREEK, _NONE, _NONE, _NO_GREEK, _NO_GREEK, _NO_GREEK, _NONE)
"""What says "not computed", figure by figure."""
_FIRST_FIGURE: Final = 4
_KINDS_OF_TICKS: Final = 6
_GREEKS_FROM: Final = 156
"""From this version on message 21 has no version field, but says what vols are based on."""


class MarketDataColumns:
    """
    The latest of every instrument, and which have changed.

    Args:
        is_option: Of each row: the ticks of others become their spot. ``(n,)``
        is_call: Likewise; says which open interest is the row's own. ``(n,)``
        version: Negotiated with TWS.

    Attributes:
        values: One row per name of `COLUMNS`, one column per instrument. ``(24, n)``
        finished: Request ids whose snapshot is complete, since it was last looked at.
    """

    def __init__(self, is_option: BoolArray, is_call: BoolArray, version: int) -> None:
        count = len(is_option)
        self.values: FloatArray = np.full((len(COLUMNS), count), np.nan)
        self.finished: list[int] = []
        self._is_option, self._is_call = is_option, is_call
        self._type_at = 2 if version >= _GREEKS_FROM else 3
        self._count = count
        self._rows: dict[bytes, int] = {}
        self._flat: Any = self.values.reshape(-1).data
        self._data_type = np.zeros(count, dtype=np.uint8)
        self._changed = np.zeros(count, dtype=np.uint8)
        self._changes: Any = self._changed.data
        place = {name: index * count for index, name in enumerate(COLUMNS)}
        self._prices = {
            b"%d" % kind: (
                place[price],
                None if size is None else place[size],
                _CHANGES.get(price, 0),
            )
            for kind, (price, size) in _PRICES.items()
        }
        self._sizes = {
            b"%d" % kind: (place[name], _CHANGES.get(name, 0)) for kind, name in _SIZES.items()
        }
        self._numbers = {b"%d" % kind: place[name] for kind, name in _NUMBERS.items()}
        self._model = place["model_iv"]
        self._computations: dict[str, dict[int, bytes]] = {"bid": {}, "ask": {}, "last": {}}
        self._sides = {kind: self._computations[whose] for kind, whose in _SIDES.items()}
        self._blank = empty_batch(_KINDS_OF_TICKS * count)

    def watch(self, req_id: int, row: int) -> None:
        """Take what a request brings as the values of a row."""
        self._rows[b"%d" % req_id] = row

    def drop(self, req_id: int) -> None:
        """Take no more of a request."""
        self._rows.pop(b"%d" % req_id, None)

    def column(self, name: str) -> FloatArray:
        """Return a column by its name, ``(n,)``: a view, which changes as messages are read."""
        column: FloatArray = self.values[COLUMNS.index(name)]
        return column

    def read(self, payloads: Iterable[bytes]) -> list[bytes]:
        """
        Take market data; return the payloads that are something else, in order.

        Raises:
            WireError: A message is cut short, or a number is none.
        """
        others: list[bytes] = []
        payload = b""
        try:
            for payload in payloads:
                if payload[:3] == b"21\0":
                    self._computation(payload)
                    continue
                parts = payload.split(b"\0")
                kind = parts[0]
                if kind == b"1":
                    self._price(parts)
                elif kind == b"2":
                    self._size(parts)
                elif kind == b"46" or kind == b"45":  # noqa: PLR1714  # faster than a set
                    self._number(parts)
                elif kind == b"58":
                    self._type(parts)
                elif kind == b"57":
                    self.finished.append(int(parts[2]))
                else:
                    others.append(payload)
        except (ValueError, IndexError) as error:
            raise WireError(f"market data {payload[:80]!r}: {error}") from error
        return others

    def _price(self, parts: list[bytes]) -> None:
        row, found = self._rows.get(parts[2]), self._prices.get(parts[3])
        if row is None or found is None:
            return
        place, size_place, change = found
        price = float(parts[4])
        self._flat[place + row] = math.nan if price == _NONE else price
        if size_place is not None:
            self._flat[size_place + row] = float(parts[5] or 0)
        self._changes[row] |= change

    def _size(self, parts: list[bytes]) -> None:
        row, found = self._rows.get(parts[2]), self._sizes.get(parts[3])
        if row is None or found is None:
            return
        place, change = found
        self._flat[place + row] = float(parts[4] or 0)
        self._changes[row] |= change

    def _computation(self, payload: bytes) -> None:
        """Take the model's figures; those of bid, ask and last are read when they are asked for."""
        at = self._type_at
        parts = payload.split(b"\0", at + 1)
        row, kind = self._rows.get(parts[at - 1]), parts[at]
        if row is None:
            return
        if kind not in _MODEL_TYPES:
            latest = self._sides.get(kind)
            if latest is not None:
                latest[row] = payload
            return
        flat, place, count = self._flat, self._model + row, self._count
        for figure in self._figures(payload):
            flat[place] = figure
            place += count
        self._changes[row] |= _MODEL

    def _figures(self, payload: bytes) -> list[float]:
        numbers = payload.split(b"\0")[_FIRST_FIGURE : _FIRST_FIGURE + len(FIGURES)]
        if len(numbers) < len(FIGURES):
            raise ValueError(f"{len(numbers)} figures, expected {len(FIGURES)}")
        return [
            math.nan if figure == unknown else figure
            for figure, unknown in zip(map(float, numbers), _UNKNOWN, strict=True)
        ]

    def computation(self, row: int, whose: str) -> list[float]:
        """
        Return the latest computation of a row's ``bid``, ``ask`` or ``last``: see `FIGURES`.

        NaN is not computed; so is all of it where none came.

        Raises:
            WireError: A number in it is none.
        """
        payload = self._computations[whose].get(row)
        if payload is None:
            return [math.nan] * len(FIGURES)
        try:
            return self._figures(payload)
        except ValueError as error:
            raise WireError(f"market data {payload[:80]!r}: {error}") from error

    def _number(self, parts: list[bytes]) -> None:
        row, place = self._rows.get(parts[2]), self._numbers.get(parts[3])
        if row is not None and place is not None:
            self._flat[place + row] = float(parts[4])

    def _type(self, parts: list[bytes]) -> None:
        row, number = self._rows.get(parts[2]), int(parts[3]) - 1
        if row is not None and DataType.LIVE <= number <= DataType.DELAYED_FROZEN:
            if self._data_type[row] != number:
                self._changes[row] |= _STATE
            self._data_type[row] = number

    def drain(self, ts_recv: int) -> TickBatch:
        """
        Return what changed since the last time, as ticks of TWS's units, by kind, then row.

        Args:
            ts_recv: Stamped on all of them, UTC ns. TWS tells no time of its own: ``ts_event``
                is the same.
        """
        changed, is_option = self._changed, self._is_option
        chosen = (
            (TickKind.QUOTE, (changed & _QUOTE != 0) & is_option),
            (TickKind.TRADE, (changed & _TRADE != 0) & is_option),
            (TickKind.OPEN_INTEREST, (changed & _INTEREST != 0) & is_option),
            (TickKind.MODEL, (changed & _MODEL != 0) & is_option),
            (TickKind.SPOT, (changed & (_QUOTE | _TRADE) != 0) & ~is_option),
            (TickKind.STATE, changed == _STATE),
        )
        rows = [(kind, np.flatnonzero(chosen_rows)) for kind, chosen_rows in chosen]
        batch: TickBatch = self._blank[: sum(len(some) for _, some in rows)].copy()
        batch["ts_event"] = batch["ts_recv"] = ts_recv
        start = 0
        for kind, some in rows:
            if len(some):
                self._fill(batch[start : start + len(some)], kind, some)
                start += len(some)
        changed[:] = 0
        return batch

    def _fill(self, batch: TickBatch, kind: TickKind, rows: NDArray[np.intp]) -> None:
        """Write the ticks of one kind."""
        batch["instrument"], batch["kind"] = rows, kind
        batch["data_type"] = self._data_type[rows]
        if kind is TickKind.OPEN_INTEREST:
            calls, puts = self.column("call_open_interest"), self.column("put_open_interest")
            batch["open_interest"] = np.where(self._is_call[rows], calls[rows], puts[rows])
            batch["present"] = Field.OPEN_INTEREST
            return
        present = Field(0)
        for field, name in _FIELDS[kind]:
            present |= field
            batch[str(field.name).lower()] = self.column(name)[rows]
        batch["present"] = present


_FIELDS: Final[dict[TickKind, tuple[tuple[Field, str], ...]]] = {
    TickKind.QUOTE: (
        (Field.BID, "bid"),
        (Field.ASK, "ask"),
        (Field.BID_SIZE, "bid_size"),
        (Field.ASK_SIZE, "ask_size"),
    ),
    TickKind.TRADE: ((Field.LAST, "last"), (Field.VOLUME, "volume")),
    TickKind.MODEL: (
        (Field.VENDOR_IV, "model_iv"),
        (Field.MARK, "model_price"),
        (Field.FORWARD, "model_under_price"),
        (Field.VENDOR_DELTA, "model_delta"),
        (Field.VENDOR_GAMMA, "model_gamma"),
        (Field.VENDOR_VEGA, "model_vega"),
        (Field.VENDOR_THETA, "model_theta"),
    ),
    TickKind.SPOT: ((Field.LAST, "last"),),
    TickKind.STATE: (),
}
