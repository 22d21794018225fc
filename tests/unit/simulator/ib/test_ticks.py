"""Single ticks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ib_reference import AAPL, BTC, EURUSD, SPX, SPY_CALL, START, make_reference

from voldesk.simulator.ib.shows import Show
from voldesk.simulator.ib.ticks import collected
from voldesk.wire.ib.types import HistoricalTick

BOOKS = make_reference()
APPLE = BOOKS.instrument(AAPL)
seconds = st.integers(START - 5_000, START - 1)


@given(seconds)
@settings(max_examples=30)
def test_trades_of_a_second_fold_to_its_bar(second: int) -> None:
    """Sizes add up to the bar's volume, prices open and close it and stay in its range."""
    ticks = BOOKS.ticks.trades(APPLE, second)
    leaves = BOOKS.bars.seconds(APPLE, Show.TRADES, second // 60)
    place = second % 60
    assert sum(tick.size for tick in ticks) == leaves.volume[place]
    low, high = leaves.candles.low[place], leaves.candles.high[place]
    assert all(low <= tick.price <= high for tick in ticks)
    assert all(tick.time == second and tick.exchange in APPLE.exchanges for tick in ticks)
    if ticks:
        assert ticks[-1].price == leaves.candles.close[place]


@given(seconds)
@settings(max_examples=30)
def test_quotes_stand_apart_and_midpoints_between(second: int) -> None:
    """Every quote has its bid below its ask, and a midpoint in the middle."""
    quotes = BOOKS.ticks.quotes(APPLE, second)
    middles = BOOKS.ticks.midpoints(APPLE, second)
    assert 1 <= len(quotes) <= 2
    for quote, middle in zip(quotes, middles, strict=True):
        assert quote.bid < middle.price < quote.ask
        assert quote.bid_size >= 1
        assert quote.ask_size >= 1


def test_an_index_has_midpoints_and_no_trades() -> None:
    """What counts no volume trades nothing; its midpoint is its level."""
    index = BOOKS.instrument(SPX)
    assert BOOKS.ticks.trades(index, START - 60) == []
    assert BOOKS.ticks.midpoints(index, START - 60)[0].price == pytest.approx(6_800.0, rel=0.01)
    assert BOOKS.ticks.midpoints(index, START + 600) == []
    assert not BOOKS.ticks.is_busy(index, START // 60)


def test_currencies_are_quoted_in_millions() -> None:
    """The sizes of a pair are those of its price list."""
    quote = BOOKS.ticks.quotes(BOOKS.instrument(EURUSD), START - 60)[0]
    assert quote.bid_size > 100_000


@pytest.mark.parametrize("is_backward", [False, True])
def test_ticks_are_collected_until_there_are_enough(is_backward: bool) -> None:
    """The second that reaches the count is told whole, the ticks are those nearest the end."""
    call = BOOKS.instrument(SPY_CALL)
    sessions = call.hours.sessions_of(call.hours.local_day(START), is_regular=True)
    span = sessions[0].start, START
    looked: list[int] = []

    def find(second: int) -> list[HistoricalTick]:
        looked.append(second)
        return [HistoricalTick(second, 1.0, 1.0)] * 2 if second % 7 == 0 else []

    found = collected(
        find,
        lambda minute: minute % 2 == 0,
        sessions,
        span,
        5,
        is_backward=is_backward,
    )
    assert len(found) == 6
    times = [tick.time for tick in found]
    assert times == sorted(times)
    assert all(second // 60 % 2 == 0 for second in looked)
    edge = looked[0]
    assert (edge > START - 200) if is_backward else (edge < span[0] + 200)


def test_a_search_ends_after_a_thousand_minutes() -> None:
    """Where busy minutes hold too few ticks the search gives up with what it has."""
    coin = BOOKS.instrument(BTC)
    day = coin.hours.local_day(START - 3 * 86_400)
    sessions = coin.hours.sessions(day, coin.hours.local_day(START), is_regular=True)
    looked: list[int] = []

    def find(second: int) -> list[HistoricalTick]:
        looked.append(second)
        return []

    assert not collected(find, lambda _: True, sessions, (0, START), 5, is_backward=False)
    assert len(looked) == 60_000
