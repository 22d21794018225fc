"""When an order's session begins and ends."""

from datetime import timedelta

from voldesk.model.enums import Market
from voldesk.model.sessions import (
    is_trading_day,
    local_date,
    next_trading_day,
    session_close,
    session_open,
)

_ONE_DAY = timedelta(days=1)


def next_close(ts: int, market: Market) -> int:
    """Return the first close of a session after an instant, UTC ns."""
    day = local_date(ts, market)
    if not is_trading_day(day, market):
        day = next_trading_day(day, market)
    while session_close(day, market) <= ts:
        day = next_trading_day(day, market)
    return session_close(day, market)


def next_open(ts: int, market: Market) -> int:
    """Return the first opening of a session at or after an instant, UTC ns."""
    day = local_date(ts, market) - _ONE_DAY
    while True:
        day = next_trading_day(day, market)
        opens = session_open(day, market)
        if opens >= ts:
            return opens
