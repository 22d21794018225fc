"""What the account was worth when its day began, and at most since; kept through restarts."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from voldesk.model.clock import Clock
from voldesk.model.enums import Market
from voldesk.model.errors import StorageError
from voldesk.model.sessions import local_date
from voldesk.store.atomic import write_whole

_NS_PER_MINUTE: Final = 60_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """
    One day of an account; NaN is not known, None in its file.

    Attributes:
        on: The date at the exchange.
        first: Equity when it was first known on that date.
        peak: The highest since.
    """

    on: date
    first: float = math.nan
    peak: float = math.nan


class DayMoney:
    """
    Follows an account's equity through the day of its exchange.

    Money paid in or out counts as profit or loss of the day: only the venue could tell.

    Args:
        equity: What the account is worth now by the venue's word, NaN not known.
        clock: Tells the day.
        market: Whose date counts.
        kept: The day as a process before this one left it.
    """

    def __init__(
        self, equity: Callable[[], float], clock: Clock, market: Market, kept: Day | None = None
    ) -> None:
        self._equity, self._clock, self._market = equity, clock, market
        self._day = kept or Day(on=date.min)

    def equity(self) -> float:
        """Return what the account is worth now, NaN not known."""
        return self._equity()

    def is_today(self, at: int) -> bool:
        """Say whether an instant (UTC ns) is of the exchange's present date, or of a later one."""
        return _date(at, self._market) >= _date(self._clock.now(), self._market)

    def look(self) -> Day:
        """Return the day up to now, a new one where the date has changed."""
        today, equity = _date(self._clock.now(), self._market), self._equity()
        if today != self._day.on:
            self._day = Day(on=today)
        if not math.isnan(equity):
            first = equity if math.isnan(self._day.first) else self._day.first
            peak = max(equity, first if math.isnan(self._day.peak) else self._day.peak)
            self._day = replace(self._day, first=first, peak=peak)
        return self._day


def _date(at: int, market: Market) -> date:
    """Return the date at an exchange; one begins with a minute, wherever that is."""
    return _date_of_minute(at // _NS_PER_MINUTE, market)


@lru_cache(maxsize=1_024)  # every order's view asks for the same few
def _date_of_minute(minute: int, market: Market) -> date:
    return local_date(minute * _NS_PER_MINUTE, market)


def read_day(path: Path) -> Day | None:
    """
    Return the day a file keeps, None where there is none.

    Raises:
        StorageError: It cannot be read, or is no day.
    """
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, str | float | None])
        facts = {name: math.nan if value is None else value for name, value in kept.items()}
        return msgspec.convert(facts, Day)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as exc:
        raise StorageError(f"the day's figures in {path} cannot be read: {exc}") from exc


def write_day(path: Path, day: Day) -> None:
    """
    Keep a day in a file; it blocks for as long as a disk takes.

    Raises:
        StorageError: It cannot be written; the file is as it was.
    """
    line = msgspec.json.encode(day)  # NaN is written as null
    try:
        write_whole(path, lambda unfinished: unfinished.write_bytes(line))
    except OSError as exc:
        raise StorageError(f"the day's figures cannot be kept in {path}: {exc.strerror}") from exc
