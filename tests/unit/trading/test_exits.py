"""Exits: each rule closes when it holds, once, at a price, and says when it cannot judge."""

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hand_desk import CALL, PUT, HandMarks, a_mark

from voldesk.model.lifecycle import State
from voldesk.model.orders import Side
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.trading.exits import ExitPlan, Rule, Trigger, Wanted, wanted
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.positions import Position

NOW = 1_768_597_200_000_000_000 - 3_600 * NS_PER_SECOND
"""An hour before the contracts settle."""


def held(quantity: int = 3, average: str | None = "1.00", key: str = CALL) -> Position:
    """Return a position opened at a price."""
    price = None if average is None else Decimal(average)
    return Position(key=key, quantity=quantity, average_price=price, opened_by="x1")


def a_plan(*rules: tuple[Trigger, float], **changes: Any) -> ExitPlan:
    """Return a plan of rules for the call."""
    facts: dict[str, Any] = {"name": "p", "account": "DU1", "key": CALL}
    return ExitPlan(**facts | changes, rules=tuple(Rule(*rule) for rule in rules))


def asked(
    *plans: ExitPlan,
    position: Position | None = None,
    orders: dict[str, OrderRecord] | None = None,
    best: dict[str, float] | None = None,
    now: int = NOW,
    **quote: Any,
) -> Wanted:
    """Return what plans come to at a quote, 1.20 bid and 1.25 asked if none is named."""
    one = position or held()
    marks = HandMarks(a_mark(CALL, **quote))
    return wanted(plans, {one.key: one}, orders or {}, marks, now, best or {})


CASES = [
    (Trigger.STOP_PRICE, 3, 0.80, {"bid": 0.80}, {"bid": 0.81}),
    (Trigger.STOP_PRICE, -3, 1.50, {"ask": 1.50}, {"ask": 1.49}),
    (Trigger.STOP_PCT, 3, 50, {"bid": 0.50}, {"bid": 0.51}),
    (Trigger.STOP_PCT, -3, 100, {"ask": 2.00}, {"ask": 1.99}),
    (Trigger.STOP_MONEY, 3, 60, {"bid": 0.79}, {"bid": 0.81}),
    (Trigger.TARGET_PRICE, 3, 2.0, {"bid": 2.0}, {"bid": 1.99}),
    (Trigger.TARGET_PRICE, -3, 0.5, {"ask": 0.5}, {"ask": 0.51}),
    (Trigger.TARGET_PCT, 3, 100, {"bid": 2.0}, {"bid": 1.99}),
    (Trigger.TARGET_PCT, -3, 50, {"ask": 0.50}, {"ask": 0.51}),
    (Trigger.TARGET_MONEY, 3, 60, {"bid": 1.21}, {"bid": 1.19}),
    (Trigger.BEFORE_EXPIRY_SECS, 3, 3_600, {}, {"settles_at": NOW + 3_601 * NS_PER_SECOND}),
    (Trigger.DELTA, -3, 0.45, {"delta": -0.45}, {"delta": 0.44}),
]


@pytest.mark.parametrize(("trigger", "quantity", "level", "hit", "missed"), CASES)
def test_each_rule_closes_when_it_holds_and_not_before(
    trigger: Trigger,
    quantity: int,
    level: float,
    hit: dict[str, Any],
    missed: dict[str, Any],
) -> None:
    """At its level a rule wants all of the position closed, short of it nothing."""
    plan, position = a_plan((trigger, level)), held(quantity)
    (intent,) = asked(plan, position=position, **hit).intents
    assert intent.side is (Side.SELL if quantity > 0 else Side.BUY)
    assert (intent.terms.quantity, intent.is_reducing) == (3, True)
    assert intent.reason == f"{trigger} {level:g} of p"
    assert asked(plan, position=position, **missed).intents == ()


