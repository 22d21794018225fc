"""Numbers of TWS as decimals."""

from decimal import Decimal

import pytest
from ib_async.util import UNSET_DOUBLE

from voldesk.venues.ib.money import decimal_of


@pytest.mark.parametrize(
    ("told", "number"),
    [
        (1.25, Decimal("1.25")),
        ("1000000.0", Decimal(1_000_000)),
        (0.1 + 0.2, Decimal("0.3")),
        (-0.05, Decimal("-0.05")),
        (Decimal("2.5"), Decimal("2.5")),
        (0, Decimal(0)),
        (None, None),
        ("", None),
        ("N/A", None),
        (UNSET_DOUBLE, None),
        (str(UNSET_DOUBLE), None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_a_number_or_none(told: float | str | Decimal | None, number: Decimal | None) -> None:
    """What is left open is None, whatever TWS writes for it."""
    assert decimal_of(told) == number
