"""The desk: durable before sent, never twice, and right after every break of the line."""

import asyncio
import errno
import math
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from orders import CALL, an_intent
from venue import MemoryVenue, Resting

from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, OrderDenied, StorageError, VenueUnavailable
from voldesk.model.events import Decided, Happened
from voldesk.model.lifecycle import Event, State
from voldesk.model.orders import Intent, Terms
from voldesk.store.journal import Journal
from voldesk.trading.desk import Desk
from voldesk.trading.ledger import Ledger, OrderRecord
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.settings import DeskSettings
from voldesk.trading.views import ContractView, DeskView, Exposure

SETTINGS = DeskSettings(
    account="DU1", answer_secs=0.05, settle_secs=0.05, snapshot_secs=1.0, retry_secs=0.01
)


class Calm:
    """Surroundings in which nothing stands against an order."""

    def view(self, intent: Intent, desk: Desk) -> DeskView:
        """Return a quiet market and the desk's own figures."""
        held = desk.ledger.positions
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
            orders_last_sec=desk.throttle.within(1, asyncio.get_running_loop().time()),
            orders_last_min=0,
            day_pnl=0.0,
            equity=1.0,
            equity_peak=1.0,
            margin_after=None,
            is_session_open=True,
            is_reconciled=desk.is_reconciled,
        )


@asynccontextmanager
async def opened(
    folder: Path, venue: MemoryVenue, limits: Limits | None = None
) -> AsyncIterator[Desk]:
    """Open a desk that has compared with the venue; close it at the end."""
    desk = Desk(
        venue,
        Journal.open(folder),
        Calm(),
        limits or Limits.none(),
        ManualClock(1),
        SETTINGS,
        publish=published.append,
    )
    await desk.open()
    await until(lambda: desk.is_reconciled)
    try:
        yield desk
    finally:
        await desk.close()
    agree_with_journal(desk, folder)


def agree_with_journal(desk: Desk, folder: Path) -> None:
    """See that the journal reads, and that no order is over there which is not over here."""
    journal = Journal.open(folder)
    read = Ledger.of(journal.entries())
    journal.close()
    for tag, order in read.orders.items():
        assert not order.is_final or desk.ledger.orders[tag].is_final, tag


published: list[OrderRecord] = []


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  # whatever the test waits for has no event
            await asyncio.sleep(0.002)


def state(desk: Desk, tag: str = "vd-1") -> State:
    """Return where an order stands."""
    return desk.ledger.orders[tag].state


async def test_an_order_lives_from_decision_to_fill(tmp_path: Path) -> None:
    """It is sent once, works, fills in parts told twice, and the next process knows all of it."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        order = await desk.submit(an_intent())
        assert order.state in {State.SENT, State.WORKING}
        await until(lambda: state(desk) is State.WORKING)
        venue.fill("vd-1", 1, times_told=2)
        await until(lambda: state(desk) is State.PARTIALLY_FILLED)
        venue.fill("vd-1", 2)
        await until(lambda: state(desk) is State.FILLED)
        assert desk.ledger.positions == {CALL: 3}
        before = order
    async with opened(tmp_path, venue) as desk:
        after = desk.ledger.orders["vd-1"]
        assert (after.state, after.filled, after.fills) == (State.FILLED, 3, before.fills)
    assert venue.placed == ["vd-1"]
    assert published


async def test_the_intent_is_durable_before_a_byte_is_sent(tmp_path: Path) -> None:
    """When the broker is handed an order, the disk already has it."""
    venue = MemoryVenue()
    seen: list[int] = []

    class Watching(MemoryVenue):
        async def place(self, intent: Intent) -> None:
            seen.append((tmp_path / "orders.log").read_bytes().count(b'"decided"'))
            await super().place(intent)

    venue = Watching()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await desk.submit(an_intent("vd-2"))
    assert seen == [1, 2]


async def test_a_full_disk_stops_orders_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be made durable is not sent; what the venue says is believed all the same."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await until(lambda: state(desk) is State.WORKING)

        def refuse(*_: Any) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patched:
            patched.setattr(os, "write", refuse)
            with pytest.raises(StorageError, match="make room"):
                await desk.submit(an_intent("vd-2"))
            with pytest.raises(StorageError, match="make room"):
                await desk.modify("vd-1", Terms(quantity=3, limit_price=Decimal("1.20")))
            assert state(desk) is State.WORKING
            venue.fill("vd-1", 3)
            await until(lambda: state(desk) is State.FILLED)
        assert venue.placed == ["vd-1"]
        await desk.submit(an_intent("vd-2"))  # with room again the same id is free
        assert venue.placed == ["vd-1", "vd-2"]
    async with opened(tmp_path, venue) as desk:
        assert state(desk) is State.FILLED  # learned again from the venue


async def test_a_change_that_cannot_be_sent_is_no_change(tmp_path: Path) -> None:
    """The order works on with its old terms, and nothing is awaited."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await until(lambda: state(desk) is State.WORKING)
        venue.is_down = True
        with pytest.raises(VenueUnavailable):
            await desk.modify("vd-1", Terms(quantity=3, limit_price=Decimal("1.20")))
        order = desk.ledger.orders["vd-1"]
        assert (order.state, order.asked) == (State.WORKING, None)
        assert order.intent == an_intent()


