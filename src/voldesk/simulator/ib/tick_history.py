"""Historical ticks and streams of them, as TWS answers requests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from voldesk.simulator.ib.hours import Hours, Session
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.matching import Match
from voldesk.simulator.ib.periods import end_of
from voldesk.simulator.ib.refusal import Refused, invalid
from voldesk.simulator.ib.shows import Show, require_shown
from voldesk.simulator.ib.ticks import Ticks, collected
from voldesk.wire.ib.types import HistoricalTick, HistoricalTickBidAsk, HistoricalTickLast

MOST_TICKS: Final = 1000
"""How many one request may ask for."""

KINDS: Final = ("Last", "AllLast", "BidAsk", "MidPoint")
"""What can be streamed tick by tick; its place plus 1 is the kind's number on the wire."""

_SHOWS: Final = {"TRADES": Show.TRADES, "BID_ASK": Show.BID_ASK, "MIDPOINT": Show.MIDPOINT}
_ONE_DAY: Final = timedelta(days=1)
_SEARCHED_DAYS: Final = 12

AnyTick = HistoricalTick | HistoricalTickBidAsk | HistoricalTickLast


@dataclass(frozen=True, slots=True)
class TickRequest:
    """A request for ticks, its words read; exactly one of start and end was given."""

    match: Match
    show: Show
    start: int | None
    end: int | None
    count: int
    is_regular: bool


def read_tick_request(
    match: Match, start: str, end: str, count: int, show: str, *, is_regular: bool, now: int
) -> TickRequest:
    """
    Return a request for ticks, its words read.

    Raises:
        Refused: Both or none of start and end are given, the count is not from 1 to 1000, or
            there is no such kind (321); a time is none (10314); there is no such history (162).
    """
    if bool(start.strip()) == bool(end.strip()):
        raise invalid("Please enter either a start or an end time, not both")
    if not 1 <= count <= MOST_TICKS:
        raise invalid(f"Number of ticks {count} is out of range, expected 1 to {MOST_TICKS}")
    if show not in _SHOWS:
        raise invalid(f"Invalid what to show: {show}. Legal ones are: {', '.join(_SHOWS)}")
    zone_id = match.instrument.hours.zone_id
    what = _SHOWS[show]
    if not (what is Show.TRADES and match.instrument.sec_type == "CRYPTO"):
        require_shown(match.instrument, what, match.exchange)
    return TickRequest(
        match=match,
        show=what,
        start=end_of(start, now, zone_id) if start.strip() else None,
        end=min(end_of(end, now, zone_id), now) if end.strip() else None,
        count=count,
        is_regular=is_regular,
    )


def ticks_of(ticks: Ticks, request: TickRequest, now: int) -> list[AnyTick]:
    """Return the ticks of a request in order of time; empty where nothing traded nearby."""
    instrument = request.match.instrument
    find = _finder(ticks, instrument, request.show)
    is_traded = request.show is Show.TRADES

    def is_busy(minute: int) -> bool:
        return not is_traded or ticks.is_busy(instrument, minute)

    hours = instrument.hours
    if request.start is not None:
        first = hours.local_day(request.start)
        sessions = hours.sessions(
            first, first + _SEARCHED_DAYS * _ONE_DAY, is_regular=request.is_regular
        )
        span = request.start, now
        return collected(find, is_busy, sessions, span, request.count, is_backward=False)
    assert request.end is not None
    backward = _sessions_before(hours, request.end, is_regular=request.is_regular)
    return collected(find, is_busy, backward, (0, request.end), request.count, is_backward=True)


def ticks_between(
    ticks: Ticks, instrument: Instrument, kind: str, after: int, until: int
) -> list[AnyTick]:
    """
    Return what a tick-by-tick stream tells of the seconds after one and before another.

    Args:
        ticks: Where they come from.
        instrument: Whose.
        kind: One of `KINDS`.
        after: First second, UTC.
        until: The second after the last; not after the present.
    """
    show = {"BidAsk": Show.BID_ASK, "MidPoint": Show.MIDPOINT}.get(kind, Show.TRADES)
    find = _finder(ticks, instrument, show)
    return [tick for second in range(after, until) for tick in find(second)]


def require_stream(instrument: Instrument, kind: str) -> None:
    """
    Refuse tick-by-tick streams that TWS does not have.

    Raises:
        Refused: The kind is unknown (321), or options, or trades of what has none (10189).
    """
    if kind not in KINDS:
        raise invalid(f"Invalid tick type: {kind}. Legal ones are: {', '.join(KINDS)}")
    is_traded = instrument.counts_trades or kind in {"BidAsk", "MidPoint"}
    has_quotes = instrument.sec_type != "IND" or kind not in {"BidAsk", "MidPoint"}
    if instrument.is_option or not (is_traded and has_quotes):
        name = f"{instrument.product.symbol} {instrument.sec_type}"
        raise Refused(
            10_189, f"Failed to request tick-by-tick data:No {kind} data is available for {name}"
        )


def _finder(ticks: Ticks, instrument: Instrument, show: Show) -> Callable[[int], list[Any]]:
    """Return what tells the ticks of one second."""
    if show is Show.TRADES:
        return lambda second: ticks.trades(instrument, second)
    if show is Show.BID_ASK:
        return lambda second: ticks.quotes(instrument, second)
    return lambda second: ticks.midpoints(instrument, second)


def _sessions_before(hours: Hours, end: int, *, is_regular: bool) -> Iterator[Session]:
    day = hours.local_day(end) + _ONE_DAY
    for back in range(_SEARCHED_DAYS):
        sessions = hours.sessions_of(day - back * _ONE_DAY, is_regular=is_regular)
        yield from (session for session in reversed(sessions) if session.start < end)
