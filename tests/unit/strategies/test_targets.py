from decimal import Decimal
from typing import Any

import pytest
from strategy_world import StrategyChain

from voldesk.model.errors import ConfigError
from voldesk.model.orders import Intent, Side
from voldesk.strategies.base import Position
from voldesk.strategies.targets import ProfitTarget

KEY = "us SPXW 20261030 000000100000000 C"


def held(paid: str | None, quantity: int = 2, key: str = KEY) -> Position:
    price = None if paid is None else Decimal(paid)
    return Position(key=key, quantity=quantity, average_price=price)


def test_what_made_enough_is_sold(market: Any) -> None:
    """A call worth more than twice what was paid."""
    update = StrategyChain(market).update(positions=[held("1.00")])
    (intent,) = ProfitTarget(100.0).on_update(update)
    assert isinstance(intent, Intent)
    assert (intent.side, intent.terms.quantity, intent.is_reducing) == (Side.SELL, 2, True)
    assert intent.reason.startswith("made ")


def test_what_was_sold_is_bought_back(market: Any) -> None:
    """A call sold dear has made half of what it brought."""
    update = StrategyChain(market).update(positions=[held("9.00", -1)])
    (intent,) = ProfitTarget(50.0).on_update(update)
    assert isinstance(intent, Intent)
    assert intent.side is Side.BUY


@pytest.mark.parametrize("position", [held("2.00"), held(None), held("1.00", key="us SPXW gone")])
def test_what_did_not_is_kept(market: Any, position: Position) -> None:
    """Too little, an unknown price paid, a contract that is not listed."""
    assert ProfitTarget(100.0).on_update(StrategyChain(market).update(positions=[position])) == []


def test_a_position_being_closed_is_left_alone(market: Any) -> None:
    """Its order may still fill."""
    update = StrategyChain(market).update(positions=[held("1.00")], working=[KEY])
    assert ProfitTarget(100.0).on_update(update) == []


def test_a_profit_without_a_way_out_waits(market: Any) -> None:
    """Without a step of prices there is no order."""
    update = StrategyChain(market).update(positions=[held("1.00")], tick_size=float("nan"))
    assert ProfitTarget(100.0).on_update(update) == []


@pytest.mark.parametrize("share", [0.0, float("nan"), float("inf")])
def test_an_impossible_target_is_refused(share: float) -> None:
    """The message has the value."""
    with pytest.raises(ConfigError, match=f"{share}"):
        ProfitTarget(share)
