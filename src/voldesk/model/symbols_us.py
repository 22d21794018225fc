"""Names of US listed options: OCC compact, OSI with its root padded, IB's localSymbol."""

import re

from voldesk.model.contracts import (
    Contract,
    day_in_name,
    exact_strike,
    require_market,
    short_year,
)
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.roots import underlying_of_root

_ROOT = re.compile(r"(?=\d*[A-Z])[A-Z0-9]{1,6}")
_TERMS = re.compile(r"(\d\d)(\d\d)(\d\d)([CP])(\d{8})", re.ASCII)
_TERMS_SIZE = 15
_ROOT_SIZE = 6
_STRIKE_SCALE = 1000
_STRIKE_LIMIT = 10**8


def parse_occ(name: str) -> Contract:
    """
    Read an OCC symbol without padding: ``SPXW251017C06700000``.

    The root may hold digits (``AAPL1`` after a corporate action); the last 15 characters are
    ``yymmdd``, the right and the strike in thousandths.

    Raises:
        WireError: The name is not of that form.
    Source: Options Symbology Initiative, version 1.8 (2008), as vendors print it without spaces.
    """
    return _contract(name, name[:-_TERMS_SIZE], "ROOTyymmddC00000000")


def occ_symbol(contract: Contract) -> str:
    """
    Print the OCC symbol without padding, the inverse of `parse_occ`.

    Raises:
        WireError: The contract has no such name: another market, a root of more than six letters
            and digits, a strike of 100,000 and above or finer than a thousandth.
    """
    root, terms = _parts(contract)
    return root + terms


def parse_osi(name: str) -> Contract:
    """
    Read a 21-character OSI symbol, its root padded to six: ``SPXW  251017C06700000``.

    Raises:
        WireError: The name is not of that form.
    Source: Options Symbology Initiative, version 1.8 (2008).
    """
    form = "21 characters, ROOT padded to 6, yymmddC00000000"
    if len(name) != _ROOT_SIZE + _TERMS_SIZE:
        raise WireError(f"option name {name!r} has {len(name)} characters, expected {form}")
    return _contract(name, name[:_ROOT_SIZE].rstrip(" "), form)


def osi_symbol(contract: Contract) -> str:
    """
    Print the 21-character OSI symbol, the inverse of `parse_osi`.

    Raises:
        WireError: As for `occ_symbol`.
    """
    root, terms = _parts(contract)
    return root.ljust(_ROOT_SIZE) + terms


def parse_ib_local(name: str) -> Contract:
    """
    Read an Interactive Brokers localSymbol of a US option: ``SPXW  230811C04500000``.

    TWS pads as OSI does; files named after contracts drop the spaces, which is read too.

    Raises:
        WireError: The name is not of that form.
    Source: localSymbol of an OPT contract in recorded TWS sessions.
    """
    root = name[:-_TERMS_SIZE].rstrip(" ")
    return _contract(name, root, "ROOT, spaces, yymmddC00000000")


def ib_local_symbol(contract: Contract) -> str:
    """
    Print the localSymbol TWS gives a US option, which is the OSI symbol.

    Raises:
        WireError: As for `occ_symbol`.
    """
    return osi_symbol(contract)


def _contract(name: str, root: str, form: str) -> Contract:
    terms = _TERMS.fullmatch(name, max(0, len(name) - _TERMS_SIZE))
    if terms is None or not _ROOT.fullmatch(root):
        raise WireError(f"option name {name!r} cannot be read, expected {form}")
    year, month, day, right, strike = terms.groups()
    thousandths = int(strike)
    if thousandths == 0:
        raise WireError(f"option name {name!r} has strike 0, expected one above")
    return Contract(
        underlying=underlying_of_root(root, Market.US),
        root=root,
        expiry=day_in_name(name, year, int(month), day),
        right=Right(right),
        strike=thousandths / _STRIKE_SCALE,  # the float nearest to the decimal number
        market=Market.US,
        symbol=name,
    )


def _parts(contract: Contract) -> tuple[str, str]:
    """Return root and the 15 characters after it."""
    require_market(contract, Market.US, "OCC")
    if not _ROOT.fullmatch(contract.root):
        raise WireError(f"root {contract.root!r} has no OCC name, expected up to 6 of A-Z and 0-9")
    thousandths = exact_strike(contract.strike) * _STRIKE_SCALE
    if thousandths != int(thousandths) or not 0 < thousandths < _STRIKE_LIMIT:
        raise WireError(
            f"strike {contract.strike!r} of {contract.root} has no OCC name, expected whole"
            " thousandths above 0 and below 100000"
        )
    day = short_year(contract.expiry, contract.root) + f"{contract.expiry:%m%d}"
    return contract.root, f"{day}{contract.right}{int(thousandths):08d}"
