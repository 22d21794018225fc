"""A desk of a process on a venue in memory, with a market that a test sets by hand."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk_floor import Calm
from gateway_world import until
from hand_desk import CALL, HIGH_CALL, NAMES, OTHER, PUT, HandMarks, a_mark
from venue import MemoryVenue

from voldesk.app.kill_file import KillFile
from voldesk.app.noted_journal import NotedJournal
from voldesk.app.trading_desk import TradingDesk
from voldesk.app.trading_parts import Identity, Parts
from voldesk.bus.local import LocalBus
from voldesk.gateways.order_desk import Grid, Mode, Standing
from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError
from voldesk.trading.desk import Desk
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.limits import Limits
from voldesk.trading.portfolio import Portfolio, PortfolioSettings
from voldesk.trading.settings import DeskSettings

ACCOUNT = "DU1"
PATIENCE = DeskSettings(
    account=ACCOUNT, answer_secs=5.0, settle_secs=0.01, snapshot_secs=5.0, retry_secs=0.01
)


class HandMarket(HandMarks):
    """Marks and names of contracts as a test sets them."""

    def key_of(self, name: str) -> str:
        if name not in NAMES:
            raise ConfigError(f"no contract {name!r} is served")
        return NAMES[name]


class HandDay:
    """Fills ``Day``: positions as they are, money as a test says."""

    def __init__(self, marks: HandMarks) -> None:
        self._portfolio = Portfolio(marks, PortfolioSettings())

    def standing(self, desk: Desk, at: int) -> Standing:
        return Standing(
            at=at,
            currency="USD",
            holdings=self._portfolio.holdings(desk.ledger),
            equity=100.0,
            equity_peak=110.0,
            day_pnl=-5.0,
            attribution=None,
        )

    def trades(self, desk: Desk) -> float:
        return float(len(desk.ledger.orders))

    def scenarios(
        self,
        desk: Desk,
        at: int,
        spot_pct: tuple[float, ...],
        vol_points: tuple[float, ...],
        days: tuple[float, ...],
    ) -> Grid:
        return Grid(
            at=at,
            currency="USD",
            spot_pct=spot_pct,
            vol_points=vol_points,
            days=days,
            pnl=[[[math.nan for _ in spot_pct] for _ in vol_points] for _ in days],
            unknown=tuple(desk.ledger.positions),
        )


@dataclass
class Room:
    """A process's desk and everything around it."""

    desk: TradingDesk
    venue: MemoryVenue
    bus: LocalBus
    kill_file: KillFile
    folder: Path
    told: list[tuple[str, Any]] = field(default_factory=list)

    async def opens(self) -> None:
        """Wait until it is open and compared with the venue."""
        parts = await self.desk.wait_open()
        await until(lambda: parts.desk.is_reconciled)

    @property
    def inner(self) -> Desk:
        """Return the desk itself."""
        return self.desk.parts.desk


@asynccontextmanager
async def a_room(
    folder: Path,
    venue: MemoryVenue | None = None,
    *,
    limits: Limits | None = None,
    fails: Callable[[], Exception | None] = lambda: None,
    **parts: Any,
) -> AsyncIterator[Room]:
    """Run a desk for as long as the block lasts; ``fails`` says why its parts cannot be made."""
    held, bus, clock = venue or MemoryVenue(), LocalBus(), ManualClock(1_000_000)
    market = HandMarket(*(a_mark(key) for key in (CALL, PUT, HIGH_CALL, OTHER)))
    kill_file = KillFile(folder / "kill")

    def publish(order: OrderRecord) -> None:
        bus.publish("orders", order)
        desk.changed(order)

    def make() -> Parts:
        error = fails()
        if error is not None:
            raise error
        journal = NotedJournal.open(folder / "journal")
        around = parts.get("surroundings") or Calm()
        inner = Desk(held, journal, around, limits or Limits.none(), clock, PATIENCE, publish)
        return Parts(
            desk=inner,
            broker=held,
            journal=journal,
            surroundings=around,
            day=HandDay(market),
            now=clock.now,
            refusal=parts.get("refusal", lambda: ""),
            chores=parts.get("chores", {}),
        )

    desk = TradingDesk(
        Identity(account=ACCOUNT, broker="memory", mode=Mode.PAPER),
        make,
        market,
        bus,
        clock,
        kill_file,
        show_secs=0.01,
    )
    room = Room(desk, held, bus, kill_file, folder)
    bus.on("*", lambda topic, message: room.told.append((topic, message)))
    task = asyncio.create_task(desk.run(), name="trading")
    try:
        yield room
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
