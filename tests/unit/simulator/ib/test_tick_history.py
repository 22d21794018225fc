"""Requests for historical ticks, and streams tick by tick."""

import pytest
from ib_reference import AAPL, BTC, EURUSD, SPX, SPY, SPY_CALL, START, Reference

from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.tick_history import (
    AnyTick,
    read_tick_request,
    require_stream,
    ticks_between,
    ticks_of,
)
from voldesk.wire.ib.types import IbContract

AT = "20240508-17:00:00"
AT_SECOND = 1715187600


def ask(
    reference: Reference, asked: IbContract, start: str, end: str, count: int, show: str
) -> list[AnyTick]:
    """Return the ticks of a request."""
    request = read_tick_request(
        reference.match(asked), start, end, count, show, is_regular=True, now=START
    )
    return ticks_of(reference.ticks, request, START)


@pytest.mark.parametrize("show", ["TRADES", "BID_ASK", "MIDPOINT"])
def test_ticks_from_a_start_begin_there(reference: Reference, show: str) -> None:
    """At least as many as asked for come, ascending from the start, the last second whole."""
    ticks = ask(reference, SPY, AT, "", 10, show)
    assert len(ticks) >= 10
    assert [tick.time for tick in ticks] == sorted(tick.time for tick in ticks)
    assert ticks[0].time >= AT_SECOND
    without_last = [tick for tick in ticks if tick.time != ticks[-1].time]
    assert len(without_last) < 10


@pytest.mark.parametrize("show", ["TRADES", "BID_ASK", "MIDPOINT"])
def test_ticks_up_to_an_end_stop_before_it(reference: Reference, show: str) -> None:
    """The latest before the end come, ascending, none at or after it."""
    ticks = ask(reference, SPY, "", AT, 10, show)
    assert len(ticks) >= 10
    assert ticks[-1].time < AT_SECOND
    assert ticks[-1].time > AT_SECOND - 10


def test_quiet_options_are_searched_far(reference: Reference) -> None:
    """Trades of an option that hardly trades are found days back."""
    ticks = ask(reference, SPY_CALL, "", "20260623-15:00:00", 5, "TRADES")
    assert ticks
    assert ticks[0].time > START - 13 * 86_400


def test_the_future_is_not_told(reference: Reference) -> None:
    """Ticks from a start near the present end with it."""
    ticks = ask(reference, AAPL, "20260623-14:59:50", "", 1000, "BID_ASK")
    assert ticks
    assert ticks[-1].time < START


def test_the_same_ticks_come_twice(reference: Reference) -> None:
    """A request repeated is answered alike."""
    first = ask(reference, AAPL, AT, "", 20, "TRADES")
    assert ask(reference, AAPL, AT, "", 20, "TRADES") == first


@pytest.mark.parametrize(
    ("start", "end", "count", "show", "code"),
    [
        (AT, AT, 10, "TRADES", 321),
        ("", "", 10, "TRADES", 321),
        (AT, "", 0, "TRADES", 321),
        (AT, "", 1001, "TRADES", 321),
        (AT, "", 10, "BID", 321),
        ("x", "", 10, "TRADES", 10_314),
    ],
)
def test_wrong_requests_are_refused(
    reference: Reference, start: str, end: str, count: int, show: str, code: int
) -> None:
    """Both ends or none, counts out of range, other kinds and no times have their errors."""
    with pytest.raises(Refused) as caught:
        ask(reference, AAPL, start, end, count, show)
    assert caught.value.code == code


def test_currencies_have_no_trades(reference: Reference) -> None:
    """What has no trades has no ticks of them; coins have."""
    with pytest.raises(Refused):
        ask(reference, EURUSD, AT, "", 10, "TRADES")
    assert ask(reference, BTC, AT, "", 10, "TRADES")


@pytest.mark.parametrize("kind", ["Last", "AllLast", "BidAsk", "MidPoint"])
def test_streams_tell_each_second_once(reference: Reference, kind: str) -> None:
    """Two stretches that meet tell together what one stretch over both tells."""
    apple = reference.instrument(AAPL)
    whole = ticks_between(reference.ticks, apple, kind, START - 20, START)
    first = ticks_between(reference.ticks, apple, kind, START - 20, START - 7)
    second = ticks_between(reference.ticks, apple, kind, START - 7, START)
    assert whole == first + second
    assert whole


@pytest.mark.parametrize(
    ("asked", "kind", "code"),
    [
        (SPY_CALL, "Last", 10_189),
        (EURUSD, "Last", 10_189),
        (SPX, "BidAsk", 10_189),
        (AAPL, "Trades", 321),
    ],
)
def test_streams_that_do_not_exist_are_refused(
    reference: Reference, asked: IbContract, kind: str, code: int
) -> None:
    """Options are not streamed tick by tick, nor trades of what has none."""
    with pytest.raises(Refused) as caught:
        require_stream(reference.instrument(asked), kind)
    assert caught.value.code == code
    require_stream(reference.instrument(AAPL), "AllLast")
