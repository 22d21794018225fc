"""What the gateway is handed about trading."""

import dataclasses
from decimal import Decimal

import pytest

from voldesk.gateways.order_desk import Mode, Use, plain


def test_what_was_handed_over_stays_what_it_was() -> None:
    """It is a picture of a moment: the next one is another object."""
    use = Use(name="open_orders", used=1.0, limit=20.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        use.used = 2.0  # type: ignore[misc]  # that is what is tested


def test_modes_are_the_words_of_the_wire() -> None:
    """A mode prints as what clients are told."""
    assert [str(one) for one in Mode] == ["paper", "live"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("1.250", "1.25"), ("100", "100"), ("1E+2", "100"), ("-0.0", "0"), ("-0.5", "-0.5")],
)
def test_a_price_is_written_as_people_do(value: str, text: str) -> None:
    """Neither exponent nor idle zeros, nor a zero below zero."""
    assert plain(Decimal(value)) == text
