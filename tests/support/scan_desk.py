"""A real desk on a venue in memory that fills what is bought, for what a scan places."""

import math
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from broker_suite import until
from venue import MemoryVenue

from voldesk.app.scan_orders import DeskTaker
from voldesk.model.clock import ManualClock
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent, Side
from voldesk.store.journal import Journal
from voldesk.trading.desk import Desk
from voldesk.trading.limits import Limits
from voldesk.trading.settings import DeskSettings
from voldesk.trading.views import ContractView, DeskView, Exposure

SETTINGS = DeskSettings(
    account="DU1", answer_secs=5.0, settle_secs=0.05, snapshot_secs=1.0, retry_secs=0.01
)


@dataclass
class ShopVenue(MemoryVenue):
    """
    Fills so many contracts of each purchase at once.

    Attributes:
        fills_at_once: inf fills all, 0 leaves it working.
        rejects_children: Orders that wait for another are refused.
    """

    fills_at_once: float = math.inf
    rejects_children: bool = False
    intents: list[Intent] = field(default_factory=list)

    async def place(self, intent: Intent) -> None:
        """Take an order, and fill or refuse it."""
        await super().place(intent)
        self.intents.append(intent)
        tag = intent.client_order_id
        if intent.parent_id is not None and self.rejects_children:
            self.orders[tag].event = Event.REJECT
            self.say(tag, Event.REJECT)
        elif intent.side is Side.BUY and self.fills_at_once:
            self.fill(tag, int(min(self.fills_at_once, intent.terms.quantity)))


class Quiet:
    """Surroundings in which nothing stands against an order but what a test puts there."""

    def __init__(self, changes: dict[str, object] | None = None) -> None:
        self.changes = changes or {}

    def view(self, intent: Intent, desk: Desk) -> DeskView:
        """Return a quiet market and the desk's own figures."""
        held = desk.ledger.positions
        contracts = {
            leg.key: ContractView(
                key=leg.key,
                expiry=None,
                multiplier=100.0,
                spot=100.0,
                bid=0.01,
                ask=1e6,
                quote_age_secs=0.0,
                tick_size=0.05,
                exposure=Exposure(),
                position=held.get(leg.key, 0),
                secs_to_settle=math.inf,
            )
            for leg in intent.legs
        }
        made = DeskView(
            state=desk.state,
            contracts=contracts,
            underlying_contracts=0,
            expiry_contracts={},
            underlying=Exposure(),
            book=Exposure(),
            open_orders=0,
            trades_today=0,
            secs_since_same=math.inf,
            orders_last_sec=0,
            orders_last_min=0,
            day_pnl=0.0,
            equity=1.0,
            equity_peak=1.0,
            margin_after=None,
            is_session_open=True,
            is_reconciled=desk.is_reconciled,
        )
        return replace(made, **self.changes)  # type: ignore[arg-type]  # by name


def a_dollar(_intent: Intent) -> Decimal | None:
    """Charge a dollar for every order."""
    return Decimal("1.00")


@asynccontextmanager
async def opened(
    folder: Path,
    venue: MemoryVenue,
    limits: Limits | None = None,
    around: Quiet | None = None,
    fees: Callable[[Intent], Decimal | None] = a_dollar,
    earlier: Iterable[Intent] = (),
) -> AsyncIterator[DeskTaker]:
    """Open a desk that has compared with the venue, and placed some orders already."""
    surroundings = around or Quiet()
    limits = limits or Limits.none()
    desk = Desk(venue, Journal.open(folder), surroundings, limits, ManualClock(1), SETTINGS)
    await desk.open()
    try:
        await until(lambda: desk.is_reconciled)
        for intent in earlier:
            await desk.submit(intent)
        yield DeskTaker(desk, surroundings, is_paper=venue.is_paper, fees=fees)
    finally:
        await desk.close()
