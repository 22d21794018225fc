"""
What goes wrong with orders at a broker, fault by fault, on a real desk, journal and TWS.

The desk, its journal and the broker are those of a trading process; TWS is the simulated one, and
its fault table makes things go wrong. Each test is named by the fault's id.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from broker_suite import until
from desk_floor import Trader, trading
from ib_trading import CENT, Traded, staged, traded_tws

from voldesk.model.errors import OrderDenied
from voldesk.model.events import LineChanged
from voldesk.model.lifecycle import State
from voldesk.model.orders import Terms

DEAR = Decimal("50.00")  # more than any call here costs
ENDED = (State.FILLED, State.CANCELLED)


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


async def make_marketable(trader: Trader, tag: str) -> None:
    """Let a working order fill at the exchange, whatever TWS tells meanwhile."""
    (order,) = trader.at_venue(tag)
    exchange = trader.traded.tws.world.exchange
    exchange.modify(order.venue_order_id, replace(order.request, limit_price=DEAR))
    trader.traded.tws.world.blotter.settle()


@pytest.mark.parametrize("fault", ["daily_restart", "tcp_reset"])
async def test_f30_restart_in_the_middle_of_a_submit(trader: Trader, fault: str) -> None:
    """An order on its way when TWS restarts is found, or known not to be there; never doubled."""
    values = {"away_secs": 0.2} if fault == "daily_restart" else {}
    for at in range(4):
        await until(lambda: trader.desk.is_reconciled)
        tag = f"vd-{at}"
        sending = asyncio.create_task(trader.desk.submit(trader.traded.intent(tag)), name="submit")
        for _ in range(at * 2):
            await asyncio.sleep(0)
        trader.traded.begin(fault, **values)
        await sending
        await trader.reaches(tag, State.FILLED, State.REJECTED, State.DENIED)
        assert len(trader.at_venue(tag)) == (trader.state(tag) is State.FILLED)
    await trader.agrees()


@pytest.mark.parametrize("back", ["restored", "restored_data_lost"])
async def test_f31_fills_while_the_servers_are_lost(trader: Trader, back: str) -> None:
    """After 1102 as after 1101 every fill of the outage is found."""
    tags = [f"vd-{at}" for at in range(12)]
    for tag in tags:
        await trader.submit(trader.traded.resting(tag))
    for tag in tags:
        await trader.reaches(tag, State.WORKING)
    trader.traded.begin("connection_lost")
    trader.traded.begin("orders_mute")
    await trader.was(tags[0], State.UNKNOWN)
    trader.traded.tws.world.exchange.resume()
    for tag in tags[:10]:
        await make_marketable(trader, tag)
    denied = await trader.desk.submit(trader.traded.intent("vd-denied"))
    assert denied.state is State.DENIED
    trader.traded.finish("orders_mute")
    trader.traded.begin(back)
    for tag in tags[:10]:
        await trader.reaches(tag, State.FILLED)
    for tag in tags[10:]:
        await trader.reaches(tag, State.WORKING)
    await trader.agrees()


@pytest.mark.parametrize("is_new_process", [False, True])
async def test_f32_order_ids_begin_at_1_again(
    traded: Traded, folder: Path, is_new_process: bool
) -> None:
    """Ids that were used are not used again, so no order is taken for another."""
    async with trading(traded, folder) as trader:
        await trader.submit(traded.resting("vd-old", 2))
        await trader.submit(traded.intent("vd-full", 2))
        await trader.reaches("vd-old", State.WORKING)
        await trader.reaches("vd-full", State.FILLED)
        traded.begin("id_rollback")
        if not is_new_process:
            traded.begin("tcp_reset")
            await trader.was("vd-old", State.UNKNOWN)
            await trader.submit(traded.resting("vd-new", 3))
            await trader.reaches("vd-new", State.WORKING)
            await trader.reaches("vd-old", State.WORKING)
            await trader.agrees()
            return
    async with trading(traded, folder) as trader:
        await trader.submit(traded.resting("vd-new", 3))
        await trader.reaches("vd-new", State.WORKING)
        await trader.desk.cancel("vd-old")
        await trader.reaches("vd-old", State.CANCELLED)
        assert trader.state("vd-new") is State.WORKING
        await trader.agrees()


@pytest.mark.parametrize("fault", ["orders_mute", "orders_lost"])
async def test_f33_a_change_without_an_answer(trader: Trader, fault: str) -> None:
    """There is one order at the venue, and we know its terms, whether the change came or not."""
    await trader.submit(trader.traded.resting("vd-1", 1))
    await trader.reaches("vd-1", State.WORKING)
    trader.traded.begin(fault)
    changed = Terms(quantity=2, limit_price=2 * CENT)
    await trader.desk.modify("vd-1", changed)
    await trader.was("vd-1", State.UNKNOWN)
    await trader.reaches("vd-1", State.WORKING)
    (order,) = trader.at_venue("vd-1")
    assert trader.desk.ledger.orders["vd-1"].intent.terms.quantity == order.quantity
    assert order.quantity == (2 if fault == "orders_mute" else 1)
    trader.traded.finish(fault)
    await trader.agrees()


@pytest.mark.parametrize("fault", ["orders_mute", "orders_lost"])
async def test_f33_killed_while_a_change_is_on_its_way(
    traded: Traded, folder: Path, fault: str
) -> None:
    """The next process knows the terms that the venue has."""
    async with trading(traded, folder) as trader:
        await trader.submit(traded.resting("vd-1", 1))
        await trader.reaches("vd-1", State.WORKING)
        traded.begin(fault)
        await trader.desk.modify("vd-1", Terms(quantity=2, limit_price=2 * CENT))

        def has_come() -> bool:
            (order,) = trader.at_venue("vd-1")
            return traded.tws.world.mishaps.orders_lost == 0 and (
                fault == "orders_lost" or order.quantity == 2
            )

        await until(has_come)
    traded.finish(fault)
    async with trading(traded, folder) as trader:
        await until(lambda: trader.desk.is_reconciled)
        (order,) = trader.at_venue("vd-1")
        record = trader.desk.ledger.orders["vd-1"]
        assert (record.state, record.asked) == (State.WORKING, None)
        assert record.intent.terms.quantity == order.quantity
        assert order.quantity == (2 if fault == "orders_mute" else 1)
        await trader.agrees()


async def test_f34_executions_without_a_word_about_their_order(trader: Trader) -> None:
    """A fill that comes alone belongs to the order whose reference it bears."""
    trader.traded.begin("order_delays", ack_delay=30.0)
    await trader.submit(trader.traded.intent("vd-1", 2))
    await trader.reaches("vd-1", State.FILLED)
    assert trader.filled("vd-1") == 2
    assert trader.desk.ledger.strays == []


async def test_f35_executions_told_again_and_again(trader: Trader) -> None:
    """However often and how late it is told, an execution counts once."""
    trader.traded.begin("order_delays", repeat_share=1.0)
    for at in range(5):
        await trader.submit(trader.traded.intent(f"vd-{at}", 2))
    for at in range(5):
        await trader.reaches(f"vd-{at}", State.FILLED)
    for _ in range(20):
        trader.traded.begin("replayed_executions")
    await trader.submit(trader.traded.intent("vd-last"))
    await trader.reaches("vd-last", State.FILLED)
    await trader.agrees()


async def test_f37_fills_in_parts(trader: Trader) -> None:
    """The parts add up, and the average price is exact."""
    await trader.submit(trader.traded.intent("vd-1", 60))
    await trader.reaches("vd-1", State.PARTIALLY_FILLED)
    await trader.reaches("vd-1", State.FILLED)
    record = trader.desk.ledger.orders["vd-1"]
    assert len(record.fills) > 1
    assert record.average_price == sum(f.price * f.quantity for f in record.fills) / 60
    await trader.agrees()


@pytest.mark.parametrize("code", [103, 110, 135, 200, 201, 203, 321, 387, 434, 442])
async def test_f38_refused_with_a_code(trader: Trader, code: int) -> None:
    """The order is over, the words are kept, and it is not tried again."""
    trader.traded.begin("orders_refused", code=code, text=f"no, says {code}")
    await trader.submit(trader.traded.intent("vd-1"))
    await trader.reaches("vd-1", State.REJECTED)
    assert trader.desk.ledger.orders["vd-1"].reason == f"no, says {code}"
    assert not list(trader.desk.ledger.open_orders)
    await trader.submit(trader.traded.intent("vd-2"))
    await trader.reaches("vd-2", State.FILLED)
    assert trader.at_venue("vd-1") == []
    await trader.agrees()


@pytest.mark.parametrize("fault", ["orders_mute", "orders_lost"])
async def test_f39_an_order_without_an_answer(trader: Trader, fault: str) -> None:
    """It is UNKNOWN, then found by its tag or known not to be there; it is never sent again."""
    trader.traded.begin(fault)
    await trader.submit(trader.traded.intent("vd-1", 2))
    await trader.was("vd-1", State.UNKNOWN)
    assert not trader.desk.is_reconciled
    ended = State.FILLED if fault == "orders_mute" else State.REJECTED
    await trader.reaches("vd-1", ended)
    assert len(trader.at_venue("vd-1")) == (ended is State.FILLED)
    trader.traded.finish(fault)
    await trader.agrees()


async def test_f40_a_fill_before_the_acknowledgement(trader: Trader) -> None:
    """Fills first, words later and out of order: the end is the same."""
    trader.traded.begin("order_delays", ack_delay=0.2, fill_report_delay=0.2, seed=3)
    tags = [f"vd-{at}" for at in range(8)]
    for tag in tags:
        await trader.submit(trader.traded.intent(tag, 2))
    for tag in tags:
        await trader.reaches(tag, State.FILLED)
    await trader.agrees()


async def test_f41_a_cancel_races_a_fill(trader: Trader) -> None:
    """Each order ends filled or cancelled, with the quantity the exchange has."""
    trader.traded.begin(
        "order_delays",
        order_delay=0.1,
        cancel_delay=0.1,
        ack_delay=0.1,
        fill_report_delay=0.1,
        seed=5,
    )
    tags = [f"vd-{at}" for at in range(12)]
    for tag in tags:
        await trader.submit(trader.traded.intent(tag))
        with suppress(OrderDenied):  # it has filled already
            await trader.desk.cancel(tag)
    for tag in tags:
        await trader.reaches(tag, *ENDED)
    trader.traded.finish("order_delays")
    await trader.agrees()


async def test_f48_orders_of_somebody_else(trader: Trader) -> None:
    """Adopted with their terms and counted when they fill; nothing of them is managed."""
    async with staged(trader.traded, trading_client_id=9) as other:
        await other.broker.place(trader.traded.resting("by hand", 4))
        await until(lambda: other.told)
        trader.traded.begin("tcp_reset")
        await until(lambda: len(trader.desk.ledger.orders) == 1)
        (record,) = trader.desk.ledger.orders.values()
        assert record.state is State.EXTERNAL
        assert record.intent.terms == Terms(quantity=4, limit_price=CENT)
        await until(lambda: any(isinstance(t, LineChanged) for t in other.told))
        await make_marketable(trader, "by hand")
        trader.traded.begin("tcp_reset")
        await until(lambda: record.state is State.FILLED)
        assert record.filled == 4
    await until(lambda: trader.desk.is_reconciled)
    assert trader.desk.ledger.positions == trader.held() == {trader.traded.key: 4}
