"""Partial contracts and what they mean."""

import contextlib
from dataclasses import replace

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

from voldesk.simulator.ib.matching import SEC_TYPES
from voldesk.simulator.ib.refusal import Refused
from voldesk.wire.ib.types import IbContract

YEARS = 3 * 365 * 86_400
BOOKS = make_reference()


def numbers(reference: Reference, asked: IbContract, now: int = START) -> list[int]:
    """Return the contract numbers a description means."""
    return [match.instrument.con_id for match in reference.contracts.find(asked, now)]


@pytest.mark.parametrize(
    ("asked", "con_id"),
    [
        (SPY, 756733),
        (AAPL, 265598),
        (SPX, 416904),
        (EURUSD, 12087792),
        (BTC, 479624278),
        (SPY_CALL, 843630132),
        (IbContract(symbol="DAX", sec_type="IND", exchange="EUREX", currency="EUR"), 825711),
        (IbContract(symbol="ES", sec_type="IND", exchange="CME", currency="USD"), 11004968),
        (IbContract(con_id=265598), 265598),
        (IbContract(local_symbol="AAPL", sec_type="STK", exchange="SMART"), 265598),
        (replace(AAPL, primary_exchange="NASDAQ"), 265598),
        (replace(AAPL, primary_exchange="NASDAQ.NMS"), 265598),
        (replace(AAPL, symbol="", sec_id_type="ISIN", sec_id="US0378331005"), 265598),
        (replace(AAPL, symbol="", sec_id_type="CUSIP", sec_id="037833100"), 265598),
        (replace(AAPL, exchange="ARCA"), 265598),
    ],
)
def test_descriptions_mean_one_contract(
    reference: Reference, asked: IbContract, con_id: int
) -> None:
    """By number, name, identifier or terms: the one contract that is meant."""
    assert numbers(reference, asked) == [con_id]


def test_a_future_is_found_by_name_month_and_day(reference: Reference) -> None:
    """Local symbol, contract month and last trading day mean the same December future."""
    asked = IbContract(symbol="ES", sec_type="FUT", exchange="CME", currency="USD")
    by_name = numbers(reference, replace(asked, symbol="", local_symbol="ESZ6"))
    assert len(by_name) == 1
    assert numbers(reference, replace(asked, last_trade_date="202612")) == by_name
    assert numbers(reference, replace(asked, last_trade_date="20261218")) == by_name
    assert numbers(reference, replace(asked, last_trade_date="202612", multiplier="50")) == by_name
    assert len(numbers(reference, asked)) == 8


def test_the_continuous_future_is_the_front(reference: Reference) -> None:
    """CONTFUT means the future that ends first, under its own number."""
    match = reference.match(ES_FRONT)
    assert match.is_continuous
    assert match.instrument.local_symbol == "ESU6"


@pytest.mark.parametrize(
    "asked",
    [
        replace(AAPL, symbol="XXX"),
        replace(AAPL, currency="EUR"),
        replace(AAPL, primary_exchange="NYSE"),
        replace(AAPL, exchange="ISLAND"),
        replace(AAPL, exchange="CME"),
        replace(SPY_CALL, strike=751.23),
        replace(SPY_CALL, last_trade_date="20281214"),
        replace(SPY_CALL, multiplier="10"),
        IbContract(con_id=1),
        IbContract(symbol="ES", sec_type="FUT", exchange="CME", last_trade_date="201912"),
    ],
)
def test_what_nobody_lists_is_refused_with_200(reference: Reference, asked: IbContract) -> None:
    """No such contract: error 200, for the exchange that was renamed too."""
    with pytest.raises(Refused) as caught:
        reference.contracts.find(asked, START)
    assert caught.value.code == 200


@pytest.mark.parametrize(
    "asked",
    [
        replace(AAPL, sec_type="XYZ"),
        replace(AAPL, sec_type=""),
        IbContract(sec_type="STK", exchange="SMART"),
        replace(SPY_CALL, right="X"),
    ],
)
def test_malformed_descriptions_are_refused_with_321(
    reference: Reference, asked: IbContract
) -> None:
    """An unknown type, no symbol or an impossible right break the form: error 321."""
    with pytest.raises(Refused) as caught:
        reference.contracts.find(asked, START)
    assert caught.value.code == 321


