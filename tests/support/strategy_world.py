"""Updates for strategies, made by hand: a chain that expires today, and one that does not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from live_world import NOON, SECOND, HandChain

from voldesk.model.enums import Right
from voldesk.strategies.base import ContractRow, Position, Update

TODAY = date(2026, 9, 30)  # that of NOON
LATER = date(2026, 10, 30)
DAY = 86_400 * SECOND


class StrategyChain:
    """
    A chain of a small market as a strategy sees it.

    Args:
        market: A `conftest.SmallMarket`.
        spot: Its options are quoted around their value at this.
    """

    def __init__(self, market: Any, spot: float = 100.0) -> None:
        self.market = market
        self.chain = HandChain(market.listing)
        self.last = self.chain.update(market.spot(spot), market.fair(spot))

    def tick(self, *batches: Any, at: int = NOON) -> None:
        """Apply ticks."""
        self.last = self.chain.update(*batches, at=at)

    def update(
        self,
        *,
        now: int = NOON,
        positions: Iterable[Position] = (),
        working: Iterable[str] = (),
        tick_size: float = 0.01,
        **changes: Any,
    ) -> Update:
        """Return the chain as it stands."""
        book = self.chain.book
        made = Update(
            underlying=self.chain.underlying,
            now=now,
            account="DU1",
            table=book.table,
            keys=book.keys,
            tick_size=np.full(len(book.keys), tick_size),
            multiplier=book.multiplier,
            summary=self.last.summary,
            positions=tuple(positions),
            working=frozenset(working),
        )
        return replace(made, **changes)


def a_row(**changes: Any) -> ContractRow:
    """Return a call at the money in good order, with changes."""
    facts: dict[str, Any] = {
        "key": "us SPXW 20260930 000000100000000 C",
        "symbol": "SPXW  260930C00100000",
        "right": Right.CALL,
        "strike": 100.0,
        "bid": 1.9,
        "ask": 2.1,
        "mid": 2.0,
        "bid_size": 10.0,
        "ask_size": 12.0,
        "volume": 300.0,
        "open_interest": 100.0,
        "iv": 0.2,
        "delta": 0.5,
        "gamma": 0.08,
        "vega": 0.1,
        "theta": -0.48,
        "is_sound": True,
        "tick_size": 0.05,
    }
    return ContractRow(**facts | changes)
