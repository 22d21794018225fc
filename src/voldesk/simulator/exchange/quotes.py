"""What is shown of every instrument, in columns, and how ticks change it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np

from voldesk.model.orders import Side
from voldesk.model.quotes import FloatArray
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import ALL_INSTRUMENTS, Field, TickBatch, TickKind, present
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.instruments import Instrument, exact

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Quote:
    """
    One instrument's market at an instant; None is "there is none".

    Attributes:
        bid: Per unit, in the instrument's currency.
        ask: Likewise.
        bid_size: In the instrument's quantity.
        ask_size: Likewise.
        last: Price of the last trade, of an underlying its spot.
        ts: Of the last change, UTC ns; 0 for never.
    """

    bid: Decimal | None = None
    ask: Decimal | None = None
    bid_size: Decimal | None = None
    ask_size: Decimal | None = None
    last: Decimal | None = None
    ts: int = 0


@dataclass(slots=True)
class Touch:
    """The best prices of an instrument and what is left of the sizes shown at them."""

    bid: Decimal | None
    ask: Decimal | None
    bid_left: Decimal
    ask_left: Decimal
    version: int = 0
    mid: Decimal | None = field(init=False)  # None where a side is missing

    def __post_init__(self) -> None:
        self.mid = None
        if self.bid is not None and self.ask is not None:
            self.mid = (self.bid + self.ask) / 2

    def opposite(self, side: Side) -> Decimal | None:
        """Return the price that a side would trade at."""
        return self.ask if side is Side.BUY else self.bid

    def own(self, side: Side) -> Decimal | None:
        """Return the price that the others of a side show."""
        return self.bid if side is Side.BUY else self.ask

    def left(self, side: Side) -> Decimal:
        """Return how much a side could still take."""
        return self.ask_left if side is Side.BUY else self.bid_left

    def take(self, side: Side, quantity: Decimal) -> None:
        """Let a side take that much."""
        if side is Side.BUY:
            self.ask_left -= quantity
        else:
            self.bid_left -= quantity


class Tick(NamedTuple):
    """One row of a batch, as plain numbers."""

    row: int
    kind: int
    present: int
    ts: int
    bid: float
    ask: float
    bid_size: float
    ask_size: float
    last: float


def ticks_of(batch: TickBatch) -> Iterator[Tick]:
    """Yield the rows of a batch."""
    names = ("instrument", "kind", "present", "ts_event", *(name for _, name in _COLUMNS))
    return map(Tick, *(batch[name].tolist() for name in names))


class Board:
    """
    Bid, ask, sizes and last price of everything listed.

    Prices are rounded to the instrument's tick. What has been taken of a shown size is gone until
    the next quote of that instrument.

    Args:
        instruments: Row i is instrument i of the ticks.
        stale_after_secs: Age of an underlying's last tick from which it counts as stalled.
    """

    def __init__(self, instruments: Sequence[Instrument], stale_after_secs: float | None) -> None:
        self.stale_after(stale_after_secs)
        self._rows: dict[str, int] = {}
        self._listed: list[Instrument] = []
        self._groups: dict[str, int] = {}
        self._stalled: set[str] = set()
        self._touches: dict[int, Touch] = {}
        self.bid, self.ask, self.bid_size, self.ask_size, self.last = (
            np.empty(0) for _ in range(5)
        )
        self._half_spread, self._spot_size = np.empty(0), np.empty(0)
        self._ts, self._version, self._group = (np.empty(0, dtype=np.int64) for _ in range(3))
        self._seen = np.empty(0, dtype=np.int64)  # last tick of a group, UTC ns
        self._is_cut = np.empty(0, dtype=np.bool_)  # groups after a gap
        self.add(instruments)

    def add(self, instruments: Sequence[Instrument]) -> None:
        """Make room for more instruments."""
        for instrument in instruments:
            self._rows[instrument.key] = len(self._listed)
            self._listed.append(instrument)
        groups = [
            self._groups.setdefault(group_of(instrument), len(self._groups))
            for instrument in instruments
        ]
        none = np.full(len(instruments), np.nan)
        for name in ("bid", "ask", "bid_size", "ask_size", "last"):
            setattr(self, name, np.append(getattr(self, name), none))
        half = [_half_spread(instrument) for instrument in instruments]
        sizes = [float(i.spot_size / i.shown_unit) for i in instruments]
        self._half_spread = np.append(self._half_spread, half)
        self._spot_size = np.append(self._spot_size, sizes)
        zeros = np.zeros(len(instruments), dtype=np.int64)
        self._ts = np.append(self._ts, zeros)
        self._version = np.append(self._version, zeros)
        self._group = np.append(self._group, np.array(groups, dtype=np.int64))
        fresh = np.zeros(len(self._groups) - len(self._seen), dtype=np.int64)
        self._seen = np.append(self._seen, fresh)
        self._is_cut = np.append(self._is_cut, fresh.astype(np.bool_))

    def stale_after(self, secs: float | None) -> None:
        """Set the age of an underlying's last tick from which it counts as stalled; None: never."""
        self._stale_ns = None if secs is None else round(secs * NS_PER_SECOND)

    def row(self, key: str) -> int:
        """Return the row of a listed instrument."""
        return self._rows[key]

    def key(self, row: int) -> str:
        """Return the key of the instrument in a row."""
        return self._listed[row].key

    # Changes

    def take(self, batch: TickBatch) -> None:
        """Take ticks that no order looks at, all at once; of several of a row the last counts."""
        batch = batch[batch["kind"] <= TickKind.SPOT]
        rows, is_spot = batch["instrument"], batch["kind"] == TickKind.SPOT
        for bit, column in _COLUMNS:
            is_sent = present(batch, bit) | (is_spot & (bit != Field.LAST))
            values = np.where(is_spot, self._around(batch, column), batch[column])
            getattr(self, column)[rows[is_sent]] = values[is_sent]
        self._version[rows[is_spot | (batch["kind"] == TickKind.QUOTE)]] += 1
        self._ts[rows] = batch["ts_event"]
        self._seen[self._group[rows]] = batch["ts_event"]
        self._is_cut[self._group[rows]] = False

    def take_one(self, tick: Tick) -> None:
        """Take one tick, as `take` does."""
        if tick.kind > TickKind.SPOT:
            return
        row = tick.row
        if tick.kind == TickKind.SPOT:
            half, size = float(self._half_spread[row]), float(self._spot_size[row])
            self.last[row] = tick.last
            self.bid[row], self.ask[row] = tick.last - half, tick.last + half
            self.bid_size[row] = self.ask_size[row] = size
        else:
            for bit, column in _BITS:
                if tick.present & bit:
                    getattr(self, column)[row] = getattr(tick, column)
        if tick.kind in {TickKind.QUOTE, TickKind.SPOT}:
            self._version[row] += 1
        self._ts[row] = tick.ts
        group = self._group[row]
        self._seen[group] = tick.ts
        self._is_cut[group] = False

    def cut(self, instrument: int) -> None:
        """Count as stalled until the next tick: the row's underlying, or everything by -1."""
        if instrument == ALL_INSTRUMENTS:
            self._is_cut[:] = True
        else:
            self._is_cut[self._group[instrument]] = True

    def put(self, key: str, quote: Quote, now: int) -> None:
        """Take one quote as it stands; a ``ts`` of 0 is the present."""
        row, instrument = self._rows[key], self._listed[self._rows[key]]
        ts = quote.ts or now
        self.bid[row], self.ask[row] = _number(quote.bid), _number(quote.ask)
        self.bid_size[row] = _number(quote.bid_size) / float(instrument.shown_unit)
        self.ask_size[row] = _number(quote.ask_size) / float(instrument.shown_unit)
        if quote.last is not None:
            self.last[row] = float(quote.last)
        self._version[row] += 1
        self._ts[row] = ts
        self._seen[self._group[row]] = ts
        self._is_cut[self._group[row]] = False

    def stall(self, group: str | None) -> None:
        """Count an underlying (None: everything) as stalled until `resume`."""
        self._stalled |= set(self._groups) if group is None else {group}

    def resume(self, group: str | None) -> None:
        """End a stall."""
        self._stalled -= set(self._groups) if group is None else {group}

    # Questions

    def is_stalled(self, instrument: Instrument, now: int) -> bool:
        """Say whether nothing of the instrument may fill: stalled, after a gap, or too old."""
        if instrument.legs:
            return any(self.is_stalled(self._of(leg.instrument), now) for leg in instrument.legs)
        if self._stalled and group_of(instrument) in self._stalled:
            return True
        group = self._group[self._rows[instrument.key]]
        if self._is_cut[group]:
            return True
        return self._stale_ns is not None and now - int(self._seen[group]) > self._stale_ns

    def touch(self, instrument: Instrument) -> Touch:
        """Return an instrument's best prices, of a combo those its legs make."""
        if instrument.legs:
            return self._net_touch(instrument)
        row = self._rows[instrument.key]
        version = int(self._version[row])
        held = self._touches.get(row)
        if held is not None and held.version == version:
            return held
        bid, ask = _price(self.bid[row], instrument), _price(self.ask[row], instrument)
        made = Touch(
            bid=bid,
            ask=ask,
            bid_left=_NOTHING if bid is None else _size(self.bid_size[row], instrument),
            ask_left=_NOTHING if ask is None else _size(self.ask_size[row], instrument),
            version=version,
        )
        self._touches[row] = made
        return made

    def consume(self, instrument: Instrument, side: Side, quantity: Decimal) -> None:
        """Take from the size shown, of a combo from each leg's."""
        if not instrument.legs:
            self.touch(instrument).take(side, quantity)
        for leg in instrument.legs:
            leg_side = side if leg.ratio > 0 else side.other
            self.touch(self._of(leg.instrument)).take(leg_side, quantity * abs(leg.ratio))

    def last_price(self, instrument: Instrument) -> Decimal | None:
        """Return the last price, None where nothing has traded."""
        return _price(self.last[self._rows[instrument.key]], instrument)

    def mark(self, instrument: Instrument) -> Decimal | None:
        """Return the mid, else the side there is, else the last price."""
        if instrument.kind is Kind.INDEX:
            return self.last_price(instrument)
        touch = self.touch(instrument)
        if touch.mid is not None:
            return touch.mid
        side = touch.ask if touch.bid is None else touch.bid
        return self.last_price(instrument) if side is None else side

    def spot(self, instrument: Instrument) -> Decimal | None:
        """Return the mark of an option's underlying, None where it is not listed or has none."""
        row = self._rows.get(instrument.underlying) if instrument.is_option else None
        return None if row is None else self.mark(self._listed[row])

    def quote(self, instrument: Instrument) -> Quote:
        """Return what is shown of an instrument, less what orders here have taken of it."""
        touch, row = self.touch(instrument), self._rows[instrument.key]
        return Quote(
            bid=touch.bid,
            ask=touch.ask,
            bid_size=None if touch.bid is None else touch.bid_left,
            ask_size=None if touch.ask is None else touch.ask_left,
            last=None if instrument.legs else self.last_price(instrument),
            ts=int(self._ts[row]),
        )

    def _of(self, key: str) -> Instrument:
        return self._listed[self._rows[key]]

    def _around(self, batch: TickBatch, column: str) -> FloatArray:
        """Return what a spot, which comes alone, puts into a column. ``(n,)``."""
        rows = batch["instrument"]
        spot: FloatArray = np.asarray(batch["last"], dtype=np.float64)
        half: FloatArray = self._half_spread[rows]
        match column:
            case "bid":
                return spot - half
            case "ask":
                return spot + half
            case "last":
                return spot
            case _:
                return np.asarray(self._spot_size[rows], dtype=np.float64)

    def _net_touch(self, combo: Instrument) -> Touch:
        """Return the net prices of a combo: buying it takes the asks of what it is long."""
        bid, ask = _NOTHING, _NOTHING
        bid_left, ask_left = [], []
        has_bid = has_ask = True
        for leg in combo.legs:
            instrument = self._of(leg.instrument)
            touch = self.touch(instrument)
            weight = leg.ratio * instrument.multiplier / combo.multiplier
            low, high = (touch.bid, touch.ask) if leg.ratio > 0 else (touch.ask, touch.bid)
            low_left, high_left = touch.bid_left, touch.ask_left
            if leg.ratio < 0:
                low_left, high_left = high_left, low_left
            has_bid &= low is not None
            has_ask &= high is not None
            bid += weight * (low or _NOTHING)
            ask += weight * (high or _NOTHING)
            bid_left.append(low_left // abs(leg.ratio))
            ask_left.append(high_left // abs(leg.ratio))
        return Touch(
            bid if has_bid else None, ask if has_ask else None, min(bid_left), min(ask_left)
        )


_COLUMNS: Final = (
    (Field.BID, "bid"),
    (Field.ASK, "ask"),
    (Field.BID_SIZE, "bid_size"),
    (Field.ASK_SIZE, "ask_size"),
    (Field.LAST, "last"),
)


_BITS: Final = tuple((int(bit), column) for bit, column in _COLUMNS)  # plain, for single ticks


def group_of(instrument: Instrument) -> str:
    """Return whose ticks say that the instrument's market is alive: its underlying, or itself."""
    return instrument.underlying or instrument.key


def _half_spread(instrument: Instrument) -> float:
    """Return the distance of bid and ask from a spot; NaN for an index, which nobody quotes."""
    if instrument.kind is Kind.INDEX:
        return float("nan")
    return float(instrument.tick_size * instrument.half_spread_ticks)


def _number(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)


def _price(price: float, instrument: Instrument) -> Decimal | None:
    """Return a price on the instrument's tick; None for none, and for a bid of 0, which is none."""
    if not price > 0.0:
        return None
    return instrument.tick_size * round(price / float(instrument.tick_size))


def _size(size: float, instrument: Instrument) -> Decimal:
    """Return a shown size in whole lots, 0 where there is none."""
    if not size > 0.0:
        return _NOTHING
    quantity = exact(size) * instrument.shown_unit
    return quantity // instrument.lot * instrument.lot
