"""When the rows of a generic table were quoted, from whatever time columns it has."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, tzinfo

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.quotes import NO_TIME, IntArray
from voldesk.model.sessions import NS_PER_MINUTE, is_trading_day, session_close
from voldesk.wire.files.dates import KOLKATA, NEW_YORK, date_column, instant_column

_ZONES: dict[Market, tzinfo] = {
    Market.US: NEW_YORK,
    Market.CME: NEW_YORK,
    Market.INDIA: KOLKATA,
    Market.DERIBIT: UTC,
}
_BEFORE_CLOSE_NS = 15 * NS_PER_MINUTE


def quote_instants(
    columns: Mapping[str, Sequence[object]], size: int, *, market: Market, is_before_close: bool
) -> tuple[IntArray, list[int]]:
    """
    Return when each row was quoted, UTC ns, and the rows whose time cannot be read.

    A time without a zone is on the exchange's clock. A date without a time stands for that day's
    close, or for 15 minutes before it (``is_before_close``: CBOE DataShop's columns ``_1545``).
    """
    times, dates = columns.get("timestamp"), columns.get("quote_date")
    zone = _ZONES[market]
    if times is not None:
        instants, bad = instant_column(times, zone)
        if len(bad) < size:
            return instants, bad
        if dates is not None:  # a time of day beside a date
            joined = [f"{day} {time}" for day, time in zip(dates, times, strict=True)]
            instants, bad = instant_column(joined, zone)
            if len(bad) < size:
                return instants, bad
    days = dates if dates is not None else times
    if days is None:
        return np.full(size, NO_TIME, dtype=np.int64), []
    return _closing_instants(days, market, _BEFORE_CLOSE_NS if is_before_close else 0)


def _closing_instants(
    cells: Sequence[object], market: Market, before_ns: int
) -> tuple[IntArray, list[int]]:
    days, bad = date_column(cells)
    instants = np.full(len(cells), NO_TIME, dtype=np.int64)
    for day in np.unique(days[~np.isnat(days)]):
        instants[days == day] = _close(day.item(), market) - before_ns
    instants[instants < 0] = NO_TIME
    return instants, bad


def _close(day: date, market: Market) -> int:
    return session_close(day, market) if is_trading_day(day, market) else NO_TIME
