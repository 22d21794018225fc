"""Positions that close by themselves: once, through the gate, and told."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from desk_floor import Calm
from desk_room import Room, a_room
from gateway_world import until
from hand_desk import CALL, HandMarks, a_mark
from orders import a_fill

from voldesk.app.exit_watch import ExitWatch
from voldesk.model.clock import ManualClock
from voldesk.model.errors import OrderDenied
from voldesk.model.events import Filled
from voldesk.model.orders import Intent, Side
from voldesk.trading.desk import Desk, Surroundings
from voldesk.trading.exit_rules import ExitRule, ExitSettings
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.views import DeskView

STOP = ExitRule(name="half", stop_pct=50)


@dataclass
class Watched:
    """A watch over a desk, the quotes it sees and what it told."""

    watch: ExitWatch
    room: Room
    marks: HandMarks
    clock: ManualClock

    @property
    def exits(self) -> list[OrderRecord]:
        """Return the orders it made."""
        orders = self.room.inner.ledger.orders.values()
        return [order for order in orders if order.intent.strategy == "exits"]

    @property
    def texts(self) -> list[str]:
        """Return what it told."""
        return [message["text"] for topic, message in self.room.told if topic == "alerts"]

    def quote(self, bid: float) -> None:
        """Show another bid."""
        self.marks.by_key[CALL] = a_mark(CALL, bid=bid)


async def watched(room: Room, around: Surroundings | None = None) -> Watched:
    """Return a watch over calls bought at 1.20, with a stop at half of that."""
    await room.opens()
    inner = room.inner
    if "x" not in inner.ledger.executions:
        inner.ledger.apply(Filled(fill=a_fill("x", "", key=CALL, quantity=2), at=1))
    marks, clock = HandMarks(a_mark(CALL)), ManualClock(1_000_000)
    rules = ExitSettings(rules=(STOP,), least_secs=0.001)
    watch = ExitWatch(rules, inner, around or Calm(), marks, room.bus, clock)
    return Watched(watch, room, marks, clock)


async def test_a_stop_closes_all_of_a_position_once(tmp_path: Path) -> None:
    """A limit order at the bid less its ticks; while that works there is no second one."""
    async with a_room(tmp_path) as room:
        found = await watched(room)
        await found.watch.look()
        assert found.exits == []
        found.quote(0.6)
        for _ in range(3):
            await found.watch.look()
        (order,) = found.exits
        assert (order.intent.side, order.intent.terms.quantity) == (Side.SELL, 2)
        assert order.intent.is_reducing
        assert len(found.texts) == 1
        assert found.texts[0].startswith("stop_pct 50 of half: sell 2 us AMZN")


async def test_it_looks_when_chains_are_told(tmp_path: Path) -> None:
    """As long as it runs, and not after."""
    async with a_room(tmp_path) as room:
        found = await watched(room)
        running = asyncio.create_task(found.watch.run())
        found.quote(0.5)

        def is_closed() -> bool:
            room.bus.publish("chain/AMZN", object())
            return bool(found.exits)

        await until(is_closed)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        room.bus.publish("chain/AMZN", object())
        assert len(found.exits) == 1


async def test_halted_nothing_is_sent_and_that_is_said_once(tmp_path: Path) -> None:
    """And again when it was otherwise in between."""
    async with a_room(tmp_path) as room:
        found = await watched(room)
        found.quote(0.5)
        await room.inner.switch(GateState.HALTED, by="test", reason="test")
        await found.watch.look()
        await found.watch.look()
        assert found.exits == []
        (text,) = found.texts
        assert text.endswith("waits: trading is halted")
        found.quote(1.2)
        await found.watch.look()
        found.quote(0.5)
        await found.watch.look()
        assert len(found.texts) == 2


async def test_what_the_gate_would_refuse_is_not_sent(tmp_path: Path) -> None:
    """No row of the journal every half second: it waits, and says for what."""
    limits = Limits(order_contracts=1)
    async with a_room(tmp_path, limits=limits) as room:
        found = await watched(room)
        found.quote(0.5)
        await found.watch.look()
        assert found.exits == []
        (text,) = found.texts
        assert "waits: order_contracts is 2, at most 1" in text


class Blind:
    """Surroundings in which no chain shows the contract."""

    def view(self, intent: Intent, desk: Desk) -> DeskView:
        raise OrderDenied(f"no chain shows {intent.legs[0].key}, account {desk.account}")


async def test_a_contract_that_cannot_be_judged_is_told(tmp_path: Path) -> None:
    """And left to a person."""
    async with a_room(tmp_path) as room:
        found = await watched(room, Blind())
        found.quote(0.5)
        await found.watch.look()
        assert found.exits == []
        assert "waits: no chain shows" in found.texts[0]
        found.quote(float("nan"))
        await found.watch.look()
        assert found.texts[-1] == f"half: stop_pct of {CALL} cannot be judged"


async def test_not_compared_with_the_venue_it_waits(tmp_path: Path) -> None:
    """What is held is not known then."""
    async with a_room(tmp_path) as room:
        found = await watched(room)
        found.quote(0.5)
        room.venue.cut()
        await until(lambda: not room.inner.is_reconciled)
        await found.watch.look()
        assert found.exits == []
        assert found.texts[0].endswith("waits: the venue is not compared with")
