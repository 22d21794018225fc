"""The paper venue's own record of an order."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent, OrderType, Side
from voldesk.trading.paper.contracts import PaperContract

LIVE = frozenset({Event.ACCEPT, Event.WORK, Event.FILL})
CONDITIONAL = frozenset(
    {OrderType.STOP, OrderType.STOP_LIMIT, OrderType.TRAIL, OrderType.TRAIL_LIMIT}
)
TRAILING = frozenset({OrderType.TRAIL, OrderType.TRAIL_LIMIT})
ON_CLOSE = frozenset({OrderType.MARKET_ON_CLOSE, OrderType.LIMIT_ON_CLOSE})


@dataclass(slots=True, eq=False)
class Ticket:
    """
    One order's state.

    Attributes:
        contracts: Of its legs, in their order.
        event: What a snapshot says of it: how it stands, or how it ended.
        filled: Units.
        stop_price: In force, where a stop has one yet.
        limit_price: In force.
        is_triggered: Whether its stop was set off.
        has_rested: Whether it stood away from the market: others come to its price since.
        reason: The last word about it.
    """

    intent: Intent
    venue_order_id: str
    contracts: tuple[PaperContract, ...]
    placed_at: int
    event: Event = Event.ACCEPT
    filled: int = 0
    stop_price: Decimal | None = None
    limit_price: Decimal | None = None
    is_triggered: bool = False
    has_rested: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        self.stop_price = self.intent.terms.stop_price
        self.limit_price = self.intent.terms.limit_price

    @property
    def tag(self) -> str:
        """Return our id of it."""
        return self.intent.client_order_id

    @property
    def side(self) -> Side:
        """Return which way it trades."""
        return self.intent.side

    @property
    def remaining(self) -> int:
        """Return units not filled."""
        return max(self.intent.terms.quantity - self.filled, 0)

    @property
    def is_live(self) -> bool:
        """Say whether it may still fill."""
        return self.event in LIVE

    @property
    def awaits_trigger(self) -> bool:
        """Say whether it is a stop that was not set off."""
        return self.intent.order_type in CONDITIONAL and not self.is_triggered

    @property
    def legs(self) -> Iterator[tuple[PaperContract, int, Side]]:
        """Yield contract, contracts per unit and side of each leg."""
        for contract, leg in zip(self.contracts, self.intent.legs, strict=True):
            yield contract, abs(leg.ratio), self.side if leg.ratio > 0 else self.side.other
