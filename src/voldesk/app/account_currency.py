"""
What a paper account is kept in where nobody says: the currency of what it is to trade.

A rupee account makes sense of NIFTY, and a dollar account of SPX; of both at once only with a
rate. Without one, what is in the other currency has no worth, and nothing passes a limit that is
not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from voldesk.app.trading_settings import BrokerName, TradingSettings
from voldesk.model.enums import Market
from voldesk.model.ports.feed import Feed

SIM: Final = "sim"
"""The feed that says what it lists before it is opened, and whose prices are nobody's."""

CURRENCIES: Final[Mapping[Market, str]] = MappingProxyType(
    {Market.US: "USD", Market.CME: "USD", Market.INDIA: "INR", Market.DERIBIT: "USD"}
)
_OF_FEEDS: Final[Mapping[str, str]] = MappingProxyType({"ib": "USD", "deribit": "USD"})


def currencies_of(feeds: Iterable[Feed]) -> frozenset[str]:
    """Return the currencies of what feeds serve; a feed that nothing is known of adds none."""
    found: set[str] = set()
    for feed in feeds:
        if feed.name == SIM:
            found |= {CURRENCIES[market] for market in set(feed.listing.market.tolist())}
        elif feed.name in _OF_FEEDS:
            found.add(_OF_FEEDS[feed.name])
    return frozenset(found)


def in_its_currency(
    settings: TradingSettings, served: frozenset[str], *, is_given: bool
) -> TradingSettings:
    """
    Return the settings with a paper account's currency that of all it is to trade.

    Args:
        settings: As they were given.
        served: Currencies of what is served.
        is_given: Somebody has named the account's currency; then it stays.
    """
    if is_given or settings.broker is not BrokerName.PAPER or len(served) != 1:
        return settings
    (only,) = served
    return replace(settings, portfolio=replace(settings.portfolio, currency=only))


def without_rate(settings: TradingSettings, served: frozenset[str]) -> str:
    """Say which currencies have no worth in the account's and what to set, "" if all have."""
    own = settings.portfolio
    missing = sorted(one for one in served if own.rate(one).is_nan())
    if not missing:
        return ""
    names = " and ".join(missing)
    return (
        f"what trades in {names} has no worth in {own.currency}, so the gate lets no risk in it"
        f" pass: set trading.portfolio.rates, units of {own.currency} per unit of it, as"
        f" {{{missing[0]}: …}}; or trading.portfolio.currency"
    )
