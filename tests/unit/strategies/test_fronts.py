from datetime import date
from typing import Any

from live_world import NOON
from strategy_world import DAY, LATER, TODAY, StrategyChain

from voldesk.strategies.fronts import front_of


def test_what_expires_today_is_first(make_market: Any) -> None:
    """Four hours before the close of New York."""
    front = front_of(StrategyChain(make_market(expiries=(TODAY, LATER))).update())
    assert front is not None
    assert (front.series, front.expiry, front.is_zero_dte) == (0, TODAY, True)
    assert front.secs_to_settle == 4 * 3_600.0


def test_a_settled_series_is_passed_over(make_market: Any) -> None:
    """After the close the next expiry is the first."""
    update = StrategyChain(make_market(expiries=(TODAY, LATER))).update(now=NOON + DAY)
    front = front_of(update)
    assert front is not None
    assert (front.expiry, front.is_zero_dte) == (LATER, False)


def test_of_one_date_the_fuller_series_counts(make_market: Any) -> None:
    """Of an AM- and a PM-settled series of one day, the one that has ivs."""
    market = make_market(
        underlyings=("SPX", "SPX"), roots=("SPX", "SPXW"), expiries=(date(2026, 10, 16),)
    )
    chain = StrategyChain(market)
    rows = [place for place in market.options if market.listing.root[place] == "SPX"]
    chain.tick(market.ticks(rows, bid=float("nan"), ask=float("nan")))
    update = chain.update()
    front = front_of(update)
    assert front is not None
    assert update.table.series.root[front.series] == "SPXW"


def test_a_chain_that_is_over_has_no_front(market: Any) -> None:
    """None once everything has settled."""
    assert front_of(StrategyChain(market).update(now=NOON + 90 * DAY)) is None
