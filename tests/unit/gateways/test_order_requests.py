"""What may be asked for about orders."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from voldesk.gateways.order_requests import KillOrder, NewLeg, NewOrder, NewTerms, Unlock
from voldesk.model.orders import Terms

NEW: dict[str, Any] = {"contract": "AMZN", "side": "buy", "quantity": 1}


def test_prices_are_exact_however_they_are_written() -> None:
    """Text and numbers give the decimal that was written."""
    one, other = (NewOrder(**NEW | {"limit_price": price}) for price in ("0.1", 0.1))
    assert one.limit_price == other.limit_price == Decimal("0.1")
    assert one == other


def test_one_contract_is_one_leg() -> None:
    """A combination keeps its own."""
    assert NewOrder(**NEW).named_legs() == (NewLeg(contract="AMZN", ratio=1),)
    legs = (NewLeg(contract="A"), NewLeg(contract="B", ratio=-1))
    order = NewOrder(**{**NEW, "contract": None, "legs": legs})
    assert order.named_legs() == legs


@pytest.mark.parametrize(
    "changes",
    [
        {"contract": None},
        {"legs": [{"contract": "A"}, {"contract": "B"}]},
        {"contract": None, "legs": [{"contract": "A"}]},
        {"contract": None, "legs": [{"contract": "A"}] * 9},
        {"contract": ""},
        {"quantity": 0},
        {"limit_price": "inf"},
        {"limit_price": "0.0000001"},
        {"trail_amount": "0"},
        {"good_till_us": -1},
        {"oca_group": "\u00e9"},
        {"reason": "x" * 201},
        {"account": "DU1"},
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    """Either contract or legs, numbers in range, nothing unknown."""
    with pytest.raises(ValidationError):
        NewOrder(**{**NEW, **changes})


def test_terms_change_what_is_given_alone() -> None:
    """The rest stays, an instant to the nanosecond's thousand."""
    held = Terms(quantity=3, limit_price=Decimal("1.25"), good_till=9_000)
    assert NewTerms(quantity=2).over(held) == Terms(
        quantity=2, limit_price=Decimal("1.25"), good_till=9_000
    )
    assert NewTerms(good_till_us=10).over(held).good_till == 10_000
    assert NewTerms().over(Terms(quantity=1)) == Terms(quantity=1)


def test_instants_become_nanoseconds() -> None:
    """As they are kept."""
    assert NewOrder(**NEW, good_till_us=5).terms().good_till == 5_000
    assert NewOrder(**NEW).terms() == Terms(quantity=1)


def test_a_kill_needs_nothing_and_an_unlock_a_phrase() -> None:
    """Stopping is easy, beginning again is not."""
    assert not KillOrder().flatten
    with pytest.raises(ValidationError):
        Unlock()  # type: ignore[call-arg]  # that is what is tested
