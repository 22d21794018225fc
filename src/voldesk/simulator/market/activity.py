"""How busy a market is at an instant: a U over the session, quiet or nothing outside it."""

from typing import Final

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.sessions import (
    NS_PER_DAY,
    NS_PER_HOUR,
    is_open,
    is_trading_day,
    local_date,
    next_trading_day,
    session_close,
    session_open,
)

MIDDAY: Final = 0.55
"""Activity in the middle of a session; its mean over the session is 1."""

OUTSIDE: Final = 0.5
"""Activity outside the session where the market never closes."""

_BUSIEST_UTC_HOUR = 15.0
_SWING = 0.35


def activity(ts: int, market: Market, *, always_open: bool) -> float:
    """
    Return how busy a market is, 1 on average over its session.

    A session is a U: 1.9 at its ends, 0.55 in its middle. Deribit, which never closes, has a wave
    over the day with its crest at 15:00 UTC instead.

    Args:
        ts: UTC ns.
        market: Whose session.
        always_open: Whether it goes on outside the session, at half pace.
    """
    if market is Market.DERIBIT:
        hour = (ts % NS_PER_DAY) / NS_PER_HOUR
        return float(1.0 + _SWING * np.cos((hour - _BUSIEST_UTC_HOUR) / 24.0 * 2.0 * np.pi))
    if not is_open(ts, market):
        return OUTSIDE if always_open else 0.0
    opens, closes = _session(ts, market)
    from_middle = 2.0 * (ts - opens) / (closes - opens) - 1.0
    return MIDDAY + 3.0 * (1.0 - MIDDAY) * from_middle * from_middle


def next_change(ts: int, market: Market) -> int:
    """Return when the session that is under way ends, or the next one begins, UTC ns."""
    if is_open(ts, market):
        return _session(ts, market)[1]
    day = local_date(ts, market)
    if is_trading_day(day, market) and session_open(day, market) > ts:
        return session_open(day, market)
    return session_open(next_trading_day(day, market), market)


def _session(ts: int, market: Market) -> tuple[int, int]:
    """Return open and close of the session an instant lies in; CME's open the evening before."""
    day = local_date(ts, market)
    if not is_trading_day(day, market) or session_close(day, market) <= ts:
        day = next_trading_day(day, market)
    return session_open(day, market), session_close(day, market)
