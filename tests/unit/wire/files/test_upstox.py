"""Tests of `wire.files.upstox`."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.reader import NO_HINTS, ReadHints
from voldesk.wire.files.unpack import open_document
from voldesk.wire.files.upstox import READER

Load = Callable[[str], bytes]


def read(data: bytes | str, hints: ReadHints = NO_HINTS) -> ChainSnapshot:
    """Read bytes as an Upstox chain."""
    return READER.read(
        open_document(data if isinstance(data, bytes) else data.encode(), "f"), hints
    )


@pytest.fixture
def body(sample: Load) -> Any:
    """Return the sample's decoded body."""
    return json.loads(sample("upstox_chain.json"))


def test_a_body_becomes_a_row_per_side(sample: Load) -> None:
    """Market data, greeks, spot and time are where they belong; a missing put is no row."""
    snapshot = read(sample("upstox_chain.json"))
    quotes = snapshot.quotes
    assert (snapshot.underlying, snapshot.market, snapshot.source) == (
        "NIFTY", Market.INDIA, "upstox",
    )  # fmt: skip
    assert snapshot.spot == 22976.2
    assert (
        datetime.fromtimestamp(snapshot.as_of / 1e9, UTC).isoformat() == "2025-02-13T08:35:00+00:00"
    )
    assert snapshot.problems == ()
    assert quotes.symbol.tolist() == [
        "NSE_FO|51059", "NSE_FO|51060", "NSE_FO|51001", "NSE_FO|51002", "NSE_FO|51081",
    ]  # fmt: skip
    assert quotes.root.tolist() == ["NIFTY"] * 5
    assert quotes.is_call.tolist() == [True, False, True, False, True]
    assert set(quotes.expiry.astype(str)) == {"2025-02-20"}
    assert (quotes.bid[0], quotes.ask[0], quotes.last[0]) == (212.1, 212.7, 212.4)
    assert (quotes.bid_size[1], quotes.ask_size[1]) == (300.0, 225.0)
    assert (quotes.volume[0], quotes.open_interest[0]) == (1820025.0, 5636475.0)
    assert (quotes.vendor_vega[0], quotes.vendor_theta[0]) == (12.6, -14.2)
    assert quotes.vendor_delta[1] == -0.4988


def test_iv_becomes_a_fraction_and_zeros_unknown(sample: Load) -> None:
    """13.25 percent is 0.1325; an untraded strike has no quotes and no IV, but a volume of 0."""
    quotes = read(sample("upstox_chain.json")).quotes
    assert quotes.vendor_iv[0] == pytest.approx(0.1325)
    dead = [quotes.bid[2], quotes.ask[2], quotes.last[2], quotes.vendor_iv[2]]
    assert np.isnan(dead).all()
    assert quotes.volume[2] == 0.0
    assert np.isnan(quotes.vendor_iv[3]), "greeks may be null"


def test_bodies_of_two_instants_are_a_panel(body: Any) -> None:
    """Each row stands at the time beside its body; the bodies may come in any wrapping."""
    later = {**body, "timestamp": "2025-02-13T14:06:00+05:30"}
    for both in (json.dumps([body, later]), json.dumps(body) + "\n" + json.dumps(later)):
        snapshot = read(both)
        quotes = snapshot.quotes
        assert len(quotes) == 10
        assert snapshot.problems == ()
        assert quotes.ts_event.tolist() == [snapshot.as_of - 60 * 10**9] * 5 + [snapshot.as_of] * 5


def test_bodies_without_a_time_are_doubles(body: Any) -> None:
    """Nothing tells two answers for one expiry apart: the later counts, the earlier is told."""
    del body["timestamp"]
    snapshot = read(json.dumps(body) + "\n" + json.dumps(body))
    assert len(snapshot.quotes) == 5
    assert [problem.line for problem in snapshot.problems] == [1] * 5
    assert "comes again on line 2" in snapshot.problems[0].reason


def test_every_wrapping_gives_the_same_rows(sample: Load, body: Any) -> None:
    """Bare list, list and object of bodies, JSON lines."""
    expected = read(sample("upstox_chain.json")).quotes.symbol.tolist()
    later = json.loads(
        json.dumps(body).replace("2025-02-20", "2025-02-27").replace("NSE_FO|5", "NSE_FO|6")
    )
    assert read(json.dumps(body["data"])).quotes.symbol.tolist() == expected
    for both in (
        json.dumps([body, later]),
        json.dumps({"2025-02-20": body, "2025-02-27": later}),
        json.dumps(body) + "\n" + json.dumps(later) + "\n",
    ):
        quotes = read(both).quotes
        assert len(quotes) == 2 * len(expected)
        assert set(quotes.expiry.astype(str)) == {"2025-02-20", "2025-02-27"}


def test_hints_fill_what_a_body_leaves_out(body: Any) -> None:
    """Underlying by ISIN or not at all, expiry and time come from the operator."""
    for strike in body["data"]:
        del strike["expiry"]
        strike["underlying_key"] = "NSE_EQ|INE002A01018"
    del body["timestamp"]
    hints = ReadHints(underlying="RELIANCE", expiry=date(2025, 2, 27), as_of=123)
    snapshot = read(json.dumps(body), hints)
    assert snapshot.underlying == "RELIANCE"
    assert snapshot.as_of == 123
    assert set(snapshot.quotes.expiry.astype(str)) == {"2025-02-27"}
    assert set(snapshot.quotes.root) == {"RELIANCE"}


def test_broken_lines_and_cells_are_named(body: Any) -> None:
    """A broken line of JSON lines and a price that is none are problems, not errors."""
    body["data"][0]["call_options"]["market_data"]["bid_price"] = "cheap"
    snapshot = read(json.dumps(body) + "\n{broken\n")
    assert [problem.line for problem in snapshot.problems] == [1, 2]
    assert snapshot.problems[0].reason == "bid 'cheap' is no number"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '{"status":"error","errors":[{"errorCode":"UDAPI100011","message":"Invalid"}]}',
            "an error",
        ),
        ('{"status":"success","data":[]}', "an object with status, data"),
        ("[1,2]", "a list of 2"),
        ('"call_options"', "found 'call_options'"),
        ("strike,bid\n", "is no JSON"),
    ],
)
def test_a_body_without_strikes_is_refused(text: str, found: str) -> None:
    """The error shows what came instead, the broker's own words first."""
    with pytest.raises(FileFormatError, match=found):
        read(text)
