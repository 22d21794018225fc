"""
What goes wrong on our side of an order, fault by fault: processes, journals, limits, money.

As in ``test_order_faults`` the desk, its journal and the broker are those of a trading process,
and each test is named by the fault's id.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from broker_suite import until
from desk_floor import Trader, trading
from ib_trading import ACCOUNT, SYMBOL, Traded, traded_tws

from voldesk.model.errors import ConfigError, OrderDenied, StorageError, VenueUnavailable
from voldesk.model.events import Decided
from voldesk.model.lifecycle import State
from voldesk.model.orders import Leg, Side
from voldesk.store.journal import LOG_NAME, Journal
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.reconcile import compare


@pytest.fixture
async def traded(tmp_path: Path) -> AsyncIterator[Traded]:
    """Return a simulated TWS that is traded at."""
    async with traded_tws(tmp_path / "contracts") as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the journal is."""
    return tmp_path / "journal"


@pytest.fixture
async def trader(traded: Traded, folder: Path) -> AsyncIterator[Trader]:
    """Return a desk that trades there."""
    async with trading(traded, folder) as found:
        await until(lambda: found.desk.is_reconciled)
        yield found


async def test_f42_killed_between_journal_and_send(traded: Traded, folder: Path) -> None:
    """What was durable and not sent is looked for, given up, and never sent by itself."""
    intent = traded.intent("vd-1")
    journal = Journal.open(folder)
    journal.write(Decided(intent=intent, reason="", checks=(), at=1))
    journal.close()
    async with trading(traded, folder) as trader:
        assert trader.state("vd-1") is State.UNKNOWN
        await trader.reaches("vd-1", State.REJECTED)
        again = await trader.submit(intent)
        assert again.state is State.REJECTED
        assert trader.at_venue() == []
        await trader.agrees()


@pytest.mark.parametrize("is_filling", [False, True])
async def test_f43_killed_between_send_and_acknowledgement(
    traded: Traded, folder: Path, is_filling: bool
) -> None:
    """The next process finds the order by its tag; there is one."""
    traded.begin("orders_mute")
    async with trading(traded, folder) as trader:
        make = traded.intent if is_filling else traded.resting
        await trader.submit(make("vd-1"))
        assert trader.state("vd-1") is State.SENT
    traded.finish("orders_mute")
    async with trading(traded, folder) as trader:
        await trader.reaches("vd-1", State.FILLED if is_filling else State.WORKING)
        await trader.agrees()
        if not is_filling:
            await trader.desk.cancel("vd-1")
            await trader.reaches("vd-1", State.CANCELLED)
        assert len(trader.at_venue()) == 1


async def test_f44_a_journal_that_is_torn(traded: Traded, folder: Path) -> None:
    """A tail that is cut off is healed, and what it told is learned again from the venue."""
    async with trading(traded, folder) as trader:
        await trader.submit(traded.intent("vd-1"))
        await trader.reaches("vd-1", State.FILLED)
    path = folder / LOG_NAME
    path.write_bytes(path.read_bytes()[:-7])
    async with trading(traded, folder) as trader:
        await trader.reaches("vd-1", State.FILLED)
        await trader.agrees()


async def test_f44_a_journal_that_is_corrupt(traded: Traded, folder: Path) -> None:
    """With a byte flipped in its middle nothing is sent."""
    async with trading(traded, folder) as trader:
        await trader.submit(traded.intent("vd-1"))
        await trader.reaches("vd-1", State.FILLED)
    path = folder / LOG_NAME
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    journal = Journal.open(folder)
    assert journal.reason
    with pytest.raises(StorageError):
        journal.write(Decided(intent=traded.intent("vd-2"), reason="", checks=(), at=1))
    journal.close()


async def test_f45_a_double_click(trader: Trader) -> None:
    """A hundred clicks on one ticket are one order; another body under its id is refused."""
    intent = trader.traded.intent("vd-1")
    records = await asyncio.gather(*(trader.desk.submit(intent) for _ in range(100)))
    assert len({id(record) for record in records}) == 1
    with pytest.raises(OrderDenied, match="another order"):
        await trader.desk.submit(trader.traded.intent("vd-1", 2))
    await trader.reaches("vd-1", State.FILLED)
    assert len(trader.at_venue()) == 1
    await trader.agrees()


