"""Tests of `wire.files.nse`."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.nse import READER, described_by
from voldesk.wire.files.reader import NO_HINTS, ReadHints
from voldesk.wire.files.unpack import open_document

Load = Callable[[str], bytes]
NAME = "option-chain-ED-NIFTY-27-Feb-2025.csv"


def read(data: bytes, name: str = NAME, hints: ReadHints = NO_HINTS) -> ChainSnapshot:
    """Read bytes as an NSE chain."""
    return READER.read(open_document(data, name), hints)


def test_the_download_is_read_on_both_sides(sample: Load) -> None:
    """Calls left of the strike, puts mirrored on the right, Indian grouping, dashes."""
    snapshot = read(sample(NAME))
    quotes = snapshot.quotes
    assert (snapshot.underlying, snapshot.market, snapshot.source) == ("NIFTY", Market.INDIA, "nse")
    assert snapshot.problems == ()
    assert snapshot.as_of == 0
    assert np.isnan(snapshot.spot)
    assert quotes.strike.tolist() == [21100.0, 23000.0, 25400.0] * 2
    assert quotes.is_call.tolist() == [True] * 3 + [False] * 3
    assert set(quotes.expiry.astype(str)) == {"2025-02-27"}
    assert set(quotes.root) == {"NIFTY"}
    call, put = 1, 4
    assert (quotes.bid[call], quotes.ask[call], quotes.last[call]) == (203.5, 203.9, 203.6)
    assert (quotes.bid_size[call], quotes.ask_size[call]) == (450.0, 1350.0)
    assert (quotes.volume[call], quotes.open_interest[call]) == (948859.0, 115564.0)
    assert quotes.vendor_iv[call] == pytest.approx(0.1334)
    assert (quotes.bid[put], quotes.ask[put], quotes.last[put]) == (210.0, 210.25, 210.05)
    assert (quotes.bid_size[put], quotes.ask_size[put]) == (5550.0, 975.0)
    assert (quotes.volume[put], quotes.open_interest[put]) == (1176610.0, 85475.0)
    assert np.isnan([quotes.last[0], quotes.volume[0], quotes.vendor_iv[5]]).all()


def test_other_spellings_of_the_header_are_read(sample: Load) -> None:
    """BID PRICE and STRIKE PRICE, prefixes of the side, a byte-order mark, no CALLS line."""
    text = sample(NAME).decode()
    plain = read(text.encode()).quotes
    worded = text.replace("STRIKE,", "STRIKE PRICE,").replace(",BID,ASK,", ",BID PRICE,ASK PRICE,")
    prefixed = (
        text.split("\n", 1)[1].replace(",OI,CHNG", ",CALL_OI,CHNG").replace(",OI,\n", ",PUT-OI,\n")
    )
    for variant in (worded.encode("utf-8-sig"), prefixed.encode(), ("\n" + text).encode("utf-16")):
        quotes = read(variant).quotes
        assert quotes.bid.tolist() == plain.bid.tolist()
        assert np.array_equal(quotes.open_interest, plain.open_interest, equal_nan=True)


@pytest.mark.parametrize(
    ("name", "underlying", "expiry"),
    [
        (NAME, "NIFTY", date(2025, 2, 27)),
        ("option-chain-ED-NIFTY-15-Sep-2026 (1).csv", "NIFTY", date(2026, 9, 15)),
        (
            "15-30pm-01Jun21-option-chain-ED-BANKNIFTY-03-Jun-2021.csv",
            "BANKNIFTY",
            date(2021, 6, 3),
        ),
        ("option-chain-ED-M&M-24-Apr-2025.csv", "M&M", date(2025, 4, 24)),
        ("option-chain-ED-BAJAJ-AUTO-24-Apr-2025.csv", "BAJAJ-AUTO", date(2025, 4, 24)),
        ("option-chain-COM-SILVER-02-Dec-2025.csv", "SILVER", date(2025, 12, 2)),
        ("nifty_30-Apr-2020_1120.csv", "NIFTY", date(2020, 4, 30)),
        ("option-chain-equity-derivatives.csv", "", None),
        ("chain.csv", "", None),
    ],
)
def test_the_name_tells_underlying_and_expiry(
    name: str, underlying: str, expiry: date | None
) -> None:
    """The site's names, renamed downloads and names that say nothing."""
    assert described_by(name) == (underlying, expiry)


def test_hints_serve_a_file_that_was_renamed(sample: Load) -> None:
    """Underlying and expiry come from the operator where the name is silent, not against it."""
    hints = ReadHints(underlying="FINNIFTY", expiry=date(2025, 3, 6), spot=23000.0, as_of=5)
    snapshot = read(sample(NAME), "chain.csv", hints)
    assert (snapshot.underlying, snapshot.spot, snapshot.as_of) == ("FINNIFTY", 23000.0, 5)
    assert set(snapshot.quotes.expiry.astype(str)) == {"2025-03-06"}
    named = read(sample(NAME), NAME, hints)
    assert named.underlying == "NIFTY"
    assert set(named.quotes.expiry.astype(str)) == {"2025-02-27"}


def test_a_missing_expiry_says_what_to_pass(sample: Load) -> None:
    """The file has none inside."""
    with pytest.raises(FileFormatError, match=r"says no expiry.*pass --expiry"):
        read(sample(NAME), "option-chain-equity-derivatives.csv")


def test_bad_rows_are_named_by_line(sample: Load) -> None:
    """A cut line and a word among the numbers."""
    data = sample(NAME).replace(b"203.50", b"2o3.50") + b",1,2,3\n"
    snapshot = read(data)
    assert [(problem.line, problem.reason) for problem in snapshot.problems] == [
        (4, "bid '2o3.50' is no number"),
        (6, "4 cells where the header has 22"),
    ]


def test_the_json_body_goes_the_same_way(sample: Load) -> None:
    """One format name for both faces of the site."""
    assert READER.sniff(sample("nse_chain.json").decode(), "x")
    assert len(read(sample("nse_chain.json"), "chain.json").quotes) == 3


def test_another_table_is_refused() -> None:
    """The error says what the header has to hold."""
    with pytest.raises(FileFormatError, match=r"is not an NSE option chain: .*STRIKE"):
        read(b"OI,LTP,STRIKE\n1,2,3\n")
