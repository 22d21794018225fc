"""Tests of `wire.files.nse_json`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.nse_json import read as read_document
from voldesk.wire.files.nse_json import sniff
from voldesk.wire.files.reader import NO_HINTS
from voldesk.wire.files.unpack import open_document

Load = Callable[[str], bytes]


def read(data: bytes) -> ChainSnapshot:
    """Read bytes as a body of the site."""
    return read_document(open_document(data, "chain.json"), NO_HINTS)


def test_a_body_becomes_a_row_per_side(sample: Load) -> None:
    """Old and new names of the fields, null sides, IST time."""
    snapshot = read(sample("nse_chain.json"))
    quotes = snapshot.quotes
    assert (snapshot.underlying, snapshot.spot) == ("NIFTY", 22976.2)
    assert (
        datetime.fromtimestamp(snapshot.as_of / 1e9, UTC).isoformat() == "2025-02-13T10:00:00+00:00"
    )
    assert quotes.expiry.astype(str).tolist() == ["2025-02-27", "2025-02-27", "2025-03-06"]
    assert quotes.is_call.tolist() == [True, False, True]
    assert quotes.bid.tolist() == [203.5, 210.0, 259.8]
    assert quotes.bid_size.tolist() == [450.0, 5550.0, 75.0]
    assert quotes.symbol[0] == "OPTIDXNIFTY27-02-2025CE23000.00"
    assert quotes.vendor_iv[0] == pytest.approx(0.1334)
    assert np.isnan([quotes.vendor_iv[1], quotes.ask[1]]).all()
    assert snapshot.problems == ()


def test_what_the_page_shows_serves_where_records_are_missing(sample: Load) -> None:
    """``filtered`` is read when there is nothing else; the spot is then that of the rows."""
    body = json.loads(sample("nse_chain.json"))
    filtered = {"filtered": {"data": body["records"]["data"]}}
    snapshot = read(json.dumps(filtered).encode())
    assert len(snapshot.quotes) == 3
    assert snapshot.spot == 22976.2
    assert snapshot.as_of == 0


def test_bodies_of_two_instants_are_a_panel(sample: Load) -> None:
    """A body per line: each row stands at the time and the spot of its own."""
    body = json.dumps(json.loads(sample("nse_chain.json")))
    later = body.replace("15:30:00", "15:29:00").replace("22976.2", "22970.0")
    snapshot = read(f"{later}\n{body}\n".encode())
    assert len(snapshot.quotes) == 6
    assert np.unique(snapshot.quotes.ts_event).tolist() == [
        snapshot.as_of - 60 * 10**9, snapshot.as_of,
    ]  # fmt: skip
    assert snapshot.quotes.spot.tolist() == [22970.0] * 3 + [22976.2] * 3
    assert snapshot.spot == 22976.2
    assert snapshot.problems == ()


@pytest.mark.parametrize(
    "text", ["{}", '{"records":{"data":[]}}', '{"records":{"data":[{"CE":5}]}}']
)
def test_an_empty_answer_is_refused(text: str) -> None:
    """The site answers {} outside its hours."""
    with pytest.raises(FileFormatError, match="is not an NSE option chain"):
        read(text.encode())


def test_other_json_is_not_taken_for_it() -> None:
    """A body needs records and what stands in them."""
    assert not sniff('{"data": [{"strikePrice": 1}]}')
    assert sniff('{"records": {"expiryDates": []}}')
