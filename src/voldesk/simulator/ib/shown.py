"""What every instrument shows now: quotes, last trade, the day's figures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.model.ticks import Field
from voldesk.simulator.ib.candles import SECONDS_PER_DAY, SECONDS_PER_MINUTE
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.noise import chance, stream
from voldesk.simulator.ib.prices import Prices
from voldesk.simulator.ib.recent import Recent
from voldesk.simulator.ib.shows import half_spread

_NAN: Final = float("nan")
_REMEMBERED: Final = 20_000
_LONGEST_BREAK: Final = 10  # days without a session, at most


@dataclass(frozen=True, slots=True)
class Day:
    """The figures of a trading day up to now."""

    open: float = _NAN
    high: float = _NAN
    low: float = _NAN
    close: float = _NAN  # of the day before
    volume: float = _NAN


@dataclass(frozen=True, slots=True)
class Shown:
    """One instrument at an instant; NaN is "there is none", of a bid or ask too."""

    bid: float = _NAN
    ask: float = _NAN
    last: float = _NAN
    bid_size: float = 0.0
    ask_size: float = 0.0
    last_size: float = 0.0
    last_at: int = 0  # UTC seconds
    open_interest: float = _NAN
    day: Day = Day()

    @property
    def mid(self) -> float:
        """Return the mean of bid and ask, else the last trade."""
        middle = 0.5 * (self.bid + self.ask)
        return self.last if math.isnan(middle) else middle


class Shop:
    """
    Shows what is quoted: of the simulated market what it ticked, of the rest what its path says.

    Args:
        prices: The price of everything by time.
    """

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self._observed = prices.observed
        self._days: Recent[tuple[int, int], Day] = Recent(_REMEMBERED)
        self._closes: Recent[tuple[int, int], float] = Recent(_REMEMBERED)

    def shown(self, instrument: Instrument, second: int, *, is_past: bool = False) -> Shown:
        """Return what an instrument shows at the present second, UTC, or at a past one."""
        is_ticked = instrument.row >= 0 and self._observed is not None and not is_past
        if is_ticked and instrument.is_option:
            return self._ticked(instrument, second)
        if is_past:
            return self._made(instrument, second, self.prices.price(instrument, second))
        return self._made(instrument, second, self.price(instrument, second))

    def spot(self, instrument: Instrument, second: int) -> float:
        """Return the price of what an option is on, of anything else its own."""
        under = instrument.under
        if under is None:
            return self.price(instrument, second)
        return self.price(under, second)

    def price(self, instrument: Instrument, second: int) -> float:
        """Return the price an instrument has at the present second, unrounded."""
        if instrument.row >= 0 and self._observed is not None and not instrument.is_option:
            return float(self._observed.latest[Field.LAST][instrument.row])
        return self.prices.price(instrument, second)

    def mids(self, options: Sequence[Instrument], rows: IntArray, second: int) -> FloatArray:
        """
        Return the middle of bid and ask of options at the present second, ``(n,)``.

        Args:
            options: Of any underlying.
            rows: Of the simulated market, -1 of what it does not list. ``(n,)``
            second: The present, UTC.

        Returns:
            ``(n,)``, NaN where a side has no quote.
        """
        seen = self._observed
        if seen is None:
            bid, ask = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
        else:
            bid, ask = seen.latest[Field.BID][rows], seen.latest[Field.ASK][rows]
        made = range(len(rows)) if seen is None else np.flatnonzero(rows < 0).tolist()
        for place in made:
            shown = self.shown(options[place], second)
            bid[place], ask[place] = shown.bid, shown.ask
        return np.where((bid > 0.0) & (ask > 0.0), 0.5 * (bid + ask), np.nan)

    def _ticked(self, instrument: Instrument, second: int) -> Shown:
        seen, row = self._observed, instrument.row
        assert seen is not None
        latest = seen.latest
        last = float(latest[Field.LAST][row])
        day = Day(
            open=float(seen.day_open[row]),
            high=float(seen.day_high[row]),
            low=float(seen.day_low[row]),
            close=self._close(instrument, second),
            volume=float(latest[Field.VOLUME][row]),
        )
        return Shown(
            bid=float(latest[Field.BID][row]),
            ask=float(latest[Field.ASK][row]),
            last=last,
            bid_size=_known(latest[Field.BID_SIZE][row]),
            ask_size=_known(latest[Field.ASK_SIZE][row]),
            last_size=0.0 if math.isnan(last) else float(seen.last_size[row]),
            last_at=int(seen.traded_at[row]),
            open_interest=float(latest[Field.OPEN_INTEREST][row]),
            day=day,
        )

    def _made(self, instrument: Instrument, second: int, price: float) -> Shown:
        tick = step_at(instrument, price)
        middle = round_to(price, tick)
        day = self._day(instrument, second)
        if instrument.sec_type == "IND":
            return Shown(last=middle, last_at=second, day=day)
        half = float(half_spread(instrument, np.array([price]))[0])
        bid, ask = round_to(price - half, tick), round_to(price + half, tick)
        ask = max(ask, bid + tick)
        name = stream("sizes", instrument.con_id)
        return Shown(
            bid=max(bid, 0.0),
            ask=round_to(ask, tick),
            last=middle if instrument.counts_trades else _NAN,
            bid_size=_size(instrument, chance(name, 2 * second)),
            ask_size=_size(instrument, chance(name, 2 * second + 1)),
            last_size=_size(instrument, chance(name, second)) if instrument.counts_trades else 0.0,
            last_at=second if instrument.counts_trades else 0,
            open_interest=_open_interest(instrument),
            day=day,
        )

    def _day(self, instrument: Instrument, second: int) -> Day:
        """Return the day's figures; they are looked at anew every minute."""
        minute = second // SECONDS_PER_MINUTE
        key = instrument.con_id, minute
        return self._days.get(key, lambda: self._counted_day(instrument, second))

    def _counted_day(self, instrument: Instrument, second: int) -> Day:
        begun, share = self._session(instrument, second)
        first, last = begun // SECONDS_PER_MINUTE, second // SECONDS_PER_MINUTE
        days = range(begun // SECONDS_PER_DAY, second // SECONDS_PER_DAY + 1)
        minutes_per_day = SECONDS_PER_DAY // SECONDS_PER_MINUTE
        candles = [self.prices.minutes(instrument, day) for day in days]
        place = slice(first - days[0] * minutes_per_day, last - days[0] * minutes_per_day + 1)
        opens, highs, lows = (
            np.concatenate([candle[column] for candle in candles])[place] for column in range(3)
        )
        tick = step_at(instrument, float(opens[0]))
        with np.errstate(all="ignore"):
            high, low = np.fmax.reduce(highs), np.fmin.reduce(lows)
        return Day(
            open=round_to(float(opens[0]), tick),
            high=round_to(float(high), tick),
            low=round_to(float(low), tick),
            close=self._close(instrument, second),
            volume=float(round(_day_volume(instrument) * share)),
        )

    def _session(self, instrument: Instrument, second: int) -> tuple[int, float]:
        """Return when the latest session began (UTC seconds), and which share of it has passed."""
        hours = instrument.hours
        day = hours.local_day(second) + timedelta(days=1)
        for back in range(_LONGEST_BREAK):
            for session in reversed(hours.sessions_of(day - timedelta(days=back), is_regular=True)):
                if session.start <= second:
                    length = session.end - session.start
                    return session.start, min((second - session.start) / length, 1.0)
        return second - second % SECONDS_PER_DAY, 1.0

    def _close(self, instrument: Instrument, second: int) -> float:
        """Return the price with which the session before the latest one ended."""
        day = second // SECONDS_PER_DAY
        key = instrument.con_id, day
        return self._closes.get(key, lambda: self._found_close(instrument, second))

    def _found_close(self, instrument: Instrument, second: int) -> float:
        begun, _ = self._session(instrument, second)
        hours = instrument.hours
        day = hours.local_day(begun)
        for back in range(_LONGEST_BREAK):
            for session in reversed(hours.sessions_of(day - timedelta(days=back), is_regular=True)):
                if session.end <= begun:
                    price = self.prices.price(instrument, session.end)
                    return round_to(price, step_at(instrument, price))
        return _NAN


def _known(size: float) -> float:
    return 0.0 if math.isnan(size) else float(size)


def step_at(instrument: Instrument, price: float) -> float:
    """Return the price step that counts at a price."""
    if instrument.coarse_from is not None and price >= instrument.coarse_from:
        return 2.0 * instrument.tick
    return instrument.tick


def round_to(price: float, tick: float) -> float:
    """Return the price on the nearest step, as it is printed."""
    return round(round(price / tick) * tick, 10)


def _size(instrument: Instrument, share: float) -> float:
    step = max(instrument.product.size_step, 1.0) if instrument.is_option else 1.0
    mean = 20.0 if instrument.is_option else instrument.product.quote_size
    if mean < 10.0:  # coins: parts of one
        return round(mean * (0.2 + 1.6 * share), 4)
    return max(round(mean * (0.2 + 1.6 * share) / step) * step, step)


def _day_volume(instrument: Instrument) -> float:
    if instrument.is_option:
        return 400.0 * chance(stream("day volume", instrument.con_id), 0)
    return instrument.product.day_volume


def _open_interest(instrument: Instrument) -> float:
    if not instrument.settles:
        return _NAN
    mean = 2_000.0 if instrument.is_option else 50_000.0
    return float(round(mean * chance(stream("open interest", instrument.con_id), 0)))
