import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_world import NOON
from strategy_world import DAY, StrategyChain, a_row

from voldesk.model.enums import Right
from voldesk.model.errors import ConfigError
from voldesk.model.orders import Intent, Side
from voldesk.strategies.base import Position
from voldesk.strategies.spreads import (
    DailySpread,
    Spread,
    SpreadKind,
    SpreadLeg,
    iron_condor,
    spread_intent,
    straddle,
    strangle,
    vertical,
)


@pytest.fixture
def chain(market: Any) -> StrategyChain:
    """SPX at 100, strikes of 5."""
    return StrategyChain(market)


def shape(spread: Spread | None) -> list[tuple[str, float, int]]:
    assert spread is not None
    return [(leg.row.right.value, leg.row.strike, leg.ratio) for leg in spread.legs]


def test_a_vertical_buys_one_and_sells_one(chain: StrategyChain) -> None:
    """Of calls the lower strike has the higher delta, of puts the higher one."""
    assert shape(vertical(chain.update(), Right.CALL, 0.5, 0.25)) == [("C", 100, 1), ("C", 105, -1)]
    assert shape(vertical(chain.update(), Right.PUT, 0.5, 0.25)) == [("P", 100, 1), ("P", 95, -1)]


def test_a_straddle_stands_at_the_forward(chain: StrategyChain) -> None:
    """Call and put of one strike, bought or sold."""
    assert shape(straddle(chain.update())) == [("C", 100, 1), ("P", 100, 1)]
    assert shape(straddle(chain.update(), is_bought=False)) == [("C", 100, -1), ("P", 100, -1)]


def test_a_strangle_stands_around_it(chain: StrategyChain) -> None:
    """Call and put of one delta."""
    assert shape(strangle(chain.update(), 0.2)) == [("C", 105, 1), ("P", 95, 1)]


def test_an_iron_condor_has_wings(chain: StrategyChain) -> None:
    """Sold inside, bought outside; it brings money in and can lose no more than a wing."""
    condor = iron_condor(chain.update(), 0.2, 0.05)
    assert shape(condor) == [("C", 105, -1), ("C", 110, 1), ("P", 95, -1), ("P", 90, 1)]
    assert condor is not None
    assert condor.natural < 0.0
    assert condor.mid < condor.natural
    assert condor.most_loss == pytest.approx(5.0 + condor.natural)


def test_contracts_that_are_one_are_no_spread(chain: StrategyChain) -> None:
    """Where both deltas choose the same contract."""
    assert vertical(chain.update(), Right.CALL, 0.5, 0.49) is None


def test_a_chain_that_is_over_has_no_spread(chain: StrategyChain) -> None:
    """After the last settlement."""
    update = chain.update(now=NOON + 90 * DAY)
    assert straddle(update) is None
    assert strangle(update, 0.25) is None


def test_a_chain_without_quotes_has_no_spread(chain: StrategyChain) -> None:
    """Nothing has a delta, and the straddle no live quotes."""
    chain.tick(chain.market.ticks(chain.market.options, bid=math.nan, ask=math.nan))
    assert strangle(chain.update(), 0.25) is None
    assert straddle(chain.update()) is None


def leg(strike: float, right: Right, ratio: int, bid: float = 1.0, ask: float = 1.0) -> SpreadLeg:
    return SpreadLeg(
        a_row(strike=strike, right=right, bid=bid, ask=ask, mid=(bid + ask) / 2), ratio
    )


def test_a_naked_call_can_lose_everything() -> None:
    """The most that can be lost has no end."""
    assert math.isinf(Spread("x", (leg(100, Right.CALL, -1),)).most_loss)
    assert Spread("x", (leg(100, Right.PUT, -1),)).most_loss == 99.0


@given(
    st.lists(
        st.tuples(st.integers(50, 150), st.sampled_from(Right), st.sampled_from([-2, -1, 1, 2])),
        min_size=1,
        max_size=4,
    ),
    st.floats(0.0, 400.0),
)
def test_nothing_loses_more_than_the_most(legs: list[tuple[int, Right, int]], level: float) -> None:
    """Whatever the underlying does, a spread bought at the quotes loses at most that."""
    spread = Spread("x", tuple(leg(strike, right, ratio) for strike, right, ratio in legs))
    worth = sum(
        one.ratio
        * max(
            (level - one.row.strike) * (1 if one.row.right is Right.CALL else -1),
            0.0,
        )
        for one in spread.legs
    )
    assert spread.natural - worth <= spread.most_loss + 1e-9


@pytest.mark.parametrize(("concession", "is_natural"), [(0.0, False), (1.0, True)])
def test_a_spread_is_one_order(chain: StrategyChain, concession: float, is_natural: bool) -> None:
    """Bought at a net price between the mid and the quotes, below 0 for a credit."""
    condor = iron_condor(chain.update(), 0.2, 0.05)
    assert condor is not None
    intent = spread_intent(chain.update(), condor, 2, "s", concession=concession)
    assert intent is not None
    assert intent.side is Side.BUY
    assert [one.ratio for one in intent.legs] == [-1, 1, -1, 1]
    price = intent.terms.limit_price
    assert price is not None
    assert price < 0
    wanted = condor.natural if is_natural else condor.mid
    assert abs(float(price) - wanted) <= 0.01


def test_a_debit_is_paid_above_zero(chain: StrategyChain) -> None:
    """A straddle costs money."""
    found = straddle(chain.update())
    assert found is not None
    intent = spread_intent(chain.update(), found, 1, "s")
    assert intent is not None
    assert intent.terms.limit_price is not None
    assert intent.terms.limit_price > Decimal(4)


def test_a_spread_without_a_price_is_no_order(chain: StrategyChain) -> None:
    """Where no step of prices is known, or a quote is not."""
    update = chain.update(tick_size=math.nan)
    found = straddle(update)
    assert found is not None
    assert spread_intent(update, found, 1, "s") is None
    torn = Spread("x", (leg(100, Right.CALL, 1, ask=math.nan),))
    assert spread_intent(update, torn, 1, "s") is None


@pytest.mark.parametrize("kind", list(SpreadKind))
def test_one_spread_a_day(make_market: Any, kind: SpreadKind) -> None:
    """Again on the next day, never while something is held or working."""
    chain = StrategyChain(make_market(strikes=[float(strike) for strike in range(85, 116)]))
    daily = DailySpread(kind)
    update = chain.update()
    key = str(update.keys[0])
    assert daily.on_update(chain.update(working=[key])) == []
    assert daily.on_update(chain.update(positions=[Position(key=key, quantity=1)])) == []
    (intent,) = daily.on_update(update)
    assert isinstance(intent, Intent)
    assert intent.strategy == f"daily {kind}"
    assert daily.on_update(chain.update()) == []
    assert len(daily.on_update(chain.update(now=NOON + DAY))) == 1


def test_a_day_without_quotes_is_not_spent(chain: StrategyChain) -> None:
    """It buys once there are some, and needs a step of prices."""
    daily = DailySpread(SpreadKind.STRADDLE)
    assert daily.on_update(chain.update(tick_size=math.nan)) == []
    assert daily.on_update(chain.update(now=NOON + 90 * DAY)) == []
    assert len(daily.on_update(chain.update())) == 1


def test_no_quantity_is_refused() -> None:
    """It must be one or more."""
    with pytest.raises(ConfigError, match="quantity"):
        DailySpread(SpreadKind.STRADDLE, 0)