async def test_a_line_that_breaks_while_sending(tmp_path: Path) -> None:
    """What counts as lost and was never sent is rejected; a change is left to be looked up."""

    class Breaking(MemoryVenue):
        async def place(self, intent: Intent) -> None:
            if intent.client_order_id == "vd-2":
                await self._break("vd-2")
            await super().place(intent)

        async def modify(self, intent: Intent) -> None:
            await self._break(intent.client_order_id)
            await super().modify(intent)

        async def _break(self, tag: str) -> None:
            self.cut()
            await until(lambda: state(desk, tag) is State.UNKNOWN)

    venue = Breaking()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await until(lambda: state(desk) is State.WORKING)
        order = await desk.submit(an_intent("vd-2"))
        assert (order.state, order.reason) == (State.REJECTED, "not sent: the line is down")
        venue.mend()
        await until(lambda: desk.is_reconciled)
        with pytest.raises(VenueUnavailable):
            await desk.modify("vd-1", Terms(quantity=3, limit_price=Decimal("1.20")))
        venue.mend()
        await until(lambda: desk.is_reconciled and state(desk) is State.WORKING)
        assert desk.ledger.orders["vd-1"].asked is None


async def test_the_same_intent_is_the_same_order(tmp_path: Path) -> None:
    """A double click sends once; the id with another body is refused."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        first, second = await asyncio.gather(
            desk.submit(an_intent()), desk.submit(an_intent(made_at=99))
        )
        assert first is second
        with pytest.raises(OrderDenied, match="another order"):
            await desk.submit(an_intent(quantity=2))
    assert venue.placed == ["vd-1"]


async def test_what_the_gate_denies_is_kept_and_not_sent(tmp_path: Path) -> None:
    """A denial is in the journal with every check, and the broker hears nothing."""
    venue = MemoryVenue()
    limits = replace(Limits.none(), order_contracts=2)
    async with opened(tmp_path, venue, limits) as desk:
        order = await desk.submit(an_intent())
        assert (order.state, order.reason) == (State.DENIED, "order_contracts is 3, at most 2")
        with pytest.raises(OrderDenied, match="denied already"):
            await desk.cancel("vd-1")
    journal = Journal.open(tmp_path)
    (kept,) = [entry for entry in journal.entries() if isinstance(entry, Decided)]
    journal.close()
    assert len(kept.checks) > 10
    assert venue.placed == []


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_lost_answer_ends_in_unknown_and_is_found_by_tag(
    tmp_path: Path, arrives: bool
) -> None:
    """Without an answer nothing is sent again: the tag is looked up, after the settle delay."""
    venue = MemoryVenue(is_mute=True, is_deaf=not arrives)
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await until(lambda: state(desk) is not State.SENT)
        await until(lambda: desk.is_reconciled)
        assert state(desk) is (State.WORKING if arrives else State.REJECTED)
    assert venue.placed == ["vd-1"]


async def test_fills_during_an_outage_are_found(tmp_path: Path) -> None:
    """While the line is down orders are UNKNOWN and the gate is shut; then nothing is missing."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        for number in range(5):
            await desk.submit(an_intent(f"vd-{number}"))
        venue.cut()
        await until(lambda: state(desk, "vd-4") is State.UNKNOWN)
        denied = await desk.submit(an_intent("vd-9"))
        assert denied.reason.startswith("reconciled is 1")
        with pytest.raises(VenueUnavailable):
            await desk.cancel("vd-0")
        for number in range(5):
            venue.fill(f"vd-{number}", 3)
        venue.mend()
        await until(lambda: desk.is_reconciled)
        assert {state(desk, f"vd-{n}") for n in range(5)} == {State.FILLED}
        assert desk.ledger.positions == {CALL: 15}
        assert desk.differences == ()


