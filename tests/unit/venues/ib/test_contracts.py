from datetime import date

import pytest

from voldesk.model.enums import Right
from voldesk.model.errors import ConfigError
from voldesk.venues.ib import contracts

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("made", "sec_type", "fields"),
    [
        (contracts.stock("AAPL"), "STK", {"exchange": "SMART", "currency": "USD"}),
        (
            contracts.stock("AAPL", primary_exchange="NASDAQ"),
            "STK",
            {"primaryExchange": "NASDAQ"},
        ),
        (
            contracts.option("SPX", FRIDAY, 6700.0, Right.CALL, trading_class="SPXW"),
            "OPT",
            {
                "lastTradeDateOrContractMonth": "20261120",
                "strike": 6700.0,
                "right": "C",
                "tradingClass": "SPXW",
            },
        ),
        (
            contracts.option("AAPL"),
            "OPT",
            {"lastTradeDateOrContractMonth": "", "strike": 0.0, "right": "", "multiplier": ""},
        ),
        (
            contracts.future_option("ES", FRIDAY, 6700.0, Right.PUT, exchange="CME"),
            "FOP",
            {"exchange": "CME", "right": "P"},
        ),
        (
            contracts.future("ES", "202612", exchange="CME", multiplier="50"),
            "FUT",
            {"lastTradeDateOrContractMonth": "202612", "multiplier": "50"},
        ),
        (
            contracts.future("ES", date(2026, 12, 18), exchange="CME"),
            "FUT",
            {"lastTradeDateOrContractMonth": "20261218"},
        ),
        (contracts.continuous_future("ES", exchange="CME"), "CONTFUT", {"symbol": "ES"}),
        (contracts.forex("EUR"), "CASH", {"symbol": "EUR", "currency": "USD"}),
        (contracts.index("SPX"), "IND", {"exchange": "CBOE"}),
        (contracts.index("NDX"), "IND", {"exchange": "NASDAQ"}),
        (
            contracts.index("DAX", exchange="EUREX", currency="EUR"),
            "IND",
            {"exchange": "EUREX", "currency": "EUR"},
        ),
        (contracts.crypto("BTC"), "CRYPTO", {"exchange": "PAXOS"}),
        (contracts.bond("912828C57"), "BOND", {"symbol": "912828C57"}),
        (contracts.cfd("IBM"), "CFD", {"exchange": "SMART"}),
        (contracts.commodity("XAUUSD"), "CMDTY", {"exchange": "SMART"}),
        (contracts.by_id(265598), "", {"conId": 265598}),
    ],
)
def test_each_kind_says_what_tws_needs(
    made: object, sec_type: str, fields: dict[str, object]
) -> None:
    """Type, and the fields that tell it from others."""
    assert getattr(made, "secType", None) == sec_type
    assert {name: getattr(made, name) for name in fields} == fields


def test_a_combination_holds_its_legs() -> None:
    """Each with its id, action and ratio."""
    made = contracts.combo(
        "SPX", [contracts.Leg(11, "BUY"), contracts.Leg(12, "SELL", 2, exchange="CBOE")]
    )
    assert made.secType == "BAG"
    legs = [(leg.conId, leg.action, leg.ratio, leg.exchange) for leg in made.comboLegs]
    assert legs == [(11, "BUY", 1, "SMART"), (12, "SELL", 2, "CBOE")]


@pytest.mark.parametrize(
    "legs",
    [
        [contracts.Leg(11, "BUY")],
        [contracts.Leg(11, "BUY"), contracts.Leg(0, "SELL")],
        [contracts.Leg(11, "BUY"), contracts.Leg(12, "SELL", 0)],
    ],
)
def test_a_combination_that_is_none_is_refused(legs: list[contracts.Leg]) -> None:
    """One leg, one without an id, one of nothing."""
    with pytest.raises(ValueError, match=r"leg"):
        contracts.combo("SPX", legs)


@pytest.mark.parametrize(
    ("name", "sec_type", "exchange", "currency"),
    [
        ("AMZN", "STK", "SMART", "USD"),
        ("SPX", "IND", "CBOE", "USD"),
        ("SPX:STK", "STK", "SMART", "USD"),
        ("DAX:IND:EUREX:EUR", "IND", "EUREX", "EUR"),
        ("ES 202612:FUT:CME", "FUT", "CME", "USD"),
        ("ASML:stk:AEB:EUR", "STK", "AEB", "EUR"),
    ],
)
def test_an_underlying_is_read_as_it_is_written(
    name: str, sec_type: str, exchange: str, currency: str
) -> None:
    """A known index, a share, or what it says itself."""
    made = contracts.underlying(name)
    assert (made.secType, made.exchange, made.currency) == (sec_type, exchange, currency)


@pytest.mark.parametrize(
    "name", ["", ":STK", "ES:FUT:CME", "ES 202612:FUT", "EUR:CASH:IDEALPRO", "A:STK:B:C:D", "A::B"]
)
def test_what_is_no_underlying_is_refused(name: str) -> None:
    """The message quotes it and shows the form."""
    with pytest.raises(ConfigError, match=r"is no underlying"):
        contracts.underlying(name)
