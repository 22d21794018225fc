"""
The simple bot: buys an underlying above a price, sells it at a profit or a loss.

It looks at each update rather than once a minute, counts orders that may still fill as held, so
that it never buys twice, and does nothing on a price that is not live.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from voldesk.model.errors import ConfigError
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.strategies.base import Decision, Position, Update, order_id
from voldesk.strategies.prices import to_tick


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleBotSettings:
    """
    When it buys and sells.

    Attributes:
        above: Buys when the spot is higher, quote currency.
        quantity: Shares bought at a time.
        profit_pct: Sells when the spot is so far above the price paid, percent of it; or
        loss_pct: so far below.
        tick_size: Smallest price step of the underlying, quote currency.
    """

    above: float
    quantity: int = 10
    profit_pct: float = 5.0
    loss_pct: float = 2.0
    tick_size: float = 0.01

    def require_valid(self) -> None:
        """
        Refuse what cannot be.

        Raises:
            ConfigError: Naming the setting, the value and what is allowed.
        """
        for name in ("above", "quantity", "profit_pct", "loss_pct", "tick_size"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ConfigError(f"simple bot: {name} is {value}, it must be above 0")


class SimpleBot:
    """
    Holds one lot of one underlying while it pays. Fills ``Strategy``.

    Args:
        settings: See `SimpleBotSettings`.
        name: Of the strategy.

    Raises:
        ConfigError: A setting is not possible.
    """

    def __init__(self, settings: SimpleBotSettings, name: str = "simple bot") -> None:
        settings.require_valid()
        self.name = name
        self._settings = settings

    def on_update(self, update: Update) -> list[Decision]:
        """Buy when nothing is held and the spot is high enough; sell at profit or loss."""
        spot = float(update.table.live_spot)
        key = update.underlying_key
        if not math.isfinite(spot) or key in update.working:
            return []
        held = next((one for one in update.positions if one.key == key), None)
        if held is None:
            is_wanted = spot > self._settings.above
            return [self._buy(update, spot)] if is_wanted else []
        return self._sell(update, held, spot)

    def _buy(self, update: Update, spot: float) -> Intent:
        settings = self._settings
        limit = to_tick(spot, settings.tick_size, up=True)
        return self._order(
            update,
            Side.BUY,
            OrderType.LIMIT,
            Terms(quantity=settings.quantity, limit_price=limit),
            f"spot {spot:g} is above {settings.above:g}",
        )

    def _sell(self, update: Update, held: Position, spot: float) -> list[Decision]:
        paid = held.average_price
        if paid is None or paid <= 0 or held.quantity <= 0:
            return []
        profit = 100.0 * float((Decimal(repr(spot)) - paid) / paid)
        if -self._settings.loss_pct < profit < self._settings.profit_pct:
            return []
        intent = self._order(
            update,
            Side.SELL,
            OrderType.MARKET,
            Terms(quantity=held.quantity),
            f"made {profit:.2f} %",
        )
        return [intent]

    def _order(
        self, update: Update, side: Side, kind: OrderType, terms: Terms, reason: str
    ) -> Intent:
        return Intent(
            client_order_id=order_id(self.name, update.underlying, update.now, 0),
            account=update.account,
            underlying=update.underlying,
            legs=(Leg(update.underlying_key),),
            side=side,
            order_type=kind,
            terms=terms,
            is_reducing=side is Side.SELL,
            strategy=self.name,
            reason=reason,
            made_at=update.now,
        )
