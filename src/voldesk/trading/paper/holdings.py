"""One position and what trades do to it, by average cost."""

from dataclasses import dataclass
from decimal import Decimal

from voldesk.trading.paper.contracts import PaperContract

_NOTHING = Decimal(0)


@dataclass(slots=True)
class Holding:
    """
    What is held of one contract.

    Attributes:
        quantity: Below 0 sold.
        paid: Price times quantity of the open part; below 0 where it was sold.
        fees: What opening that part cost.
    """

    contract: PaperContract
    quantity: int = 0
    paid: Decimal = _NOTHING
    fees: Decimal = _NOTHING

    @property
    def average_price(self) -> Decimal | None:
        """Return the mean price of the open part, None where nothing is held."""
        return self.paid / self.quantity if self.quantity else None

    def trade(self, signed: int, price: Decimal, fee: Decimal) -> Decimal | None:
        """
        Take a trade in and return the profit it realised, None where it closed nothing.

        The profit is that of the part it closed, the commissions of both its ends deducted.

        Args:
            signed: Contracts, below 0 sold.
            price: Per unit.
            fee: What it cost.
        """
        closed = self.closing(signed)
        opened = abs(signed) - closed
        realised = None
        if closed:
            realised = self._close(closed, price) - fee * closed / abs(signed)
        sign = 1 if signed > 0 else -1
        self.quantity += sign * opened
        self.paid += sign * opened * price
        self.fees += fee * opened / abs(signed)
        return realised

    def closing(self, signed: int) -> int:
        """Return how many contracts such a trade would close."""
        return min(abs(signed), abs(self.quantity)) if self.quantity * signed < 0 else 0

    def _close(self, count: int, price: Decimal) -> Decimal:
        """Close some at a price and return the profit, commissions of opening them deducted."""
        sign = 1 if self.quantity > 0 else -1
        if count == abs(self.quantity):
            basis, fees = self.paid, self.fees
        else:
            share = Decimal(count) / abs(self.quantity)
            basis, fees = self.paid * share, self.fees * share
        self.quantity -= sign * count
        self.paid -= basis
        self.fees -= fees
        return (sign * count * price - basis) * self.contract.multiplier - fees
