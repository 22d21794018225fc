"""Bars of five seconds, told when each is over."""

from typing import Final

from voldesk.simulator.ib.bars import Bars, RawBar
from voldesk.simulator.ib.hours import Session
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.refusal import invalid
from voldesk.simulator.ib.shows import Show, require_shown

BAR_SECONDS: Final = 5
"""The only length there is."""

_SHOWS: Final = ("TRADES", "MIDPOINT", "BID", "ASK")


def require_realtime(instrument: Instrument, seconds: int, show: str, exchange: str) -> Show:
    """
    Return what bars are to show.

    Raises:
        Refused: Another length, or nothing of that kind (321, 162).
    """
    if seconds != BAR_SECONDS:
        raise invalid(f"Real time bars of {seconds} seconds are not available, expected 5")
    if show not in _SHOWS:
        raise invalid(f"Invalid what to show: {show}. Legal ones are: {', '.join(_SHOWS)}")
    what = Show(show)
    if instrument.sec_type == "CRYPTO" and what is Show.TRADES:
        what = Show.AGGTRADES
    require_shown(instrument, what, exchange)
    return what


def bars_between(
    bars: Bars, instrument: Instrument, show: Show, after: int, until: int, *, is_regular: bool
) -> list[RawBar]:
    """
    Return the bars that ended after one instant and not after another, UTC seconds.

    Outside the sessions there are none. The same bars come from a history of ``5 secs``.
    """
    first = after - after % BAR_SECONDS
    last = until - until % BAR_SECONDS
    found: list[RawBar] = []
    for session in _sessions(instrument, first, last, is_regular=is_regular):
        span = max(first, session.start), min(last, session.end)
        found += bars.session_bars(instrument, show, session, BAR_SECONDS, span, last)
    return [bar for bar in found if after < bar.start + BAR_SECONDS <= until]


def _sessions(instrument: Instrument, first: int, last: int, *, is_regular: bool) -> list[Session]:
    hours = instrument.hours
    day = hours.trading_day_at(max(last - 1, first), is_regular=is_regular)
    if day is None:
        return []
    return [s for s in hours.sessions_of(day, is_regular=is_regular) if s.end > first]
