"""Single trades, quotes and midpoints of any second: what bars consist of, one by one."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeVar

import numpy as np

from voldesk.simulator.ib.bars import Bars, Leaves
from voldesk.simulator.ib.candles import SECONDS_PER_MINUTE
from voldesk.simulator.ib.hours import Session
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.noise import stream, uniforms
from voldesk.simulator.ib.recent import Recent
from voldesk.simulator.ib.shows import Show
from voldesk.wire.ib.types import HistoricalTick, HistoricalTickBidAsk, HistoricalTickLast

Tick = TypeVar("Tick", HistoricalTick, HistoricalTickBidAsk, HistoricalTickLast)

_MOST_PER_SECOND: Final = 12
_KEPT: Final = 64
_UNREPORTED: Final = 2
_MOST_MINUTES: Final = 1_000  # looked through for one request
_DRAWS: Final = 64  # numbers set aside for each second


class Quote(NamedTuple):
    """The minute's seconds of bid and ask."""

    bid: Leaves
    ask: Leaves


class Ticks:
    """
    Tells the ticks of single seconds.

    Args:
        bars: Which the ticks agree with: the trades of a second fold to its bar.
        seed: Of sizes and places.
    """

    def __init__(self, bars: Bars, seed: int) -> None:
        self._bars = bars
        self._seed = seed
        self._trades: Recent[tuple[int, int], Leaves] = Recent(_KEPT)
        self._quotes: Recent[tuple[int, int], Quote] = Recent(_KEPT)

    def trades(self, instrument: Instrument, second: int) -> list[HistoricalTickLast]:
        """Return the trades of a second (UTC), none where its price is not known."""
        minute, place = divmod(second, SECONDS_PER_MINUTE)
        key = instrument.con_id, minute
        leaves = self._trades.get(
            key, lambda: self._bars.seconds(instrument, _traded(instrument), minute)
        )
        volume, count = float(leaves.volume[place]), int(leaves.trade_count[place])
        prices = [float(column[place]) for column in leaves.candles]
        if not volume or np.isnan(prices[0]):
            return []
        drawn = uniforms(
            stream(self._seed, instrument.con_id, "ticks"), second * _DRAWS + np.arange(_DRAWS)
        )
        number = min(max(count, 1), _MOST_PER_SECOND)
        sizes = _parts(volume, drawn[:number], 1.0 if volume == int(volume) else 1e-4)
        routes = instrument.exchanges[1:] or instrument.exchanges
        return [
            HistoricalTickLast(
                time=second,
                mask=_UNREPORTED if size < _ROUND_LOT and instrument.sec_type == "STK" else 0,
                price=price,
                size=size,
                exchange=routes[int(where * len(routes))],
                special_conditions="I"
                if size < _ROUND_LOT and instrument.sec_type == "STK"
                else "",
            )
            for price, size, where in zip(
                _order(prices, number), sizes, drawn[_MOST_PER_SECOND:], strict=False
            )
            if size > 0.0
        ]

    def is_busy(self, instrument: Instrument, minute: int) -> bool:
        """Say whether anything trades in a minute, counted since 1970."""
        return self._bars.minute_volume(instrument, minute) > 0.0

    def quotes(self, instrument: Instrument, second: int) -> list[HistoricalTickBidAsk]:
        """Return the quotes of a second (UTC): as it began, and as it ended where that differs."""
        minute, place = divmod(second, SECONDS_PER_MINUTE)
        key = instrument.con_id, minute
        quote = self._quotes.get(key, lambda: self._made_quotes(instrument, minute))
        bid, ask = quote.bid.candles, quote.ask.candles
        if np.isnan(bid.open[place]):
            return []
        name = stream(self._seed, instrument.con_id, "sizes")
        drawn = uniforms(name, 4 * second + np.arange(4))
        sizes = [_size(instrument, float(share)) for share in drawn]
        told = [
            HistoricalTickBidAsk(
                time=second,
                mask=0,
                bid=float(bid[column][place]),
                ask=float(ask[column][place]),
                bid_size=sizes[2 * n],
                ask_size=sizes[2 * n + 1],
            )
            for n, column in enumerate((0, 3))
        ]
        is_moved = (told[0].bid, told[0].ask) != (told[1].bid, told[1].ask)
        return told if is_moved else told[:1]

    def midpoints(self, instrument: Instrument, second: int) -> list[HistoricalTick]:
        """Return the midpoints of a second (UTC)."""
        if instrument.sec_type == "IND":
            minute, place = divmod(second, SECONDS_PER_MINUTE)
            price = float(self._bars.prices.seconds(instrument, minute).close[place])
            return [] if np.isnan(price) else [HistoricalTick(second, round(price, 2), 0.0)]
        middles = [
            round(0.5 * (tick.bid + tick.ask), 10) for tick in self.quotes(instrument, second)
        ]
        return [HistoricalTick(second, price, 0.0) for price in middles]

    def _made_quotes(self, instrument: Instrument, minute: int) -> Quote:
        return Quote(
            self._bars.seconds(instrument, Show.BID, minute),
            self._bars.seconds(instrument, Show.ASK, minute),
        )


