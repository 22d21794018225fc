import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategy_world import TODAY, a_row

from voldesk.model.errors import OrderDenied
from voldesk.model.orders import OrderType, Side
from voldesk.strategies.zero_dte.bracket import NAME, Bracket, bracket
from voldesk.strategies.zero_dte.scanner import Candidate
from voldesk.strategies.zero_dte.score import Score
from voldesk.strategies.zero_dte.settings import ScanSettings

SETTINGS = ScanSettings()
NOW = 1_790_784_000_000_000_000


def candidate(total: float = 61.0, **row: Any) -> Candidate:
    return Candidate(
        underlying="SPX",
        expiry=TODAY,
        row=a_row(**row),
        spread_pct=10.0,
        score=Score({}, total, 61.0),
        misses=(),
    )


def made(settings: ScanSettings = SETTINGS, quantity: int = 2, **row: Any) -> Bracket:
    return bracket(candidate(**row), quantity, settings, account="DU1", now=NOW)


def test_a_bracket_is_three_orders() -> None:
    """An entry at the ask; target and stop wait for it, and one cancels the other."""
    orders = made()
    entry, target, stop = orders.intents
    assert (entry.side, entry.order_type, entry.terms.limit_price) == (
        Side.BUY,
        OrderType.LIMIT,
        Decimal("2.10"),
    )
    assert entry.parent_id is None
    assert entry.reason == "score 61.0"
    assert target.terms.limit_price == Decimal("4.20")
    assert (stop.order_type, stop.terms.stop_price) == (OrderType.STOP, Decimal("1.05"))
    for one in (target, stop):
        assert (one.side, one.terms.quantity, one.parent_id) == (
            Side.SELL,
            2,
            entry.client_order_id,
        )
        assert one.oca_group == target.oca_group is not None
        assert one.is_reducing
        assert one.strategy == NAME
    assert len({one.client_order_id for one in orders.intents}) == 3


def test_what_is_not_wanted_is_left_out() -> None:
    """A stop alone, a target alone, or neither."""
    assert made(replace(SETTINGS, take_profit_pct=None)).target is None
    bare = made(replace(SETTINGS, stop_loss_pct=None, take_profit_pct=None))
    assert bare.intents == (bare.entry,)


def test_a_score_that_is_not_known_is_said_to_be_a_least() -> None:
    """The journal does not claim more."""
    assert made(total=math.nan).entry.reason == "score 61.0 at least"


@pytest.mark.parametrize("row", [{"ask": math.nan}, {"ask": 0.0}, {"tick_size": math.nan}])
def test_without_a_price_there_is_no_order(row: dict[str, Any]) -> None:
    """No ask, or no step of prices."""
    with pytest.raises(OrderDenied, match="no price to buy at"):
        made(**row)


@given(
    st.floats(0.01, 500.0),
    st.sampled_from([0.01, 0.05, 0.1]),
    st.floats(0.5, 99.5),
    st.floats(0.5, 900.0),
)
def test_target_and_stop_lie_on_their_sides(
    ask: float, tick: float, loss: float, profit: float
) -> None:
    """The target above the entry, the stop below it and above nothing, where there is room."""
    settings = replace(SETTINGS, stop_loss_pct=loss, take_profit_pct=profit)
    orders = made(settings, ask=ask, tick_size=tick)
    limit = orders.entry.terms.limit_price
    assert orders.target is not None
    assert orders.stop is not None
    target, stop = orders.target.terms.limit_price, orders.stop.terms.stop_price
    assert limit is not None
    assert target is not None
    assert stop is not None
    step = Decimal(repr(tick))
    assert target >= limit + step
    assert step <= stop <= max(limit - step, step)
    assert all(price % step == 0 for price in (limit, target, stop))
