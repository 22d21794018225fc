from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from live_world import NOON, SECOND
from strategy_world import DAY, LATER, TODAY, StrategyChain

from voldesk.analytics.iv_rank import IvPast
from voldesk.model.errors import ConfigError
from voldesk.model.orders import Intent
from voldesk.strategies.base import Notice, Position
from voldesk.strategies.zero_dte.settings import ScanSettings
from voldesk.strategies.zero_dte.strategy import ZeroDte

SETTINGS = ScanSettings(min_gamma=None, min_vega=None, min_theta=None)
PASTS = {"SPX": IvPast(front=np.linspace(0.1, 0.3, 40), last_spot=99.9)}


@pytest.fixture
def chain(make_market: Any) -> StrategyChain:
    """SPX at 100, strikes of 0.25 that expire today."""
    strikes = [98.0 + 0.25 * step for step in range(17)]
    return StrategyChain(make_market(expiries=(TODAY, LATER), strikes=strikes, half_spread=0.005))


def test_it_tells_of_the_best_once(chain: StrategyChain) -> None:
    """Every minute it looks again; the same best candidate is not told twice."""
    strategy = ZeroDte(SETTINGS, PASTS)
    (notice,) = strategy.on_update(chain.update())
    assert isinstance(notice, Notice)
    assert notice.text.startswith("SPX 2026-09-30 ")
    assert "convexity" in notice.figures
    assert strategy.on_update(chain.update(now=NOON + 30 * SECOND)) == []
    assert strategy.on_update(chain.update(now=NOON + 61 * SECOND)) == []


def test_it_tells_again_after_there_was_none(chain: StrategyChain) -> None:
    """A best one that comes back is news."""
    strategy = ZeroDte(SETTINGS, PASTS, every_secs=0.0)
    assert len(strategy.on_update(chain.update())) == 1
    assert strategy.on_update(chain.update(now=NOON + 90 * DAY)) == []
    assert len(strategy.on_update(chain.update())) == 1


def test_it_buys_with_a_bracket(chain: StrategyChain) -> None:
    """Entry, target and stop after the notice."""
    strategy = ZeroDte(SETTINGS, PASTS, trades_per_day=1)
    notice, *orders = strategy.on_update(chain.update())
    assert isinstance(notice, Notice)
    assert [isinstance(one, Intent) for one in orders] == [True, True, True]


def test_it_keeps_to_the_trades_of_a_day(chain: StrategyChain) -> None:
    """One today, and one tomorrow."""
    strategy = ZeroDte(SETTINGS, PASTS, every_secs=0.0, trades_per_day=1)
    assert len(strategy.on_update(chain.update())) == 4
    assert strategy.on_update(chain.update(now=NOON + SECOND)) == []
    open_to_all = replace(SETTINGS, min_iv_percentile=None, max_iv_percentile=None)
    daily = ZeroDte(open_to_all, every_secs=0.0, trades_per_day=1)
    assert len(daily.on_update(chain.update())) == 4
    # The quotes of today's close price the next expiry just as well.
    orders = daily.on_update(chain.update(now=NOON + DAY))
    assert sum(isinstance(one, Intent) for one in orders) == 3


def test_it_buys_nothing_while_it_holds(chain: StrategyChain) -> None:
    """Or while an order may still fill."""
    for given in ({"working": ["us SPX"]}, {"positions": [Position(key="us SPX", quantity=1)]}):
        strategy = ZeroDte(SETTINGS, PASTS, trades_per_day=5)
        decisions = strategy.on_update(chain.update(**given))
        assert not any(isinstance(one, Intent) for one in decisions)


def test_it_buys_nothing_without_a_price(chain: StrategyChain) -> None:
    """The trade is not spent: the next scan may buy."""
    strategy = ZeroDte(SETTINGS, PASTS, every_secs=0.0, trades_per_day=1)
    (notice,) = strategy.on_update(chain.update(tick_size=float("nan")))
    assert isinstance(notice, Notice)
    assert len(strategy.on_update(chain.update())) == 3


@pytest.mark.parametrize("every_secs", [-1.0, float("nan")])
def test_an_impossible_pace_is_refused(every_secs: float) -> None:
    """The message has the value."""
    with pytest.raises(ConfigError, match=f"{every_secs}"):
        ZeroDte(SETTINGS, every_secs=every_secs)