async def test_a_process_that_died_is_continued_without_a_second_order(tmp_path: Path) -> None:
    """An intent found durable and unsent is looked up; there or not, it is not sent again."""
    venue = MemoryVenue()
    journal = Journal.open(tmp_path)
    for tag in ("vd-1", "vd-2"):
        journal.write(Decided(intent=an_intent(tag), reason="", checks=(), at=1))
    journal.close()
    venue.orders["vd-1"] = Resting(an_intent("vd-1"), "v9")
    async with opened(tmp_path, venue) as desk:
        assert (state(desk, "vd-1"), state(desk, "vd-2")) == (State.WORKING, State.REJECTED)
        again = await desk.submit(an_intent("vd-2"))
        assert again.state is State.REJECTED
    assert venue.placed == []


async def test_orders_change_and_are_cancelled(tmp_path: Path) -> None:
    """New terms count once confirmed; a cancel ends the order."""
    venue = MemoryVenue()
    limits = replace(Limits.none(), order_contracts=4)
    async with opened(tmp_path, venue, limits) as desk:
        order = await desk.submit(an_intent())
        terms = Terms(quantity=4, limit_price=Decimal("1.20"))
        await until(lambda: state(desk) is State.WORKING)
        await desk.modify("vd-1", terms)
        await until(lambda: order.intent.terms == terms)
        with pytest.raises(OrderDenied, match="order_contracts is 5"):
            await desk.modify("vd-1", replace(terms, quantity=5))
        await desk.cancel("vd-1")
        await until(lambda: order.state is State.CANCELLED)
        with pytest.raises(OrderDenied, match="it is over"):
            await desk.modify("vd-1", terms)
        with pytest.raises(OrderDenied, match="no order"):
            await desk.cancel("vd-7")


async def test_an_unanswered_cancel_becomes_unknown_and_is_resolved(tmp_path: Path) -> None:
    """A request without an answer is asked about, not repeated."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await until(lambda: state(desk) is State.WORKING)
        venue.is_deaf = True
        order = await desk.cancel("vd-1")
        assert order.state is State.CANCEL_PENDING
        await until(lambda: order.state is State.WORKING and desk.is_reconciled)
        assert order.reason.startswith("no answer for ")


async def test_a_halt_stops_everything_and_survives(tmp_path: Path) -> None:
    """Halting cancels what works and denies what comes, also in the process after this one."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await desk.switch(GateState.HALTED, by="test", reason="storm")
        assert (await desk.submit(an_intent("vd-2"))).state is State.DENIED
        await until(lambda: state(desk) is State.CANCELLED)
    async with opened(tmp_path, venue) as desk:
        assert desk.state is GateState.HALTED
        assert (await desk.submit(an_intent("vd-3"))).state is State.DENIED
        await desk.switch(GateState.ACTIVE, by="test", reason="all clear")
        assert (await desk.submit(an_intent("vd-4"))).state in {State.SENT, State.WORKING}
    assert venue.placed == ["vd-1", "vd-4"]


async def test_a_halt_overtakes_an_order_on_its_way_to_the_disk(tmp_path: Path) -> None:
    """An order let through a moment before the halt is not sent after it."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        sending = asyncio.create_task(desk.submit(an_intent()))
        await asyncio.sleep(0)  # the gate has let it through, the disk is writing
        await desk.switch(GateState.HALTED, by="test", reason="storm")
        order = await sending
        assert (order.state, order.reason) == (State.DENIED, "halted before it was sent")
    assert venue.placed == []


async def test_what_could_not_be_sent_is_denied(tmp_path: Path) -> None:
    """A line that broke before the first byte leaves nothing open."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        venue.is_down = True
        order = await desk.submit(an_intent())
        assert (order.state, order.reason) == (State.DENIED, "not sent: the line is down")


