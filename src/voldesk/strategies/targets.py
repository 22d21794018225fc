"""Profit targets: closes what has made enough."""

from voldesk.model.errors import ConfigError
from voldesk.strategies.base import Decision, Update, profit_pct
from voldesk.strategies.closing import closing_intent


class ProfitTarget:
    """
    Closes each position that has made a share of what it cost, marked where it can be closed.

    A position without a live quote, or with an order of this strategy that may still fill, is left
    alone. Fills ``Strategy``.

    Args:
        profit_pct: Per cent of the price paid (or received); above 0. What was sold can make 100
            at most.
        name: Of the strategy, as whose positions these are.

    Raises:
        ConfigError: The share is not possible.
    """

    def __init__(self, profit_pct: float = 100.0, name: str = "profit target") -> None:
        if not 0.0 < profit_pct < float("inf"):
            raise ConfigError(f"profit target at {profit_pct} %, it must be above 0")
        self.name = name
        self._profit_pct = profit_pct

    def on_update(self, update: Update) -> list[Decision]:
        """Close what has made enough."""
        decisions: list[Decision] = []
        for number, position in enumerate(update.positions):
            row = update.find(position.key)
            if row is None or position.key in update.working:
                continue
            profit = profit_pct(position, row)
            if not profit >= self._profit_pct:  # NaN has not made it
                continue
            intent = closing_intent(
                update,
                position,
                row,
                strategy=self.name,
                number=number,
                reason=f"made {profit:.1f} %, wanted {self._profit_pct:g}",
            )
            decisions += [] if intent is None else [intent]
        return decisions
