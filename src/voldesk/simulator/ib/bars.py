"""
Bars of any length, folded from minutes, or from seconds where shorter ones are asked for.

Prices, volume and number of trades of a bar are those of the bars it consists of, at all lengths.
The averages of a bar fold likewise from a minute up; below that they are the seconds' own.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from voldesk.model.quotes import FloatArray, IntArray
from voldesk.simulator.ib.candles import (
    MINUTES_PER_DAY,
    SECONDS_PER_DAY,
    SECONDS_PER_MINUTE,
    Candles,
)
from voldesk.simulator.ib.hours import Session, instant
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.prices import Prices
from voldesk.simulator.ib.recent import Recent
from voldesk.simulator.ib.shows import TRADED, VOLS, Show, shown
from voldesk.simulator.ib.volumes import Traded, minutes_traded, seconds_traded
from voldesk.simulator.ib.walks import Gait, Walk

_KEPT_DAY_BARS: Final = 30_000
_KEPT_DAYS: Final = 16
_SIZE_DIGITS: Final = 8
_VOL_OF_VOL: Final = 0.8
_VOL_HALF_LIFE: Final = 20.0


class RawBar(NamedTuple):
    """A bar in numbers; volume, wap and trade_count are -1 where trades are not counted."""

    start: int  # UTC seconds
    open: float
    high: float
    low: float
    close: float
    volume: float
    wap: float
    trade_count: int


class Leaves(NamedTuple):
    """Consecutive stretches of one length that bars are folded from, ``(n,)`` each."""

    at: IntArray  # UTC seconds, ascending
    candles: Candles
    volume: FloatArray
    trade_count: FloatArray
    wap: FloatArray

    def between(self, start: int, end: int) -> "Leaves":
        """Return those that begin in a stretch of time."""
        low, high = np.searchsorted(self.at, (start, end))
        rows = slice(int(low), int(high))
        return Leaves(
            self.at[rows],
            self.candles.take(rows),
            self.volume[rows],
            self.trade_count[rows],
            self.wap[rows],
        )


class Bars:
    """
    Makes bars of instruments.

    Args:
        prices: What they are made of.
        seed: Of volumes.
    """

    def __init__(self, prices: Prices, seed: int) -> None:
        self.prices = prices
        self._seed = seed
        self._vols: dict[str, Walk] = {}
        self._volumes: Recent[tuple[int, int], Traded] = Recent(_KEPT_DAYS)
        self._days: Recent[tuple[int, Show, int], Leaves] = Recent(_KEPT_DAYS)
        self._day_bars: Recent[tuple[int, Show, date, bool], RawBar | None] = Recent(_KEPT_DAY_BARS)

    def minutes(self, instrument: Instrument, show: Show, day: int, now: int) -> Leaves:
        """Return the minutes of a day (UTC, from 1970); those after ``now`` are not told."""
        is_past = (day + 1) * SECONDS_PER_DAY <= now
        if not is_past:
            return self._minutes(instrument, show, day).between(0, now)
        key = (instrument.con_id, show, day)
        return self._days.get(key, lambda: self._minutes(instrument, show, day))

    def seconds(self, instrument: Instrument, show: Show, minute: int) -> Leaves:
        """Return the seconds of a minute, counted since 1970; NaN where the future is unknown."""
        at = minute * SECONDS_PER_MINUTE + np.arange(SECONDS_PER_MINUTE)
        if show in VOLS:
            raw = self._vol_walk(instrument, show).seconds(minute)
        else:
            raw = self.prices.seconds(instrument, minute)
        if show not in TRADED:
            return _leaves(instrument, show, at, raw, _nothing(SECONDS_PER_MINUTE))
        day, place = divmod(minute, MINUTES_PER_DAY)
        one = Traded(*(column[place : place + 1] for column in self._traded(instrument, day)))
        traded = seconds_traded(self._seed, instrument, minute, one)
        return _leaves(instrument, show, at, raw, traded)

    def minute_volume(self, instrument: Instrument, minute: int) -> float:
        """Return what trades in a minute, counted since 1970."""
        day, place = divmod(minute, MINUTES_PER_DAY)
        return float(self._traded(instrument, day).volume[place])

    def session_bars(
        self,
        instrument: Instrument,
        show: Show,
        session: Session,
        seconds: int,
        span: tuple[int, int],
        now: int,
    ) -> list[RawBar]:
        """
        Return the bars of one session, aligned to the clock of its trading day.

        Args:
            instrument: Whose.
            show: What of it.
            session: When.
            seconds: Length of a bar.
            span: From and to, UTC seconds: what bars may contain.
            now: UTC seconds; nothing after it is told.
        """
        start, end = max(session.start, span[0]), min(session.end, span[1], now)
        if end <= start:
            return []
        leaves = self._within(instrument, show, start, end, is_fine=seconds < SECONDS_PER_MINUTE)
        if not len(leaves.at):
            return []
        midnight = instant(session.day, 0, instrument.hours.zone)
        groups = (leaves.at - midnight) // seconds
        firsts = np.flatnonzero(np.diff(groups, prepend=groups[0] - 1))
        starts = np.maximum(midnight + groups[firsts] * seconds, session.start)
        return folded(leaves, firsts, starts, show)

    def day_bar(
        self, instrument: Instrument, show: Show, day: date, end: int, *, is_regular: bool
    ) -> RawBar | None:
        """Return the bar of a trading day up to an instant, or None where there is none."""
        sessions = instrument.hours.sessions_of(day, is_regular=is_regular)
        if not sessions or sessions[0].start >= end:
            return None
        if sessions[-1].end <= end:
            key = (instrument.con_id, show, day, is_regular)
            return self._day_bars.get(
                key, lambda: self._day_bar(instrument, show, sessions, sessions[-1].end)
            )
        return self._day_bar(instrument, show, sessions, end)

    def _day_bar(
        self, instrument: Instrument, show: Show, sessions: Iterable[Session], end: int
    ) -> RawBar | None:
        parts = [
            bar
            for session in sessions
            for bar in self.session_bars(
                instrument, show, session, SECONDS_PER_DAY * 2, (session.start, end), end
            )
        ]
        return merged(parts, show) if parts else None

    def _within(
        self, instrument: Instrument, show: Show, start: int, end: int, *, is_fine: bool
    ) -> Leaves:
        """Return the leaves of a stretch: minutes, with seconds where a minute is cut."""
        first, last = -(-start // SECONDS_PER_MINUTE), end // SECONDS_PER_MINUTE
        if is_fine or last < first:
            wanted = range(start // SECONDS_PER_MINUTE, (end - 1) // SECONDS_PER_MINUTE + 1)
            parts = [self.seconds(instrument, show, minute) for minute in wanted]
            return _known(joined(parts).between(start, end))
        parts = []
        if first * SECONDS_PER_MINUTE > start:
            cut = self.seconds(instrument, show, first - 1)
            parts.append(_known(cut.between(start, first * SECONDS_PER_MINUTE)))
        low, high = first * SECONDS_PER_MINUTE, last * SECONDS_PER_MINUTE
        for day in range(low // SECONDS_PER_DAY, max(high - 1, low) // SECONDS_PER_DAY + 1):
            parts.append(self.minutes(instrument, show, day, high).between(low, high))
        if end > high:
            cut = self.seconds(instrument, show, last)
            parts.append(_known(cut.between(high, end)))
        return _known(joined(parts))

    def _minutes(self, instrument: Instrument, show: Show, day: int) -> Leaves:
        at = day * SECONDS_PER_DAY + SECONDS_PER_MINUTE * np.arange(MINUTES_PER_DAY)
        if show in VOLS:
            raw = self._vol_walk(instrument, show).minutes(day)
        else:
            raw = self.prices.minutes(instrument, day)
        is_traded = show in TRADED
        traded = self._traded(instrument, day) if is_traded else _nothing(MINUTES_PER_DAY)
        return _leaves(instrument, show, at, raw, traded)

    def _traded(self, instrument: Instrument, day: int) -> Traded:
        key = (instrument.con_id, day)
        return self._volumes.get(key, lambda: self._made_traded(instrument, day))

    def _made_traded(self, instrument: Instrument, day: int) -> Traded:
        if not instrument.counts_trades:
            return _nothing(MINUTES_PER_DAY)
        spot = self.prices.path(instrument.product).minutes(day).open
        known = spot[np.isfinite(spot)]
        return minutes_traded(self._seed, instrument, day, float(known[0]) if len(known) else 1.0)

    def _vol_walk(self, instrument: Instrument, show: Show) -> Walk:
        product = instrument.product
        name = f"{product.key} {show}"
        if name not in self._vols:
            gait = Gait(product.implied_vol, _VOL_OF_VOL, half_life=_VOL_HALF_LIFE)
            self._vols[name] = Walk(name, self._seed, gait, product.hours)
        return self._vols[name]


def _nothing(size: int) -> Traded:
    """Return stretches in which nothing trades."""
    return Traded(np.zeros(size), np.zeros(size))


def _leaves(
    instrument: Instrument, show: Show, at: IntArray, raw: Candles, traded: Traded
) -> Leaves:
    """Return what is shown of unrounded candles."""
    if show is Show.BID_ASK:  # time average of the bid, highest ask, lowest bid, average of the ask
        bid = raw.mapped(lambda price: shown(instrument, Show.BID, price))
        ask = raw.mapped(lambda price: shown(instrument, Show.ASK, price))
        candles = Candles(bid.close, ask.high, bid.low, ask.close)
    else:
        candles = raw.mapped(lambda price: shown(instrument, show, price))
    middle = (candles.high + candles.low + candles.close) / 3.0
    return Leaves(at, candles, traded.volume, traded.trade_count, middle)


def _known(leaves: Leaves) -> Leaves:
    """Return those whose prices are known."""
    rows = np.isfinite(leaves.candles.close)
    if rows.all():
        return leaves
    keep = np.flatnonzero(rows)
    return Leaves(
        leaves.at[keep],
        leaves.candles.take(keep),
        leaves.volume[keep],
        leaves.trade_count[keep],
        leaves.wap[keep],
    )


def joined(parts: list[Leaves]) -> Leaves:
    """Return parts one after the other."""
    if not parts:
        none = np.empty(0)
        return Leaves(np.empty(0, dtype=np.int64), Candles(*[none] * 4), none, none, none)
    return Leaves(
        np.concatenate([part.at for part in parts]),
        Candles.joined([part.candles for part in parts]),
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("volume", "trade_count", "wap")
        ),
    )


def folded(leaves: Leaves, firsts: IntArray, starts: IntArray, show: Show) -> list[RawBar]:
    """
    Return one bar per group of leaves.

    Args:
        leaves: At least one.
        firsts: Place of each group's first leaf, ascending from 0. ``(m,)``
        starts: What the bars are dated by, UTC seconds. ``(m,)``
        show: What they show; ``BID_ASK`` opens at the average bid, closes at the average ask.
    """
    candles = leaves.candles
    lasts = np.append(firsts[1:], len(leaves.at)) - 1
    high = np.maximum.reduceat(candles.high, firsts)
    low = np.minimum.reduceat(candles.low, firsts)
    opens, closes = candles.open[firsts], candles.close[lasts]
    if show is Show.BID_ASK:
        sizes = lasts - firsts + 1
        opens = np.round(np.add.reduceat(candles.open, firsts) / sizes, 6)
        closes = np.round(np.add.reduceat(candles.close, firsts) / sizes, 6)
    volume = np.add.reduceat(leaves.volume, firsts)
    turnover = np.add.reduceat(leaves.volume * leaves.wap, firsts)
    with np.errstate(invalid="ignore", divide="ignore"):
        wap = np.where(volume > 0.0, turnover / volume, closes)
    count = np.add.reduceat(leaves.trade_count, firsts)
    counts = show in TRADED
    rows = zip(starts, opens, high, low, closes, volume, wap, count, strict=True)
    return [
        RawBar(
            int(at),
            float(o),
            float(h),
            float(lo),
            float(c),
            round(float(v), _SIZE_DIGITS) if counts else -1.0,
            float(w) if counts else -1.0,
            int(n) if counts else -1,
        )
        for at, o, h, lo, c, v, w, n in rows
    ]


def merged(parts: list[RawBar], show: Show) -> RawBar:
    """Return the bar that consecutive bars add up to, dated by the first; at least one."""
    first, last = parts[0], parts[-1]
    opened, closed = first.open, last.close
    if show is Show.BID_ASK:
        opened = round(sum(part.open for part in parts) / len(parts), 6)
        closed = round(sum(part.close for part in parts) / len(parts), 6)
    volume, wap, count = -1.0, -1.0, -1
    if show in TRADED:
        volume = round(sum(part.volume for part in parts), _SIZE_DIGITS)
        turnover = sum(part.volume * part.wap for part in parts)
        wap = turnover / volume if volume else closed
        count = sum(part.trade_count for part in parts)
    high, low = max(part.high for part in parts), min(part.low for part in parts)
    return RawBar(first.start, opened, high, low, closed, volume, wap, count)
