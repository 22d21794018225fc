"""How long the gate takes, and an order from decision to venue next to the disk it waits for."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from measure import Limit, Report, Task, Timing, arguments, interleave, publish
from voldesk.model.clock import SystemClock
from voldesk.model.enums import Market, Right
from voldesk.model.events import Decided, Filled, Margin, Snapshot, Told
from voldesk.model.orders import Fill, Intent, Leg, OrderType, Side, Terms
from voldesk.model.sessions import NS_PER_DAY, local_date
from voldesk.store.journal import Journal, encoded
from voldesk.trading.day import DayMoney
from voldesk.trading.desk import Desk
from voldesk.trading.gate import judge
from voldesk.trading.limits import Limits
from voldesk.trading.marks import Mark
from voldesk.trading.portfolio import PortfolioSettings
from voldesk.trading.settings import DeskSettings
from voldesk.trading.surroundings import MarketSurroundings

HELD, SHARE_OF_ORDERS = 20, 0.7
EXPIRY = local_date(time.time_ns() + 30 * NS_PER_DAY, Market.US)
KEYS = [f"us AMZN {EXPIRY:%Y%m%d} {strike * 1_000_000:015d} C" for strike in range(190, 190 + HELD)]


class Venue:
    """Takes orders and notes when; nothing travels, so what is timed is ours."""

    name, is_paper, accounts = "bench", True, ("DU1",)

    def __init__(self) -> None:
        self.at = 0.0
        self._closed = asyncio.Event()

    async def open(self) -> None:
        """Do nothing."""

    async def told(self) -> AsyncIterator[Told]:
        """Say nothing until closed."""
        await self._closed.wait()
        for told in ():
            yield told

    async def snapshot(self, account: str) -> Snapshot:
        """Return an empty account."""
        return Snapshot(account=account, orders=(), fills=(), positions=(), at=0)

    async def place(self, intent: Intent) -> None:
        """Note when the order's bytes would leave."""
        self.at = time.perf_counter() if intent.client_order_id else 0.0

    async def modify(self, intent: Intent) -> None:
        """Do nothing."""

    async def cancel(self, client_order_id: str) -> None:
        """Do nothing."""

    async def cancel_all(self, account: str) -> None:
        """Do nothing."""

    async def what_if(self, intent: Intent) -> Margin | None:
        """Say that there is none."""

    async def close(self) -> None:
        """End ``told``."""
        self._closed.set()


class Quotes:
    """One quote for every contract."""

    def mark(self, key: str) -> Mark | None:
        """Return it."""
        return Mark(
            key=key,
            underlying="AMZN",
            expiry=EXPIRY,
            settles_at=time.time_ns() + 30 * NS_PER_DAY,
            right=Right.CALL,
            strike=200.0,
            multiplier=100.0,
            tick_size=0.01,
            currency="USD",
            spot=198.0,
            bid=1.2,
            ask=1.25,
            bid_size=10.0,
            ask_size=10.0,
            last=1.2,
            quote_age_secs=0.1,
            iv=0.3,
            delta=0.4,
            gamma=0.02,
            vega=0.3,
            theta=-0.1,
            rho=0.05,
            is_session_open=True,
        )


def an_order(tag: str, key: str) -> Intent:
    """Return an order for one contract, made now."""
    return Intent(
        client_order_id=tag,
        account="DU1",
        underlying="AMZN",
        legs=(Leg(key),),
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        terms=Terms(quantity=1, limit_price=Decimal("1.25")),
        made_at=time.time_ns(),
    )


def limits() -> Limits:
    """Return limits that are all looked at and none of which is reached."""
    names = ("open_orders", "orders_per_sec", "orders_per_min", "trades_per_day")
    return replace(Limits.none(), **dict.fromkeys(names, 10**9))


class Rig:
    """A desk with a portfolio, and a bare file on the same disk."""

    def __init__(self, folder: Path) -> None:
        clock = SystemClock()
        self.venue = Venue()
        self.around = MarketSurroundings(
            Quotes(), PortfolioSettings(), DayMoney(lambda: 1e6, clock, Market.US), clock
        )
        self.journal = Journal.open(folder / "journal")
        settings = DeskSettings(account="DU1", answer_secs=1e6)
        self.desk = Desk(self.venue, self.journal, self.around, limits(), clock, settings)
        self.bare = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        decided = Decided(intent=an_order("one", KEYS[0]), reason="", checks=(), at=0)
        self.line = encoded(decided)
        self.sent = 0

    async def open(self) -> None:
        """Open the desk, give it positions, and wait until it is compared."""
        await self.desk.open()
        while not self.desk.is_reconciled:
            await asyncio.sleep(0.001)
        for number, key in enumerate(KEYS):
            fill = Fill(
                execution_id=f"x{number}",
                client_order_id="",
                venue_order_id="",
                account="DU1",
                key=key,
                side=Side.BUY,
                quantity=1,
                price=Decimal(1),
                ts_event=time.time_ns(),
            )
            self.desk.ledger.apply(Filled(fill=fill, at=0))

    async def order(self) -> float:
        """Return seconds from an intent to the venue having it."""
        self.sent += 1
        intent = an_order(f"vd-{self.sent}", KEYS[self.sent % HELD])
        start = time.perf_counter()
        await self.desk.submit(intent)
        secs = self.venue.at - start
        # A ledger of a day's length would be timed otherwise, longer with every order.
        self.desk.ledger.forget(intent.client_order_id)
        return secs

    def append(self) -> float:
        """Return seconds that the disk takes for the same bytes."""
        start = time.perf_counter()
        os.write(self.bare, self.line)
        os.fdatasync(self.bare)
        return time.perf_counter() - start


async def paths(rig: Rig, secs: float) -> list[Timing]:
    """Time orders and bare appends in turn."""
    order, bare = Timing("intent to venue", 1), Timing("append and fdatasync", 1)
    end = time.perf_counter() + secs
    while time.perf_counter() < end or len(order.secs) < 10:
        order.secs.append(await rig.order())
        bare.secs.append(rig.append())
    return [order, bare]


async def gate(rig: Rig, secs: float) -> list[Timing]:
    """Time the gate alone, and with what it is shown of a portfolio."""
    intent = an_order("new", KEYS[0])
    shown = rig.around.view(intent, rig.desk)
    tasks: list[tuple[str, Callable[[], object]]] = [
        ("gate", lambda: judge(intent, shown, rig.desk.limits)),
        (
            "gate and its view",
            lambda: judge(intent, rig.around.view(intent, rig.desk), rig.desk.limits),
        ),
    ]
    return interleave([Task(name, run) for name, run in tasks], secs)


async def measured(secs: float) -> Report:
    """Measure everything."""
    report = Report("Life of an order", base="gate")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        rig = Rig(Path(folder))
        await rig.open()
        report.timings += await gate(rig, secs * (1 - SHARE_OF_ORDERS))
        report.timings += await paths(rig, secs * SHARE_OF_ORDERS)
        await rig.desk.close()
        os.close(rig.bare)
    judging = report.timing("gate")
    report.limits.append(Limit("gate check, us", 100.0, judging.median * 1e6))
    report.ask(
        "intent to venue : fdatasync",
        1.5,
        "intent to venue",
        "append and fdatasync",
        is_ceiling=True,
    )
    report.facts["orders"] = rig.sent
    return report


if __name__ == "__main__":
    options = arguments(__doc__ or "", secs=10.0)
    publish(asyncio.run(measured(options.secs)), is_json=options.json)
    sys.exit(0)