def test_without_an_exchange_every_listing_is_told(reference: Reference) -> None:
    """A stock asked for without an exchange comes once per route, the same number each time."""
    found = reference.contracts.find(replace(AAPL, exchange=""), START)
    assert len({match.exchange for match in found}) == len(found) > 10
    assert {match.instrument.con_id for match in found} == {265598}
    assert reference.contracts.one(replace(AAPL, exchange=""), START).exchange == "SMART"


def test_whole_chains_come_once_per_contract(reference: Reference) -> None:
    """Without an exchange one option comes on all of them, all options of a stock on SMART."""
    one = reference.contracts.find(replace(SPY_CALL, exchange=""), START)
    assert len({match.exchange for match in one}) == len(one) > 10
    chain = IbContract(symbol="IBM", sec_type="OPT", currency="USD")
    whole = reference.contracts.find(chain, START)
    assert {match.exchange for match in whole} == {"SMART"}
    assert len(whole) == len({match.instrument.con_id for match in whole}) > 200


def test_a_chain_is_asked_for_by_leaving_the_strike_out(reference: Reference) -> None:
    """Calls of one expiry without a strike are the whole ladder, both rights if none is named."""
    calls = numbers(reference, replace(SPY_CALL, strike=0.0))
    both = numbers(reference, replace(SPY_CALL, strike=0.0, right=""))
    assert len(calls) >= 92
    assert len(both) == 2 * len(calls)
    assert set(calls) < set(both)


def test_several_contracts_are_ambiguous_where_one_is_needed(reference: Reference) -> None:
    """Market data for a chain cannot be had: error 200 with the symbol."""
    with pytest.raises(Refused, match="specified for SPY is ambiguous"):
        reference.contracts.one(replace(SPY_CALL, strike=0.0), START)


def test_a_symbol_of_several_listings_is_ambiguous(reference: Reference) -> None:
    """Without a currency AMD means three listings; the currency or the home tells them apart."""
    asked = IbContract(symbol="AMD", sec_type="STK", exchange="SMART")
    assert numbers(reference, asked) == [4391, 32596680, 172603743]
    with pytest.raises(Refused, match="specified for AMD is ambiguous"):
        reference.contracts.one(asked, START)
    assert numbers(reference, replace(asked, currency="EUR")) == [32596680]
    assert numbers(reference, replace(asked, primary_exchange="XETRA")) == [32596680]


def test_expired_contracts_must_be_asked_for(reference: Reference) -> None:
    """What has settled is found with include_expired alone."""
    later = START + YEARS
    with pytest.raises(Refused):
        reference.contracts.find(SPY_CALL, later)
    assert numbers(reference, replace(SPY_CALL, include_expired=True), later) == [843630132]


def test_expired_futures_are_found_by_month(reference: Reference) -> None:
    """The March future is gone for who does not ask for expired ones."""
    asked = IbContract(symbol="ES", sec_type="FUT", exchange="CME", last_trade_date="202603")
    with pytest.raises(Refused):
        reference.contracts.find(asked, START)
    match = reference.match(replace(asked, include_expired=True))
    assert match.instrument.local_symbol == "ESH6"


@pytest.mark.parametrize("right", ["C", "CALL", "call"])
@pytest.mark.parametrize("name", ["SPY   281215C00750000", "SPY281215C00750000"])
def test_names_and_rights_are_read_in_every_spelling(
    reference: Reference, right: str, name: str
) -> None:
    """Padded or not, long or short: the same contract."""
    assert numbers(reference, replace(SPY_CALL, right=right)) == [843630132]
    asked = IbContract(local_symbol=name, sec_type="OPT", exchange="SMART")
    assert numbers(reference, asked) == [843630132]


def test_am_settled_series_are_kept_apart(reference: Reference) -> None:
    """SPX and SPXW of one month have trading classes and last trading days of their own."""
    asked = IbContract(symbol="SPX", sec_type="OPT", exchange="SMART", currency="USD")
    spx = reference.contracts.find(replace(asked, trading_class="SPX"), START)
    spxw = reference.contracts.find(replace(asked, trading_class="SPXW"), START)
    assert {match.instrument.trading_class for match in spx} == {"SPX"}
    assert {match.instrument.trading_class for match in spxw} == {"SPXW"}
    assert all(m.instrument.last_trade != m.instrument.expires for m in spx)
    assert all(m.instrument.last_trade == m.instrument.expires for m in spxw)


