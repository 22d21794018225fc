"""The stop-loss monitor: closes what has lost too much."""

import math

from voldesk.model.errors import ConfigError
from voldesk.strategies.base import Decision, Notice, Update, profit_pct
from voldesk.strategies.closing import closing_intent


class StopLoss:
    """
    Closes each position that has lost a share of what it cost, marked where it can be closed.

    Only live two-sided quotes count: a position without one is left alone, and told of once.
    A position with an order of this strategy that may still fill is left to that order. Fills
    ``Strategy``.

    Args:
        loss_pct: Per cent of the price paid (or received); above 0. What was sold may lose more
            than it brought in.
        name: Of the strategy, as whose positions these are.

    Raises:
        ConfigError: The share is not possible.
    """

    def __init__(self, loss_pct: float = 50.0, name: str = "stop loss") -> None:
        if not 0.0 < loss_pct < float("inf"):
            raise ConfigError(f"stop loss at {loss_pct} %, it must be above 0")
        self.name = name
        self._loss_pct = loss_pct
        self._blind: set[str] = set()

    def on_update(self, update: Update) -> list[Decision]:
        """Close what has lost too much; say once of what cannot be judged."""
        decisions: list[Decision] = []
        for number, position in enumerate(update.positions):
            row = update.find(position.key)
            if row is None or position.key in update.working:
                continue
            profit = profit_pct(position, row)
            if math.isnan(profit):
                decisions += self._tell(update, position.key)
                continue
            self._blind.discard(position.key)
            if profit > -self._loss_pct:
                continue
            intent = closing_intent(
                update,
                position,
                row,
                strategy=self.name,
                number=number,
                reason=f"lost {-profit:.1f} %, at most {self._loss_pct:g}",
            )
            decisions += [] if intent is None else [intent]
        return decisions

    def _tell(self, update: Update, key: str) -> list[Decision]:
        if key in self._blind:
            return []
        self._blind.add(key)
        text = f"{key} has no live quote or no known price: its stop cannot be watched"
        return [Notice(strategy=self.name, underlying=update.underlying, text=text, ts=update.now)]
