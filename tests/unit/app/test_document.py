import math
from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from voldesk.app.analysis import Analysis
from voldesk.app.document import ContractDocument, encode, head_document, parts
from voldesk.model.conventions import profile_named
from voldesk.model.quotes import QuoteColumns

TOP = {
    *("underlying", "as_of", "source", "profile", "spot", "multiplier"),
    *("series", "summary", "problems", "contracts"),
}
PROFILE = {
    *("name", "price", "forward", "discount", "rate", "clock", "exercise", "priced_as"),
    *("premium", "market", "is_theta_capped"),
}
SERIES = {
    *("root", "expiry", "settles_at", "years", "forward", "discount", "forward_source", "pairs"),
    *("atm_iv", "rr25", "bf25", "rr10", "bf10", "expected_move", "pcr_oi", "pcr_volume"),
    *("max_pain", "contracts", "ok", "skew_slope", "discount_source", "confidence", "reason"),
}
SUMMARY = {
    *("pcr_oi", "pcr_volume", "net_gex", "gex_flip", "call_wall", "put_wall"),
    *("exposure_convention", "exposures"),
}
CONTRACT = [
    *("symbol", "root", "expiry", "right", "strike", "bid", "ask", "last", "mid", "volume"),
    *("open_interest", "iv", "iv_bid", "iv_ask", "delta", "gamma", "theta", "vega", "rho"),
    *("vanna", "volga", "charm", "status", "ts_event"),
]


def test_the_document_has_the_agreed_names(analysis: Analysis) -> None:
    """Every agreed key is there, and a contract has no other."""
    parsed = msgspec.json.decode(encode(analysis))
    assert set(parsed) == TOP
    assert set(parsed["profile"]) == PROFILE
    assert set(parsed["series"][0]) >= SERIES
    assert set(parsed["summary"]) >= SUMMARY
    assert list(parsed["contracts"][0]) == CONTRACT
    assert parsed["problems"] == [{"line": 7, "reason": "strike is 'abc'"}]
    assert parsed["profile"]["priced_as"] == "european"


def test_the_document_names_its_instants(analysis: Analysis) -> None:
    """Instants are ISO 8601 in UTC with Z, dates are dates."""
    parsed = msgspec.json.decode(encode(analysis))
    assert parsed["as_of"] == "2025-10-01T20:00:00Z"
    assert parsed["series"][0]["settles_at"] == "2025-10-17T20:00:00Z"
    assert parsed["series"][0]["expiry"] == "2025-10-17"
    assert parsed["contracts"][0]["expiry"] == "2025-10-17"
    assert parsed["contracts"][0]["ts_event"] is None


def test_unknown_is_null_and_never_a_number(hopeless: Analysis) -> None:
    """An expired contract without quotes has nulls, a status, and no NaN text."""
    text = encode(hopeless)
    assert b"NaN" not in text
    assert b"Infinity" not in text
    parsed = msgspec.json.decode(text)
    (contract,) = parsed["contracts"]
    unknown = set(CONTRACT) - {"root", "expiry", "right", "strike", "status"}
    assert all(contract[name] is None for name in unknown)
    assert contract["status"] != "OK"
    for name in ("atm_iv", "rr25", "pcr_oi", "max_pain"):
        assert parsed["series"][0][name] is None
    for name in ("pcr_oi", "net_gex", "gex_flip", "call_wall", "put_wall"):
        assert parsed["summary"][name] is None


def test_contracts_read_back_as_they_were_written(analysis: Analysis) -> None:
    """Decoding gives the table's own figures to the last bit, NaN for null."""
    written = msgspec.json.decode(encode(analysis))["contracts"]
    parsed = msgspec.convert(written, list[ContractDocument])
    rows = analysis.table.rows
    for name in ("strike", "bid", "ask", "mid", "iv", "iv_bid", "delta", "charm", "open_interest"):
        read = [getattr(one, name) for one in parsed]
        found = np.array([math.nan if value is None else value for value in read])
        np.testing.assert_array_equal(found, getattr(rows, name))
    assert [one.right == "C" for one in parsed] == rows.is_call.tolist()


def test_the_head_is_the_document_without_contracts(analysis: Analysis) -> None:
    """Head and document differ by the contracts only."""
    whole = msgspec.json.decode(encode(analysis))
    contracts = whole.pop("contracts")
    assert len(contracts) == len(analysis.table.rows)
    assert whole == msgspec.json.decode(msgspec.json.encode(head_document(analysis)))


@pytest.mark.parametrize("rows", [1, 7, 10_000])
def test_parts_of_any_size_make_the_same_document(analysis: Analysis, rows: int) -> None:
    """How many contracts are encoded together is seen by nobody."""
    written = list(parts(analysis, rows))
    assert len(written) == 2 + math.ceil(len(analysis.table.rows) / rows)
    assert b"".join(written) == encode(analysis)


def test_a_chain_without_contracts_has_an_empty_list(valued: Callable[..., Analysis]) -> None:
    """The document is whole nonetheless."""
    nothing = valued(QuoteColumns.build(strike=[]), profile_named("default"))
    assert msgspec.json.decode(encode(nothing))["contracts"] == []


@pytest.mark.parametrize("name", ["crossed", "no bid", "one-sided"])
def test_a_bad_quote_keeps_its_reason(analysis: Analysis, name: str) -> None:
    """The rows made bad on purpose carry their status and no iv."""
    expected = {"no bid": (80.0, "NO_BID"), "crossed": (85.0, "CROSSED")}
    expected["one-sided"] = (90.0, "ONE_SIDED")
    strike, status = expected[name]
    parsed = msgspec.json.decode(encode(analysis))["contracts"]
    (row,) = (
        one
        for one in parsed
        if (one["strike"], one["right"], one["expiry"]) == (strike, "C", "2025-10-17")
    )
    assert row["status"] == status
    assert row["iv"] is None
