"""Numbers of TWS as decimals: what it leaves open, or writes as a huge number, is None."""

import math
from decimal import Decimal, InvalidOperation
from typing import Final

from ib_async.util import UNSET_DOUBLE

_DIGITS: Final = 10  # TWS computes in binary: 0.1 + 0.2 is told as 0.30000000000000004


def decimal_of(value: float | Decimal | str | None) -> Decimal | None:
    """Return a number, None where there is none."""
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (ValueError, InvalidOperation):
        return None
    if not math.isfinite(number) or number == UNSET_DOUBLE:
        return None
    return Decimal(repr(round(number, _DIGITS)))
