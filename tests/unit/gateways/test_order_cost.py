"""What an order costs, and the most that can be lost by it."""

from decimal import Decimal
from math import nan
from typing import Any

import pytest
from hand_desk import CALL, HIGH_CALL, LATER_CALL, PUT, STOCK, a_mark
from orders import an_intent

from voldesk.gateways.order_cost import Cost, Loss, cost_of
from voldesk.model.orders import Leg, OrderType, Side, Terms


def costs(*legs: Leg, price: str | None = "1.25", marks: Any = None, **changes: Any) -> Cost:
    """Return the cost of one unit of some legs, a limit order where it has a price."""
    limit = None if price is None else Decimal(price)
    facts: dict[str, Any] = {
        "legs": legs or (Leg(CALL),),
        "order_type": OrderType.MARKET if price is None else OrderType.LIMIT,
        "terms": Terms(quantity=1, limit_price=limit),
    }
    is_reducing = changes.pop("reduces", False)
    intent = an_intent(**facts | changes)
    shown = marks or [a_mark(leg.key) for leg in intent.legs]
    return cost_of(intent, shown, is_reducing=is_reducing)


def test_an_option_that_is_bought_loses_what_it_costs() -> None:
    """Price × multiplier × contracts, and no more than that."""
    found = costs(terms=Terms(quantity=3, limit_price=Decimal("1.25")))
    assert (found.price, found.cost, found.currency) == (Decimal("1.25"), Decimal(375), "USD")
    assert (found.loss, found.max_loss) == (Loss.DEFINED, Decimal(375))


@pytest.mark.parametrize(
    ("legs", "side", "price", "loss", "most"),
    [
        ((Leg(CALL),), Side.SELL, "1.25", Loss.UNDEFINED, None),
        ((Leg(PUT),), Side.SELL, "1.25", Loss.DEFINED, "19875"),  # worth 200 at most
        ((Leg(STOCK),), Side.BUY, "198", Loss.DEFINED, "198"),
        ((Leg(STOCK),), Side.SELL, "198", Loss.UNDEFINED, None),
        ((Leg(CALL), Leg(HIGH_CALL, -1)), Side.BUY, "4", Loss.DEFINED, "400"),
        ((Leg(CALL), Leg(HIGH_CALL, -1)), Side.SELL, "4", Loss.DEFINED, "600"),
        ((Leg(CALL), Leg(HIGH_CALL, -2)), Side.BUY, "4", Loss.UNDEFINED, None),
        ((Leg(CALL), Leg(PUT)), Side.BUY, "9", Loss.DEFINED, "900"),
        ((Leg(CALL), Leg(PUT)), Side.SELL, "9", Loss.UNDEFINED, None),
        ((Leg(LATER_CALL), Leg(CALL, -1)), Side.BUY, "2", Loss.UNKNOWN, None),
        ((Leg(LATER_CALL), Leg(PUT)), Side.BUY, "3", Loss.DEFINED, "300"),
        ((Leg(CALL), Leg(HIGH_CALL, -1)), Side.BUY, "-1", Loss.DEFINED, "0"),
    ],
)
def test_the_most_that_can_be_lost_is_that_at_expiry(
    legs: tuple[Leg, ...], side: Side, price: str, loss: Loss, most: str | None
) -> None:
    """Bounded by what the legs are worth at their strikes, at 0 and beyond the highest."""
    found = costs(*legs, side=side, price=price)
    assert (found.loss, found.max_loss) == (loss, None if most is None else Decimal(most))


def test_without_a_price_the_far_quotes_count() -> None:
    """A market order buys at the ask and sells at the bid, each leg by its side."""
    assert costs(price=None).cost == Decimal(125)
    assert costs(price=None, side=Side.SELL).cost == Decimal(-120)
    spread = costs(Leg(CALL), Leg(HIGH_CALL, -1), price=None)
    assert spread.price == Decimal("0.05")


def test_a_stop_counts_at_its_price() -> None:
    """It is what sets it off, where there is no limit."""
    found = costs(order_type=OrderType.STOP, terms=Terms(quantity=1, stop_price=Decimal("1.5")))
    assert found.cost == Decimal(150)


@pytest.mark.parametrize(
    "marks",
    [
        [a_mark(multiplier=nan)],
        [a_mark(ask=nan)],
    ],
)
def test_what_is_not_known_is_not_told(marks: Any) -> None:
    """Without a multiplier or a quote there is no cost and no bound."""
    found = costs(price=None, marks=marks)
    assert (found.cost, found.loss, found.max_loss) == (None, Loss.UNKNOWN, None)


def test_legs_in_two_currencies_have_no_cost() -> None:
    """Nothing is converted."""
    marks = [a_mark(CALL), a_mark(PUT, currency="INR")]
    found = costs(Leg(CALL), Leg(PUT), marks=marks)
    assert (found.currency, found.cost) == (None, None)


def test_what_reduces_has_no_loss_of_its_own() -> None:
    """A sale of what is held is no naked one."""
    found = costs(side=Side.SELL, reduces=True)
    assert (found.cost, found.loss, found.max_loss) == (Decimal(-125), Loss.NONE, None)
