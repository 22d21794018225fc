"""What trading costs: the lines of a bill, and the meter that runs while an order fills."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Final

from voldesk.model.orders import Side
from voldesk.model.traded import Kind, Traded

_SMALLEST: Final = Decimal("0.000001")
_NOTHING: Final = Decimal(0)


class Per(StrEnum):
    """What a charge is counted by."""

    UNIT = "unit"  # contracts, shares
    VALUE = "value"  # price times quantity times multiplier
    NOTIONAL = "notional"  # of an option: underlying's price times units; else the value
    ORDER = "order"  # once, with the first fill
    CHARGES = "charges"  # of the charges named in `of`


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """
    One line of a bill.

    Attributes:
        name: What it is called.
        per: What it is counted by.
        rate: Money per that; a fraction for values.
        side: Who pays; None for both.
        from_price: Counts fills at this price and above,
        below_price: and below this one.
        minimum: Of the order's total.
        maximum_share: Likewise, a fraction of the order's value; it beats the minimum.
        of: Names of earlier lines.
    """

    name: str
    per: Per
    rate: Decimal
    side: Side | None = None
    from_price: Decimal | None = None
    below_price: Decimal | None = None
    minimum: Decimal = _NOTHING
    maximum_share: Decimal | None = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    The bill of one kind of instrument.

    Attributes:
        charges: Its lines, in the instrument's currency.
        minimum: Of an order's whole bill.
    """

    charges: tuple[Charge, ...]
    minimum: Decimal = _NOTHING


FREE: Final = Schedule(())


class Meter:
    """
    What one order (of one account, for one instrument) is charged, fill by fill.

    Minimums and maximums are those of the order: a fill is charged what the order's bill grows by,
    which is below 0 where a maximum falls.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._raw = [_NOTHING] * len(schedule.charges)
        self._value = _NOTHING
        self._charged = _NOTHING
        self._has_begun = False

    def charge(
        self,
        instrument: Traded,
        side: Side,
        quantity: Decimal,
        price: Decimal,
        spot: Decimal | None = None,
    ) -> Decimal:
        """
        Return what one more fill costs, in the instrument's currency to a millionth.

        Args:
            instrument: What is traded.
            side: Of the order.
            quantity: Filled.
            price: Per unit.
            spot: The underlying's price, where a charge counts by it; unknown counts as 0.
        """
        units = quantity * instrument.multiplier
        value = abs(price) * units
        self._value += value
        basis = {
            Per.UNIT: quantity,
            Per.VALUE: value,
            Per.NOTIONAL: units * (spot or _NOTHING) if instrument.kind is Kind.OPTION else value,
            Per.ORDER: Decimal(0 if self._has_begun else 1),
            Per.CHARGES: _NOTHING,
        }
        for index, line in enumerate(self._schedule.charges):
            if _applies(line, side, price):
                self._raw[index] += line.rate * basis[line.per]
        self._has_begun = True
        total = self._total()
        fee = total - self._charged
        self._charged = total
        return fee

    def _total(self) -> Decimal:
        """Return the bill of everything filled so far."""
        bill: dict[str, Decimal] = {}
        for line, raw in zip(self._schedule.charges, self._raw, strict=True):
            amount = raw
            if line.per is Per.CHARGES:
                amount = line.rate * sum((bill.get(name, _NOTHING) for name in line.of), _NOTHING)
            amount = max(amount, line.minimum)
            if line.maximum_share is not None:
                amount = min(amount, line.maximum_share * self._value)
            bill[line.name] = amount
        total = max(sum(bill.values(), _NOTHING), self._schedule.minimum)
        return total.quantize(_SMALLEST, ROUND_HALF_EVEN)


def _applies(line: Charge, side: Side, price: Decimal) -> bool:
    if line.side is not None and line.side is not side:
        return False
    is_below = line.from_price is not None and abs(price) < line.from_price
    is_above = line.below_price is not None and abs(price) >= line.below_price
    return not is_below and not is_above
