"""Deribit's figures written straight into the rows of a batch, a packed row per kind of news."""

import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import numpy as np
from msgspec import Raw

from voldesk.model.errors import WireError
from voldesk.model.quotes import NO_TIME
from voldesk.model.ticks import ALL_INSTRUMENTS, TICK_DTYPE, Field, TickBatch, TickKind
from voldesk.wire.deribit.channels import ChannelKind
from voldesk.wire.deribit.messages import Notification, decode_as
from voldesk.wire.deribit.types import (
    NO_PRICE,
    Figure,
    Greeks,
    IndexPrice,
    Mark,
    Quote,
    Stats,
    Summary,
    Ticker,
)

_NAN: Final = float("nan")
_NS_PER_MS: Final = 1_000_000
_PERCENT: Final = 0.01
_ROW: Final = struct.Struct("=iIqq14dBB6x")
assert _ROW.size == TICK_DTYPE.itemsize, "a packed row is a row of a batch"

_QUOTE, _MODEL, _SPOT, _GAP = (
    int(kind) for kind in (TickKind.QUOTE, TickKind.MODEL, TickKind.SPOT, TickKind.GAP)
)
_SIDES: Final = int(Field.BID | Field.ASK)
_QUOTE_BITS: Final = int(_SIDES | Field.BID_SIZE | Field.ASK_SIZE)
_TRADE_BITS: Final = int(Field.LAST | Field.VOLUME | Field.OPEN_INTEREST)
_MARK_BITS: Final = int(Field.MARK | Field.VENDOR_IV)
_FORWARD_BIT: Final = int(Field.FORWARD)
_LAST_BIT: Final = int(Field.LAST)
_GREEK_BITS: Final = int(
    Field.VENDOR_DELTA | Field.VENDOR_GAMMA | Field.VENDOR_VEGA | Field.VENDOR_THETA
)
_NO_GREEKS: Final = Greeks()
_NO_STATS: Final = Stats()
_BEFORE: Final = (_NAN,) * 7  # of a row of figures: what a quote tells
_AFTER: Final = (_NAN,) * 7  # and what a model tells

_TICKER: Final = msgspec.json.Decoder(Ticker)
_QUOTED: Final = msgspec.json.Decoder(Quote)
_MARKS: Final = msgspec.json.Decoder(list[Mark])
_INDEX: Final = msgspec.json.Decoder(IndexPrice)
_SUMMARIES: Final = msgspec.json.Decoder(list[Summary])