async def test_f46_working_orders_while_the_broker_is_down(trader: Trader) -> None:
    """They are UNKNOWN, nothing new goes out, and they work again when it is back."""
    await trader.submit(trader.traded.resting("vd-1"))
    await trader.reaches("vd-1", State.WORKING)
    trader.traded.begin("daily_restart", away_secs=3600.0)
    await trader.was("vd-1", State.UNKNOWN)
    denied = await trader.desk.submit(trader.traded.intent("vd-2"))
    assert denied.state is State.DENIED
    with pytest.raises(VenueUnavailable, match="nothing was sent"):
        await trader.desk.cancel("vd-1")
    trader.traded.tws._opens_at = 0
    await trader.reaches("vd-1", State.WORKING)
    await trader.agrees()


async def test_f47_a_combination_is_one_order(trader: Trader) -> None:
    """Both legs trade or none does: one order at the venue, a position in each leg."""
    legs = (Leg(trader.traded.key), Leg(trader.traded.other_key, -1))
    await trader.submit(trader.traded.intent("vd-1", 2, legs=legs))
    await trader.reaches("vd-1", State.FILLED)
    assert trader.filled("vd-1") == 2
    assert trader.desk.ledger.positions == {trader.traded.key: 2, trader.traded.other_key: -2}
    await trader.agrees()


async def test_f49_a_position_nobody_can_explain(trader: Trader) -> None:
    """The difference is named, and nothing new is sent until somebody has looked."""
    trader.traded.tws.world.hold(SYMBOL, 100)
    trader.traded.begin("tcp_reset")
    await until(lambda: trader.desk.differences)
    assert trader.desk.differences == (
        f"position of us {SYMBOL}: 100 at the venue, 0 by our count",
    )
    denied = await trader.desk.submit(trader.traded.intent("vd-1"))
    assert denied.state is State.DENIED
    assert "reconciled" in denied.reason


async def test_f50_tws_takes_fewer_messages_a_second(trader: Trader) -> None:
    """Orders wait at TWS and none is lost or sent twice."""
    trader.traded.begin("pacing", limit=4, secs=3.0)
    tags = [f"vd-{at}" for at in range(10)]
    for tag in tags:
        await trader.submit(trader.traded.intent(tag))
    for tag in tags:
        await trader.reaches(tag, State.FILLED)
    await trader.agrees()
    assert len(trader.at_venue()) == len(tags)


async def test_f50_no_more_orders_a_second_than_allowed(traded: Traded, folder: Path) -> None:
    """What is beyond the limit is denied, never queued; cancels are not counted."""
    limits = replace(Limits.none(), orders_per_sec=5)
    async with trading(traded, folder, limits) as trader:
        await until(lambda: trader.desk.is_reconciled)
        tags = [f"vd-{at}" for at in range(60)]
        records = [await trader.desk.submit(traded.resting(tag)) for tag in tags]
        sent = [one for one in records if one.state is not State.DENIED]
        denied = [one for one in records if one.state is State.DENIED]
        assert 5 <= len(sent) < len(tags)
        assert {one.reason.split(" is ")[0] for one in denied} == {"orders_per_sec"}
        for one in sent:
            await trader.desk.cancel(one.intent.client_order_id)
        for one in sent:
            await trader.reaches(one.intent.client_order_id, State.CANCELLED)
        assert len(trader.at_venue()) == len(sent)


async def test_f51_a_runaway_strategy(traded: Traded, folder: Path) -> None:
    """After so many orders in a minute no more get through, whatever it tries."""
    limits = replace(Limits.none(), orders_per_min=10)
    async with trading(traded, folder, limits) as trader:
        await until(lambda: trader.desk.is_reconciled)
        for at in range(50):
            await trader.desk.submit(traded.intent(f"vd-{at}"))
        for at in range(10):
            await trader.reaches(f"vd-{at}", State.FILLED)
        assert all(trader.state(f"vd-{at}") is State.DENIED for at in range(10, 50))
        assert len(trader.at_venue()) == 10
        await trader.agrees()