async def test_a_cancel_does_not_overtake_its_order(tmp_path: Path) -> None:
    """Asked to cancel while the order is on its way, the desk waits until it has left."""

    class Slow(MemoryVenue):
        async def place(self, intent: Intent) -> None:
            await asyncio.sleep(0.01)
            await super().place(intent)

    venue = Slow()
    async with opened(tmp_path, venue) as desk:
        sending = asyncio.create_task(desk.submit(an_intent()))
        await until(lambda: "vd-1" in desk.ledger.orders)
        await desk.cancel("vd-1")
        order = await sending
        await until(lambda: order.state is State.CANCELLED)
    assert venue.orders["vd-1"].event is Event.CANCEL


async def test_an_answer_may_be_faster_than_the_sending(tmp_path: Path) -> None:
    """An order that works before its sending returned stays working."""

    class Quick(MemoryVenue):
        async def place(self, intent: Intent) -> None:
            await super().place(intent)
            await asyncio.sleep(0.03)

    async with opened(tmp_path, Quick()) as desk:
        assert (await desk.submit(an_intent())).state is State.WORKING


async def test_a_venue_that_contradicts_itself_raises_an_alarm(tmp_path: Path) -> None:
    """An event in a snapshot that cannot be is kept as an alarm, and the rest is taken."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await until(lambda: state(desk) is State.WORKING)
        venue.orders["vd-1"].event = Event.SEND
        venue.mend()
        await until(lambda: desk.ledger.alarms != [])
        assert "cannot send" in desk.ledger.alarms[0]


async def test_a_snapshot_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """No answer in time is no answer; the next try succeeds."""

    class Stuck(MemoryVenue):
        async def snapshot(self, account: str) -> Any:
            if self.snapshots == 0:
                self.snapshots += 1
                await asyncio.Event().wait()
            return await super().snapshot(account)

    settings = replace(SETTINGS, snapshot_secs=0.02)
    desk = Desk(Stuck(), Journal.open(tmp_path), Calm(), Limits(), ManualClock(), settings)
    await desk.open()
    await until(lambda: desk.is_reconciled)
    await desk.submit(an_intent())
    await until(lambda: state(desk) is State.WORKING)
    await desk.close()


async def test_sending_that_is_interrupted_is_unknown(tmp_path: Path) -> None:
    """Whatever goes wrong while sending, the order may have left: it is looked up."""

    class Breaking(MemoryVenue):
        async def place(self, intent: Intent) -> None:
            await super().place(intent)
            raise RuntimeError("in the middle of it")

    venue = Breaking(is_mute=True)
    async with opened(tmp_path, venue) as desk:
        with pytest.raises(RuntimeError, match="in the middle"):
            await desk.submit(an_intent())
        assert state(desk) is State.UNKNOWN
        venue.mend()
        await until(lambda: desk.is_reconciled and state(desk) is State.WORKING)


async def test_orders_of_others_are_taken_in(tmp_path: Path) -> None:
    """An order placed by hand and its fill are counted, not managed."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        venue.orders["ext-0"] = Resting(an_intent("ext-0"), "v76")
        venue.say("ext-0", Event.WORK)
        await until(lambda: "ext-0" in desk.ledger.orders)
        venue.orders["ext-1"] = Resting(an_intent("ext-1"), "v77")
        venue.fill("ext-1", 1)
        await until(lambda: desk.ledger.positions == {CALL: 1})
        await until(lambda: "ext-1" in desk.ledger.orders)
        assert state(desk, "ext-1") is State.EXTERNAL
        venue.say("ext-1", Event.WORK)
        await until(lambda: desk.is_reconciled)


