"""One market data line: what one client hears about one contract, each change once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from voldesk.simulator.ib.computations import Row
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.shown import Shown
from voldesk.wire.ib.answers_market import (
    TickGeneric,
    TickOptionComputation,
    TickPrice,
    TickSize,
    TickString,
)

LIVE: Final = 1
FROZEN: Final = 2
DELAYED: Final = 3
DELAYED_FROZEN: Final = 4

BID, ASK, LAST, HIGH, LOW, CLOSE, OPEN, MARK = 1, 2, 4, 6, 7, 9, 14, 37
BID_SIZE, ASK_SIZE, LAST_SIZE, VOLUME = 0, 3, 5, 8
BID_COMPUTED, ASK_COMPUTED, LAST_COMPUTED, MODEL_COMPUTED = 10, 11, 12, 13
LAST_TIME, HALTED, TIME_AND_SALES = 45, 49, 48
BID_EXCHANGES, ASK_EXCHANGES, LAST_EXCHANGE = 32, 33, 84

_DELAYED_TYPES: Final[Mapping[int, int]] = {
    BID: 66,
    ASK: 67,
    LAST: 68,
    BID_SIZE: 69,
    ASK_SIZE: 70,
    LAST_SIZE: 71,
    HIGH: 72,
    LOW: 73,
    VOLUME: 74,
    CLOSE: 75,
    OPEN: 76,
    BID_COMPUTED: 80,
    ASK_COMPUTED: 81,
    LAST_COMPUTED: 82,
    MODEL_COMPUTED: 83,
    LAST_TIME: 88,
    HALTED: 90,
}
_NOT_DELAYED: Final = frozenset({BID_EXCHANGES, ASK_EXCHANGES, LAST_EXCHANGE, TIME_AND_SALES})

CAN_AUTO_EXECUTE: Final = 1
_NO_QUOTE: Final = -1.0
"""The price TWS tells where there is no bid or ask."""


@dataclass(slots=True, eq=False)
class QuoteLine:
    """
    One subscription, and what it was told.

    Attributes:
        req_id: Of the request.
        instrument: What it is about.
        generics: Numbers of the generic ticks asked for.
        data_type: 1 live to 4 delayed and frozen.
        due: When it is looked at next, UTC ns of the clock.
        is_told: Whether everything there is has been told once.
    """

    req_id: int
    instrument: Instrument
    generics: frozenset[int]
    data_type: int
    due: int = 0
    is_told: bool = False
    valued: tuple[float, ...] = ()
    _sent: dict[int, Any] = field(default_factory=dict)

    @property
    def is_delayed(self) -> bool:
        """Say whether ticks carry the types of delayed data."""
        return self.data_type in {DELAYED, DELAYED_FROZEN}

    def quotes(self, shown: Shown) -> list[Any]:
        """Return messages for what is shown and was not told yet."""
        found: list[Any] = []
        is_index = self.instrument.sec_type == "IND"
        if not is_index:
            mask = CAN_AUTO_EXECUTE
            self._price(found, BID, _quoted(shown.bid), BID_SIZE, shown.bid_size, mask)
            self._price(found, ASK, _quoted(shown.ask), ASK_SIZE, shown.ask_size, mask)
        self._price(found, LAST, shown.last, LAST_SIZE, shown.last_size, 0)
        day = shown.day
        self._size(found, VOLUME, day.volume)
        for kind, price in ((HIGH, day.high), (LOW, day.low), (CLOSE, day.close), (OPEN, day.open)):
            self._price(found, kind, price, None, 0.0, 0)
        if shown.last_at:
            self.text(found, LAST_TIME, str(shown.last_at))
        self.number(found, HALTED, 0.0)
        return found

    def computed(self, kind: int, row: Row) -> list[Any]:
        """Return the message of a computation that differs from the last one told."""
        if self.is_known(kind, row):
            return []
        return [TickOptionComputation(self.req_id, self._type(kind), *row)]

    def price(self, found: list[Any], kind: int, price: float) -> None:
        """Append a price of its own, one that has no size."""
        self._price(found, kind, price, None, 0.0, 0)

    def size(self, found: list[Any], kind: int, size: float) -> None:
        """Append a size if it changed."""
        self._size(found, kind, size)

    def number(self, found: list[Any], kind: int, value: float) -> None:
        """Append a generic value if it changed."""
        if math.isfinite(value) and not self.is_known(kind, value):
            found.append(TickGeneric(self.req_id, self._type(kind), value))

    def text(self, found: list[Any], kind: int, text: str) -> None:
        """Append a text if it changed."""
        if self.is_delayed and kind in _NOT_DELAYED:
            return
        if not self.is_known(kind, text):
            found.append(TickString(self.req_id, self._type(kind), text))

    def is_known(self, kind: int, value: object) -> bool:
        """Say whether that was told last, and take note of it if not."""
        if self._sent.get(kind) == value:
            return True
        self._sent[kind] = value
        return False

    def _price(
        self,
        found: list[Any],
        kind: int,
        price: float,
        size_kind: int | None,
        size: float,
        mask: int,
    ) -> None:
        """Append a price with its size; a size alone where only that changed."""
        if not math.isfinite(price):
            return
        is_same_size = size_kind is None or self.is_known(size_kind, size)
        if not self.is_known(kind, price):
            found.append(TickPrice(self.req_id, self._type(kind), price, size, mask))
        elif is_same_size:
            return
        if size_kind is not None and not is_same_size:
            found.append(TickSize(self.req_id, self._type(size_kind), size))

    def _size(self, found: list[Any], kind: int, size: float) -> None:
        if math.isfinite(size) and not self.is_known(kind, size):
            found.append(TickSize(self.req_id, self._type(kind), size))

    def _type(self, kind: int) -> int:
        return _DELAYED_TYPES.get(kind, kind) if self.is_delayed else kind


def _quoted(price: float) -> float:
    return price if math.isfinite(price) else _NO_QUOTE
