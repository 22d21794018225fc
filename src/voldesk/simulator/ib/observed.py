"""What was seen of the simulated market: its latest quotes, and the paths of its spots."""

from typing import Final

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import ALL_INSTRUMENTS, Field, TickBatch, TickKind, present
from voldesk.simulator.ib.candles import SECONDS_PER_MINUTE, Candles
from voldesk.simulator.market.market import SyntheticMarket

KEPT_SECS: Final = 6 * 3600
"""How long single seconds of a spot's path are kept; older ones are cut from their minutes."""

_COLUMNS: Final = (
    Field.BID,
    Field.ASK,
    Field.LAST,
    Field.BID_SIZE,
    Field.ASK_SIZE,
    Field.VOLUME,
    Field.OPEN_INTEREST,
)
_FIRST_ROOM: Final = 1024


class SpotTrack:
    """
    The path of one spot since the market was first seen, in minutes, the latest also in seconds.

    Stretches without a tick stand at the price before them.
    """

    def __init__(self, start: int, spot: float, vol: float, rho: float) -> None:
        """
        Begin a track.

        Args:
            start: UTC seconds; the track begins with the minute this lies in.
            spot: Quote currency.
            vol: Instantaneous, a fraction.
            rho: Tilt of the smile.
        """
        self.first_minute = start // SECONDS_PER_MINUTE
        self._now = self.first_minute * SECONDS_PER_MINUTE
        self._minutes = np.full((_FIRST_ROOM, 6), np.nan)  # open high low close vol rho
        self._minutes[0] = spot, spot, spot, spot, vol, rho
        self._seconds = np.full((KEPT_SECS, 4), np.nan)
        self._seconds[self._now % KEPT_SECS] = spot

    @property
    def last(self) -> float:
        """The latest price."""
        return float(self._seconds[self._now % KEPT_SECS, 3])

    @property
    def now(self) -> int:
        """The latest second seen, UTC."""
        return self._now

    def see(self, second: int, price: float, vol: float, rho: float) -> None:
        """Take a tick at that second (UTC), none before the latest."""
        self.reach(second)
        row = self._seconds[second % KEPT_SECS]
        row[1], row[2], row[3] = max(row[1], price), min(row[2], price), price
        minute = self._minutes[second // SECONDS_PER_MINUTE - self.first_minute]
        minute[1], minute[2] = max(minute[1], price), min(minute[2], price)
        minute[3:6] = price, vol, rho

    def reach(self, second: int) -> None:
        """Let the price stand still until a second (UTC), which begins with it."""
        if second <= self._now:
            return
        price = self.last
        fresh = np.arange(max(self._now + 1, second - KEPT_SECS + 1), second + 1)
        self._seconds[fresh % KEPT_SECS] = price
        old = self._now // SECONDS_PER_MINUTE - self.first_minute
        new = second // SECONDS_PER_MINUTE - self.first_minute
        while new >= len(self._minutes):
            self._minutes = np.concatenate((self._minutes, np.full_like(self._minutes, np.nan)))
        self._minutes[old + 1 : new + 1, :4] = price
        self._minutes[old + 1 : new + 1, 4:] = self._minutes[old, 4:]
        self._now = second

    def minutes(self, first: int, count: int) -> Candles:
        """Return minutes of the track, counted since 1970; NaN before it and after the latest."""
        return Candles(*(self._column(first, count, place) for place in range(4)))

    def smile(self, minutes: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return the vol and tilt last told in each minute; those of the ends outside the track."""
        place = np.clip(minutes - self.first_minute, 0, self._count - 1)
        return self._minutes[place, 4], self._minutes[place, 5]

    def has_seconds(self, minute: int) -> bool:
        """Say whether the seconds of a minute are kept."""
        first = minute * SECONDS_PER_MINUTE
        return minute >= self.first_minute and first > self._now - KEPT_SECS

    def seconds(self, minute: int) -> Candles:
        """Return the seconds of a minute that are kept; NaN after the latest."""
        at = minute * SECONDS_PER_MINUTE + np.arange(SECONDS_PER_MINUTE)
        rows = np.where((at <= self._now)[:, np.newaxis], self._seconds[at % KEPT_SECS], np.nan)
        return Candles(*rows.T)

    @property
    def _count(self) -> int:
        return self._now // SECONDS_PER_MINUTE - self.first_minute + 1

    def _column(self, first: int, count: int, place: int) -> FloatArray:
        column = np.full(count, np.nan)
        start = max(first, self.first_minute)
        end = min(first + count, self.first_minute + self._count)
        if end > start:
            rows = slice(start - self.first_minute, end - self.first_minute)
            column[start - first : end - first] = self._minutes[rows, place]
        return column


class Observed:
    """
    The listener at the simulated market: whoever moves it hands every batch on to `observe`.

    Attributes:
        latest: Of each instrument and field of ``_COLUMNS``, NaN where there is none. ``(n,)``
        tracks: Of each underlying, by symbol.
    """

    def __init__(self, market: SyntheticMarket) -> None:
        self.market = market
        count = len(market.listing)
        self.latest: dict[Field, FloatArray] = {f: np.full(count, np.nan) for f in _COLUMNS}
        self.last_size = np.zeros(count)
        self.traded_at = np.zeros(count, dtype=np.int64)
        self.day_open, self.day_high, self.day_low = (np.full(count, np.nan) for _ in range(3))
        start = market.now // NS_PER_SECOND
        self.tracks = {
            symbol: SpotTrack(start, state.spot, state.vol, state.rho)
            for symbol, state in market.state.items()
        }
        self._symbols = market.listing.underlying
        self.observe(market.snapshot())

    def observe(self, batch: TickBatch) -> None:
        """Take in what ticked; a gap tells nothing."""
        known = batch[batch["instrument"] != ALL_INSTRUMENTS]
        self._see_trades(known[known["kind"] == TickKind.TRADE])
        for field in _COLUMNS:
            rows = known[present(known, field)]
            name = str(field.name).lower()
            self.latest[field][rows["instrument"]] = rows[name]
        self._see_spots(known[known["kind"] == TickKind.SPOT])

    def _see_trades(self, trades: TickBatch) -> None:
        priced = trades[present(trades, Field.LAST)]
        rows = priced["instrument"]
        before = np.nan_to_num(self.latest[Field.VOLUME][rows])
        self.last_size[rows] = np.maximum(priced["volume"] - before, 1.0)
        self.traded_at[rows] = priced["ts_event"] // NS_PER_SECOND
        fresh = rows[np.isnan(self.day_open[rows])]
        self.day_open[fresh] = priced["last"][np.isnan(self.day_open[rows])]
        np.fmax.at(self.day_high, rows, priced["last"])
        np.fmin.at(self.day_low, rows, priced["last"])
        is_new_day = present(trades, Field.VOLUME) & (trades["volume"] == 0.0)
        begun = trades["instrument"][is_new_day]
        for column in (self.day_open, self.day_high, self.day_low):
            column[begun] = np.nan

    def _see_spots(self, spots: TickBatch) -> None:
        states = self.market.state
        for tick in spots:
            symbol = str(self._symbols[tick["instrument"]])
            second = int(tick["ts_event"]) // NS_PER_SECOND
            track, state = self.tracks[symbol], states[symbol]
            track.see(max(second, track.now), float(tick["last"]), state.vol, state.rho)
        now = self.market.now // NS_PER_SECOND
        for track in self.tracks.values():
            track.reach(now)
