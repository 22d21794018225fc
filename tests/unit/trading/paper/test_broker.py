"""The paper broker: durable before told, late by its latency, and a venue to the real desk."""

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
from orders import CALL
from paper_world import EXPIRY, INDEX, START, Shown, a_mark, buy, sell

from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, StorageError, VenueUnavailable
from voldesk.model.events import Charged, Filled, Happened, Line, LineChanged, Told
from voldesk.model.lifecycle import Event, State
from voldesk.model.orders import Intent, OrderType, TimeInForce
from voldesk.store.journal import Journal
from voldesk.store.journal_log import JournalLog
from voldesk.trading.desk import Desk
from voldesk.trading.limits import Limits
from voldesk.trading.paper import broker as module
from voldesk.trading.paper.broker import LOG_NAME, PaperBroker
from voldesk.trading.paper.settings import PaperSettings
from voldesk.trading.settings import DeskSettings
from voldesk.trading.views import ContractView, DeskView, Exposure

MS = 1_000_000
AT_ONCE = PaperSettings(account="DU1", submit_latency_ms=0, answer_latency_ms=0)
PATIENT = replace(AT_ONCE, submit_latency_ms=50, answer_latency_ms=20)


class World:
    """A market, a clock and what a broker told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "paper"
        self.clock = ManualClock(START)
        self.shown = Shown()
        self.shown.show(a_mark())
        self.heard: list[Told] = []

    @asynccontextmanager
    async def broker(self, settings: PaperSettings = AT_ONCE) -> AsyncIterator[PaperBroker]:
        """Open the account and listen; close both at the end."""
        broker = PaperBroker(self.shown, self.clock, settings, self.folder)
        await broker.open()
        listening = asyncio.create_task(self._listen(broker), name="test listens")
        try:
            yield broker
        finally:
            await broker.close()
            await listening

    @asynccontextmanager
    async def desk(self, settings: PaperSettings = AT_ONCE) -> AsyncIterator[tuple[Desk, Any]]:
        """Open the real desk on the account, its journal beside it."""
        broker = PaperBroker(self.shown, self.clock, settings, self.folder)
        desk = Desk(
            broker,
            Journal.open(self.folder.parent / "desk"),
            Quiet(),
            Limits.none(),
            self.clock,
            DeskSettings(account="DU1", settle_secs=0.05, retry_secs=0.01),
        )
        await desk.open()
        await until(lambda: desk.is_reconciled)
        try:
            yield desk, broker
        finally:
            await desk.close()

    def later(self, ns: int) -> None:
        """Let time pass."""
        self.clock.set(self.clock.now() + ns)

    def events(self, tag: str) -> list[Event]:
        """Return what was heard of an order but fills."""
        return [
            told.event
            for told in self.heard
            if isinstance(told, Happened) and told.client_order_id == tag
        ]

    def count(self, kind: type) -> int:
        """Return how much of a kind was heard."""
        return sum(isinstance(told, kind) for told in self.heard)

    async def _listen(self, broker: PaperBroker) -> None:
        async for told in broker.told():
            self.heard.append(told)


class Quiet:
    """Surroundings in which nothing stands against an order."""

    def view(self, intent: Intent, desk: Desk) -> DeskView:
        """Return a quiet market."""
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
                position=desk.ledger.positions.get(leg.key, 0),
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


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  # whatever the test waits for has no event
            await asyncio.sleep(0.002)


async def test_a_fill_and_its_cost_are_told(tmp_path: Path) -> None:
    """The fill first, its commission and profit after it."""
    world = World(tmp_path)
    async with world.broker() as broker:
        assert (broker.name, broker.is_paper, broker.accounts) == ("paper", True, ("DU1",))
        await broker.place(buy("b", 2))
        await broker.place(sell("s", 2))
        await until(lambda: world.count(Charged) == 2)
        values = broker.values("USD")
    fills = [told.fill for told in world.heard if isinstance(told, Filled)]
    assert [(fill.quantity, fill.price, fill.commission) for fill in fills] == [
        (2, Decimal("1.25"), None),
        (2, Decimal("1.2"), None),
    ]
    costs = [told for told in world.heard if isinstance(told, Charged)]
    assert [told.commission for told in costs] == [Decimal("1.30")] * 2
    assert [told.realised for told in costs] == [None, Decimal("-12.60")]
    assert values.realised == Decimal("-12.60")
    assert values.cash == values.equity == Decimal("99987.40")


async def test_a_request_takes_its_time_and_so_does_the_answer(tmp_path: Path) -> None:
    """By the clock: the quote that counts is the one it meets on arrival."""
    world = World(tmp_path)
    async with world.broker(PATIENT) as broker:
        await broker.place(buy("b"))
        world.later(49 * MS)
        broker.quotes_changed("SPX")
        assert not (await broker.snapshot("DU1")).orders
        world.shown.change(CALL, ask=1.40)
        world.later(1 * MS)
        broker.quotes_changed("SPX")
        (fill,) = (await broker.snapshot("DU1")).fills
        assert fill.price == Decimal("1.4")
        assert not world.heard
        world.later(20 * MS)
        await until(lambda: world.count(Filled) == 1)


async def test_requests_arrive_without_any_quote(tmp_path: Path) -> None:
    """Time alone brings an order, its cancel, and the end of its time."""
    world = World(tmp_path)
    async with world.broker(PATIENT) as broker:
        await broker.place(buy("b", 1, limit_price="1"))
        await broker.place(buy("c", 1, limit_price="1"))
        await broker.cancel("b")
        world.later(70 * MS)
        await until(lambda: len((broker_book(broker)).ended) == 1)
        await broker.cancel_all("DU1")
        world.later(50 * MS)
        await until(lambda: len((broker_book(broker)).ended) == 2)
        world.later(50 * MS)
        await until(lambda: world.events("c") == [Event.WORK, Event.CANCEL])


def broker_book(broker: PaperBroker) -> Any:
    """Return the book behind a broker."""
    return broker._now_running().venue.book


async def test_a_restart_finds_the_account_again(tmp_path: Path) -> None:
    """Orders that work, how far their stops have come, positions, money; ids go on."""
    world = World(tmp_path)
    async with world.broker() as broker:
        await broker.place(buy("b", 2))
        await broker.place(sell("t", 2, trail_amount="0.20", order_type=OrderType.TRAIL))
        world.shown.change(CALL, bid=1.6, ask=1.65)
        broker.quotes_changed("SPX")
        before = await broker.snapshot("DU1")
        money = broker.values("USD")
    world.heard.clear()
    async with world.broker() as broker:
        assert await broker.snapshot("DU1") == before
        assert broker.values("USD") == money
        (working,) = (one for one in before.orders if one.client_order_id == "t")
        assert working.event is Event.ACCEPT
        assert "inactive while it does not run" in working.reason
        await until(lambda: world.count(Charged) == 1)  # told again, in case it was not heard
        world.shown.change(CALL, bid=1.4, ask=1.45)
        broker.quotes_changed("SPX")
        after = await broker.snapshot("DU1")
    assert not after.positions
    assert len({fill.execution_id for fill in after.fills}) == 2


async def test_the_desk_trades_on_paper(tmp_path: Path) -> None:
    """Decision to fill with its commission, change, cancel and denial, and all of it again."""
    world = World(tmp_path)
    async with world.desk() as (desk, broker):
        order = await desk.submit(buy("b", 13))
        await until(lambda: order.state is State.PARTIALLY_FILLED)
        world.shown.change(CALL, ask=1.3)
        broker.quotes_changed("SPX")
        await until(lambda: order.state is State.FILLED)
        await until(lambda: all(fill.commission is not None for fill in order.fills))
        resting = await desk.submit(buy("r", 1, limit_price="1.00"))
        await until(lambda: resting.state is State.WORKING)
        await desk.modify("r", replace(resting.intent.terms, limit_price=Decimal("1.05")))
        await until(lambda: resting.asked is None)
        assert resting.intent.terms.limit_price == Decimal("1.05")
        refused = await desk.submit(buy("x", 1, "us SPXW 20251017 000009999000000 C"))
        await until(lambda: refused.state is State.REJECTED)
        assert refused.reason.startswith("no such contract")
        stop = await desk.submit(sell("s", 13, stop_price="0.5", order_type=OrderType.STOP))
        await until(lambda: stop.state is State.ACCEPTED)
    async with world.desk() as (desk, broker):
        assert not desk.differences
        assert desk.ledger.positions == {CALL: 13}
        states = {tag: order.state for tag, order in desk.ledger.orders.items()}
        assert states == {
            "b": State.FILLED,
            "r": State.WORKING,
            "x": State.REJECTED,
            "s": State.ACCEPTED,
        }
        await desk.cancel("r")
        await until(lambda: desk.ledger.orders["r"].state is State.CANCELLED)


async def test_a_settlement_reaches_the_desk(tmp_path: Path) -> None:
    """An index option in the money is paid in cash and gone from both books."""
    world = World(tmp_path)
    async with world.desk() as (desk, broker):
        order = await desk.submit(buy("b", 2))
        await until(lambda: order.state is State.FILLED)
        world.shown.change(CALL, spot=6710.5)
        world.clock.set(EXPIRY - MS)
        broker.quotes_changed("SPX")
        world.shown.change(CALL, spot=6999.0)
        world.clock.set(EXPIRY)
        broker.quotes_changed("SPX")
        await until(lambda: not desk.ledger.positions)
        await until(lambda: desk.is_reconciled)
        assert not desk.differences
        values = broker.values("USD")
    assert values.cash == Decimal(100000) - 250 - Decimal("1.30") + 2100
    assert values.realised == 2100 - 250 - Decimal("1.30")


async def test_a_price_nobody_saw_is_asked_for(tmp_path: Path) -> None:
    """A process that was down over the settlement settles when it is told the price."""
    world = World(tmp_path)
    async with world.broker() as broker:
        await broker.place(buy("b"))
        await broker.snapshot("DU1")
    world.clock.set(EXPIRY + 3600 * 10**9)
    async with world.broker() as broker:
        broker.quotes_changed("SPX")
        assert broker.unsettled == {CALL}
        with pytest.raises(ValueError, match="not held"):
            broker.settle(INDEX, Decimal(6700))
        broker.settle(CALL, Decimal("6699.99"))
        assert not broker.unsettled
        assert not (await broker.snapshot("DU1")).positions


async def test_what_is_not_open_takes_nothing(tmp_path: Path) -> None:
    """Before it is opened, after it is closed, and for another account."""
    world = World(tmp_path)
    broker = PaperBroker(world.shown, world.clock, AT_ONCE, world.folder)
    broker.quotes_changed("SPX")
    with pytest.raises(VenueUnavailable, match="not open"):
        await broker.place(buy("b"))
    with pytest.raises(VenueUnavailable, match="not open"):
        broker.values("USD")
    async with world.broker() as broker:
        assert await broker.what_if(buy("b")) is not None
        with pytest.raises(VenueUnavailable, match="no account 'U7'"):
            await broker.place(replace(buy("b"), account="U7"))
        with pytest.raises(ConfigError, match="another"):
            await PaperBroker(world.shown, world.clock, AT_ONCE, world.folder).open()
    with pytest.raises(VenueUnavailable, match="closed"):
        await broker.cancel("b")
    with pytest.raises(VenueUnavailable, match="closed"):
        await broker.snapshot("DU1")
    await broker.close()


async def test_a_log_that_cannot_be_continued_is_not(tmp_path: Path) -> None:
    """Another account's, one of a later version, or a damaged one."""
    world = World(tmp_path)
    async with world.broker() as broker:
        await broker.place(buy("b"))
    with pytest.raises(ConfigError, match="of account DU1, not of DU2"):
        async with world.broker(replace(AT_ONCE, account="DU2")):
            pass
    path = world.folder / LOG_NAME
    good = path.read_bytes()
    path.write_bytes(good.replace(b"placed", b"plaxed"))
    with pytest.raises(StorageError, match="damaged"):
        async with world.broker():
            pass
    path.write_bytes(good)
    log = JournalLog.open(path)
    log.append([b'{"kind":"dreamt","data":{}}\n'])
    log.close()
    with pytest.raises(StorageError, match="cannot be read by this version"):
        async with world.broker():
            pass