async def test_f52_the_kill_switch(traded: Traded, folder: Path) -> None:
    """Everything is cancelled, nothing is let through, and a new process is halted too."""
    async with trading(traded, folder) as trader:
        tags = [f"vd-{at}" for at in range(5)]
        for tag in tags:
            await trader.submit(traded.resting(tag))
        for tag in tags:
            await trader.reaches(tag, State.WORKING)
        await trader.desk.switch(GateState.HALTED, by="test", reason="a storm")
        assert (await trader.desk.submit(traded.intent("vd-no"))).state is State.DENIED
        for tag in tags:
            await trader.reaches(tag, State.CANCELLED)
        assert not traded.tws.world.exchange.open_orders()
    async with trading(traded, folder) as trader:
        await until(lambda: trader.desk.is_reconciled)
        assert trader.desk.state is GateState.HALTED
        assert (await trader.desk.submit(traded.intent("vd-more"))).state is State.DENIED
        await trader.agrees()


@pytest.mark.parametrize(
    ("account", "is_live", "words"),
    [
        ("U1234567", False, "an account with real money"),
        ("DU1234567", True, "logged in to a paper account"),
    ],
)
async def test_f53_paper_and_live_mixed_up(
    tmp_path: Path, account: str, is_live: bool, words: str
) -> None:
    """What is wanted and whose money it is must agree, or nothing is opened."""
    async with traded_tws(tmp_path, accounts=(account,)) as traded:
        broker = traded.broker(is_live=is_live)
        with pytest.raises(ConfigError, match=words):
            await broker.open()


async def test_f54_a_question_about_margin_is_no_order(trader: Trader) -> None:
    """However often it is asked, nothing is at the venue."""
    for _ in range(5):
        margin = await trader.broker.what_if(trader.traded.intent("vd-if", 3))
        assert margin is not None
        assert margin.equity_after > 0
    assert trader.at_venue() == []
    await trader.agrees()


async def test_f54_margin_that_the_venue_would_bind(traded: Traded, folder: Path) -> None:
    """The gate hears it from TWS before the order is sent; an order that binds too much is not."""
    limits = replace(Limits.none(), margin_share=0.5)  # of an equity of 1
    async with trading(traded, folder, limits) as trader:
        await trader.submit(traded.intent("vd-bought"))
        await trader.reaches("vd-bought", State.FILLED)
        written = await trader.submit(traded.intent("vd-written", 5, side=Side.SELL))
        assert written.state is State.DENIED
        assert written.reason.startswith("margin_share")
        assert len(trader.at_venue()) == 1
        await trader.agrees()


async def test_f55_an_execution_is_corrected_and_taken_back(trader: Trader) -> None:
    """The position follows, and the journal has what was believed before as well."""
    await trader.submit(trader.traded.intent("vd-1", 2))
    await trader.reaches("vd-1", State.FILLED)
    await trader.agrees()
    trader.traded.begin("execution_corrected", price=9.25)
    record = trader.desk.ledger.orders["vd-1"]
    await until(lambda: any(fill.price == Decimal("9.25") for fill in record.fills))
    assert trader.desk.ledger.positions == {trader.traded.key: 2}
    assert record.average_price == Decimal("9.25")
    trader.traded.begin("execution_busted")
    await until(lambda: trader.desk.ledger.positions == {})
    assert trader.desk.ledger.alarms == []
    found = compare(trader.desk.ledger, await trader.broker.snapshot(ACCOUNT))
    assert (found.entries, found.differences) == ((), ())
    assert trader.held() == {}


async def test_f56_a_second_instance(trader: Trader, tmp_path: Path, folder: Path) -> None:
    """Neither the journal nor the client id is had twice."""
    with pytest.raises(ConfigError):
        Journal.open(folder)
    with pytest.raises(ConfigError, match="another voldesk trades there"):
        async with trading(trader.traded, tmp_path / "another"):
            pass
    await trader.submit(trader.traded.intent("vd-1"))
    await trader.reaches("vd-1", State.FILLED)


async def test_every_fill_is_charged(trader: Trader) -> None:
    """Commissions come after their executions and are kept with them."""
    await trader.submit(trader.traded.intent("vd-1", 2))
    await trader.reaches("vd-1", State.FILLED)
    record = trader.desk.ledger.orders["vd-1"]
    await until(lambda: all(fill.commission is not None for fill in record.fills))
    assert {fill.currency for fill in record.fills} == {"USD"}
