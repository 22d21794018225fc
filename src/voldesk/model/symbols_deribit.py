"""Names of Deribit options: ``BTC-27DEC24-100000-C``, ``XRP_USDC-30JUN23-0d625-C``."""

import re
from decimal import Decimal

from voldesk.model.contracts import (
    MONTHS,
    Contract,
    day_in_name,
    require_market,
    short_year,
    strike_text,
)
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.roots import underlying_of_root

_FORM = "CURRENCY[_CURRENCY]-dMMMyy-strike-C|P with d for a decimal point"
_ROOT = re.compile(r"[A-Z0-9]+(?:_[A-Z0-9]+)?")
_NAME = re.compile(
    rf"({_ROOT.pattern})-([1-9]\d?)({'|'.join(MONTHS)})(\d\d)-"
    r"((?:0|[1-9]\d*)(?:d\d*[1-9])?)-([CP])",
    re.ASCII,
)


def parse_deribit(name: str) -> Contract:
    """
    Read a Deribit option name.

    The root is the name's first part: ``BTC`` is paid in coin, ``BTC_USDC`` in USDC; the two are
    different series. The day has no leading zero, a strike's ``d`` is its decimal point.

    Raises:
        WireError: The name is not of that form: futures, perpetuals, spot and combos among them.
    Source: Deribit API documentation, "Naming"; names in recorded messages.
    """
    parts = _NAME.fullmatch(name)
    if parts is None:
        raise WireError(f"option name {name!r} cannot be read, expected {_FORM}")
    root, day, month, year, strike, right = parts.groups()
    exact = Decimal(strike.replace("d", "."))
    if exact == 0:
        raise WireError(f"option name {name!r} has strike 0, expected one above")
    return Contract(
        underlying=underlying_of_root(root, Market.DERIBIT),
        root=root,
        expiry=day_in_name(name, year, MONTHS.index(month) + 1, day),
        right=Right(right),
        strike=float(exact),
        market=Market.DERIBIT,
        symbol=name,
    )


def deribit_symbol(contract: Contract) -> str:
    """
    Print the Deribit name, the inverse of `parse_deribit`.

    Raises:
        WireError: The contract has no such name: another market, a root of other characters, a
            strike of 0 or below.
    """
    require_market(contract, Market.DERIBIT, "Deribit")
    if not _ROOT.fullmatch(contract.root) or contract.strike <= 0:
        raise WireError(
            f"root {contract.root!r}, strike {contract.strike!r} have no Deribit name,"
            f" expected {_FORM}"
        )
    expiry = contract.expiry
    day = f"{expiry.day}{MONTHS[expiry.month - 1]}{short_year(expiry, contract.root)}"
    strike = strike_text(contract.strike).replace(".", "d")
    return f"{contract.root}-{day}-{strike}-{contract.right}"
