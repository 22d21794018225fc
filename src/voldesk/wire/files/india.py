"""What Indian vendors call an underlying -> its trading symbol."""

import re

_INDICES = {
    "NIFTY 50": "NIFTY",
    "NIFTY": "NIFTY",
    "NIFTY BANK": "BANKNIFTY",
    "BANK NIFTY": "BANKNIFTY",
    "BANKNIFTY": "BANKNIFTY",
    "NIFTY FIN SERVICE": "FINNIFTY",
    "NIFTY FINANCIAL SERVICES": "FINNIFTY",
    "FINNIFTY": "FINNIFTY",
    "NIFTY MID SELECT": "MIDCPNIFTY",
    "NIFTY MIDCAP SELECT": "MIDCPNIFTY",
    "MIDCPNIFTY": "MIDCPNIFTY",
    "NIFTY NEXT 50": "NIFTYNXT50",
    "NIFTYNXT50": "NIFTYNXT50",
    "SENSEX": "SENSEX",
    "BSE SENSEX": "SENSEX",
    "SENSEX50": "SENSEX50",
    "SNSX50": "SENSEX50",
    "BANKEX": "BANKEX",
    "INDIA VIX": "INDIAVIX",
}

_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")

INDEX_SYMBOLS = frozenset(_INDICES.values())
"""Trading symbols that only Indian exchanges use."""


def underlying_of_name(name: object) -> str:
    """
    Return the trading symbol of an underlying: ``NSE_INDEX|Nifty 50`` -> ``NIFTY``.

    The exchange before the bar is dropped; a name that is no index we know stands as it is, in
    capitals (``NSE_EQ|INE002A01018`` names an ISIN: nothing here knows its symbol).
    """
    if not isinstance(name, str):
        return ""
    text = " ".join(name.rpartition("|")[2].upper().split())
    return _INDICES.get(text, text)


def is_isin(name: str) -> bool:
    """Say whether a name is an ISIN, which says nothing to a reader who knows symbols."""
    return _ISIN.fullmatch(name) is not None
