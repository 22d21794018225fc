"""Intents become orders of TWS, and orders of TWS intents; what went out comes back the same."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from ib_async.contract import ComboLeg, Contract
from ib_async.order import Order
from ib_async.util import UNSET_DOUBLE
from orders import CALL, PUT, an_intent

from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms, TimeInForce
from voldesk.venues.ib.orders import (
    has_terms,
    intent_of,
    margin_question,
    order_of,
    terms_of,
    whole,
)

SPX = Contract(secType="OPT", symbol="SPX")
TILL = 1_760_731_200_000_000_000  # 2025-10-17 20:00 UTC


def dec(text: str) -> Decimal:
    return Decimal(text)


def market(**changes: Any) -> Intent:
    """Return a market order, with changes."""
    facts: dict[str, Any] = {"order_type": OrderType.MARKET, "terms": Terms(quantity=2)}
    return an_intent(**facts | changes)


def of_type(kind: OrderType, **prices: Any) -> Intent:
    """Return an order of a type with its prices."""
    return an_intent(order_type=kind, terms=Terms(quantity=2, **prices))


KINDS = [
    (of_type(OrderType.MARKET), "MKT", {}),
    (of_type(OrderType.LIMIT, limit_price=dec("1.25")), "LMT", {"lmtPrice": 1.25}),
    (of_type(OrderType.STOP, stop_price=dec("1.1")), "STP", {"auxPrice": 1.1}),
    (
        of_type(OrderType.STOP_LIMIT, stop_price=dec("1.1"), limit_price=dec("1.2")),
        "STP LMT",
        {"auxPrice": 1.1, "lmtPrice": 1.2},
    ),
    (of_type(OrderType.TRAIL, trail_amount=dec("0.5")), "TRAIL", {"auxPrice": 0.5}),
    (
        of_type(OrderType.TRAIL, trail_pct=dec("5"), stop_price=dec("9")),
        "TRAIL",
        {"trailingPercent": 5.0, "trailStopPrice": 9.0},
    ),
    (
        of_type(
            OrderType.TRAIL_LIMIT,
            trail_amount=dec("0.5"),
            stop_price=dec("9"),
            limit_price=dec("8.8"),
        ),
        "TRAIL LIMIT",
        {"auxPrice": 0.5, "trailStopPrice": 9.0, "lmtPriceOffset": 0.2, "lmtPrice": UNSET_DOUBLE},
    ),
    (
        of_type(OrderType.TRAIL_LIMIT, trail_amount=dec("0.5")),
        "TRAIL LIMIT",
        {"lmtPriceOffset": 0.0, "trailStopPrice": UNSET_DOUBLE},
    ),
    (of_type(OrderType.MARKET_ON_CLOSE), "MOC", {}),
    (of_type(OrderType.LIMIT_ON_CLOSE, limit_price=dec("1.25")), "LOC", {"lmtPrice": 1.25}),
]


@pytest.mark.parametrize(("intent", "name", "fields"), KINDS)
def test_every_type_of_order(intent: Intent, name: str, fields: dict[str, Any]) -> None:
    """Each type has its prices where TWS looks for them, and its terms are read back."""
    order = order_of(intent, 7)
    assert (order.orderId, order.orderType, order.totalQuantity) == (7, name, 2)
    assert (order.orderRef, order.account, order.action) == ("vd-1", "DU1", "BUY")
    for field, value in fields.items():
        assert getattr(order, field) == pytest.approx(value), field
    assert has_terms(order, intent.terms)
    assert not has_terms(order, replace(intent.terms, quantity=3))


def test_what_goes_with_an_order() -> None:
    """Side, time, hours, group, parent, algorithm and whether it is sent on."""
    plain = order_of(market(side=Side.SELL), 7)
    assert (plain.action, plain.tif, plain.transmit, plain.parentId) == ("SELL", "DAY", True, 0)
    assert (plain.ocaGroup, plain.algoStrategy, plain.goodTillDate) == ("", "", "")
    full = order_of(
        market(
            time_in_force=TimeInForce.GTD,
            terms=Terms(quantity=1, good_till=TILL),
            outside_hours=True,
            oca_group="exits",
            is_adaptive=True,
        ),
        7,
        parent_id=5,
        transmits=False,
    )
    assert (full.tif, full.goodTillDate, full.outsideRth) == ("GTD", "20251017-20:00:00", True)
    assert (full.ocaGroup, full.ocaType) == ("exits", 2)
    assert full.algoStrategy == "Adaptive"
    assert [(one.tag, one.value) for one in full.algoParams] == [("adaptivePriority", "Normal")]
    assert (full.parentId, full.transmit) == (5, False)


@pytest.mark.parametrize("tif", list(TimeInForce))
def test_every_time_in_force_comes_back(tif: TimeInForce) -> None:
    """What is sent is what an order of TWS is read as."""
    till = TILL if tif is TimeInForce.GTD else None
    sent = market(time_in_force=tif, terms=Terms(quantity=1, good_till=till))
    read = intent_of(order_of(sent, 7), SPX, lambda _: CALL, tag="ib-1", made_at=3)
    assert read is not None
    assert (read.time_in_force, read.terms) == (tif, sent.terms)


@pytest.mark.parametrize(("intent", "name", "_"), KINDS[:6])
def test_an_order_read_back_is_the_intent(intent: Intent, name: str, _: Any) -> None:
    """But for who decided, and why."""
    read = intent_of(order_of(intent, 7), SPX, lambda _: CALL, tag="vd-1", made_at=1)
    assert read is not None
    assert read.reason == f"{name} of client 0 at TWS"
    assert replace(read, strategy=intent.strategy, reason=intent.reason) == intent


def test_a_combination_read_back() -> None:
    """Its legs come as numbers, sold ones with a ratio below 0."""
    keys = {1: CALL, 2: PUT}
    legs = [ComboLeg(conId=1, ratio=1, action="BUY"), ComboLeg(conId=2, ratio=2, action="SELL")]
    bag = Contract(secType="BAG", symbol="SPX", comboLegs=legs)
    read = intent_of(order_of(market(), 7), bag, lambda leg: keys[leg.conId], tag="ib-1", made_at=1)
    assert read is not None
    assert read.legs == (Leg(CALL, 1), Leg(PUT, -2))


def test_orders_that_we_have_no_word_for() -> None:
    """They are taken as what risks most, and so counted."""
    order = Order(action="SELL", orderType="MIDPRICE", totalQuantity=1.5, tif="DTC", account="DU1")
    future = Contract(secType="FUT", symbol="ES", localSymbol="ESZ6")
    read = intent_of(order, future, lambda _: "cme ESZ6", tag="ib-1", made_at=1)
    assert read is not None
    assert (read.order_type, read.time_in_force) == (OrderType.MARKET, TimeInForce.GTC)
    assert (read.side, read.terms.quantity, read.underlying) == (Side.SELL, 2, "ESZ6")
    done = replace(order, totalQuantity=0, filledQuantity=3.0)
    read = intent_of(done, future, lambda _: "cme ESZ6", tag="ib-1", made_at=1)
    assert read is not None
    assert read.terms.quantity == 3


def test_an_order_that_says_too_little() -> None:
    """Without the price its type needs it is no intent, and has no terms."""
    order = Order(action="BUY", orderType="LMT", totalQuantity=1.0, lmtPrice=UNSET_DOUBLE)
    assert intent_of(order, SPX, lambda _: CALL, tag="ib-1", made_at=1) is None
    assert not has_terms(replace(order, totalQuantity=0.0), Terms(quantity=1))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("20251017-20:00:00", TILL),
        ("20251017 16:00:00 US/Eastern", TILL),
        ("20251017 20:00:00", TILL),
        ("20251017 20:00:00 Mars/Crater", None),
        ("tomorrow", None),
    ],
)
def test_the_end_of_an_order(text: str, instant: int | None) -> None:
    """In UTC, or in the zone that it names; one that cannot be read makes it open-ended."""
    order = Order(action="BUY", orderType="MKT", totalQuantity=1.0, tif="GTD", goodTillDate=text)
    assert terms_of(order, 1).good_till == instant
    read = intent_of(order, SPX, lambda _: CALL, tag="ib-1", made_at=1)
    assert read is not None
    assert (read.time_in_force is TimeInForce.GTC) == (instant is None)


def test_a_question_cannot_become_an_order() -> None:
    """It is marked as a question from the start, and nobody can take the mark off."""
    question = margin_question(market(), 7)
    assert question.whatIf is True
    assert (question.orderId, question.orderType) == (7, "MKT")
    with pytest.raises(AttributeError, match="cannot become an order"):
        question.whatIf = False
    assert question.whatIf is True


def test_whole_contracts() -> None:
    """A part of one counts as one, nothing as nothing."""
    assert [whole(one) for one in (2.0, 1.5, 0.0, UNSET_DOUBLE)] == [2, 2, 0, 0]
