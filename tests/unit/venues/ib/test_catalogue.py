from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from ib_async.contract import Contract, ContractDetails
from ib_world import NOW

from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError
from voldesk.model.sessions import settles_at
from voldesk.venues.ib.catalogue import (
    Underlying,
    catalogue_of,
    chosen_days,
    expiry_of,
    listed_of,
)
from voldesk.venues.ib.contract_store import Listed
from voldesk.venues.ib.settings import ChainSettings

FRIDAY = date(2026, 11, 20)
DAYS = [FRIDAY + timedelta(days=7 * week) for week in range(-1, 12)]
SETTLES = {day: settles_at("SPXW", day, Market.US) for day in DAYS}


def _underlying(**facts: Any) -> Underlying:
    contract = Contract(
        secType="IND",
        symbol="SPX",
        conId=416904,
        exchange="CBOE",
        currency="USD",
        localSymbol="SPX",
    )
    known: dict[str, Any] = {
        "name": "SPX",
        "contract": contract,
        "market": Market.US,
        "options": "OPT",
        "tick_size": 0.01,
        "price": 6700.0,
    }
    return Underlying(**known | facts)


def _listed(strike: float, right: str = "C", **facts: Any) -> Listed:
    known: dict[str, Any] = {
        "con_id": 7,
        "trading_class": "SPXW",
        "last_day": "20261120",
        "expiry": "2026-11-20",
        "strike": strike,
        "right": right,
        "local_symbol": f"SPXW  261120{right}{round(strike * 1000):08d}",
        "multiplier": 100.0,
        "tick_size": 0.05,
    }
    return Listed(**known | facts)


@pytest.mark.parametrize(
    ("settings", "chosen"),
    [
        ({"expiry_count": 2}, DAYS[1:3]),
        ({"expiry_count": 2, "least_days": 1.0}, DAYS[2:4]),
        ({"expiry_count": 99, "within_days": 20.0}, DAYS[1:4]),
        ({"expiries": ("2026-12-04", "2026-12-05")}, [date(2026, 12, 4)]),
        ({"expiries": ("2026-11-13",)}, [date(2026, 11, 13)]),
    ],
)
def test_the_next_dates_are_chosen_or_those_asked_for(
    settings: dict[str, Any], chosen: list[date]
) -> None:
    """None that has settled, none too near or too far; of those asked for the ones there are."""
    assert sorted(chosen_days(SETTLES, NOW, ChainSettings(**settings))) == chosen


def test_todays_date_is_chosen_until_it_settles() -> None:
    """At the close of the session it is over."""
    last = SETTLES[FRIDAY]
    one = ChainSettings(expiry_count=1)
    assert chosen_days(SETTLES, last - 1, one) == {FRIDAY}
    assert chosen_days(SETTLES, last, one) == {DAYS[2]}


def test_a_date_that_is_none_is_refused() -> None:
    """The message says which setting and shows the form."""
    with pytest.raises(ConfigError, match=r"ib.chain.expiries: .*expected 2026-11-20"):
        chosen_days(SETTLES, NOW, ChainSettings(expiries=("20.11.2026",)))


@pytest.mark.parametrize(
    ("trading_class", "last_day", "expiry"),
    [
        ("SPXW", "20261120", date(2026, 11, 20)),
        ("SPX", "20261217", date(2026, 12, 18)),
        ("VIX", "20261117", date(2026, 11, 18)),
        ("AMZN", "20261120 16:00:00 US/Eastern", date(2026, 11, 20)),
    ],
)
def test_contracts_settled_at_the_open_trade_until_the_day_before(
    trading_class: str, last_day: str, expiry: date
) -> None:
    """Their last day is not the date in their name."""
    assert expiry_of(trading_class, last_day, Market.US) == expiry


