"""Bars and how they fold."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ib_reference import AAPL, SPX, SPY, SPY_CALL, START, Reference, make_reference

from voldesk.simulator.ib.bars import Bars, RawBar, merged
from voldesk.simulator.ib.hours import Session
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.shows import Show

BOOKS = make_reference()
INSTRUMENTS = [BOOKS.instrument(asked) for asked in (AAPL, SPY, SPY_CALL)]
SHOWS = (Show.TRADES, Show.MIDPOINT, Show.BID, Show.ASK, Show.BID_ASK)


def session_of(instrument: Instrument, day: date = date(2026, 6, 22)) -> Session:
    """Return the regular session of a day."""
    return instrument.hours.sessions_of(day, is_regular=True)[0]


def fold(bars: list[RawBar], seconds: int, session: Session, show: Show) -> list[RawBar]:
    """Return longer bars made of shorter ones, aligned to New York's midnight."""
    midnight = session.start - int(9.5 * 3_600)
    groups: dict[int, list[RawBar]] = {}
    for bar in bars:
        groups.setdefault((bar.start - midnight) // seconds, []).append(bar)
    return [merged(group, show) for group in groups.values()]


@given(
    st.sampled_from(INSTRUMENTS),
    st.sampled_from(SHOWS[:4]),
    st.sampled_from([300, 900, 1_800, 3_600, 14_400]),
)
@settings(max_examples=25)
def test_longer_bars_are_folds_of_minutes(instrument: Instrument, show: Show, seconds: int) -> None:
    """A bar of any length has the prices, volume and trades of the minutes in it."""
    session = session_of(instrument)
    span = session.start, session.end
    minutes = BOOKS.bars.session_bars(instrument, show, session, 60, span, START)
    longer = BOOKS.bars.session_bars(instrument, show, session, seconds, span, START)
    for mine, theirs in zip(longer, fold(minutes, seconds, session, show), strict=True):
        assert mine[:6] == theirs[:6]
        assert mine.wap == pytest.approx(theirs.wap, rel=1e-9)
        assert mine.trade_count == theirs.trade_count


@given(st.sampled_from(INSTRUMENTS), st.sampled_from([1, 5, 15, 30]), st.integers(0, 380))
@settings(max_examples=25)
def test_minutes_are_folds_of_seconds(instrument: Instrument, seconds: int, place: int) -> None:
    """A minute has the prices, volume and trades of the shorter bars in it."""
    session = session_of(instrument)
    span = session.start + 60 * place, session.start + 60 * (place + 1)
    short = BOOKS.bars.session_bars(instrument, Show.TRADES, session, seconds, span, START)
    minute = BOOKS.bars.session_bars(instrument, Show.TRADES, session, 60, span, START)
    assert len(short) == 60 // seconds
    folded = merged(short, Show.TRADES)
    assert folded[:6] == minute[0][:6]
    assert folded.trade_count == minute[0].trade_count


def test_bid_and_ask_bars_hold_averages_between_extremes() -> None:
    """The low is the lowest bid, the high the highest ask, open and close are averages inside."""
    session = session_of(INSTRUMENTS[0])
    bars = BOOKS.bars.session_bars(
        INSTRUMENTS[0], Show.BID_ASK, session, 300, (session.start, session.end), START
    )
    for bar in bars:
        assert bar.low <= bar.open < bar.close <= bar.high
        assert (bar.volume, bar.wap, bar.trade_count) == (-1.0, -1.0, -1)


def test_a_day_is_what_its_session_adds_up_to() -> None:
    """Day bars agree with minutes, are remembered, and missing where the market was closed."""
    instrument = INSTRUMENTS[0]
    session = session_of(instrument)
    minutes = BOOKS.bars.session_bars(
        instrument, Show.TRADES, session, 60, (session.start, session.end), START
    )
    for _ in range(2):
        day = BOOKS.bars.day_bar(instrument, Show.TRADES, session.day, START, is_regular=True)
        assert day is not None
        assert day[1:6] == merged(minutes, Show.TRADES)[1:6]
    sunday = date(2026, 6, 21)
    assert BOOKS.bars.day_bar(instrument, Show.TRADES, sunday, START, is_regular=True) is None


def test_a_day_under_way_ends_now() -> None:
    """The bar of today grows with the clock and tells nothing of the future."""
    instrument = INSTRUMENTS[0]
    today = date(2026, 6, 23)
    early, late = (
        BOOKS.bars.day_bar(instrument, Show.TRADES, today, START - back, is_regular=True)
        for back in (3_600, 17)
    )
    assert early is not None
    assert late is not None
    assert early.open == late.open
    assert early.volume < late.volume
    assert early.high <= late.high


def test_the_market_seen_live_is_in_the_bars() -> None:
    """After two minutes the bars of the index end at its spot, and minutes fold from seconds."""
    books = make_reference("SPX")
    books.advance(125)
    index = books.instrument(SPX)
    session = session_of(index, date(2026, 6, 23))
    span = START, books.now
    seconds = books.bars.session_bars(index, Show.TRADES, session, 5, span, books.now)
    minutes = books.bars.session_bars(index, Show.TRADES, session, 60, span, books.now)
    track = books.observed.tracks["SPX"]
    assert minutes[-1].close == pytest.approx(track.seconds(books.now // 60).close[4])
    assert merged(seconds, Show.TRADES)[1:5] == merged(minutes, Show.TRADES)[1:5]


def test_other_bars_over_the_same_prices_agree(reference: Reference) -> None:
    """Two makers of bars over equal books tell the same bytes."""
    instrument = reference.instrument(AAPL)
    session = session_of(instrument)
    span = session.start, session.end
    mine, theirs = (
        bars.session_bars(instrument, Show.TRADES, session, 60, span, START)
        for bars in (Bars(reference.prices, 7), BOOKS.bars)
    )
    assert mine == theirs
    volume = sum(bar.volume for bar in mine)
    first = session.start // 60
    assert volume == sum(BOOKS.bars.minute_volume(instrument, first + n) for n in range(390))


def test_longer_quotes_average_shorter_ones() -> None:
    """The open of a quote bar is the mean of its minutes' mean bids, its close of their asks."""
    session = session_of(INSTRUMENTS[1])
    span = session.start, session.end
    minutes = BOOKS.bars.session_bars(INSTRUMENTS[1], Show.BID_ASK, session, 60, span, START)
    longer = BOOKS.bars.session_bars(INSTRUMENTS[1], Show.BID_ASK, session, 1_800, span, START)
    folds = fold(minutes, 1_800, session, Show.BID_ASK)
    for mine, theirs in zip(longer, folds, strict=True):
        assert mine[1:5] == pytest.approx(theirs[1:5], abs=2e-6)


def test_a_day_of_two_sessions_is_both() -> None:
    """An index option trades at night and by day; its day holds the extremes of both."""
    option = next(c for c in BOOKS.catalogue.classes if c.name == "SPXW")
    contract = option.contract(option.series[-1], option.series[-1].strikes[0], "C")
    day = date(2026, 6, 22)
    parts = [
        BOOKS.bars.session_bars(contract, Show.BID_ASK, each, 86_400, each[1:], START)[0]
        for each in contract.hours.sessions_of(day, is_regular=False)
    ]
    whole = BOOKS.bars.day_bar(contract, Show.BID_ASK, day, START, is_regular=False)
    assert whole is not None
    assert len(parts) == 2
    assert whole.high == max(part.high for part in parts)
    assert whole.low == min(part.low for part in parts)


def test_vols_have_seconds_too() -> None:
    """A minute of vol folds from its seconds."""
    minute = START // 60 - 100
    seconds = BOOKS.bars.seconds(INSTRUMENTS[0], Show.HISTORICAL_VOLATILITY, minute)
    place = minute % 1440
    whole = BOOKS.bars.minutes(
        INSTRUMENTS[0], Show.HISTORICAL_VOLATILITY, minute // 1440, START
    ).candles.take(slice(place, place + 1))
    assert seconds.candles.high.max() == whole.high[0]
    assert seconds.candles.close[-1] == whole.close[0]


def test_what_is_not_known_yet_has_no_bars() -> None:
    """Ahead of the market its bars end with it, and a session all ahead of it has none."""
    index = BOOKS.instrument(SPX)
    session = session_of(index, date(2026, 6, 23))
    span = START - 300, START + 600
    ahead = BOOKS.bars.session_bars(index, Show.TRADES, session, 60, span, START + 600)
    assert ahead[-1].start == START
    later = session_of(index, date(2026, 6, 24))
    known = later.start, later.end
    assert BOOKS.bars.session_bars(index, Show.TRADES, later, 60, known, later.end) == []
    assert BOOKS.bars.session_bars(index, Show.TRADES, later, 60, known, START) == []
