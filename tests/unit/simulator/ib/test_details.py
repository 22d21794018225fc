"""Contract details as a whole."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from ib_reference import AAPL, BTC, ES_FRONT, EURUSD, SPX, SPY_CALL, START, Reference

from voldesk.simulator.ib.details import contract_of, details_of, order_types
from voldesk.simulator.ib.market_rules import market_rule
from voldesk.simulator.ib.matching import Match
from voldesk.wire.ib.types import ContractDetails, IbContract


def told(reference: Reference, asked: IbContract) -> ContractDetails:
    """Return the details of the first contract that is meant."""
    return details_of(reference.match(asked), START)


def test_a_stock_is_told_as_the_venue_tells_it(reference: Reference) -> None:
    """Fields have the shapes of a recorded answer: market name, class, hours, ids, industry."""
    details = told(reference, AAPL)
    contract = details.contract
    assert (contract.exchange, contract.primary_exchange) == ("SMART", "NASDAQ")
    assert (details.market_name, contract.trading_class) == ("NMS", "NMS")
    assert details.long_name == "APPLE INC"
    assert details.stock_type == "COMMON"
    assert details.time_zone == "US/Eastern"
    assert details.trading_hours.startswith("20260623:0400-20260623:2000;20260624:")
    assert details.liquid_hours.startswith("20260623:0930-20260623:1600;")
    assert {pair.tag for pair in details.sec_ids} == {"ISIN", "CUSIP"}
    assert details.industry == "Technology"
    assert "MKT" in details.order_types.split(",")


def test_an_option_is_told_with_its_underlying(reference: Reference) -> None:
    """Month, real expiration, underlying and last trade time are those of the contract."""
    details = told(reference, SPY_CALL)
    assert (details.under_con_id, details.under_symbol, details.under_sec_type) == (
        756733,
        "SPY",
        "STK",
    )
    assert details.contract_month == "202812"
    assert details.real_expiration_date == "20281215"
    assert details.last_trade_time == "16:00:00"


def test_am_settlement_shows_in_the_dates(reference: Reference) -> None:
    """SPX's contract is dated Thursday, its real expiration is Friday, its name too."""
    asked = IbContract(symbol="SPX", sec_type="OPT", exchange="SMART", trading_class="SPX")
    details = told(reference, asked)
    assert int(details.real_expiration_date) == int(details.contract.last_trade_date) + 1
    assert details.contract.local_symbol[6:12] == details.real_expiration_date[2:]
    assert details.last_trade_time == "16:15:00"


@pytest.mark.parametrize("asked", [AAPL, SPX, EURUSD, BTC, ES_FRONT, SPY_CALL])
def test_sessions_parse_in_the_named_zone(reference: Reference, asked: IbContract) -> None:
    """Every session is two wall times of the zone, the second later."""
    details = told(reference, asked)
    zone = ZoneInfo(details.time_zone)
    spans = [part for part in details.trading_hours.split(";") if "CLOSED" not in part]
    assert spans
    for span in spans:
        start, end = (
            datetime.strptime(part, "%Y%m%d:%H%M").replace(tzinfo=zone) for part in span.split("-")
        )
        assert start < end


def test_every_listing_has_a_rule_that_agrees_with_its_tick(reference: Reference) -> None:
    """There is one rule id per exchange, and its first step is the minimum tick."""
    catalogue = reference.catalogue
    options = [next(options.contracts()) for options in catalogue.classes]
    options += [next(options.contracts()) for options in catalogue.future_options]
    for instrument in (*catalogue.products, *catalogue.futures, *options):
        details = details_of(Match(instrument, instrument.home), START)
        rules = details.market_rule_ids.split(",")
        assert len(rules) == len(details.valid_exchanges.split(","))
        assert market_rule(int(rules[0]))[0].increment == details.min_tick, details.contract


def test_bonds_have_what_only_bonds_have(reference: Reference) -> None:
    """Coupon, maturity, CUSIP and a description are told."""
    details = told(reference, IbContract(symbol="US064159KJ44", sec_type="BOND"))
    assert details.cusip == "064159KJ4"
    assert details.coupon == 2.7
    assert details.maturity == "20260803"
    assert details.desc_append == "BNS 2.7 08/03/26"


def test_a_pair_is_named_by_both_currencies(reference: Reference) -> None:
    """The market name of EUR.USD is EUR.USD, its sizes are in cents."""
    details = told(reference, EURUSD)
    assert details.market_name == "EUR.USD"
    assert details.size_increment == 0.01


def test_a_continuous_future_says_what_it_is(reference: Reference) -> None:
    """The type is that of the question, number and month those of the front."""
    contract = contract_of(reference.match(ES_FRONT))
    assert contract.sec_type == "CONTFUT"
    assert contract.last_trade_date == "20260918"


def test_indices_take_no_orders(reference: Reference) -> None:
    """The order types of an index have neither market nor limit orders."""
    kinds = order_types(reference.instrument(SPX)).split(",")
    assert "MKT" not in kinds
    assert "LMT" not in kinds
