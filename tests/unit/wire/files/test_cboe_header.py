"""Tests of `wire.files.cboe_header`."""

from datetime import UTC, datetime

import numpy as np
import pytest

from voldesk.model.quotes import NO_TIME
from voldesk.wire.files.cboe_header import quote_instant, read_header
from voldesk.wire.files.numerals import DecimalMark, Numerals


def ns(text: str) -> int:
    """Return the UTC ns of an ISO text with a zone."""
    return round(datetime.fromisoformat(text).timestamp()) * 10**9


def shown(instant: int) -> str:
    """Return UTC ns as text."""
    return datetime.fromtimestamp(instant / 1e9, UTC).isoformat()


@pytest.mark.parametrize(
    ("lines", "stamp"),
    [
        # the site since 2021, in several browsers' languages
        (['"Date: October 1, 2025 at 6:01 PM EDT",Bid: 1,Ask: 2'], "2025-10-01T18:01:00-04:00"),
        (["Date: 9 June 2023, 10:18 PM EDT,Bid: 1,Ask: 2"], "2023-06-09T22:18:00-04:00"),
        (["Date: 24 September 2023,1:46 PM EDT,Bid: 1"], "2023-09-24T13:46:00-04:00"),
        (['"Date: February 5 2022, 8:26 PM EST",Bid: 0'], "2022-02-05T20:26:00-05:00"),
        (["Date: 9 декабря 2023 \u0433. \u0432 13:49 GMT-5,Bid: 1"], "2023-12-09T13:49:00-05:00"),
        (["Date: 14 March 2026 at 07:34 GMT-4,Bid: 1"], "2026-03-14T07:34:00-04:00"),
        (
            ["Date: 1 ottobre 2025 alle ore 18:01 EDT,Bid: 1"],  # codespell:ignore
            "2025-10-01T18:01:00-04:00",
        ),
        (
            ["Date: 1. Oktober 2025 um 18:01 EDT;Bid: 1,5"],  # codespell:ignore
            "2025-10-01T18:01:00-04:00",
        ),
        (["", "S&P,Last: 1", '"Date: 10/1/2025, 6:01 PM EDT"'], "2025-10-01T18:01:00-04:00"),
        # quotedata.dat, 2010 to 2020
        (["Mar 22 2020 @ 18:24 ET,Bid,2243.68,Ask,2677.6,Vol,"], "2020-03-22T18:24:00-04:00"),
        (["Dec 28 2017 @ 11:12 ET,"], "2017-12-28T11:12:00-05:00"),
        (['"Jul 17 2026 @ 15:45 ET,Last: 601.23,Change: +1.10"'], "2026-07-17T15:45:00-04:00"),
    ],
)  # fmt: skip
def test_the_stamp_of_every_layout_is_read(lines: list[str], stamp: str) -> None:
    """New York time with its zone, whatever the language of the browser that saved the file."""
    assert read_header(lines, Numerals()).stamp == ns(stamp)


def test_levels_and_symbol_are_read() -> None:
    """Both ways of writing levels; zeros are unknown."""
    new = read_header(
        ["", "NASDAQ 100,Last: 14298.4092,Change: 3", "Date: x,Bid: 0,Ask: 0"], Numerals()
    )
    assert new.last == 14298.4092
    assert np.isnan([new.bid, new.ask]).all()
    assert new.symbol == ""
    old = read_header(
        ["QQQ (INVESCO QQQ TRUST, SERIES 1),172.08,+0.89,",
         "Jun 29 2018 @ 09:45 ET,Bid,172.11,Ask,172.12,Size,15x8,Vol,911904,"],
        Numerals(),
    )  # fmt: skip
    assert (old.symbol, old.last, old.bid, old.ask) == ("QQQ", 172.08, 172.11, 172.12)
    index = read_header(["^SPX (Standard & Poors 500 Index),2304.92,-104.4701"], Numerals())
    assert (index.symbol, index.last) == ("SPX", 2304.92)
    comma = read_header(["DAX;Last: 6711,2002;Change: 2"], Numerals(DecimalMark.COMMA))
    assert comma.last == 6711.2002


def test_a_stamp_that_cannot_be_read_is_kept_for_the_complaint() -> None:
    """The text and its line are there, the instant is not."""
    header = read_header(["", "SPY,Last: 427.92", "Date: 4 June 4, 3:15 PM EDT,Bid: 1"], Numerals())
    assert header.stamp == NO_TIME
    assert (header.stamp_text, header.stamp_line) == ("4 June 4, 3:15 PM EDT", 3)


def test_a_date_without_a_time_stands_for_the_last_quotes_of_the_day() -> None:
    """Its quotes are those of 16:15."""
    header = read_header(["Date: 10/1/2025,Bid: 1"], Numerals())
    assert shown(quote_instant(header.stamp)) == "2025-10-01T20:15:00+00:00"


@pytest.mark.parametrize(
    ("stamp", "quotes"),
    [
        ("2025-10-01T18:01:00-04:00", "2025-10-01T16:15:00-04:00"),  # the evening
        ("2025-10-01T16:31:00-04:00", "2025-10-01T16:15:00-04:00"),
        ("2025-10-01T16:30:00-04:00", "2025-10-01T16:15:00-04:00"),
        ("2025-10-01T16:20:00-04:00", "2025-10-01T16:05:00-04:00"),  # the delay runs out
        ("2025-10-01T11:00:00-04:00", "2025-10-01T10:45:00-04:00"),  # the session
        ("2025-10-01T09:45:00-04:00", "2025-10-01T09:30:00-04:00"),
        ("2025-10-01T09:44:00-04:00", "2025-09-30T16:15:00-04:00"),  # before the open
        ("2025-10-02T03:00:00-04:00", "2025-10-01T16:15:00-04:00"),  # the night
        ("2025-10-04T12:00:00-04:00", "2025-10-03T16:15:00-04:00"),  # Saturday
        ("2025-12-25T12:00:00-05:00", "2025-12-24T13:15:00-05:00"),  # Christmas, after half a day
    ],
)
def test_quotes_are_a_quarter_of_an_hour_old_and_stop_after_the_close(
    stamp: str, quotes: str
) -> None:
    """The stamp is the download's; the quotes are those of the session before it."""
    assert quote_instant(ns(stamp)) == ns(quotes)
