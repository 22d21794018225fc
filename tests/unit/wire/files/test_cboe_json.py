"""Tests of `wire.files.cboe_json`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.cboe_json import read as read_document
from voldesk.wire.files.cboe_json import sniff
from voldesk.wire.files.reader import NO_HINTS, ReadHints
from voldesk.wire.files.unpack import open_document

Load = Callable[[str], bytes]


def read(body: object, hints: ReadHints = NO_HINTS) -> ChainSnapshot:
    """Read a body, or several as lines."""
    bodies = body if isinstance(body, list) else [body]
    text = "\n".join(json.dumps(one) for one in bodies)
    return read_document(open_document(text.encode(), "_SPX.json"), hints)


def when(instant: int) -> str:
    """Return UTC ns as text."""
    return datetime.fromtimestamp(instant / 1e9, UTC).isoformat()


@pytest.fixture
def body(sample: Load) -> Any:
    """Return the sample's decoded body."""
    return json.loads(sample("cboe_quotes.json"))


def test_a_body_becomes_a_row_per_contract(body: Any) -> None:
    """Terms out of the symbol, AM and PM roots apart, theo as mark, the vendor's own figures."""
    snapshot = read(body)
    quotes = snapshot.quotes
    assert (snapshot.underlying, snapshot.market, snapshot.source) == ("SPX", Market.US, "cboe")
    assert snapshot.spot == 6705.3101
    assert snapshot.problems == ()
    assert quotes.root.tolist() == ["SPX", "SPX", "SPXW", "SPXW"]
    assert quotes.is_call.tolist() == [True, False, True, True]
    assert quotes.strike.tolist() == [6700.0, 6700.0, 6700.0, 9000.0]
    assert set(quotes.expiry.astype(str)) == {"2025-10-17"}
    assert quotes.symbol[2] == "SPXW251017C06700000"
    assert (quotes.bid[2], quotes.ask[2], quotes.last[2], quotes.mark[2]) == (
        98.7, 99.5, 99.2, 99.11,
    )  # fmt: skip
    assert (quotes.bid_size[2], quotes.ask_size[2]) == (30.0, 31.0)
    assert (quotes.volume[2], quotes.open_interest[2]) == (311.0, 2205.0)
    vendor = [getattr(quotes, f"vendor_{name}")[1] for name in ("iv", "delta", "gamma")]
    assert vendor == [0.1354, -0.4602, 0.0021]
    assert (quotes.vendor_theta[1], quotes.vendor_vega[1], quotes.vendor_rho[1]) == (
        -1.8913, 5.6103, -1.3871,
    )  # fmt: skip


def test_the_stamp_is_utc_and_a_quarter_of_an_hour_ahead(body: Any) -> None:
    """In the session quotes are 15 minutes older; after it they are the last of the day."""
    assert when(read(body).as_of) == "2025-10-01T18:47:11+00:00"
    body["timestamp"] = "2025-10-01 22:31:00"
    assert when(read(body).as_of) == "2025-10-01T20:15:00+00:00"
    assert not read(body).quotes.ts_event.any()
    body["timestamp"] = "soon"
    snapshot = read(body)
    assert snapshot.as_of == 0
    assert [problem.reason for problem in snapshot.problems] == [
        "the time of the quotes cannot be read: 'soon'"
    ]


def test_zeros_mean_what_they_are(body: Any) -> None:
    """A bid of 0 is one; an IV, a theo and a last price that never was are unknown."""
    quotes = read(body).quotes
    worthless = 3
    assert (quotes.bid[worthless], quotes.ask[worthless]) == (0.0, 0.05)
    assert np.isnan(
        [quotes.vendor_iv[worthless], quotes.mark[worthless], quotes.last[worthless]]
    ).all()
    assert quotes.last[1] == 81.1, "the last trade of another day is a trade"


def test_bodies_of_two_instants_are_a_panel(body: Any) -> None:
    """Each row stands at the time and the level of its own body."""
    later = json.loads(json.dumps(body))
    later["timestamp"] = "2025-10-01 19:03:11"
    later["data"]["current_price"] = 6706.0
    snapshot = read([later, body])
    assert len(snapshot.quotes) == 8
    assert (
        snapshot.quotes.ts_event.tolist()
        == [snapshot.as_of] * 4 + [snapshot.as_of - 60 * 10**9] * 4
    )
    assert snapshot.quotes.spot.tolist() == [6706.0] * 4 + [6705.3101] * 4
    assert snapshot.spot == 6706.0
    assert np.isnan(read(body).quotes.spot).all(), "one body's level is the chain's"


def test_underlyings(body: Any) -> None:
    """The stated symbol without its mark; the roots' where none is; several need a choice."""
    apple = json.loads(json.dumps(body).replace("SPXW", "AAPL").replace("SPX", "AAPL"))
    with pytest.raises(FileFormatError, match=r"2 underlyings \(AAPL, SPX\)"):
        read([body, apple])
    assert read([body, apple], ReadHints(underlying="AAPL")).underlying == "AAPL"
    del body["symbol"], body["data"]["symbol"]
    assert read(body).underlying == "SPX"


def test_the_middle_stands_in_for_a_missing_level(body: Any) -> None:
    """Bid and ask of the underlying are what is left."""
    body["data"]["current_price"] = 0.0
    assert read(body).spot == pytest.approx(6705.3)


def test_names_that_are_none_are_told(body: Any) -> None:
    """The other contracts stay."""
    body["data"]["options"][0]["option"] = "SPX 17 Oct"
    body["data"]["options"][1] = 5
    snapshot = read(body)
    assert len(snapshot.quotes) == 2
    assert [problem.reason for problem in snapshot.problems] == [
        "strike 'SPX 17 Oct' is no number above zero"
    ]


@pytest.mark.parametrize("options", [[], None, 5, [1, 2]])
def test_a_body_without_options_is_refused(options: object) -> None:
    """Another page's body says what was expected."""
    with pytest.raises(FileFormatError, match=r"expected options under data\.options"):
        read({"timestamp": "2025-10-01 19:02:11", "data": {"options": options}})


def test_other_json_is_not_taken_for_it() -> None:
    """Options are a list, and an option is a name."""
    assert sniff('{"data": {"options": [{"option": "SPXW251017C06700000"')
    assert not sniff('{"data": [{"call_options": {"option": 5}}]}')
    assert not sniff('{"option": "SPXW251017C06700000"}')
