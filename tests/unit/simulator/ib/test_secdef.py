"""Option chains by class, and the search for symbols."""

import pytest
from ib_reference import START, Reference

from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.secdef import matching_symbols, option_params


def test_classes_are_told_apart_on_every_exchange(reference: Reference) -> None:
    """SPX and SPXW come on SMART and CBOE, with dates and strikes of their own."""
    rows = option_params(reference.catalogue, "SPX", "", "IND", 416904, START)
    assert {(row.exchange, row.trading_class) for row in rows} == {
        ("SMART", "SPX"),
        ("SMART", "SPXW"),
        ("CBOE", "SPX"),
        ("CBOE", "SPXW"),
    }
    for row in rows:
        assert row.under_con_id == 416904
        assert row.multiplier == "100"
        assert list(row.expiries) == sorted(row.expiries)
        assert list(row.strikes) == sorted(row.strikes)


def test_every_told_contract_exists(reference: Reference) -> None:
    """Each expiry of a class has contracts in the catalogue under its last trading day."""
    options = next(c for c in reference.catalogue.classes if c.name == "AMZN")
    rows = option_params(reference.catalogue, "AMZN", "", "STK", 3691937, START)
    told = {expiry for row in rows for expiry in row.expiries}
    assert told == {f"{series.last_trade:%Y%m%d}" for series in options.series}


def test_settled_series_are_left_out(reference: Reference) -> None:
    """A year later the near expiries are gone."""
    now = option_params(reference.catalogue, "SPY", "", "STK", 756733, START)
    later = option_params(reference.catalogue, "SPY", "", "STK", 756733, START + 365 * 86_400)
    assert set(later[0].expiries) < set(now[0].expiries)


def test_options_on_futures_need_the_exchange(reference: Reference) -> None:
    """ES answers for its futures at CME, not at another exchange."""
    future = reference.catalogue.futures[0]
    rows = option_params(reference.catalogue, "ES", "CME", "FUT", future.con_id, START)
    assert rows
    assert {row.exchange for row in rows} == {"CME"}
    assert not option_params(reference.catalogue, "ES", "NYMEX", "FUT", future.con_id, START)


@pytest.mark.parametrize(
    ("symbol", "sec_type", "con_id", "code"),
    [("SPX", "IND", 0, 321), ("", "IND", 416904, 321), ("SPX", "IND", 1, 200)],
)
def test_incomplete_questions_are_refused(
    reference: Reference, symbol: str, sec_type: str, con_id: int, code: int
) -> None:
    """Without symbol or number: 321; with one that is nobody's: 200."""
    with pytest.raises(Refused) as caught:
        option_params(reference.catalogue, symbol, "", sec_type, con_id, START)
    assert caught.value.code == code


@pytest.mark.parametrize("pattern", ["SPY", "META", "AMC", "spy "])
def test_the_exact_symbol_comes_first(reference: Reference, pattern: str) -> None:
    """A pattern that is a symbol finds it before all others."""
    samples = matching_symbols(reference.catalogue, pattern)
    assert samples[0].contract.symbol == pattern.strip().upper()
    assert "OPT" in samples[0].derivative_sec_types


def test_names_are_searched_too(reference: Reference) -> None:
    """A word of the name finds the company; at most 16 come; nothing finds nothing."""
    assert "IBM" in [s.contract.symbol for s in matching_symbols(reference.catalogue, "business")]
    assert len(matching_symbols(reference.catalogue, "A")) <= 16
    assert matching_symbols(reference.catalogue, "ZZZZ") == []
    with pytest.raises(Refused):
        matching_symbols(reference.catalogue, " ")
