from decimal import Decimal
from typing import Any

import pytest
from live_world import SECOND
from strategy_world import StrategyChain

from voldesk.model.errors import ConfigError
from voldesk.model.orders import Intent, OrderType, Side
from voldesk.strategies.base import Position
from voldesk.strategies.simple_bot import SimpleBot, SimpleBotSettings

KEY = "us SPX"


def bot(**changes: Any) -> SimpleBot:
    return SimpleBot(SimpleBotSettings(**{"above": 95.0, **changes}))


def held(paid: str | None, quantity: int = 10) -> Position:
    return Position(
        key=KEY, quantity=quantity, average_price=None if paid is None else Decimal(paid)
    )


def test_it_buys_above_its_level(market: Any) -> None:
    """One lot at the spot, of the underlying itself."""
    (intent,) = bot().on_update(StrategyChain(market, 150.004).update())
    assert isinstance(intent, Intent)
    assert intent.legs[0].key == KEY
    assert (intent.side, intent.terms.quantity) == (Side.BUY, 10)
    assert intent.terms.limit_price == Decimal("150.01")


def test_it_waits_below_its_level(market: Any) -> None:
    """The level itself is not above it."""
    assert bot(above=100.0).on_update(StrategyChain(market).update()) == []


def test_it_buys_once(market: Any) -> None:
    """Not while an order may still fill, nor while it holds."""
    chain = StrategyChain(market)
    assert bot().on_update(chain.update(working=[KEY])) == []
    assert bot().on_update(chain.update(positions=[held("100")])) == []


@pytest.mark.parametrize("paid", ["95.23", "102.05"])
def test_it_sells_at_profit_and_at_loss(market: Any, paid: str) -> None:
    """Up 5 percent or down 2: everything, at market."""
    (intent,) = bot().on_update(StrategyChain(market).update(positions=[held(paid, 7)]))
    assert isinstance(intent, Intent)
    assert (intent.side, intent.order_type, intent.terms.quantity) == (
        Side.SELL,
        OrderType.MARKET,
        7,
    )
    assert intent.is_reducing


@pytest.mark.parametrize("position", [held(None), held("0"), held("90", -5)])
def test_it_leaves_what_it_cannot_judge(market: Any, position: Position) -> None:
    """An unknown price paid, and a position that it never opens."""
    assert bot().on_update(StrategyChain(market).update(positions=[position])) == []


def test_it_does_nothing_on_a_spot_that_is_not_live(market: Any) -> None:
    """A line that was lost leaves no price to act on."""
    chain = StrategyChain(market)
    chain.tick(market.gap(), at=chain.last.ts_flush + SECOND)
    assert bot().on_update(chain.update()) == []


@pytest.mark.parametrize("name", ["above", "quantity", "profit_pct", "loss_pct", "tick_size"])
@pytest.mark.parametrize("value", [0, float("nan")])
def test_an_impossible_setting_is_refused(name: str, value: float) -> None:
    """The message names it."""
    with pytest.raises(ConfigError, match=name):
        bot(**{name: value})
