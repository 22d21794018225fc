"""Roots."""

import pytest

from voldesk.model.enums import Market
from voldesk.model.roots import AM_SETTLED, is_am_settled, underlying_of_root


@pytest.mark.parametrize(
    ("root", "underlying"),
    [
        ("SPX", "SPX"),
        ("SPXW", "SPX"),
        ("NDXP", "NDX"),
        ("RUTW", "RUT"),
        ("VIXW", "VIX"),
        ("XSP", "XSP"),
        ("MRUT", "MRUT"),
        ("SPY", "SPY"),
        ("AAPL1", "AAPL"),
        ("BRKB2", "BRKB"),
        ("4SPX", "SPX"),
        ("2SPXW", "SPX"),
        ("123", "123"),
    ],
)
def test_us_roots_name_their_underlying(root: str, underlying: str) -> None:
    """Weekly, adjusted and FLEX roots go with the index or stock they are written on."""
    assert underlying_of_root(root) == underlying


@pytest.mark.parametrize(
    ("root", "market", "underlying"),
    [
        ("BTC", Market.DERIBIT, "BTC"),
        ("MATIC_USDC", Market.DERIBIT, "MATIC"),
        ("NIFTYNXT50", Market.INDIA, "NIFTYNXT50"),
        ("360ONE", Market.INDIA, "360ONE"),
        ("LO", Market.CME, "LO"),
    ],
)
def test_other_markets_have_other_rules(root: str, market: Market, underlying: str) -> None:
    """Digits belong to Indian names, and a Deribit root ends in the currency it pays."""
    assert underlying_of_root(root, market) == underlying


@pytest.mark.parametrize("root", ["SPXW", "NDXP", "RUTW", "XSP", "MRUT", "OEX", "SPY", "AAPL"])
def test_pm_roots_are_not_am_settled(root: str) -> None:
    """Weeklies, minis, OEX and everything on stocks settle at the close."""
    assert not is_am_settled(root)


def test_am_roots_are_american() -> None:
    """The same letters in another market do not settle at the open."""
    assert all(is_am_settled(root) for root in AM_SETTLED)
    assert not any(is_am_settled(root, Market.INDIA) for root in AM_SETTLED)
