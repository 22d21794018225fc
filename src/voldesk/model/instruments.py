"""The one door to contracts and their names; each symbology has a file of its own."""

from collections.abc import Callable

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.roots import is_am_settled, underlying_of_root
from voldesk.model.symbols_deribit import deribit_symbol, parse_deribit
from voldesk.model.symbols_india import nse_symbol, parse_nse, parse_upstox, upstox_symbol
from voldesk.model.symbols_us import (
    ib_local_symbol,
    occ_symbol,
    osi_symbol,
    parse_ib_local,
    parse_occ,
    parse_osi,
)

__all__ = [
    "Contract",
    "Right",
    "deribit_symbol",
    "ib_local_symbol",
    "is_am_settled",
    "nse_symbol",
    "occ_symbol",
    "osi_symbol",
    "parse_deribit",
    "parse_ib_local",
    "parse_nse",
    "parse_occ",
    "parse_osi",
    "parse_symbol",
    "parse_upstox",
    "underlying_of_root",
    "upstox_symbol",
]

_PARSERS: dict[Market, Callable[[str], Contract]] = {
    Market.US: parse_ib_local,  # padded or not
    Market.INDIA: parse_nse,  # trading names and Upstox display names
    Market.DERIBIT: parse_deribit,
}


def parse_symbol(name: str, market: Market) -> Contract:
    """
    Read an option name in whatever form that market's vendors print it.

    Raises:
        WireError: The name has no such form, or we read no names of that market (CME).
    """
    parse = _PARSERS.get(market)
    if parse is None:
        raise WireError(f"option name {name!r} cannot be read: no names of {market} are known")
    return parse(name)
