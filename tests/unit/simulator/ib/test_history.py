"""Answers to requests for bars."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ib_reference import (
    AAPL,
    BTC,
    ES_FRONT,
    EURUSD,
    SPX,
    SPY,
    SPY_CALL,
    START,
    Reference,
    make_reference,
    utc,
)

from voldesk.simulator.ib.history import head_timestamp
from voldesk.simulator.ib.periods import BAR_SIZES
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.shows import Show
from voldesk.wire.ib.types import IbContract

BOOKS = make_reference()


def dates(*words: Any, **options: Any) -> list[str]:
    """Return the dates of the bars of a request."""
    return [bar.date for bar in BOOKS.ask(*words, **options).bars]


def test_seconds_up_to_a_close_are_counted_exactly() -> None:
    """Thirty seconds up to 16:00 are thirty bars, the last one begins at 15:59:59."""
    found = dates(SPY, "30 S", "1 secs", end="20231006-20:00:00", is_regular=False)
    assert len(found) == 30
    assert found[-1] == "1696622399"


def test_quotes_of_an_option_come_without_volume() -> None:
    """Two bars of fifteen seconds, volume, average and count -1."""
    asked = IbContract(
        symbol="AAPL",
        sec_type="OPT",
        exchange="SMART",
        currency="USD",
        last_trade_date="20260717",
        strike=300.0,
        right="C",
    )
    answer = BOOKS.ask(asked, "30 S", "15 secs", "BID_ASK", end="20260622-14:00:00")
    assert [bar.date for bar in answer.bars] == ["1782136770", "1782136785"]
    assert {(bar.volume, bar.wap, bar.count) for bar in answer.bars} == {(-1.0, -1.0, -1)}


def test_weeks_are_dated_by_their_last_trading_day() -> None:
    """A month of weeks before Labor Day is five bars, Fridays all."""
    found = dates(SPY, "1 M", "1W", end="20230904-20:00:00", is_regular=False)
    assert found == ["20230804", "20230811", "20230818", "20230825", "20230901"]


def test_a_year_of_months_has_thirteen() -> None:
    """The month under way counts as far as it went."""
    found = dates(SPY, "1 Y", "1M", end="20230904-20:00:00", is_regular=False)
    assert len(found) == 13
    assert found[0] == "20220930"
    assert found[-1] == "20230901"


def test_days_count_trading_days() -> None:
    """Five days before a Tuesday leave out the weekend and Juneteenth."""
    assert dates(SPY, "5 D", "1 day") == [
        "20260616",
        "20260617",
        "20260618",
        "20260622",
        "20260623",
    ]


def test_a_day_of_minutes_is_the_session_so_far() -> None:
    """At 11:00 the day has ninety minutes, dated in the exchange's zone where text is wanted."""
    found = dates(SPY, "1 D", "1 min", format_date=1)
    assert len(found) == 90
    assert found[0] == "20260623 09:30:00 US/Eastern"


def test_hours_are_aligned_to_the_clock() -> None:
    """The first hour of a stock is half an hour, the next ones begin on the hour."""
    found = dates(SPY, "1 D", "1 hour", format_date=1)
    assert [text[9:14] for text in found] == ["09:30", "10:00"]


def test_a_futures_day_begins_on_the_evening_before() -> None:
    """Outside regular hours a day of ES begins at 17:00 Chicago."""
    found = dates(ES_FRONT, "1 D", "4 hours", is_regular=False, format_date=1)
    assert found[0] == "20260622 17:00:00 US/Central"


@pytest.mark.parametrize(
    ("asked", "show"),
    [(EURUSD, "MIDPOINT"), (BTC, "AGGTRADES"), (SPX, "TRADES"), (SPX, "MIDPOINT")],
)
def test_every_type_has_a_history(asked: IbContract, show: str) -> None:
    """Currencies, coins and indices answer in their own kinds, volumes only where counted."""
    answer = BOOKS.ask(asked, "2 D", "30 mins", show)
    assert len(answer.bars) > 10
    for bar in answer.bars:
        assert bar.low <= min(bar.open, bar.close)
        assert bar.high >= max(bar.open, bar.close)
        assert (bar.volume == -1.0) == (show == "MIDPOINT")


@pytest.mark.parametrize("show", ["HISTORICAL_VOLATILITY", "OPTION_IMPLIED_VOLATILITY"])
def test_vols_are_fractions(show: str) -> None:
    """A month of vols lies between 2 and 200 percent."""
    bars = BOOKS.ask(AAPL, "1 M", "1 day", show).bars
    assert all(0.02 < bar.low <= bar.high < 2.0 for bar in bars)


@given(
    st.integers(600, 7_000), st.integers(0, 3_000), st.sampled_from(["1 min", "5 secs", "5 mins"])
)
@settings(max_examples=15)
def test_overlapping_requests_agree(back: int, earlier: int, size: str) -> None:
    """Bars that two requests share are the same, wherever the requests begin."""
    end = "20260622 15:30:00"
    short = BOOKS.ask(AAPL, f"{back} S", size, end=end).bars
    long = BOOKS.ask(AAPL, f"{back + earlier} S", size, end=end).bars
    shared = {bar.date: bar for bar in long}
    assert all(shared[bar.date] == bar for bar in short[1:])


def test_the_same_request_twice_is_the_same_bytes() -> None:
    """Of one's own books and of others made alike."""
    other = make_reference()
    for show in ("TRADES", "BID_ASK"):
        first = BOOKS.ask(SPY_CALL, "2 D", "5 mins", show)
        assert BOOKS.ask(SPY_CALL, "2 D", "5 mins", show) == first
        assert other.ask(SPY_CALL, "2 D", "5 mins", show) == first