@pytest.mark.parametrize("name", ["US064159KJ44", "064159KJ4", "IBCID064159KJ4", "BNS"])
def test_bonds_are_asked_for_by_any_of_their_names(reference: Reference, name: str) -> None:
    """The symbol of a bond may be its ISIN or CUSIP."""
    asked = IbContract(symbol=name, sec_type="BOND", currency="USD")
    assert reference.match(asked).instrument.sec_type == "BOND"


def test_every_listed_contract_is_found_by_number_and_name(reference: Reference) -> None:
    """Products and futures lead back to themselves from both."""
    for instrument in (*reference.catalogue.products, *reference.catalogue.futures):
        by_number = reference.match(IbContract(con_id=instrument.con_id)).instrument
        assert by_number is instrument
        asked = IbContract(
            local_symbol=instrument.local_symbol,
            sec_type=instrument.sec_type,
            exchange=instrument.home,
            currency=instrument.product.currency,
        )
        found = [match.instrument for match in reference.contracts.find(asked, START)]
        assert instrument in found


def test_options_are_found_by_number_name_and_terms(reference: Reference) -> None:
    """Of every class the first and a later contract lead back to themselves all three ways."""
    catalogue = reference.catalogue
    for options in (*catalogue.classes, *catalogue.future_options):
        series = options.series[-1]
        for strike, right in ((series.strikes[0], "C"), (series.strikes[-1], "P")):
            contract = options.contract(series, strike, right)
            known = IbContract(
                sec_type=contract.sec_type,
                exchange=contract.home,
                currency=contract.product.currency,
            )
            terms = replace(
                known,
                symbol=contract.product.symbol,
                trading_class=contract.trading_class,
                last_trade_date=f"{contract.last_trade:%Y%m%d}",
                strike=contract.strike,
                right=contract.right,
            )
            for asked in (
                IbContract(con_id=contract.con_id),
                replace(known, local_symbol=contract.local_symbol),
                terms,
            ):
                assert numbers(reference, asked) == [contract.con_id]


words = st.sampled_from(
    ["", "SPY", "AAPL", "SPX", "ES", "ESZ6", "SMART", "CME", "USD", "0", "?", "20281215", "202612"]
) | st.text(max_size=12)
anything = st.builds(
    IbContract,
    con_id=st.integers(-1, 2**31 - 1) | st.sampled_from([0, 0, 0]),
    symbol=words,
    sec_type=st.sampled_from([*sorted(SEC_TYPES), "", "X"]),
    last_trade_date=words,
    strike=st.sampled_from([0.0, 750.0, -1.0, 1e300]),
    right=st.sampled_from(["", "C", "PUT", "0", "X"]),
    multiplier=words,
    exchange=words,
    primary_exchange=words,
    currency=words,
    local_symbol=words,
    trading_class=words,
    include_expired=st.booleans(),
    sec_id_type=st.sampled_from(["", "ISIN", "CUSIP"]),
    sec_id=words,
)


@given(anything)
@settings(max_examples=150)
def test_whatever_is_asked_is_found_or_refused(asked: IbContract) -> None:
    """No description, however odd, ends in anything but contracts or an error of TWS."""
    with contextlib.suppress(Refused):
        assert BOOKS.contracts.find(asked, START)


def test_a_local_symbol_alone_names_options_and_futures(reference: Reference) -> None:
    """Without a security type the local symbol decides."""
    for name in ("ESZ6", "SPY   281215C00750000"):
        found = reference.match(IbContract(local_symbol=name, exchange=""))
        assert found.instrument.local_symbol == name


def test_options_on_futures_are_matched_in_their_family(reference: Reference) -> None:
    """A FOP is found by symbol, month, strike and right."""
    some = next(reference.catalogue.future_options[0].contracts())
    asked = IbContract(
        symbol="ES",
        sec_type="FOP",
        exchange="CME",
        last_trade_date=f"{some.last_trade:%Y%m%d}",
        strike=some.strike,
        right=some.right,
    )
    assert numbers(reference, asked, utc("2026-06-23T16:00")) == [some.con_id]
