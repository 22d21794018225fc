"""Tests of `wire.files.india`."""

import pytest

from voldesk.wire.files.india import INDEX_SYMBOLS, is_isin, underlying_of_name


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("NSE_INDEX|Nifty 50", "NIFTY"),
        ("NSE_INDEX|Nifty Bank", "BANKNIFTY"),
        ("NSE_INDEX|Nifty Fin Service", "FINNIFTY"),
        ("NSE_INDEX|NIFTY MID SELECT", "MIDCPNIFTY"),
        ("BSE_INDEX|SENSEX", "SENSEX"),
        ("nifty", "NIFTY"),
        ("NSE_EQ|INE002A01018", "INE002A01018"),
        ("RELIANCE", "RELIANCE"),
        (None, ""),
        (5, ""),
    ],
)
def test_underlyings_get_their_trading_symbol(name: object, symbol: str) -> None:
    """Index names are translated, others stand as they are, what is no name is none."""
    assert underlying_of_name(name) == symbol


def test_isins_are_told_from_symbols() -> None:
    """An ISIN has twelve characters and ends in a digit."""
    assert is_isin("INE002A01018")
    assert not any(map(is_isin, INDEX_SYMBOLS))
