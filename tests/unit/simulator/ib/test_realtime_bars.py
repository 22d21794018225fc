"""Bars of five seconds."""

import pytest
from ib_reference import AAPL, BTC, SPX, START, Reference, make_reference

from voldesk.simulator.ib.realtime_bars import bars_between, require_realtime
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.shows import Show


def test_each_bar_is_told_once(reference: Reference) -> None:
    """However time is cut, every bar comes when it is over, and once."""
    apple = reference.instrument(AAPL)
    whole = bars_between(reference.bars, apple, Show.TRADES, START - 60, START, is_regular=True)
    assert [bar.start for bar in whole] == list(range(START - 60, START, 5))
    pieces = []
    for second in range(START - 60, START, 3):
        pieces += bars_between(
            reference.bars, apple, Show.TRADES, second, second + 3, is_regular=True
        )
    assert pieces == whole


def test_they_are_the_bars_of_a_history(reference: Reference) -> None:
    """A request for five-second bars tells the same prices."""
    apple = reference.instrument(AAPL)
    told = bars_between(reference.bars, apple, Show.TRADES, START - 30, START, is_regular=True)
    asked = reference.ask(AAPL, "30 S", "5 secs").bars
    assert [(bar.open, bar.close, bar.volume) for bar in told] == [
        (bar.open, bar.close, bar.volume) for bar in asked
    ]


def test_the_live_market_is_in_them() -> None:
    """After ten seconds two bars of the index are over."""
    books = make_reference("SPX")
    books.advance(10)
    index = books.instrument(SPX)
    found = bars_between(books.bars, index, Show.TRADES, START, books.now, is_regular=True)
    assert [bar.start for bar in found] == [START, START + 5]


def test_outside_the_session_there_are_none(reference: Reference) -> None:
    """At night nothing is told of regular hours."""
    night = START - 9 * 3_600
    apple = reference.instrument(AAPL)
    assert not bars_between(reference.bars, apple, Show.TRADES, night, night + 60, is_regular=True)


@pytest.mark.parametrize(
    ("seconds", "show", "code"), [(1, "TRADES", 321), (5, "BID_ASK", 321), (5, "BID", 162)]
)
def test_other_bars_are_refused(reference: Reference, seconds: int, show: str, code: int) -> None:
    """Only five seconds, only four kinds, and no quotes of an index."""
    with pytest.raises(Refused) as caught:
        require_realtime(reference.instrument(SPX), seconds, show, "CBOE")
    assert caught.value.code == code


def test_coins_show_their_trades(reference: Reference) -> None:
    """Trades of a coin are those of all venues together."""
    assert require_realtime(reference.instrument(BTC), 5, "TRADES", "PAXOS") is Show.AGGTRADES
