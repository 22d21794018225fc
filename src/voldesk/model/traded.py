"""What a thing that trades is, as its costs, its margin and its settlement see it."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from voldesk.model.enums import Market


class Kind(StrEnum):
    """What an instrument is, which says how it is paid for and what becomes of it."""

    STOCK = "stock"
    OPTION = "option"
    FUTURE = "future"  # no cash moves but gains and losses, when realised
    INDEX = "index"  # quoted, never traded
    FOREX = "forex"  # `underlying` currency bought with `currency`
    CRYPTO = "crypto"
    COMBO = "combo"  # legs traded as one at a net price; positions are those of the legs


class Traded(Protocol):
    """The terms of an instrument that money depends on."""

    @property
    def key(self) -> str:
        """Return its unique name."""
        ...

    @property
    def kind(self) -> Kind:
        """Return what it is."""
        ...

    @property
    def market(self) -> Market:
        """Return whose rules apply."""
        ...

    @property
    def multiplier(self) -> Decimal:
        """Return money per 1.00 of price and unit of quantity."""
        ...

    @property
    def underlying(self) -> str:
        """Return the key of what it is written on, "" of nothing."""
        ...

    @property
    def strike(self) -> Decimal | None:
        """Return the strike of an option, else None."""
        ...

    @property
    def is_call(self) -> bool:
        """Say whether it is a call; an option that is not is a put."""
        ...

    @property
    def settles_at(self) -> int | None:
        """Return when it settles, UTC ns; None for never."""
        ...


INDICES: Final[Mapping[Market, frozenset[str]]] = MappingProxyType(
    {
        Market.US: frozenset(
            {"SPX", "XSP", "NDX", "XND", "RUT", "MRUT", "VIX", "DJX", "OEX", "XEO"}
            | {"RUI", "RLG", "RLV", "MXEA", "MXEF"}
        ),
        Market.INDIA: frozenset(
            {"NIFTY", "BANKNIFTY", "FINNIFTY", "MIDCPNIFTY", "NIFTYNXT50"}
            | {"SENSEX", "BANKEX", "SENSEX50"}
        ),
    }
)
"""
Underlyings that nobody can deliver, by market: their options are paid in cash.

Sources: the product specifications of Cboe, Nasdaq, NSE and BSE.
"""


def underlying_kind(underlying: str, market: Market) -> Kind:
    """Return what an underlying is: an index where it is known as one, a coin at Deribit."""
    if underlying in INDICES.get(market, frozenset()):
        return Kind.INDEX
    by_market = {Market.DERIBIT: Kind.CRYPTO, Market.CME: Kind.FUTURE}
    return by_market.get(market, Kind.STOCK)
