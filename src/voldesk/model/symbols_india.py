"""Names of Indian options: NSE and BSE trading names, Upstox display names."""

import re
from datetime import date

from voldesk.model.contracts import (
    MONTHS,
    Contract,
    day_in_name,
    full_year,
    require_market,
    short_year,
    strike_text,
)
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.expiries_india import monthly_expiry
from voldesk.model.roots import underlying_of_root

_MONTH = "|".join(MONTHS)
_STRIKE = r"((?:0|[1-9]\d*)(?:\.\d+)?)"
_ROOT = re.compile(r"(?=[0-9]*[A-Z])[A-Z0-9&-]+")
_MONTHLY = re.compile(rf"({_ROOT.pattern}?)(\d\d)({_MONTH}){_STRIKE}([CP])E", re.ASCII)
# Weeklies exist on indices only, and of those names one ends in digits: with other digits before
# it the year could not be told ("NIFTYNXT50" + "25...").
_WEEKLY = re.compile(rf"(SENSEX50|[A-Z&-]+)(\d\d)([1-9OND])(\d\d){_STRIKE}([CP])E", re.ASCII)
_DISPLAY = re.compile(rf"({_ROOT.pattern}) {_STRIKE} ([CP])E (\d\d) ({_MONTH}) (\d\d)", re.ASCII)
_WEEKLY_MONTHS = "123456789OND"
_FORM = "NIFTY25FEB23000CE, NIFTY2520623000PE or NIFTY 23000 PE 27 FEB 25"


def parse_nse(name: str, *, expiry: date | None = None) -> Contract:
    """
    Read an Indian option name, in any of three forms.

    - monthly ``NIFTY25FEB23000CE``: year and month; the day is ``expiry`` (an instrument master's)
      or, without it, that of `expiries_india.monthly_expiry`;
    - weekly ``NIFTY2520623000PE``: year, month as one character (``1`` to ``9``, ``O N D``), day;
    - Upstox display ``NIFTY 23000 PE 27 FEB 25``, see `parse_upstox`.

    A strike may have decimals (``HDFCBANK25FEB1742.5CE``). The name does not say whether its
    exchange is NSE or BSE.

    Args:
        name: The trading name, upper case.
        expiry: The date of the contract where a master tells it; it has to agree with the name.

    Raises:
        WireError: The name is not an option's in one of these forms, it contradicts ``expiry``, or
            it carries no day and no rule gives one.
    Source: NSE F&O trading names as in Zerodha and XTS masters; Upstox instrument master.
    """
    if " " in name:
        contract = parse_upstox(name)
    elif parts := _MONTHLY.fullmatch(name):
        root, year, month, strike, right = parts.groups()
        day = _day_of_month(name, root, full_year(year), MONTHS.index(month) + 1, expiry)
        contract = _contract(name, root, day, right, strike)
    elif parts := _WEEKLY.fullmatch(name):
        root, year, month, digits, strike, right = parts.groups()
        printed = day_in_name(name, year, _WEEKLY_MONTHS.index(month) + 1, digits)
        contract = _contract(name, root, printed, right, strike)
    else:
        raise _unreadable(name)
    if expiry is not None and contract.expiry != expiry:
        raise WireError(f"option name {name!r} says {contract.expiry}, the expiry given {expiry}")
    return contract


def parse_upstox(name: str) -> Contract:
    """
    Read an Upstox display name: ``NIFTY 23000 PE 27 FEB 25``.

    The printed day is the expiry. (The master's own ``expiry`` field is 23:59:59 IST of that day,
    not the settlement instant.)

    Raises:
        WireError: The name is not an option's, or not of that form.
    Source: ``trading_symbol`` in the Upstox instrument master.
    """
    parts = _DISPLAY.fullmatch(name)
    if parts is None:
        raise _unreadable(name)
    root, strike, right, day, month, year = parts.groups()
    printed = day_in_name(name, year, MONTHS.index(month) + 1, day)
    return _contract(name, root, printed, right, strike)


def nse_symbol(contract: Contract, *, is_weekly: bool) -> str:
    """
    Print the trading name; `parse_nse` is its inverse, given the expiry of a monthly one.

    The contract cannot say which of the two the exchange uses: the month's last expiry has the
    monthly form, every other one the weekly.

    Raises:
        WireError: The contract has no such name: another market, a root of other characters, a
            strike of 0 or below, or a weekly whose root's digits would run into the year.
    """
    year = _checked_year(contract)
    terms = f"{strike_text(contract.strike)}{contract.right}E"
    expiry = contract.expiry
    if not is_weekly:
        return f"{contract.root}{year}{MONTHS[expiry.month - 1]}{terms}"
    name = f"{contract.root}{year}{_WEEKLY_MONTHS[expiry.month - 1]}{expiry.day:02d}{terms}"
    parts = _WEEKLY.fullmatch(name)
    if parts is None or parts[1] != contract.root:
        raise WireError(f"root {contract.root!r} has no weekly name: {name!r} is ambiguous")
    return name


def upstox_symbol(contract: Contract) -> str:
    """
    Print the Upstox display name, the inverse of `parse_upstox`.

    Raises:
        WireError: The contract has no such name: another market, a root of other characters, a
            strike of 0 or below.
    """
    year = _checked_year(contract)
    expiry = contract.expiry
    day = f"{expiry.day:02d} {MONTHS[expiry.month - 1]} {year}"
    return f"{contract.root} {strike_text(contract.strike)} {contract.right}E {day}"


def _unreadable(name: str) -> WireError:
    if name.endswith("FUT") or " FUT " in name:
        return WireError(f"{name!r} names a future, expected an option: {_FORM}")
    return WireError(f"option name {name!r} cannot be read, expected {_FORM}")


def _day_of_month(name: str, root: str, year: int, month: int, expiry: date | None) -> date:
    if expiry is None:
        return monthly_expiry(root, year, month)
    if (expiry.year, expiry.month) != (year, month):
        raise WireError(f"option name {name!r} says {year}-{month:02d}, the expiry given {expiry}")
    return expiry


def _checked_year(contract: Contract) -> str:
    """Return the year as printed of a contract that has an Indian name."""
    require_market(contract, Market.INDIA, "NSE")
    if not _ROOT.fullmatch(contract.root) or contract.strike <= 0:
        raise WireError(
            f"root {contract.root!r}, strike {contract.strike!r} have no NSE name, expected {_FORM}"
        )
    return short_year(contract.expiry, contract.root)


def _contract(name: str, root: str, expiry: date, right: str, strike: str) -> Contract:
    if float(strike) == 0:
        raise WireError(f"option name {name!r} has strike 0, expected one above")
    return Contract(
        underlying=underlying_of_root(root, Market.INDIA),
        root=root,
        expiry=expiry,
        right=Right(right),
        strike=float(strike),
        market=Market.INDIA,
        symbol=name,
    )