async def test_words_that_cannot_be_are_not_believed(tmp_path: Path) -> None:
    """An event that its order cannot meet is an alarm, changes nothing and is not written."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await until(lambda: state(desk) is State.WORKING)
        venue.say("vd-1", Event.DENY)
        venue.fill("vd-1", 3)
        await until(lambda: state(desk) is State.FILLED)
        assert desk.ledger.alarms == [
            "an order that is working cannot deny: the gate decides before an order is sent"
        ]


async def test_an_order_that_vanished_does_not_stop_the_next_start(tmp_path: Path) -> None:
    """Working, lost with the line and unknown to the venue after it: the journal still reads."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        await until(lambda: state(desk) is State.WORKING)
        venue.cut()
        await until(lambda: state(desk) is State.UNKNOWN)
        del venue.orders["vd-1"]
        venue.mend()
        await until(lambda: state(desk) is State.REJECTED)
    async with opened(tmp_path, venue) as desk:
        assert state(desk) is State.REJECTED


async def test_a_cancel_asked_for_and_unanswered_is_no_cancel_after_a_crash(tmp_path: Path) -> None:
    """Read from the journal an order that was to be cancelled may live, and the venue is asked."""
    venue = MemoryVenue(is_mute=True)
    desk = Desk(venue, Journal.open(tmp_path), Calm(), Limits.none(), ManualClock(1), SETTINGS)
    await desk.open()
    await until(lambda: desk.is_reconciled)
    await desk.submit(an_intent())
    venue.is_deaf = True
    await desk.cancel("vd-1")
    await desk.close()
    venue.is_deaf = False
    async with opened(tmp_path, venue) as desk:
        assert state(desk) is State.WORKING


async def test_a_desk_that_does_not_hear_does_not_speak(tmp_path: Path) -> None:
    """When listening fails the desk halts and says why."""

    class Garbled(MemoryVenue):
        async def told(self) -> AsyncIterator[Any]:
            yield "no event at all"

    venue = Garbled()
    async with opened(tmp_path, venue) as desk:
        await until(lambda: desk.state is GateState.HALTED)
        assert desk.ledger.alarms[0].startswith("desk listens no more: ")
        assert (await desk.submit(an_intent())).state is State.DENIED
    assert venue.placed == []


async def test_a_halt_with_the_line_down_survives_as_well(tmp_path: Path) -> None:
    """That cancels could not be sent does not undo the halt."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        await desk.submit(an_intent())
        venue.is_down = True
        with pytest.raises(VenueUnavailable):
            await desk.switch(GateState.HALTED, by="test", reason="storm")
        assert desk.state is GateState.HALTED
        venue.is_down = False
    async with opened(tmp_path, venue) as desk:
        assert desk.state is GateState.HALTED


async def test_positions_that_differ_shut_the_gate(tmp_path: Path) -> None:
    """A position that no execution explains stops orders and is named."""
    venue = MemoryVenue()
    async with opened(tmp_path, venue) as desk:
        venue.positions[CALL] = 7
        venue.mend()
        await until(lambda: desk.differences != ())
        assert desk.differences == (f"position of {CALL}: 7 at the venue, 0 by our count",)
        assert (await desk.submit(an_intent())).state is State.DENIED
        venue.positions[CALL] = 0
        await until(lambda: desk.is_reconciled)


async def test_a_snapshot_that_fails_is_asked_for_again(tmp_path: Path) -> None:
    """Reconciling goes on until it succeeds."""

    class Failing(MemoryVenue):
        async def snapshot(self, account: str) -> Any:
            if self.snapshots < 3:
                self.snapshots += 1
                raise VenueUnavailable("not now")
            return await super().snapshot(account)

    venue = Failing()
    async with opened(tmp_path, venue) as desk:
        assert desk.is_reconciled
        assert venue.snapshots == 4


async def test_one_desk_per_account(tmp_path: Path) -> None:
    """A second process on the same account does not begin."""
    async with opened(tmp_path, MemoryVenue()):
        with pytest.raises(ConfigError):
            Journal.open(tmp_path)


async def test_an_event_in_the_journal_that_cannot_be_is_no_silent_start(tmp_path: Path) -> None:
    """A journal that contradicts itself stops the desk before it connects."""
    journal = Journal.open(tmp_path)
    journal.write(Happened(client_order_id="who", event=Event.WORK, at=1))
    journal.close()
    desk = Desk(MemoryVenue(), Journal.open(tmp_path), Calm(), Limits(), ManualClock(), SETTINGS)
    with pytest.raises(Exception, match="nobody decided"):
        await desk.open()
    await desk.close()
