"""Ticks of TWS written straight into the rows of a batch, one packed row per message."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from voldesk.model.ticks import (
    ALL_INSTRUMENTS,
    TICK_DTYPE,
    DataType,
    Field,
    TickBatch,
    TickKind,
    empty_batch,
)

_NAN: Final = math.nan
_UNSET_PRICE: Final = -1.0  # of a price, an implied vol: "not computed", "no quote"
_UNSET_GREEK: Final = -2.0
_HUGE: Final = 1e300  # TWS writes 1.7976931348623157E308 for a double it has not

_ROW_BYTES: Final = TICK_DTYPE.itemsize


def _place(name: str) -> int:
    """Return where a field stands in a row seen as an array of its own type."""
    fields = TICK_DTYPE.fields
    assert fields is not None
    dtype, offset = fields[name][:2]
    assert offset % dtype.itemsize == 0
    assert _ROW_BYTES % dtype.itemsize == 0
    return int(offset // dtype.itemsize)


_DOUBLES: Final = _ROW_BYTES // 8  # per row, and of int64 likewise
_INTS: Final = _ROW_BYTES // 4
_INSTRUMENT, _PRESENT, _RECV = _place("instrument"), _place("present"), _place("ts_recv")
_BID, _ASK, _LAST = _place("bid"), _place("ask"), _place("last")
_BID_SIZE, _ASK_SIZE = _place("bid_size"), _place("ask_size")
_IV, _MARK, _FORWARD = _place("vendor_iv"), _place("mark"), _place("forward")
_DELTA, _GAMMA = _place("vendor_delta"), _place("vendor_gamma")
_VEGA, _THETA = _place("vendor_vega"), _place("vendor_theta")
_KIND, _DATA_TYPE = _place("kind"), _place("data_type")

_QUOTE, _TRADE, _MODEL = int(TickKind.QUOTE), int(TickKind.TRADE), int(TickKind.MODEL)
_FORWARD_BIT: Final = int(Field.FORWARD)
_LAST_BIT: Final = int(Field.LAST)
_QUOTE_BITS: Final = {
    _BID: int(Field.BID | Field.BID_SIZE),
    _ASK: int(Field.ASK | Field.ASK_SIZE),
}
_SIZE_PLACE: Final = {_BID: _BID_SIZE, _ASK: _ASK_SIZE}
_SIZE_BIT: Final = {_BID: int(Field.BID_SIZE), _ASK: int(Field.ASK_SIZE)}

_PRICES: Final = {1: _BID, 2: _ASK, 4: _LAST, 66: _BID, 67: _ASK, 68: _LAST}
_CLOSES: Final = frozenset({9, 75})
_QUOTE_SIZES: Final = {0: _BID, 3: _ASK, 69: _BID, 70: _ASK}
_COUNTS: Final = {
    8: (_TRADE, _place("volume"), int(Field.VOLUME)),
    74: (_TRADE, _place("volume"), int(Field.VOLUME)),
    22: (int(TickKind.OPEN_INTEREST), _place("open_interest"), int(Field.OPEN_INTEREST)),
    27: (int(TickKind.OPEN_INTEREST), _place("open_interest"), int(Field.OPEN_INTEREST)),
    28: (int(TickKind.OPEN_INTEREST), _place("open_interest"), int(Field.OPEN_INTEREST)),
}
_OF_THE_OTHER_RIGHT: Final = {27: False, 28: True}  # 27 counts calls, 28 puts
_FIRST_DELAYED: Final = 66  # to 90, less the few between that are never asked for
MODEL_TICKS: Final = frozenset({13, 83})
_MODEL_BITS: Final = int(
    Field.VENDOR_IV
    | Field.MARK
    | Field.VENDOR_DELTA
    | Field.VENDOR_GAMMA
    | Field.VENDOR_VEGA
    | Field.VENDOR_THETA
)


@dataclass(slots=True, eq=False)
class Line:
    """
    One instrument that streams: what its ticks are written as, and what an underlying last was.

    Attributes:
        instrument: Row of the listing.
        is_option: False of an underlying, whose ticks become its spot.
        is_on_future: Its underlying is a future, whose price is a forward.
        data_type: Of its ticks from now on.
        close: Of the last session, NaN unknown.
        is_heard: TWS has answered.
        has_quote: A bid or an ask has come.
        has_model: The venue's figures have come.
    """

    instrument: int
    is_option: bool
    is_call: bool = False
    is_on_future: bool = False
    data_type: int = int(DataType.LIVE)
    bid: float = _NAN
    ask: float = _NAN
    last: float = _NAN
    close: float = _NAN
    is_heard: bool = False
    has_quote: bool = False
    has_model: bool = False

    @property
    def spot(self) -> float:
        """
        Return the price of an underlying now, NaN unknown.

        It is the last trade, held inside the quote: a trade of a while ago is not the price once
        somebody bids more. Without a trade it is the middle.
        """
        bid, ask, last = self.bid, self.ask, self.last
        if bid <= ask:  # False with a NaN
            return min(max(last, bid), ask) if last == last else 0.5 * (bid + ask)  # noqa: PLR0124  # NaN is not itself
        return last

    @property
    def is_complete(self) -> bool:
        """Say whether it has told all that a look at it is for."""
        return self.has_quote and (self.has_model or not self.is_option)


class TickRows:
    """
    Ticks waiting to be handed on, in the order they came.

    A price of -1 and a Greek of -2 are TWS's "none" and become NaN, present. A quote of size 0 is
    none. Of the four computations of an option the model's is kept: its implied vol, Greeks and
    price (``mark``). The price of the underlying it used is the spot, not the forward (recorded
    SPX computations say so), and kept as ``forward`` of options on futures alone. An underlying's
    ticks become SPOT, see `Line.spot`.

    What waits is bounded: beyond ``most`` rows it is conflated, so that of each instrument and
    kind the newest value of each field stays.

    Attributes:
        now: Stamped as ``ts_recv``, UTC ns; set it when a packet arrives.
        total: Rows ever written.
    """

    def __init__(self, *, most: int = 65_536, block: int = 4_096) -> None:
        self.now = 0
        self.total = 0
        self._most = most
        self._block = block
        self._batch = empty_batch(block)
        self._blank = empty_batch(block)
        view = self._batch.view(np.uint8).data.cast("B")
        self._bytes = view
        self._ints, self._uints = view.cast("i"), view.cast("I")
        self._longs, self._doubles = view.cast("q"), view.cast("d")
        self._size = 0
        self._full: list[TickBatch] = []
        self._waiting_full = 0

    def __len__(self) -> int:
        return self._size + self._waiting_full

    def price(self, line: Line, tick_type: int, price: float, size: float) -> None:
        """Take a price with its size (message 1); types that say nothing to us are passed over."""
        place = _PRICES.get(tick_type)
        if place is None:
            if tick_type in _CLOSES and price > 0.0:
                line.close = price
            return
        if tick_type >= _FIRST_DELAYED and line.data_type == DataType.LIVE:
            line.data_type = int(DataType.DELAYED)
        if price == _UNSET_PRICE or (size == 0.0 and place != _LAST):
            price = _NAN
        if not line.is_option:
            self._spot(line, place, price)
            return
        if place == _LAST:
            row = self._add(line, _TRADE, _LAST_BIT)
            self._doubles[row + _LAST] = price
            return
        line.has_quote = True
        row = self._add(line, _QUOTE, _QUOTE_BITS[place])
        self._doubles[row + place] = price
        self._doubles[row + _SIZE_PLACE[place]] = size

    def size(self, line: Line, tick_type: int, size: float) -> None:
        """Take a size, a volume or an open interest (message 2)."""
        if not line.is_option:
            return
        place = _QUOTE_SIZES.get(tick_type)
        if place is not None:
            bits = _SIZE_BIT[place] if size else _QUOTE_BITS[place]  # none there: no price either
            row = self._add(line, _QUOTE, bits)
            self._doubles[row + _SIZE_PLACE[place]] = size
            return
        count = _COUNTS.get(tick_type)
        if count is None or _OF_THE_OTHER_RIGHT.get(tick_type) is line.is_call:
            return
        kind, place, bits = count
        row = self._add(line, kind, bits)
        self._doubles[row + place] = size

    def model(
        self,
        line: Line,
        iv: float,
        delta: float,
        price: float,
        gamma: float,
        vega: float,
        theta: float,
        forward: float,
    ) -> None:
        """Take the model's computation of an option (message 21, types 13 and 83)."""
        line.has_model = True
        bits = _MODEL_BITS | _FORWARD_BIT if line.is_on_future else _MODEL_BITS
        row, doubles = self._add(line, _MODEL, bits), self._doubles
        doubles[row + _IV] = _NAN if iv == _UNSET_PRICE or iv > _HUGE else iv
        doubles[row + _MARK] = _NAN if price == _UNSET_PRICE or price > _HUGE else price
        if line.is_on_future:
            is_unset = forward == _UNSET_PRICE or forward > _HUGE
            doubles[row + _FORWARD] = _NAN if is_unset else forward
        doubles[row + _DELTA] = _NAN if delta == _UNSET_GREEK or delta > _HUGE else delta
        doubles[row + _GAMMA] = _NAN if gamma == _UNSET_GREEK or gamma > _HUGE else gamma
        doubles[row + _VEGA] = _NAN if vega == _UNSET_GREEK or vega > _HUGE else vega
        doubles[row + _THETA] = _NAN if theta == _UNSET_GREEK or theta > _HUGE else theta

    def data_type(self, line: Line, number: int) -> None:
        """Take the kind of data an instrument has from now on: 1 live to 4 delayed-frozen."""
        line.is_heard = True
        if DataType.LIVE <= number - 1 <= DataType.DELAYED_FROZEN:
            has_changed = line.data_type != number - 1
            line.data_type = number - 1
            if has_changed:
                self._add(line, int(TickKind.STATE), 0)

    def gap(self) -> None:
        """Say that the line was lost: everything before may be stale."""
        self._add(Line(ALL_INSTRUMENTS, is_option=True), int(TickKind.GAP), 0)

    def take(self) -> TickBatch:
        """Hand on what waits; it is the caller's from now on."""
        batch = self._batch[: self._size].copy()
        self._batch[: self._size] = self._blank[: self._size]
        self._size = 0
        if self._full:
            batch = np.concatenate([*self._full, batch])
            self._full.clear()
            self._waiting_full = 0
        return batch

    def _spot(self, line: Line, place: int, price: float) -> None:
        """Note a price of an underlying; tell its spot where that has moved."""
        before = line.spot
        if place == _BID:
            line.bid, line.has_quote = price, True
        elif place == _ASK:
            line.ask, line.has_quote = price, True
        else:
            line.last, line.has_quote = price, True
        spot = line.spot
        if spot > 0.0 and spot != before:
            row = self._add(line, int(TickKind.SPOT), _LAST_BIT)
            self._doubles[row + _LAST] = spot

    def _add(self, line: Line, kind: int, bits: int) -> int:
        """Begin a row; return where it stands among the doubles."""
        if self._size == self._block:
            self._put_aside()
        size = self._size
        self._size = size + 1
        self.total += 1
        row = size * _DOUBLES
        self._ints[size * _INTS + _INSTRUMENT] = line.instrument
        self._uints[size * _INTS + _PRESENT] = bits
        self._longs[row + _RECV] = self.now
        at = size * _ROW_BYTES
        self._bytes[at + _KIND] = kind
        self._bytes[at + _DATA_TYPE] = line.data_type
        return row

    def _put_aside(self) -> None:
        """Make room; too much of it is conflated."""
        whole = self.take()
        if whole.size > self._most:
            whole = conflated(whole)
        self._full = [whole]
        self._waiting_full = whole.size


def conflated(batch: TickBatch) -> TickBatch:
    """Return the newest value of each field of each instrument and kind, gap by gap, in order."""
    gaps = np.flatnonzero(batch["kind"] == TickKind.GAP)
    parts, start = [], 0
    for stop in gaps.tolist():
        parts += [_merged(batch[start:stop]), batch[stop : stop + 1]]
        start = stop + 1
    return np.concatenate([*parts, _merged(batch[start:])])


def _merged(batch: TickBatch) -> TickBatch:
    key = batch["instrument"].astype(np.int64) * 256 + batch["kind"]
    _, group = np.unique(key, return_inverse=True)
    newest = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.intp)
    newest[group] = np.arange(batch.size)  # of several the last one stays
    merged = batch[newest]
    np.bitwise_or.at(merged["present"], group, batch["present"])
    for field in Field:
        name = str(field.name).lower()
        has = (batch["present"] & np.uint32(field)) != 0
        merged[name][group[has]] = batch[name][has]
    return merged[np.argsort(newest, kind="stable")]
