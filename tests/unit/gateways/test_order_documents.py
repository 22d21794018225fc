"""Orders, positions and risk as JSON knows them."""

from decimal import Decimal
from math import inf, nan
from typing import Any

import pytest
from hand_desk import CALL, HIGH_CALL, a_mark
from orders import an_intent

from voldesk.gateways.order_cost import Loss, cost_of
from voldesk.gateways.order_desk import Mode, Preview
from voldesk.gateways.order_documents import (
    contract_name,
    figure,
    is_open,
    money_text,
    order_document,
    order_name,
    preview_document,
    price_text,
)
from voldesk.model.events import Margin
from voldesk.model.lifecycle import State
from voldesk.model.orders import Leg, OrderType, Side, Terms, TimeInForce
from voldesk.trading.gate import Verdict
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.views import Exposure


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (CALL, "AMZN 2026-01-16 C 200"),
        ("us SPXW 20251017 000006702500000 P", "SPXW 2025-10-17 P 6702.5"),
        ("us AMZN", "AMZN"),
        ("something", "something"),
    ],
)
def test_a_contract_is_named_as_a_trader_does(key: str, name: str) -> None:
    """Root, expiry, right and strike; an underlying by its name."""
    assert contract_name(key) == name


def test_an_order_of_several_legs_names_each_with_its_ratio() -> None:
    """The legs in their order, in one line."""
    legs = (Leg(CALL, 2), Leg(HIGH_CALL, -1))
    assert order_name(legs) == "+2 AMZN 2026-01-16 C 200, -1 AMZN 2026-01-16 C 210"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.005"), "1.00"),
        (Decimal("-0.001"), "0.00"),
        (1234.5, "1234.50"),
        (nan, None),
        (inf, None),
        (None, None),
        (Decimal("NaN"), None),
    ],
)
def test_money_is_told_to_the_cent(value: Any, text: str | None) -> None:
    """As text; what is not known is None."""
    assert money_text(value) == text


def test_prices_and_figures_that_are_not_known_are_none() -> None:
    """Neither NaN nor infinity reaches a client."""
    assert price_text(None) is None
    assert price_text(Decimal("NaN")) is None
    assert price_text(Decimal("0.0500")) == "0.05"
    assert [figure(one) for one in (nan, inf, None, 0.5)] == [None, None, None, 0.5]


def test_an_order_tells_every_term_it_has() -> None:
    """Prices as text, instants in microseconds, ids that there are not yet as None."""
    intent = an_intent(
        legs=(Leg(CALL),),
        order_type=OrderType.TRAIL,
        terms=Terms(quantity=2, trail_pct=Decimal("5.0"), good_till=7_000),
        time_in_force=TimeInForce.GTD,
        parent_id="vd-0",
        oca_group="g",
        made_at=2_500,
    )
    told = order_document(OrderRecord(intent, State.SENT, changed_at=3_000), Mode.LIVE)
    assert (told["mode"], told["venue_order_id"], told["trail_pct"]) == ("live", None, "5")
    assert (told["good_till_us"], told["made_at_us"], told["changed_at_us"]) == (7, 2, 3)
    assert (told["parent_id"], told["oca_group"], told["limit_price"]) == ("vd-0", "g", None)


def test_somebody_elses_order_counts_as_open() -> None:
    """It may still be filled."""
    assert is_open(OrderRecord(an_intent(), State.EXTERNAL))
    assert not is_open(OrderRecord(an_intent(), State.FILLED))


def sentence(**changes: Any) -> str:
    """Return the words of a preview, the mark being what it is changed to."""
    marks = [a_mark(**changes.pop("mark", {}))]
    is_reducing = changes.pop("reduces", False)
    intent = an_intent(legs=(Leg(CALL),), **changes)
    preview = Preview(verdict=Verdict((), is_reducing=is_reducing), added=Exposure(), margin=None)
    cost = cost_of(intent, marks, is_reducing=is_reducing)
    told = preview_document(intent, preview, cost, marks, Mode.PAPER)
    return str(told["sentence"])


def test_a_preview_says_in_words_what_is_at_stake() -> None:
    """Mode, account, side, size, price and the most that can be lost."""
    assert sentence() == (
        "paper DU1: buy 3 AMZN 2026-01-16 C 200, limit 1.25, day;"
        " pays 375.00 USD, at most 375.00 USD can be lost"
    )
    assert sentence(side=Side.SELL).endswith("receives 375.00 USD, the loss has no bound")
    assert sentence(side=Side.SELL, reduces=True).endswith("it reduces what is held")
    unknown = sentence(
        order_type=OrderType.MARKET_ON_CLOSE, terms=Terms(quantity=1), mark={"ask": nan}
    )
    assert "C 200, market on close, day; costs what is not known" in unknown
    assert unknown.endswith("the most that can be lost is not known")


def test_a_margin_is_told_as_the_venue_said_it() -> None:
    """Amounts exactly, warnings in its words."""
    margin = Margin(
        initial_after=Decimal("12.345"),
        maintenance_after=Decimal(1),
        equity_after=Decimal(100),
        warnings=("late",),
    )
    preview = Preview(verdict=Verdict((), is_reducing=False), added=Exposure(), margin=margin)
    intent, marks = an_intent(legs=(Leg(CALL),)), [a_mark()]
    cost = cost_of(intent, marks, is_reducing=False)
    assert cost.loss is Loss.DEFINED
    told = preview_document(intent, preview, cost, marks, Mode.PAPER)["margin"]
    assert (told["initial_after"], told["commission"], told["warnings"]) == (
        "12.345",
        None,
        ["late"],
    )
