"""Keys of contracts: one string per contract, the same from every vendor, sorted like a chain."""

from datetime import date
from decimal import Decimal

from voldesk.model.contracts import Contract, exact_strike
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.roots import underlying_of_root

_STRIKE_SCALE = 1_000_000  # finer than any strike a venue lists
_STRIKE_DIGITS = 15


def contract_key(contract: Contract) -> str:
    """
    Return the contract's key: ``us SPXW 20251017 000006700000000 C``.

    Market, root, expiry, strike in millionths, right. Keys sort by these in that order, since a
    space comes before every character of a root and numbers have a fixed width. Two venues' names
    of one contract give one key; roots of different markets never meet (``BTC`` is listed twice).

    Raises:
        ValueError: The strike is below 0, 1e9 or above, or finer than a millionth; or the root
            has a space.
    """
    millionths = exact_strike(contract.strike) * _STRIKE_SCALE
    if millionths != int(millionths) or not 0 <= millionths < 10**_STRIKE_DIGITS:
        raise ValueError(
            f"strike {contract.strike!r} of {contract.root} has no key, expected whole millionths"
            " from 0 to below 1e9"
        )
    if " " in contract.root:
        raise ValueError(f"root {contract.root!r} has a space")
    strike = f"{int(millionths):0{_STRIKE_DIGITS}d}"
    expiry = contract.expiry.isoformat().replace("-", "")
    return f"{contract.market} {contract.root} {expiry} {strike} {contract.right}"


def contract_of_key(key: str) -> Contract:
    """
    Return the contract a key stands for, its ``symbol`` unknown: the inverse of `contract_key`.

    Raises:
        WireError: The text is no key.
    """
    try:
        market, root, expiry, strike, right = key.split(" ")
        contract = Contract(
            underlying=underlying_of_root(root, Market(market)),
            root=root,
            expiry=date(int(expiry[:4]), int(expiry[4:6]), int(expiry[6:])),
            right=Right(right),
            strike=float(Decimal(int(strike)) / _STRIKE_SCALE),
            market=Market(market),
        )
        printed = contract_key(contract)
    except ValueError as exc:
        raise WireError(f"{key!r} is no contract key: {exc}") from exc
    if printed != key:
        raise WireError(f"{key!r} is no contract key, it would be {printed!r}")
    return contract