def test_history_before_the_listing_is_no_data() -> None:
    """What ends before a stock was listed is refused; what spans the day begins with it."""
    with pytest.raises(Refused, match="HMDS query returned no data: AAPL@SMART Trades"):
        BOOKS.ask(AAPL, "1 M", "1 day", end="19800101-00:00:00")
    assert dates(AAPL, "1 M", "1 day", end="19801231-22:00:00")[0] == "19801212"


def test_what_has_expired_has_no_later_bars() -> None:
    """The bars of an expired future end with it, those of an option begin three years before."""
    asked = IbContract(
        symbol="ES", sec_type="FUT", exchange="CME", last_trade_date="202603", include_expired=True
    )
    assert dates(asked, "1 W", "1 day")[-1] == "20260320"
    assert dates(SPY_CALL, "10 Y", "1 day")[0].startswith("202512")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("1 D", "7 mins", "TRADES"), 321),
        (("x", "1 min", "TRADES"), 321),
        (("1 D", "1 min", "X"), 321),
        (("1 Y", "1 secs", "TRADES"), 162),
        (("1 D", "1 min", "YIELD_BID"), 162),
    ],
)
def test_wrong_words_are_refused(words: tuple[str, str, str], code: int) -> None:
    """Sizes, durations, kinds and too long stretches each have their error."""
    with pytest.raises(Refused) as caught:
        BOOKS.ask(AAPL, *words)
    assert caught.value.code == code


@given(
    st.sampled_from([SPY, SPX, EURUSD, BTC, ES_FRONT, SPY_CALL]),
    st.sampled_from([*BAR_SIZES, "x"]),
    st.sampled_from(["1 S", "90 S", "1 D", "2 D", "1 W", "1 M"]),
    st.sampled_from(list(Show)),
    st.sampled_from(["", "20260101-00:00:00", "20260621 12:00:00", "19700101-00:00:00", "x"]),
    st.booleans(),
)
@settings(max_examples=60)
def test_whatever_is_asked_is_answered_or_refused(
    asked: IbContract, size: str, duration: str, show: Show, end: str, is_regular: bool
) -> None:
    """No request ends in anything but ascending bars of sound prices or an error of TWS."""
    with contextlib.suppress(Refused):
        bars = BOOKS.ask(asked, duration, size, show, end=end, is_regular=is_regular).bars
        found = [bar.date for bar in bars]
        assert found == sorted(set(found))
        assert all(bar.low <= bar.open <= bar.high for bar in bars)
        assert all(bar.low <= bar.close <= bar.high for bar in bars)


def test_an_unknown_date_format_is_refused() -> None:
    """There are two."""
    with pytest.raises(Refused):
        BOOKS.ask(AAPL, "1 D", "1 min", format_date=3)


@pytest.mark.parametrize("size", ["5 secs", "1 min", "5 mins", "1 hour", "1 day"])
def test_the_growing_bar_is_the_last_of_a_request(size: str) -> None:
    """Second by second the bar that is made is what a request made then would end with."""
    books = make_reference("SPX")
    for asked, show in ((SPX, "TRADES"), (SPY, "TRADES")):
        request = books.history.read(
            books.match(asked),
            "",
            size,
            "1 D",
            is_regular=True,
            show=show,
            format_date=2,
            now=books.now,
        )
        for _ in range(3):
            books.advance(7)
            growing = books.history.growing(request, books.now)
            assert growing == books.ask(asked, "1 D", size, show).bars[-1]


def test_at_night_the_growing_bar_is_the_sessions_last() -> None:
    """Outside the session the last bar of the day before stands."""
    night = make_reference(start=utc("2026-06-24T03:00"))
    request = night.history.read(
        night.match(AAPL), "", "5 mins", "1 D", is_regular=True, show="TRADES", format_date=1,
        now=night.now,
    )  # fmt: skip
    growing = night.history.growing(request, night.now)
    assert growing is not None
    assert growing.date == "20260623 15:55:00 US/Eastern"


def test_the_schedule_lists_sessions(reference: Reference) -> None:
    """Two days of regular sessions, in wall time, dated by trading day."""
    request = reference.history.read(
        reference.match(AAPL), "", "1 day", "2 D", is_regular=True, show="SCHEDULE", format_date=1,
        now=reference.now,
    )  # fmt: skip
    schedule = reference.history.schedule(request)
    assert schedule.time_zone == "US/Eastern"
    assert [session.ref_date for session in schedule.sessions] == ["20260622", "20260623"]
    assert schedule.sessions[0].start == "20260622-09:30:00"
    assert schedule.sessions[0].end == "20260622-16:00:00"


def test_head_timestamps_are_the_first_session(reference: Reference) -> None:
    """Apple's history begins on 12 December 1980 at 09:30 in New York."""
    match = reference.match(AAPL)
    assert head_timestamp(match, "TRADES", 2, is_regular=True) == "345479400"
    assert head_timestamp(match, "TRADES", 1, is_regular=True) == "19801212-14:30:00"
    with pytest.raises(Refused):
        head_timestamp(reference.match(EURUSD), "TRADES", 1, is_regular=True)


def test_stretches_are_told_as_text() -> None:
    """The answer names its start and end in the zone of the contract."""
    answer = BOOKS.ask(SPY, "1 D", "1 hour")
    assert answer.start == "20260623 09:30:00 US/Eastern"
    assert answer.end == "20260623 11:00:00 US/Eastern"
    assert utc("2026-06-23T15:00") == START
