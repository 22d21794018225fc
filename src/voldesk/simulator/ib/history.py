"""Historical bars, as TWS answers requests for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from voldesk.simulator.ib.bars import Bars, RawBar, merged
from voldesk.simulator.ib.hours import Session, instant, local_time
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.matching import Match
from voldesk.simulator.ib.periods import (
    BarSize,
    Duration,
    Unit,
    bar_size_named,
    duration_of,
    end_of,
    require_short,
)
from voldesk.simulator.ib.recorded import NOTHING_RECORDED, RecordedBars
from voldesk.simulator.ib.refusal import invalid, no_history
from voldesk.simulator.ib.shows import Show, require_shown, show_named
from voldesk.wire.ib.types import Bar, TradingSession

UTC_ZONE: Final = ZoneInfo("UTC")
_ONE_DAY: Final = timedelta(days=1)
_PRICE_DIGITS: Final = 3
_EPOCH_FORMAT: Final = 2
_WORDS: Final = {Show.TRADES: "Trades", Show.BID_ASK: "BidAsk"}
_LIFE_SECONDS: Final = 3 * 365 * 86_400  # of an option or future
_LOOK_BACK: Final = 20  # days without a session are never that many


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for bars, its words read."""

    match: Match
    size: BarSize
    duration: Duration
    show: Show
    end: int  # UTC seconds
    is_regular: bool
    format_date: int

    @property
    def instrument(self) -> Instrument:
        """Whose bars."""
        return self.match.instrument


