from decimal import Decimal
from typing import Any

import pytest
from live_world import SECOND
from strategy_world import StrategyChain

from voldesk.model.errors import ConfigError
from voldesk.model.orders import Intent, Side
from voldesk.strategies.base import Notice, Position
from voldesk.strategies.stop_loss import StopLoss

KEY = "us SPXW 20261030 000000100000000 C"


@pytest.fixture
def chain(market: Any) -> StrategyChain:
    """SPX at 100: the call at the money is worth about 2.4."""
    return StrategyChain(market)


def held(paid: str, quantity: int = 2) -> Position:
    return Position(key=KEY, quantity=quantity, average_price=Decimal(paid))


def test_what_lost_too_much_is_sold(chain: StrategyChain) -> None:
    """One reducing order for all of it, with the loss as its reason."""
    (intent,) = StopLoss(50.0).on_update(chain.update(positions=[held("9.00")]))
    assert isinstance(intent, Intent)
    assert (intent.side, intent.terms.quantity, intent.is_reducing) == (Side.SELL, 2, True)
    assert intent.reason.startswith("lost ")


def test_what_was_sold_is_bought_back(chain: StrategyChain) -> None:
    """A short position that doubled has lost 100 percent and more."""
    (intent,) = StopLoss(100.0).on_update(chain.update(positions=[held("1.00", -1)]))
    assert isinstance(intent, Intent)
    assert (intent.side, intent.terms.quantity) == (Side.BUY, 1)


@pytest.mark.parametrize("paid", ["2.50", "1.00"])
def test_what_holds_is_kept(chain: StrategyChain, paid: str) -> None:
    """A small loss or a profit is no reason."""
    assert StopLoss(50.0).on_update(chain.update(positions=[held(paid)])) == []


def test_a_position_being_closed_is_left_alone(chain: StrategyChain) -> None:
    """Its order may still fill: a second one would sell twice."""
    update = chain.update(positions=[held("9.00")], working=[KEY])
    assert StopLoss(50.0).on_update(update) == []


def test_a_contract_that_is_not_listed_is_left_alone(chain: StrategyChain) -> None:
    """There is nothing to judge it by."""
    other = Position(key="us SPXW 20261030 000000777000000 C", quantity=1)
    assert StopLoss(50.0).on_update(chain.update(positions=[other])) == []


def test_a_position_without_a_quote_is_told_once(chain: StrategyChain) -> None:
    """It says that it cannot watch, sells nothing, and says so again after a live quote."""
    stop = StopLoss(50.0)
    place = chain.market.listing.key.tolist().index(KEY)
    chain.tick(chain.market.ticks([place], bid=0.0, ask=2.0))
    (notice,) = stop.on_update(chain.update(positions=[held("9.00")]))
    assert isinstance(notice, Notice)
    assert KEY in notice.text
    assert stop.on_update(chain.update(positions=[held("9.00")])) == []
    chain.tick(chain.market.ticks([place], bid=8.9, ask=9.1), at=chain.last.ts_flush + SECOND)
    assert stop.on_update(chain.update(positions=[held("9.00")])) == []
    chain.tick(chain.market.ticks([place], bid=0.0), at=chain.last.ts_flush + SECOND)
    assert len(stop.on_update(chain.update(positions=[held("9.00")]))) == 1


def test_a_loss_without_a_way_out_waits(chain: StrategyChain) -> None:
    """Without a step of prices there is no order."""
    update = chain.update(positions=[held("9.00")], tick_size=float("nan"))
    assert StopLoss(50.0).on_update(update) == []


@pytest.mark.parametrize("loss_pct", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_stop_is_refused(loss_pct: float) -> None:
    """The message has the value."""
    with pytest.raises(ConfigError, match=f"{loss_pct}"):
        StopLoss(loss_pct)
