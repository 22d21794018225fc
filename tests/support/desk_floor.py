"""A real desk with a real journal on a simulated TWS, and what a test asks of all three."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker_suite import until
from ib_trading import ACCOUNT, Traded

from voldesk.model.clock import SystemClock
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent
from voldesk.simulator.exchange.orders import Order
from voldesk.store.journal import Journal
from voldesk.trading.desk import Desk
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.limits import Limits
from voldesk.trading.settings import DeskSettings
from voldesk.trading.views import ContractView, DeskView, Exposure
from voldesk.venues.ib.broker import IbBroker

PATIENCE = DeskSettings(
    account=ACCOUNT, answer_secs=0.4, settle_secs=0.3, snapshot_secs=5.0, retry_secs=0.05
)


class Calm:
    """Surroundings in which nothing stands against an order."""

    def view(self, intent: Intent, desk: Desk) -> DeskView:
        """Return a quiet market and the desk's own figures."""
        held = desk.ledger.positions
        now = asyncio.get_running_loop().time()
        contracts = {
            leg.key: ContractView(
                key=leg.key,
                expiry=None,
                multiplier=100.0,
                spot=100.0,
                bid=1.2,
                ask=1.25,
                quote_age_secs=0.0,
                tick_size=0.05,
                exposure=Exposure(),
                position=held.get(leg.key, 0),
                secs_to_settle=math.inf,
            )
            for leg in intent.legs
        }
        return DeskView(
            state=desk.state,
            contracts=contracts,
            underlying_contracts=0,
            expiry_contracts={},
            underlying=Exposure(),
            book=Exposure(),
            open_orders=sum(1 for _ in desk.ledger.open_orders),
            trades_today=0,
            secs_since_same=math.inf,
            orders_last_sec=desk.throttle.within(1, now),
            orders_last_min=desk.throttle.within(60, now),
            day_pnl=0.0,
            equity=1.0,
            equity_peak=1.0,
            margin_after=None,
            is_session_open=True,
            is_reconciled=desk.is_reconciled,
        )


@dataclass
class Trader:
    """A desk that is open, its broker, and the exchange behind TWS."""

    traded: Traded
    desk: Desk
    broker: IbBroker
    history: list[tuple[str, State]]

    async def submit(self, intent: Intent) -> OrderRecord:
        """Send an order once the desk may."""
        await until(lambda: self.desk.is_reconciled)
        return await self.desk.submit(intent)

    def state(self, tag: str) -> State:
        """Return where an order stands."""
        return self.desk.ledger.orders[tag].state

    def filled(self, tag: str) -> int:
        """Return how much of it the desk counts as filled."""
        return self.desk.ledger.orders[tag].filled

    async def was(self, tag: str, state: State) -> None:
        """Wait until an order has been in a state, which may be over at once."""
        await until(lambda: (tag, state) in self.history)

    async def reaches(self, tag: str, *states: State) -> None:
        """Wait until an order is in one of some states."""
        await until(lambda: self.state(tag) in states)

    async def agrees(self) -> None:
        """Wait until positions, orders and fills are those of the exchange, and nothing differs."""
        await until(lambda: self.desk.is_reconciled and self.desk.ledger.positions == self.held())
        assert self.desk.differences == ()
        assert self.desk.ledger.alarms == []
        for order in self.at_venue():
            record = self.desk.ledger.orders.get(order.request.order_ref)
            if record is not None:
                assert record.filled == order.filled
                legs = len(record.intent.legs)
                assert sum(fill.quantity for fill in record.fills) == legs * order.filled
                assert record.is_open != order.status.is_final

    def at_venue(self, tag: str | None = None) -> list[Order]:
        """Return every order the exchange ever had, of one tag or of all."""
        exchange = self.traded.tws.world.exchange
        every = [*exchange.open_orders(), *exchange.completed_orders()]
        return [order for order in every if tag in {None, order.request.order_ref}]

    def held(self) -> dict[str, int]:
        """Return what the exchange says the account holds."""
        return {
            position.instrument: int(position.quantity)
            for position in self.traded.tws.world.exchange.positions(ACCOUNT)
            if position.quantity
        }


@asynccontextmanager
async def trading(
    traded: Traded, folder: Path, limits: Limits | None = None, **settings: Any
) -> AsyncIterator[Trader]:
    """Open a desk on a TWS and compare; close it at the end, as a process that ends does."""
    broker = traded.broker(**settings)
    history: list[tuple[str, State]] = []
    desk = Desk(
        broker,
        Journal.open(folder),
        Calm(),
        limits or Limits.none(),
        SystemClock(),
        PATIENCE,
        publish=lambda order: history.append((order.intent.client_order_id, order.state)),
    )
    try:
        await desk.open()
        yield Trader(traded, desk, broker, history)
    finally:
        await desk.close()
