"""The spot of the trading day so far: what a change is counted from, and how far it went."""

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from voldesk.analytics.update import ChainUpdate
from voldesk.model.enums import Market
from voldesk.model.sessions import local_date

_NS_PER_US = 1_000
_LOOK_NS = 60 * 10**9  # between two looks at the calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """
    One underlying's day as it was seen here, quote currency.

    Attributes:
        day: The date where the market is.
        open: The first spot seen.
        previous_close: The last spot seen on the day before; NaN where none was.
        since: When the first spot was seen, UTC ns.
    """

    day: date
    open: float
    high: float
    low: float
    previous_close: float
    since: int


class DayWatch:
    """Keeps the day of each underlying; nothing is made up for hours in which nobody looked."""

    def __init__(self) -> None:
        self._days: dict[str, Day] = {}
        self._last: dict[str, float] = {}
        self._looked_at: dict[str, int] = {}

    def of(self, underlying: str) -> Day | None:
        """Return the day of an underlying, None before its first spot."""
        return self._days.get(underlying)

    def take(self, update: ChainUpdate) -> None:
        """Take the spot of an update, at the time it was published."""
        name, spot, ts = update.underlying, float(update.table.spot), update.ts_flush
        if spot == self._last.get(name) or not math.isfinite(spot):
            return
        day = self._day(name, update.table.market, spot, ts)
        if spot > day.high or spot < day.low:
            day = replace(day, high=max(spot, day.high), low=min(spot, day.low))
        self._days[name] = day
        self._last[name] = spot

    def _day(self, name: str, market: Market, spot: float, ts: int) -> Day:
        """Return the day a spot belongs to: the one that is kept, or a new one."""
        known = self._days.get(name)
        if known is not None and 0 <= ts - self._looked_at[name] < _LOOK_NS:
            return known
        self._looked_at[name] = ts
        today = local_date(ts, market)
        if known is not None and known.day == today:
            return known
        is_later = known is not None and known.day < today
        return Day(
            day=today,
            open=spot,
            high=spot,
            low=spot,
            previous_close=self._last[name] if is_later else math.nan,
            since=ts,
        )


def day_document(day: Day | None) -> dict[str, Any] | None:
    """Return a day as JSON has it, None where there is none."""
    if day is None:
        return None
    return {
        "date": day.day,
        "open": day.open,
        "high": day.high,
        "low": day.low,
        "previous_close": day.previous_close,
        "since_us": day.since // _NS_PER_US,
    }
