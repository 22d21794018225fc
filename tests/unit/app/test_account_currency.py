"""A paper account is kept in what it is to trade, and says so where it cannot be."""

from decimal import Decimal
from typing import Any

import pytest
from put_feed import PutFeed

from voldesk.app.account_currency import (
    CURRENCIES,
    currencies_of,
    in_its_currency,
    without_rate,
)
from voldesk.app.feeds import SimSettings, build_sim
from voldesk.app.trading_settings import BrokerName, TradingSettings
from voldesk.model.clock import ManualClock
from voldesk.model.enums import Market
from voldesk.model.ports.feed import Feed
from voldesk.trading.portfolio import PortfolioSettings

NOON = 1_790_784_000_000_000_000


def simulated(*symbols: str) -> Feed:
    """Return the simulated market of some underlyings."""
    return build_sim(SimSettings(symbols=symbols), ManualClock(NOON)).feed


def test_every_market_has_a_currency() -> None:
    """A new one cannot be forgotten."""
    assert set(CURRENCIES) == set(Market)


def test_feeds_are_in_the_currencies_of_their_markets(market: Any) -> None:
    """Of the simulated market those listed; of a feed that nothing is known of none."""
    assert currencies_of([simulated("NIFTY")]) == {"INR"}
    assert currencies_of([simulated("NIFTY", "AMZN")]) == {"INR", "USD"}
    assert currencies_of([PutFeed(market.listing, "ib"), simulated("NIFTY")]) == {"INR", "USD"}
    assert currencies_of([PutFeed(market.listing, "put")]) == frozenset()


@pytest.mark.parametrize(
    ("served", "changes", "is_given", "currency"),
    [
        ({"INR"}, {}, False, "INR"),
        ({"INR", "USD"}, {}, False, "USD"),
        (set(), {}, False, "USD"),
        ({"INR"}, {}, True, "USD"),
        ({"INR"}, {"broker": BrokerName.IB_PAPER}, False, "USD"),
    ],
)
def test_paper_is_in_the_only_currency_served(
    served: set[str], changes: dict[str, Any], is_given: bool, currency: str
) -> None:
    """Unless somebody has named one, or the money is a broker's."""
    found = in_its_currency(TradingSettings(**changes), frozenset(served), is_given=is_given)
    assert found.portfolio.currency == currency


def test_a_currency_without_a_rate_names_the_setting() -> None:
    """With an example; with a rate there is nothing to say."""
    said = without_rate(TradingSettings(), frozenset({"INR", "USD"}))
    assert "what trades in INR has no worth in USD" in said
    assert "trading.portfolio.rates" in said
    rated = PortfolioSettings(rates={"INR": Decimal("0.012")})
    assert without_rate(TradingSettings(portfolio=rated), frozenset({"INR", "USD"})) == ""
