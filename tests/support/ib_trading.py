"""A simulated TWS that is traded at: orders that fill, rest or are refused, and faults."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from voldesk.model.clock import SystemClock
from voldesk.model.events import Told
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.simulator.ib.server import TwsServer
from voldesk.simulator.ib.tws import ACCOUNTS, serve_tws
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.venues.ib.broker import IbBroker
from voldesk.venues.ib.settings import IbSettings
from voldesk.venues.session import BackoffSettings

ACCOUNT = ACCOUNTS[0]
QUICK = BackoffSettings(first_secs=0.01, most_secs=0.05)
SYMBOL = "AMZN"
CENT = Decimal("0.01")


@dataclass
class Traded:
    """A TWS, a contract of it near the money and the next one, and how to trade them."""

    tws: TwsServer
    folder: Path
    key: str
    other_key: str
    settings: IbSettings

    def broker(self, **changes: Any) -> IbBroker:
        """Return a broker that is not open."""
        known = {"is_live": changes.pop("is_live", False)}
        settings = IbSettings(
            **{
                "port": self.tws.port,
                "backoff": QUICK,
                "request_secs": 5.0,
                "restart_at": None,
                **changes,
            }
        )
        return IbBroker(settings, SystemClock(), folder=self.folder, **known)

    def begin(self, fault: str, **values: Any) -> None:
        """Make something go wrong."""
        self.tws.faults.begin(fault, values)

    def finish(self, fault: str) -> None:
        """Put it right."""
        self.tws.faults.finish(fault)

    def intent(self, tag: str, quantity: int = 1, **changes: Any) -> Intent:
        """Return a market order to buy calls, with changes."""
        facts: dict[str, Any] = {
            "client_order_id": tag,
            "account": ACCOUNT,
            "underlying": SYMBOL,
            "legs": (Leg(self.key),),
            "side": Side.BUY,
            "order_type": OrderType.MARKET,
            "terms": Terms(quantity=quantity),
            "made_at": 1,
        }
        return Intent(**facts | changes)

    def limit(self, tag: str, quantity: int, price: Decimal, **changes: Any) -> Intent:
        """Return a limit order to buy calls, with changes."""
        terms = Terms(quantity=quantity, limit_price=price)
        return self.intent(tag, order_type=OrderType.LIMIT, terms=terms, **changes)

    def resting(self, tag: str, quantity: int = 1, **changes: Any) -> Intent:
        """Return an order far below the market."""
        return self.limit(tag, quantity, CENT, **changes)


@asynccontextmanager
async def traded_tws(folder: Path, **facts: Any) -> AsyncIterator[Traded]:
    """Give a TWS that is traded at; close it at the end."""
    clock = SystemClock()
    market = SyntheticMarket((SYMBOL,), 7, clock.now(), always_open=True, history=64)
    tws = await serve_tws(market, clock, **facts)
    listing = market.listing
    calls = np.flatnonzero(listing.is_option & listing.is_call)
    middle = len(calls) // 2
    settings = IbSettings(port=tws.port)
    traded = Traded(
        tws, folder, str(listing.key[calls[middle]]), str(listing.key[calls[middle + 1]]), settings
    )
    try:
        yield traded
    finally:
        await tws.close()


@dataclass
class IbStage:
    """Fills `broker_suite.Stage`."""

    traded: Traded
    broker: IbBroker
    account: str = ACCOUNT
    told: list[Told] = field(default_factory=list)
    reading: asyncio.Task[None] = field(init=False)

    def filling(self, tag: str, quantity: int = 1) -> Intent:
        return self.traded.intent(tag, quantity)

    def resting(self, tag: str, quantity: int = 1) -> Intent:
        return self.traded.resting(tag, quantity)

    def partial(self, tag: str) -> Intent:
        return self.traded.intent(tag, 1_000)

    def refused(self, tag: str) -> Intent:
        return self.traded.limit(tag, 1, Decimal("0.013"))

    async def break_line(self) -> None:
        self.traded.begin("tcp_reset")

    async def read(self) -> None:
        """Keep what is told."""
        async for told in self.broker.told():
            self.told.append(told)


@asynccontextmanager
async def staged(traded: Traded, **changes: Any) -> AsyncIterator[IbStage]:
    """Give an open broker that is read."""
    stage = IbStage(traded, traded.broker(**changes))
    await stage.broker.open()
    stage.account = stage.broker.accounts[0]
    stage.reading = asyncio.create_task(stage.read(), name="reads what is told")
    try:
        yield stage
    finally:
        await stage.broker.close()
        await stage.reading