@dataclass(frozen=True, slots=True)
class Answer:
    """Bars, and the stretch of time they were asked for, as text."""

    start: str
    end: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The sessions of a stretch of time."""

    start: str
    end: str
    time_zone: str
    sessions: tuple[TradingSession, ...]


class History:
    """
    Answers requests for bars.

    Args:
        bars: Makes them.
        recorded: Told in place of made ones.
    """

    def __init__(self, bars: Bars, recorded: RecordedBars = NOTHING_RECORDED) -> None:
        self._bars = bars
        self._recorded = recorded

    def read(
        self,
        match: Match,
        end: str,
        bar_size: str,
        duration: str,
        *,
        is_regular: bool,
        show: str,
        format_date: int,
        now: int,
    ) -> Asked:
        """
        Return a request, its words read.

        Args:
            match: Whose bars.
            end: See `periods.end_of`.
            bar_size: ``5 mins``.
            duration: ``1 D``.
            is_regular: Whether only the regular session counts.
            show: ``TRADES``.
            format_date: 1 for text, 2 for UTC seconds; days are text in both.
            now: UTC seconds.

        Raises:
            Refused: A word is wrong (321, 10314, 10299), or there is no such history (162).
        """
        size, length = bar_size_named(bar_size), duration_of(duration)
        what = show_named(show)
        if format_date not in {1, 2}:
            raise invalid("Please enter a valid format date: 1 or 2")
        if what is not Show.SCHEDULE:
            require_shown(match.instrument, what, match.exchange)
            require_short(length, size)
        until = end_of(end, now, match.instrument.hours.zone_id)
        until = min(until, now, match.instrument.settles or now)
        return Asked(match, size, length, what, until, is_regular, format_date)

    def answer(self, asked: Asked) -> Answer:
        """
        Return the bars that were asked for.

        Raises:
            Refused: There are none (162).
        """
        start = self._start(asked)
        first = max(start, listed_at(asked.instrument))
        raw = [bar for bar in self._raw(asked, first) if bar.start < asked.end]
        if not raw:
            name = f"{asked.instrument.product.symbol}@{asked.match.exchange}"
            word = _WORDS.get(asked.show, asked.show.value.title())
            raise no_history(f"HMDS query returned no data: {name} {word}")
        zone, zone_id = asked.instrument.hours.zone, asked.instrument.hours.zone_id
        begin, end = (
            f"{local_time(at, zone):%Y%m%d %H:%M:%S} {zone_id}" for at in (start, asked.end)
        )
        return Answer(begin, end, tuple(self._printed(asked, bar) for bar in raw))

    def growing(self, asked: Asked, now: int) -> Bar | None:
        """
        Return the bar that is being made, for ``keepUpToDate``.

        Args:
            asked: The request, its end at the time it was made.
            now: UTC seconds; what came until then is in the bar.

        Returns:
            None where there was no session in the last three weeks.
        """
        hours, instrument = asked.instrument.hours, asked.instrument
        if asked.size.days:
            raw = self._long_bars(asked, hours.local_day(now) - _ONE_DAY, now)
            return self._printed(asked, raw[-1]) if raw else None
        day = hours.local_day(now) + _ONE_DAY
        for _ in range(_LOOK_BACK):
            for session in reversed(hours.sessions_of(day, is_regular=asked.is_regular)):
                if session.start < now:
                    until = min(session.end, now)
                    back = max(session.start, until - 2 * asked.size.seconds)
                    bars = self._bars.session_bars(
                        instrument, asked.show, session, asked.size.seconds, (back, until), now
                    )
                    if bars:
                        whole = (bars[-1].start, until)
                        return self._printed(
                            asked,
                            self._bars.session_bars(
                                instrument, asked.show, session, asked.size.seconds, whole, now
                            )[-1],
                        )
            day -= _ONE_DAY
        return None

    def schedule(self, asked: Asked) -> Schedule:
        """Return the sessions of the stretch asked for."""
        hours = asked.instrument.hours
        start = self._start(asked)
        days = range((hours.local_day(asked.end) - hours.local_day(start)).days + 2)
        first = hours.local_day(start)
        found = [
            session
            for n in days
            for session in hours.sessions_of(first + n * _ONE_DAY, is_regular=asked.is_regular)
            if session.end > start and session.start < asked.end
        ]
        return Schedule(
            _stamp(start, asked),
            _stamp(asked.end, asked),
            hours.zone_id,
            tuple(
                TradingSession(_stamp(s.start, asked), _stamp(s.end, asked), f"{s.day:%Y%m%d}")
                for s in found
            ),
        )

    def _raw(self, asked: Asked, start: int) -> list[RawBar]:
        hours = asked.instrument.hours
        if asked.size.days:
            return self._long_bars(asked, hours.local_day(start), asked.end)
        bars: list[RawBar] = []
        for session in self._sessions(asked, start):
            bars += self._bars.session_bars(
                asked.instrument,
                asked.show,
                session,
                asked.size.seconds,
                (start, asked.end),
                asked.end,
            )
        return bars

    def _sessions(self, asked: Asked, start: int) -> Iterator[Session]:
        """Yield the sessions that reach into the stretch asked for."""
        hours = asked.instrument.hours
        first, last = hours.local_day(start), hours.local_day(asked.end) + _ONE_DAY
        for session in hours.sessions(first, last, is_regular=asked.is_regular):
            if session.end > start and session.start < asked.end:
                yield session

    def _long_bars(self, asked: Asked, first: date, end: int) -> list[RawBar]:
        """Return bars of days, weeks or months that hold a trading day from ``first`` on."""
        begin = first
        if asked.size.days == "W":
            begin -= timedelta(days=first.weekday())
        elif asked.size.days == "M":
            begin = first.replace(day=1)
        hours = asked.instrument.hours
        last = hours.local_day(end) + _ONE_DAY
        days = [(begin + n * _ONE_DAY) for n in range((last - begin).days + 1)]
        dated = []
        for day in days:
            bar = self._bars.day_bar(
                asked.instrument, asked.show, day, end, is_regular=asked.is_regular
            )
            if bar is not None:
                midnight = instant(day, 0, hours.zone)
                dated.append((day, bar._replace(start=midnight)))
        if asked.size.days == "D":
            return [bar for _, bar in dated]
        made = []
        for _, group in groupby(dated, key=lambda row: _period(row[0], asked.size.days)):
            bars = [bar for _, bar in group]
            made.append(merged(bars, asked.show)._replace(start=bars[-1].start))
        return made

    def _start(self, asked: Asked) -> int:
        """Return where a request begins, UTC seconds: seconds and days count sessions."""
        hours, duration = asked.instrument.hours, asked.duration
        last = hours.local_day(asked.end)
        if duration.unit is Unit.SECOND:
            return self._seconds_back(asked, duration.count)
        if duration.unit is Unit.DAY:
            return self._days_back(asked, duration.count)
        first = duration.first_day(last)
        if asked.size.days not in {"W", "M"}:
            first += _ONE_DAY
        return instant(first, 0, hours.zone)

    def _seconds_back(self, asked: Asked, count: int) -> int:
        hours = asked.instrument.hours
        day, left, idle = hours.local_day(asked.end) + _ONE_DAY, count, 0
        while idle < _LOOK_BACK:
            sessions = hours.sessions_of(day, is_regular=asked.is_regular)
            idle = 0 if sessions else idle + 1
            for session in reversed(sessions):
                length = min(session.end, asked.end) - session.start
                if length >= left:
                    return min(session.end, asked.end) - left
                left -= max(length, 0)
            day -= _ONE_DAY
        return asked.end - count

    def _days_back(self, asked: Asked, count: int) -> int:
        hours = asked.instrument.hours
        day, left, idle = hours.local_day(asked.end) + _ONE_DAY, count, 0
        while idle < _LOOK_BACK:
            sessions = hours.sessions_of(day, is_regular=asked.is_regular)
            is_counted = bool(sessions) and sessions[0].start < asked.end
            idle = 0 if sessions else idle + 1
            left -= is_counted
            if left == 0:
                midnight = instant(day, 0, hours.zone)
                return midnight if asked.size.days else sessions[0].start
            day -= _ONE_DAY
        return instant(day, 0, hours.zone)

    def _printed(self, asked: Asked, bar: RawBar) -> Bar:
        """Return a bar as it is sent."""
        hours = asked.instrument.hours
        moment = local_time(bar.start, hours.zone)
        date = f"{moment:%Y%m%d}" if asked.size.days else str(bar.start)
        text = date
        if not asked.size.days and asked.format_date != _EPOCH_FORMAT:
            text = f"{moment:%Y%m%d %H:%M:%S} {hours.zone_id}"
        made = Bar(
            text,
            bar.open,
            bar.high,
            bar.low,
            bar.close,
            bar.volume,
            round(bar.wap, _PRICE_DIGITS) if bar.trade_count >= 0 else -1.0,
            bar.trade_count,
        )
        return self._recorded.told(asked.instrument, asked.show, asked.size.name, date, made)


def listed_at(instrument: Instrument) -> int:
    """Return when trading in an instrument began, UTC seconds: of what expires, not long before."""
    first = instant(instrument.product.listed, 0, instrument.hours.zone)
    if not instrument.settles:
        return first
    return max(first, instrument.settles - _LIFE_SECONDS)


def head_timestamp(match: Match, show: str, format_date: int, *, is_regular: bool) -> str:
    """
    Return when the history of an instrument begins: UTC text, or UTC seconds for format 2.

    Raises:
        Refused: There is no such history (162), or no such kind of it (321).
    """
    instrument = match.instrument
    require_shown(instrument, show_named(show), match.exchange)
    hours = instrument.hours
    day = hours.local_day(listed_at(instrument))
    for _ in range(_LOOK_BACK):
        for session in hours.sessions_of(day, is_regular=is_regular):
            if format_date == _EPOCH_FORMAT:
                return str(session.start)
            return f"{local_time(session.start, UTC_ZONE):%Y%m%d-%H:%M:%S}"
        day += _ONE_DAY
    raise no_history("No head time stamp")


def _period(day: date, unit: str) -> tuple[int, int]:
    if unit == "W":
        year, week, _ = day.isocalendar()
        return year, week
    return day.year, day.month


def _stamp(second: int, asked: Asked) -> str:
    return f"{local_time(second, asked.instrument.hours.zone):%Y%m%d-%H:%M:%S}"