class TickRows:
    """
    Turns notifications into ticks.

    A ticker is two of them, a QUOTE and a MODEL; a row of mark prices is a MODEL, an index the
    SPOT of each underlying that goes by it. Premiums stand as Deribit counts them: in coin, or of
    linear contracts in currency, as the conventions ``deribit`` expect. Vols become fractions.
    ``underlying_price`` is the tick's forward. ``volume`` is that of the last 24 hours. A bid, an
    ask, a last price or a vol of 0 is none.

    Attributes:
        now: Stamps ``ts_recv``, UTC ns; set before reading.
        unknown_count: Figures of instruments that are not in the listing.
    """

    def __init__(self) -> None:
        self.now = NO_TIME
        self.unknown_count = 0
        self._rows: list[bytes] = []
        self._options: Mapping[str, int] = {}
        self._spots: Mapping[str, tuple[int, ...]] = {}
        self._readers: dict[str, Callable[[Raw], None]] = {
            ChannelKind.TICKER.value: self._read_ticker,
            ChannelKind.QUOTE.value: self._read_quote,
            "markprice": self._read_marks,
            ChannelKind.INDEX.value: self._read_index,
        }

    def __len__(self) -> int:
        return len(self._rows)

    def place(self, options: Mapping[str, int], spots: Mapping[str, tuple[int, ...]]) -> None:
        """
        Say which rows of the listing ticks are of.

        Args:
            options: By instrument name.
            spots: Rows of underlyings, by the name of their index.
        """
        self._options, self._spots = options, spots

    def read(self, notification: Notification) -> None:
        """
        Write what a notification says; of channels that were never asked for nothing.

        Raises:
            WireError: It does not say what such a channel says.
        """
        read = self._readers.get(notification.channel.partition(".")[0])
        if read is None:
            raise WireError(f"channel {notification.channel[:80]!r} was never asked for")
        read(notification.data)

    def read_summaries(self, result: Raw) -> int:
        """
        Write a whole chain at once; return how many contracts were told of.

        Raises:
            WireError: It is no list of summaries.
        """
        found = decode_as(result, _SUMMARIES)
        for row in found:
            instrument = self._row_of(row.instrument_name)
            if instrument < 0:
                continue
            ts = row.creation_timestamp * _NS_PER_MS
            sides = _price(row.bid_price), _price(row.ask_price), _price(row.last)
            traded = _NAN, _NAN, _figure(row.volume), _figure(row.open_interest)
            self._write(instrument, _SIDES | _TRADE_BITS, ts, (*sides, *traded), _AFTER, _QUOTE)
            model = (
                _price(row.mark_iv) * _PERCENT,
                _figure(row.mark_price),
                _price(row.underlying_price),
            )
            figures = (*model, _NAN, _NAN, _NAN, _NAN)
            self._write(instrument, _MARK_BITS | _FORWARD_BIT, ts, _BEFORE, figures, _MODEL)
        return len(found)

    def gap(self) -> None:
        """Write that the line was lost."""
        self._write(ALL_INSTRUMENTS, 0, NO_TIME, _BEFORE, _AFTER, _GAP)

    def take(self) -> TickBatch:
        """Return what was written, in order, and begin anew."""
        rows, self._rows = self._rows, []
        return np.frombuffer(bytearray(b"".join(rows)), dtype=TICK_DTYPE)

    def _row_of(self, name: str) -> int:
        instrument = self._options.get(name, -1)
        if instrument < 0:
            self.unknown_count += 1
        return instrument

    def _read_ticker(self, data: Raw) -> None:
        told = decode_as(data, _TICKER)
        instrument = self._row_of(told.instrument_name)
        if instrument < 0:
            return
        ts, stats = told.timestamp * _NS_PER_MS, told.stats or _NO_STATS
        prices = _price(told.best_bid_price), _price(told.best_ask_price), _price(told.last_price)
        sizes = _figure(told.best_bid_amount), _figure(told.best_ask_amount)
        traded = _figure(stats.volume), _figure(told.open_interest)
        quoted = (*prices, *sizes, *traded)
        self._write(instrument, _QUOTE_BITS | _TRADE_BITS, ts, quoted, _AFTER, _QUOTE)
        greeks = told.greeks or _NO_GREEKS
        figures = (
            _price(told.mark_iv) * _PERCENT,
            _figure(told.mark_price),
            _price(told.underlying_price),
            _figure(greeks.delta),
            _figure(greeks.gamma),
            _figure(greeks.vega),
            _figure(greeks.theta),
        )
        bits = _MARK_BITS | _FORWARD_BIT | _GREEK_BITS
        self._write(instrument, bits, ts, _BEFORE, figures, _MODEL)

    def _read_quote(self, data: Raw) -> None:
        told = decode_as(data, _QUOTED)
        instrument = self._row_of(told.instrument_name)
        if instrument < 0:
            return
        sizes = _figure(told.best_bid_amount), _figure(told.best_ask_amount)
        quoted = (_price(told.best_bid_price), _price(told.best_ask_price), _NAN, *sizes)
        ts = told.timestamp * _NS_PER_MS
        self._write(instrument, _QUOTE_BITS, ts, (*quoted, _NAN, _NAN), _AFTER, _QUOTE)

    def _read_marks(self, data: Raw) -> None:
        for told in decode_as(data, _MARKS):
            instrument = self._row_of(told.instrument_name)
            if instrument >= 0:
                figures = (_price(told.iv), _figure(told.mark_price), *_AFTER[2:])
                ts = told.timestamp * _NS_PER_MS
                self._write(instrument, _MARK_BITS, ts, _BEFORE, figures, _MODEL)

    def _read_index(self, data: Raw) -> None:
        told = decode_as(data, _INDEX)
        quoted = (_NAN, _NAN, _price(told.price), _NAN, _NAN, _NAN, _NAN)
        for instrument in self._spots.get(told.index_name, ()):
            ts = told.timestamp * _NS_PER_MS
            self._write(instrument, _LAST_BIT, ts, quoted, _AFTER, _SPOT)

    def _write(
        self,
        instrument: int,
        bits: int,
        ts: int,
        quoted: tuple[Any, ...],
        model: tuple[Any, ...],
        kind: int,
    ) -> None:
        self._rows.append(_ROW.pack(instrument, bits, ts, self.now, *quoted, *model, kind, 0))


def _figure(value: Figure) -> float:
    return _NAN if value is None else value


def _price(value: Figure) -> float:
    """Return a figure that is above 0, NaN for none."""
    return _NAN if value is None or value <= NO_PRICE else value
