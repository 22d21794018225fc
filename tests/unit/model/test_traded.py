"""Underlyings of every market, and what they are."""

import pytest

from voldesk.model.enums import Market
from voldesk.model.traded import Kind, underlying_kind


@pytest.mark.parametrize(
    ("underlying", "market", "kind"),
    [
        ("SPX", Market.US, Kind.INDEX),
        ("AMZN", Market.US, Kind.STOCK),
        ("SPX", Market.INDIA, Kind.STOCK),
        ("NIFTY", Market.INDIA, Kind.INDEX),
        ("SENSEX", Market.INDIA, Kind.INDEX),
        ("RELIANCE", Market.INDIA, Kind.STOCK),
        ("BTC", Market.DERIBIT, Kind.CRYPTO),
        ("ES", Market.CME, Kind.FUTURE),
    ],
)
def test_what_an_underlying_is(underlying: str, market: Market, kind: Kind) -> None:
    """An index is one in its own market only; the rest is what its market deals in."""
    assert underlying_kind(underlying, market) is kind
