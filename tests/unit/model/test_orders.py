"""Intents that cannot be asked of a venue are refused where they are made."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.orders import (
    LONGEST_ID,
    MOST_CONTRACTS,
    MOST_LEGS,
    Intent,
    Leg,
    OrderType,
    Side,
    Terms,
    TimeInForce,
)

CALL = "us SPXW 20251017 000006700000000 C"
PUT = "us SPXW 20251017 000006700000000 P"
PRICES: dict[OrderType, dict[str, Any]] = {
    OrderType.MARKET: {},
    OrderType.LIMIT: {"limit_price": Decimal("1.25")},
    OrderType.STOP: {"stop_price": Decimal("1.25")},
    OrderType.STOP_LIMIT: {"limit_price": Decimal("1.25"), "stop_price": Decimal("1.2")},
    OrderType.TRAIL: {"trail_amount": Decimal("0.5")},
    OrderType.TRAIL_LIMIT: {"trail_pct": Decimal(5), "limit_price": Decimal(1)},
    OrderType.MARKET_ON_CLOSE: {},
    OrderType.LIMIT_ON_CLOSE: {"limit_price": Decimal("1.25")},
}


def intent(kind: OrderType = OrderType.LIMIT, **changes: Any) -> Intent:
    """Return a good intent of a type, with changes."""
    facts: dict[str, Any] = {
        "client_order_id": "vd-1",
        "account": "DU1",
        "underlying": "SPX",
        "legs": (Leg(CALL),),
        "side": Side.BUY,
        "order_type": kind,
        "terms": Terms(quantity=2, **PRICES[kind]),
        "made_at": 1,
    }
    return Intent(**facts | changes)


@pytest.mark.parametrize("kind", OrderType)
def test_each_type_is_complete_with_its_prices(kind: OrderType) -> None:
    """An order with the prices its type needs is accepted."""
    assert intent(kind).order_type is kind


@pytest.mark.parametrize("kind", [kind for kind, prices in PRICES.items() if prices])
def test_each_type_misses_its_price(kind: OrderType) -> None:
    """Without its price an order is refused, and the message names it."""
    with pytest.raises(ValueError, match=r"_price|trail"):
        intent(kind, terms=Terms(quantity=1))


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        (OrderType.MARKET, "limit_price"),
        (OrderType.LIMIT, "stop_price"),
        (OrderType.STOP, "trail_amount"),
        (OrderType.TRAIL, "trail_pct"),
    ],
)
def test_a_price_without_use_is_refused(kind: OrderType, extra: str) -> None:
    """A price that a type does not have is an error, not ignored."""
    terms = Terms(quantity=1, **PRICES[kind] | {extra: Decimal(1)})
    with pytest.raises(ValueError, match=r"has (no|2|1)"):
        intent(kind, terms=terms)


@pytest.mark.parametrize("quantity", [0, -1, MOST_CONTRACTS + 1])
def test_quantity_is_bounded(quantity: int) -> None:
    """Nothing, less than nothing and too much are refused with the limit."""
    with pytest.raises(ValueError, match=f"quantity is {quantity}, expected 1 to"):
        Terms(quantity=quantity)


@pytest.mark.parametrize("price", ["NaN", "Infinity"])
def test_prices_are_finite(price: str) -> None:
    """A price that is no number never becomes an order."""
    with pytest.raises(ValueError, match="expected a finite number"):
        Terms(quantity=1, limit_price=Decimal(price))


@pytest.mark.parametrize("tag", ["", "x" * (LONGEST_ID + 1), "vd\n1", "vd–1"])
def test_ids_can_be_carried(tag: str) -> None:
    """An id that a venue would cut or garble is refused."""
    with pytest.raises(ValueError, match="client_order_id"):
        intent(client_order_id=tag)


def test_legs_are_named_once_and_bounded() -> None:
    """A combination has distinct legs, of a number that venues take."""
    with pytest.raises(ValueError, match="twice"):
        intent(legs=(Leg(CALL), Leg(CALL, -1)))
    with pytest.raises(ValueError, match="0 legs"):
        intent(legs=())
    with pytest.raises(ValueError, match=f"{MOST_LEGS + 1} legs"):
        intent(legs=tuple(Leg(f"us X{i}") for i in range(MOST_LEGS + 1)))
    with pytest.raises(ValueError, match="ratio"):
        Leg(CALL, 0)


def test_a_combination_may_be_paid_for() -> None:
    """A net price below zero is a credit; of one contract it is an error."""
    terms = Terms(quantity=1, limit_price=Decimal("-0.5"))
    assert intent(legs=(Leg(CALL), Leg(PUT, -1)), terms=terms).is_combination
    with pytest.raises(ValueError, match=r"limit_price is -0\.5"):
        intent(terms=terms)


def test_a_date_belongs_to_gtd_alone() -> None:
    """An order good till a date has one, another has none."""
    with pytest.raises(ValueError, match="needs good_till"):
        intent(time_in_force=TimeInForce.GTD)
    with pytest.raises(ValueError, match="has no good_till"):
        intent(terms=Terms(quantity=1, limit_price=Decimal(1), good_till=5))


@pytest.mark.parametrize("trail", ["0", "-1"])
def test_trailing_stops_lag(trail: str) -> None:
    """A trailing stop lags by something."""
    with pytest.raises(ValueError, match="more than 0"):
        intent(OrderType.TRAIL, terms=Terms(quantity=1, trail_amount=Decimal(trail)))


@given(st.integers(1, MOST_CONTRACTS), st.decimals(0, 1000, places=2))
def test_changed_terms_are_checked_as_new_ones(quantity: int, price: Decimal) -> None:
    """A change keeps everything else and goes through the same checks."""
    before = intent()
    after = before.changed(quantity=quantity, limit_price=price)
    assert (after.terms.quantity, after.terms.limit_price) == (quantity, price)
    assert after.changed(quantity=2, limit_price=Decimal("1.25")) == before
    with pytest.raises(ValueError, match="quantity"):
        before.changed(quantity=0)


def test_sides_are_signs() -> None:
    """Buying adds, selling takes away, and each is the other's opposite."""
    assert [side.sign for side in Side] == [1, -1]
    assert all(side.other.other is side for side in Side)