_ROUND_LOT: Final = 100.0


def collected(
    find: Callable[[int], list[Tick]],
    is_busy: Callable[[int], bool],
    sessions: Iterable[Session],
    span: tuple[int, int],
    count: int,
    *,
    is_backward: bool,
) -> list[Tick]:
    """
    Return ticks of a span in order of time, until there are enough.

    Args:
        find: The ticks of one second.
        is_busy: Whether a minute, counted since 1970, has any.
        sessions: In which to look: ascending, or descending if backward.
        span: From and to, UTC seconds.
        count: How many are enough: the second that reaches it is told whole, as TWS does.
        is_backward: Whether those nearest to the end are wanted.
    """
    found: list[list[Tick]] = []
    total = 0
    for second in _seconds(is_busy, sessions, span, is_backward=is_backward):
        found.append(find(second))
        total += len(found[-1])
        if total >= count:
            break
    if is_backward:
        found.reverse()
    return [tick for ticks in found for tick in ticks]


def _seconds(
    is_busy: Callable[[int], bool],
    sessions: Iterable[Session],
    span: tuple[int, int],
    *,
    is_backward: bool,
) -> Iterator[int]:
    """Yield the seconds of busy minutes in sessions, until too many were looked at."""
    turn = -1 if is_backward else 1
    looked = 0
    for session in sessions:
        start, end = max(session.start, span[0]), min(session.end, span[1])
        minutes = range(start // SECONDS_PER_MINUTE, -(-end // SECONDS_PER_MINUTE))
        for minute in minutes[::turn]:
            if is_busy(minute):
                looked += 1
                if looked > _MOST_MINUTES:
                    return
                first = max(minute * SECONDS_PER_MINUTE, start)
                last = min((minute + 1) * SECONDS_PER_MINUTE, end)
                yield from range(first, last)[::turn]


def _traded(instrument: Instrument) -> Show:
    return Show.AGGTRADES if instrument.sec_type == "CRYPTO" else Show.TRADES


def _parts(
    volume: float, drawn: np.ndarray[tuple[int], np.dtype[np.float64]], lot: float
) -> list[float]:
    """Return whole lots that add up to a volume."""
    share = np.cumsum(drawn) / drawn.sum()
    share[-1] = 1.0
    edges = np.floor(share * round(volume / lot))
    return [round(float(part) * lot, 8) for part in np.diff(edges, prepend=0.0)]


def _order(prices: list[float], number: int) -> list[float]:
    """Return that many prices that open, peak, dip and close as the second did."""
    first, high, low, last = prices
    if number == 1:
        return [last]
    middle = [high, low, *([last] * max(number - 4, 0))]
    return [first, *middle[: number - 2], last]


def _size(instrument: Instrument, share: float) -> float:
    mean = 20.0 if instrument.is_option else instrument.product.quote_size
    if instrument.sec_type == "CRYPTO":
        return round(mean * (0.2 + 1.6 * share), 4)
    return float(max(round(mean * (0.2 + 1.6 * share)), 1))
