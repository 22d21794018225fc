"""Accounts of a login: which is which, paper or live, what they hold and are worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voldesk.model.errors import ConfigError
from voldesk.venues.ib.money import decimal_of

_PAPER_PORTS: Final = {7497: "TWS", 4002: "Gateway"}
_LIVE_PORTS: Final = {7496: "TWS", 4001: "Gateway"}
_PAPER_NAMES: Final = ("DU", "DF", "DI")  # single, advisor, introduced


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFigures:
    """
    What an account is worth, in its currency; NaN where TWS has not told.

    Attributes:
        equity: Net liquidation value.
        cash: Of all currencies.
        available: For new positions.
        buying_power: Likewise, with the leverage of the account.
        initial_margin: Bound now, as is
        maintenance_margin: of which less closes positions by force.
        day_pnl: Since the close before, as are
        unrealised: of what is held, since it was bought, and
        realised: of what was closed today.
        currency: "" where TWS has not told.
    """

    account: str
    equity: float = math.nan
    cash: float = math.nan
    available: float = math.nan
    buying_power: float = math.nan
    initial_margin: float = math.nan
    maintenance_margin: float = math.nan
    day_pnl: float = math.nan
    unrealised: float = math.nan
    realised: float = math.nan
    currency: str = ""


TAGS: Final = {
    "NetLiquidation": "equity",
    "TotalCashValue": "cash",
    "AvailableFunds": "available",
    "BuyingPower": "buying_power",
    "InitMarginReq": "initial_margin",
    "MaintMarginReq": "maintenance_margin",
}
"""Account values of TWS and what they are called here."""


def figure(value: float | str | None) -> float:
    """Return a number of TWS, NaN where it has none."""
    number = decimal_of(value)
    return math.nan if number is None else float(number)


def is_paper_account(account: str) -> bool:
    """Say whether no real money is in an account: its name begins with DU, DF or DI."""
    return account.startswith(_PAPER_NAMES)


def check_money(port: int, accounts: Sequence[str], *, is_live_wanted: bool) -> bool:
    """
    Say whether it is a paper login, once port, accounts and what the operator wants agree.

    Args:
        port: Of TWS; one of nobody's, a tunnel's, says nothing.
        accounts: Of the login.
        is_live_wanted: Whether real money is meant.

    Raises:
        ConfigError: They do not agree, or there is no account.
    """
    if not accounts:
        raise ConfigError("TWS names no account: log in to one that may trade")
    paper = [is_paper_account(account) for account in accounts]
    if any(paper) and not all(paper):
        raise ConfigError("the login has paper and live accounts at once: log in to one kind")
    is_paper = paper[0]
    if is_paper and port in _LIVE_PORTS:
        raise ConfigError(
            f"port {port} is that of a live {_LIVE_PORTS[port]}, and the account is a paper one:"
            " set ib.port to that of the paper login (TWS 7497, Gateway 4002), or its socket port"
            " in the API settings of TWS"
        )
    if not is_paper and port in _PAPER_PORTS:
        raise ConfigError(
            f"port {port} is that of a paper {_PAPER_PORTS[port]}, and real money is in the"
            " account: log in to the paper account, or set ib.port and the socket port in the API"
            " settings to that of a live one (TWS 7496, Gateway 4001)"
        )
    if is_paper and is_live_wanted:
        raise ConfigError(
            "live trading is asked for, and TWS is logged in to a paper account: log in to the live"
            " one and set ib.port to it, or ask for the paper broker"
        )
    if not is_paper and not is_live_wanted:
        raise ConfigError(
            "paper trading is asked for, and TWS is logged in to an account with real money: log in"
            " to the paper account and set ib.port to it (TWS 7497, Gateway 4002)"
        )
    return is_paper