@pytest.mark.parametrize(
    ("name", "expiry"),
    [("SPX   200117P03205000", "2020-01-17"), ("something else", "2020-01-17")],
)
def test_a_contract_is_kept_as_its_name_says(name: str, expiry: str) -> None:
    """A recorded SPX contract: last day the 16th, date in the name the 17th."""
    detail = ContractDetails(
        contract=Contract(
            secType="OPT",
            conId=384688665,
            symbol="SPX",
            lastTradeDateOrContractMonth="20200116",
            strike=3205.0,
            right="P",
            multiplier="100",
            localSymbol=name,
            tradingClass="SPX",
        ),
        minTick=0.05,
    )
    kept = listed_of(detail, Market.US)
    assert (kept.last_day, kept.expiry, kept.right) == ("20200116", expiry, "P")
    assert (kept.multiplier, kept.tick_size) == (100.0, 0.05)


def test_a_catalogue_stands_by_underlying_settlement_strike_and_right() -> None:
    """Each underlying's own row first; what is far from the money is left out."""
    later: dict[str, Any] = {"last_day": "20261127", "expiry": "2026-11-27", "local_symbol": "L"}
    listed = [
        _listed(6700.0, "P"),
        _listed(6650.0, **later),
        _listed(6705.0),
        _listed(6700.0),
        _listed(7400.0),
        _listed(6700.0, con_id=8),
    ]
    found = catalogue_of([(_underlying(), listed)], 10.0)
    listing = found.listing
    assert listing.is_option.tolist() == [False, True, True, True, True]
    assert listing.strike[1:].tolist() == [6700.0, 6700.0, 6705.0, 6650.0]
    assert listing.is_call[1:].tolist() == [True, False, True, True]
    assert listing.key[0] == "us SPX"
    assert listing.key[1] == "us SPXW 20261120 000006700000000 C"
    assert np.isnat(listing.expiry[0])
    assert listing.multiplier.tolist() == [1.0, 100.0, 100.0, 100.0, 100.0]
    assert found.prices == {0: 6700.0}


def test_tws_is_asked_for_what_it_listed() -> None:
    """By id, routed, with the last day and not the date of the name."""
    facts: dict[str, Any] = {"trading_class": "SPX", "last_day": "20261217", "expiry": "2026-12-18"}
    found = catalogue_of([(_underlying(), [_listed(6700.0, **facts)])], 10.0)
    index, option = found.contracts
    assert index.conId == 416904
    assert (option.conId, option.exchange, option.tradingClass) == (7, "SMART", "SPX")
    assert option.lastTradeDateOrContractMonth == "20261217"
    assert str(found.listing.expiry[1]) == "2026-12-18"


def test_classes_of_one_date_stay_apart() -> None:
    """SPX settles at the open of the third Friday, SPXW at its close."""
    month: dict[str, Any] = {"expiry": "2026-12-18", "con_id": 9}
    listed = [
        _listed(6700.0, trading_class="SPXW", last_day="20261218", **month),
        _listed(6700.0, trading_class="SPX", last_day="20261217", **month),
    ]
    found = catalogue_of([(_underlying(), listed)], 10.0)
    assert found.listing.root.tolist() == ["SPX", "SPX", "SPXW"]


def test_options_on_a_future_are_asked_for_where_it_trades() -> None:
    """And belong to another market."""
    contract = Contract(secType="FUT", symbol="ES", exchange="CME", currency="USD", conId=1)
    future = _underlying(name="ESZ6", contract=contract, market=Market.CME, options="FOP")
    found = catalogue_of([(future, [_listed(6700.0, trading_class="ES")])], 10.0)
    option = found.contracts[1]
    assert (option.secType, option.exchange) == ("FOP", "CME")
    assert found.listing.market.tolist() == ["cme", "cme"]


def test_a_chain_without_a_contract_near_is_refused() -> None:
    """The message says how near."""
    with pytest.raises(ConfigError, match=r"SPX has no option within 1 % of 6700"):
        catalogue_of([(_underlying(), [_listed(6000.0)])], 1.0)