async def test_a_disk_that_refuses_stops_the_venue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not on the disk is told to nobody; opened again it is what it was before."""
    world = World(tmp_path)
    async with world.broker() as broker:
        await broker.place(buy("b"))
        await until(lambda: world.count(Charged) == 1)

        def full(_file: int, _data: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            await broker.place(buy("c"))
            with pytest.raises(VenueUnavailable, match="No space left"):
                await broker.snapshot("DU1")
        await until(lambda: world.count(LineChanged) == 1)
        with pytest.raises(VenueUnavailable, match="No space left"):
            await broker.place(buy("d"))
        broker.quotes_changed("SPX")
    assert isinstance(world.heard[-1], LineChanged)
    assert world.heard[-1].line is Line.DOWN
    assert world.count(Filled) == 1
    async with world.broker() as broker:
        assert [fill.quantity for fill in (await broker.snapshot("DU1")).fills] == [1]


async def test_a_disk_that_has_room_again_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not durable never was; the desk finds that out and the next order goes through."""
    monkeypatch.setattr(module, "LOOK_SECS", 0.01)
    world = World(tmp_path)

    def full(_file: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with world.broker() as broker:
        await broker.place(buy("b"))
        await until(lambda: world.count(Charged) == 1)
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            await broker.place(buy("c"))
            await until(lambda: world.count(LineChanged) == 1)
        await until(lambda: world.count(LineChanged) == 2)
        lines = [told.line for told in world.heard if isinstance(told, LineChanged)]
        assert lines == [Line.DOWN, Line.RESET]
        seen = await broker.snapshot("DU1")
        assert [one.client_order_id for one in seen.orders] == ["b"]
        await broker.place(buy("d"))
        await until(lambda: world.count(Filled) == 2)


async def test_a_disk_that_lies_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failed sync nobody knows what is there: the venue stays down until it is opened."""
    monkeypatch.setattr(module, "LOOK_SECS", 0.01)
    world = World(tmp_path)

    def broken(_file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    async with world.broker() as broker:
        await broker.snapshot("DU1")
        with monkeypatch.context() as patched:
            patched.setattr(os, "fdatasync", broken)
            await broker.place(buy("b"))
            await until(lambda: world.count(LineChanged) == 1)
        await until(broker._tasks[0].done)
        with pytest.raises(VenueUnavailable, match="did not confirm"):
            await broker.place(buy("c"))


async def test_a_disk_that_refuses_the_last_words_is_no_failure_of_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody heard is lost with the process."""
    world = World(tmp_path)
    async with world.broker() as broker:
        await broker.snapshot("DU1")

        def full(_file: int, _data: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            await broker.place(buy("c", 1, time_in_force=TimeInForce.GTC))
            await broker.close()
    async with world.broker() as broker:
        assert not (await broker.snapshot("DU1")).orders


async def test_a_venue_that_fails_says_so(tmp_path: Path) -> None:
    """A market that cannot be read takes the line down instead of freezing it."""
    world = World(tmp_path)
    async with world.broker(PATIENT) as broker:
        await broker.place(buy("b", 1, limit_price="1"))
        world.shown.marks = None  # type: ignore[assignment]  # a market that fails
        world.later(50 * MS)
        await until(lambda: bool(broker._fault))
        world.later(20 * MS)
        await until(lambda: world.count(LineChanged) == 1)


async def test_too_much_on_its_way_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue of requests is bounded."""
    world = World(tmp_path)
    monkeypatch.setattr(module, "MOST_ON_THEIR_WAY", 1)
    async with world.broker(PATIENT) as broker:
        await broker.place(buy("b"))
        with pytest.raises(VenueUnavailable, match="too far behind"):
            await broker.place(buy("c"))


@pytest.mark.parametrize("turns", [0, 1, 2, 5, 20, 100])
async def test_an_opening_that_is_cancelled_leaves_the_account_free(
    tmp_path: Path, turns: int
) -> None:
    """However far it came, another process can have the account at once."""
    world = World(tmp_path)
    broker = PaperBroker(world.shown, world.clock, AT_ONCE, world.folder)
    opening = asyncio.create_task(broker.open())
    for _ in range(turns):
        await asyncio.sleep(0)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await broker.close()
    other = PaperBroker(world.shown, world.clock, AT_ONCE, world.folder)
    await other.open()
    await other.close()
