"""One option contract, whoever names it, and the parts its names share."""

import math
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_FIRST_SHORT_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Contract:
    """
    One option contract.

    Two contracts are equal when their terms are, whichever venue named them: ``symbol`` does not
    count.

    Attributes:
        underlying: What it is written on: ``SPX`` for the roots ``SPX`` and ``SPXW``.
        root: The class it trades in, which tells how it settles: ``SPXW``, ``BTC_USDC``.
        expiry: The date printed on the contract; `sessions.settles_at` makes it an instant.
        strike: Quote currency per unit of underlying.
        symbol: The name it was read from, as the venue writes it.

    Raises:
        ValueError: The strike is not finite, or underlying or root are empty.
    """

    underlying: str
    root: str
    expiry: date
    right: Right
    strike: float
    market: Market
    symbol: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not math.isfinite(self.strike):
            raise ValueError(f"strike of {self.root} is {self.strike}, expected a finite number")
        if not self.underlying or not self.root:
            raise ValueError(f"underlying {self.underlying!r} and root {self.root!r}: one is empty")

    @property
    def is_call(self) -> bool:
        """Say whether the holder may buy."""
        return self.right is Right.CALL


def exact_strike(strike: float) -> Decimal:
    """
    Return the decimal number a strike was written as.

    A float carries 15 decimal digits unharmed, more than any venue prints, so its shortest form
    is the number that was parsed.
    """
    return Decimal(repr(float(strike)))


def strike_text(strike: float) -> str:
    """Return the strike without exponent or idle zeros: ``23000``, ``1742.5``."""
    return format(exact_strike(strike).normalize(), "f")


def full_year(two_digits: str) -> int:
    """
    Return the year two digits stand for: 90 to 99 are 1990 to 1999, the rest 2000 to 2089.

    Listed option data begins in the 1990s; no contract has a life of sixty years.
    """
    year = 2000 + int(two_digits)
    return year if year < _FIRST_SHORT_YEAR + 100 else year - 100


def short_year(day: date, asked: str) -> str:
    """
    Return the two digits of a year, the inverse of `full_year`.

    Raises:
        WireError: Two digits cannot name the year; ``asked`` says whose name was being printed.
    """
    if not _FIRST_SHORT_YEAR <= day.year < _FIRST_SHORT_YEAR + 100:
        last = _FIRST_SHORT_YEAR + 99
        raise WireError(
            f"{asked}: expiry {day} has no two-digit year, expected {_FIRST_SHORT_YEAR} to {last}"
        )
    return f"{day.year % 100:02d}"


def day_in_name(name: str, year: str, month: int, day: str) -> date:
    """
    Return the date a name spells with a two-digit year.

    Raises:
        WireError: There is no such day; ``name`` is quoted.
    """
    try:
        return date(full_year(year), month, int(day))
    except ValueError:
        raise WireError(
            f"{name!r} names day {day} of month {month:02d}, {full_year(year)}: no such date"
        ) from None


def require_market(contract: Contract, market: Market, form: str) -> None:
    """
    Refuse to print the name of a contract that does not trade there.

    Raises:
        WireError: The contract's market is another one.
    """
    if contract.market is not market:
        raise WireError(f"{contract.root} trades in {contract.market}, {form} names are {market}")
