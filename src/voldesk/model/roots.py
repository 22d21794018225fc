"""What the root of a contract tells: its underlying, and whether it settles at the open."""

from voldesk.model.enums import Market

AM_SETTLED = frozenset({"SPX", "NDX", "RUT", "DJX", "VIX", "VIXW", "RUI", "RLG", "RLV"})
"""
US roots whose exercise value is made of opening prices on the expiry date.

Every other US root settles at the close: SPXW, NDXP, RUTW, XSP, MRUT, XND, OEX, XEO, MXEA, MXEF,
every equity and ETF. Source: the product specifications of Cboe and Nasdaq.
"""

_US_UNDERLYINGS = {
    "SPXW": "SPX",
    "SPXPM": "SPX",  # PM-settled third Fridays, 2011 to 2017
    "NDXP": "NDX",
    "RUTW": "RUT",
    "VIXW": "VIX",
}


def underlying_of_root(root: str, market: Market = Market.US) -> str:
    """
    Return what contracts of that root are written on; a root we know nothing about is itself.

    A digit after a US root marks contracts adjusted for a corporate action (``AAPL1``), a digit
    before it a FLEX class (``4SPX``): both go with the base. A Deribit root names the currency it
    is paid in after an underscore (``BTC_USDC``). Mini contracts (``XSP``, ``MRUT``) are on an
    index of their own.
    """
    if market is Market.US:
        base = root.strip("0123456789") or root
        return _US_UNDERLYINGS.get(base, base)
    if market is Market.DERIBIT:
        return root.split("_", maxsplit=1)[0]
    return root


def is_am_settled(root: str, market: Market = Market.US) -> bool:
    """Say whether the root's exercise value is made at the open of the expiry date."""
    return market is Market.US and root in AM_SETTLED
