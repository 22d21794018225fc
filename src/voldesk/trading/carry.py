"""Forward, discount and time of a contract: what a price is made of beside spot and vol."""

import math
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """
    One contract's series as its chain shows it; NaN is not known.

    Attributes:
        forward: Of the underlying at expiry, quote currency.
        discount: Present value of 1 paid at expiry.
        years: Time to expiry by the clock the chain's iv was taken with.
    """

    forward: float
    discount: float
    years: float

    @property
    def rate(self) -> float:
        """Return the continuous rate to expiry, a fraction per year; NaN once expired."""
        if self.years > 0 and self.discount > 0:
            return -math.log(self.discount) / self.years
        return math.nan


class Carries(Protocol):
    """Shows the series of contracts as they stand now."""

    def carry(self, key: str) -> Carry | None:
        """Return one contract's, None where no chain has it."""
        ...