@pytest.mark.parametrize(
    ("trigger", "level"), [(Trigger.TRAIL_PRICE, 0.2), (Trigger.TRAIL_PCT, 10)]
)
@pytest.mark.parametrize("quantity", [3, -3])
def test_a_trail_follows_the_best_price(trigger: Trigger, level: float, quantity: int) -> None:
    """It moves with the price for us, stays when it turns, and holds from the best one on."""
    plan, position = a_plan((trigger, level)), held(quantity)
    side, sign = ("bid", 1) if quantity > 0 else ("ask", -1)
    seen: dict[str, float] = {}
    for move in (0.0, 0.5, math.nan, 0.45):
        quote: dict[str, Any] = {side: 2.0 + sign * move}
        found = asked(plan, position=position, best=seen, **quote)
        assert found.intents == ()
        seen = dict(found.best)
    assert list(seen.values()) == pytest.approx([2.0 + sign * 0.5])
    quote = {side: 2.0 + sign * 0.2}
    turned = asked(plan, position=position, best=seen, **quote)
    assert len(turned.intents) == 1


def test_the_price_lies_ticks_beyond_the_quote() -> None:
    """A sale goes below the bid, a purchase above the ask, on a tick and above 0."""
    plan = a_plan((Trigger.DELTA, 0.1))
    cases: list[tuple[Position, dict[str, Any], str]] = [
        (held(3), {"bid": 1.20}, "1.18"),
        (held(-3), {"ask": 1.255}, "1.28"),
        (held(3), {"bid": 0.01}, "0.01"),
    ]
    for position, quote, price in cases:
        (intent,) = asked(plan, position=position, **quote).intents
        assert intent.terms.limit_price == Decimal(price)


def test_asking_again_makes_no_second_order() -> None:
    """The same state wants the same order; one that works is left alone, one that ended waits."""
    plan = a_plan((Trigger.DELTA, 0.1))
    first, second = asked(plan), asked(plan)
    assert first == second
    (intent,) = first.intents
    order = OrderRecord(intent, State.WORKING, changed_at=NOW)
    orders = {intent.client_order_id: order}
    assert asked(plan, orders=orders).intents == ()
    order.state = State.CANCELLED
    assert asked(plan, orders=orders).intents == ()
    (again,) = asked(plan, orders=orders, now=NOW + 5 * NS_PER_SECOND).intents
    assert again.client_order_id == intent.client_order_id[:-1] + "1"
    order.state = State.FILLED
    assert len(asked(plan, orders=orders).intents) == 1
    other = replace(held(), opened_by="x2")
    (fresh,) = asked(plan, position=other, orders=orders).intents
    assert fresh.client_order_id != intent.client_order_id
    assert len(fresh.client_order_id) <= 20


def test_two_plans_close_one_position_once() -> None:
    """Of several plans that hold the first alone orders."""
    plans = [a_plan((Trigger.DELTA, 0.1), name=name) for name in ("a", "b")]
    (intent,) = asked(*plans).intents
    assert intent.reason == "delta 0.1 of a"


def test_what_cannot_be_judged_is_said() -> None:
    """An unknown number sets nothing off and is named, and other rules still hold."""
    plan = a_plan((Trigger.STOP_PRICE, 1.0), (Trigger.STOP_PCT, 10), (Trigger.DELTA, 0.1))
    found = asked(plan, bid=math.nan)
    assert found.intents == ()
    assert found.notices == (
        f"p: stop_price of {CALL} cannot be judged",
        f"p: stop_pct of {CALL} cannot be judged",
        "p: delta 0.1 of p, and there is no quote to close at",
    )
    unpriced = asked(a_plan((Trigger.STOP_PCT, 10)), position=held(3, None))
    assert unpriced.notices == (f"p: stop_pct of {CALL} cannot be judged",)
    unseen = wanted([a_plan(key=PUT)], {PUT: held(key=PUT)}, {}, HandMarks(), NOW)
    assert unseen.notices == (f"p: no chain shows {PUT}",)


def test_a_plan_without_a_position_rests() -> None:
    """Nothing held is nothing to close."""
    plan = a_plan((Trigger.DELTA, 0.1))
    assert asked(plan, position=held(0)).intents == ()
    assert wanted([plan], {}, {}, HandMarks(), NOW).notices == ()


@pytest.mark.parametrize("level", [0.0, -1.0, math.nan, math.inf])
def test_a_level_is_a_number_above_zero(level: float) -> None:
    """A rule that could never hold, or always, is refused."""
    with pytest.raises(ValueError, match="above 0"):
        Rule(Trigger.STOP_PCT, level)
