"""Contracts, bars and lists as TWS writes them."""

import pytest

from voldesk.wire.ib.answers_reference import (
    ContractAnswer,
    History,
    HistoryUpdate,
    OptionParamsAnswer,
    SymbolSamples,
)
from voldesk.wire.ib.messages import decode_answer, encode_answer
from voldesk.wire.ib.types import (
    Bar,
    ContractDetails,
    IbContract,
    OptionParams,
    SymbolSample,
    TagValue,
)

BAR = Bar("20261120", 1.0, 2.0, 0.5, 1.5, 1000.0, 1.25, 7)
DETAILS = ContractDetails(
    IbContract(con_id=5, symbol="SPX", sec_type="OPT", last_trade_date="20261016", strike=6800.0),
    last_trade_time="16:15:00",
    time_zone="US/Central",
    sec_ids=(TagValue("ISIN", "US0378331005"),),
    under_symbol="SPX",
    market_rule_ids="109",
)


@pytest.mark.parametrize(
    ("version", "count"),
    [(157, 41), (163, 42), (164, 42), (178, 42), (120, 35)],
)
def test_contract_details_grow_with_the_version(version: int, count: int) -> None:
    """164 drops the version field and the multiplier of sizes, and brings three sizes."""
    payload = encode_answer(ContractAnswer(1, DETAILS), version)
    assert payload.count(b"\0") == count
    assert decode_answer(payload, version).details.contract == DETAILS.contract


def test_whole_details_come_back() -> None:
    """Nothing of the newest version is lost."""
    payload = encode_answer(ContractAnswer(1, DETAILS), 178)
    assert b"20261016 16:15:00 US/Central" in payload
    assert decode_answer(payload, 178) == ContractAnswer(1, DETAILS)


def test_bars_in_their_two_orders() -> None:
    """A history tells open, high, low, close; an update count first, and close before high."""
    history = encode_answer(History(1, "a", "b", (BAR,)), 178)
    said = "17 1 a b 1 20261120 1.0 2.0 0.5 1.5 1000 1.25 7"
    assert history.decode().rstrip("\0").split("\0") == said.split(" ")
    update = encode_answer(HistoryUpdate(1, BAR), 178)
    assert update == b"90\x001\x007\x0020261120\x001.0\x001.5\x002.0\x000.5\x001.25\x001000\x00"
    old = encode_answer(History(1, "a", "b", (BAR,)), 123)
    assert old.startswith(b"17\x003\x00")
    assert b"\x00false\x007\x00" in old


def test_chains() -> None:
    """Expiries and strikes are counted lists."""
    params = OptionParams("SMART", 416904, "SPXW", "100", ("20261016",), (6800.0, 6805.0))
    payload = encode_answer(OptionParamsAnswer(1, params), 178)
    assert payload.endswith(b"1\x0020261016\x002\x006800.0\x006805.0\x00")
    assert decode_answer(payload, 178).params == params


def test_samples_gained_a_description() -> None:
    """From 176 on a sample says who it is."""
    sample = SymbolSample(
        IbContract(con_id=5, symbol="AAPL", sec_type="STK", description="APPLE INC"), ("OPT",)
    )
    new = encode_answer(SymbolSamples(1, (sample,)), 176)
    assert decode_answer(new, 176).samples == (sample,)
    assert b"APPLE" not in encode_answer(SymbolSamples(1, (sample,)), 175)
