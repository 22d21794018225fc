"""A snapshot: everything at one instant, or nothing."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from broker_suite import events, filled, until
from ib_trading import ACCOUNT, CENT, Traded, staged, traded_tws

from voldesk.model.errors import VenueUnavailable
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Leg, Terms


@pytest.fixture
async def traded(tmp_path: Path) -> AsyncIterator[Traded]:
    """Return a simulated TWS."""
    async with traded_tws(tmp_path, accounts=(ACCOUNT, "DU7654321")) as found:
        yield found


async def test_all_of_one_account(traded: Traded) -> None:
    """Orders with terms and ids, fills with charges, positions per unit; of others nothing."""
    async with staged(traded) as stage:
        await stage.broker.place(traded.intent("vd-1", 2))
        await stage.broker.place(traded.resting("vd-2", 3))
        await stage.broker.place(traded.resting("vd-other", account="DU7654321"))
        await until(lambda: filled(stage, "vd-1") == 2)
        await until(lambda: Event.WORK in events(stage, "vd-other"))
        shown = await stage.broker.snapshot(ACCOUNT)
        orders = {one.client_order_id: one for one in shown.orders}
        assert set(orders) == {"vd-1", "vd-2"}
        resting = orders["vd-2"]
        assert resting.intent is not None
        assert resting.intent.client_order_id == f"ib-{resting.venue_order_id}"
        assert resting.intent.terms == Terms(quantity=3, limit_price=CENT)
        assert orders["vd-1"].reason == "Filled Size: 2"
        (fill,) = shown.fills
        assert fill.commission is not None
        (held,) = shown.positions
        assert (held.key, held.quantity) == (traded.key, 2)
        assert held.average_price == pytest.approx(fill.price + fill.commission / 200)
        other = await stage.broker.snapshot("DU7654321")
        assert [one.client_order_id for one in other.orders] == ["vd-other"]
        assert (other.fills, other.positions) == ((), ())


async def test_combinations_of_a_process_before(traded: Traded) -> None:
    """Their legs are looked up by number."""
    legs = (Leg(traded.key), Leg(traded.other_key, -1))
    async with staged(traded) as stage:
        # A combination for which one is paid a hundred a unit: nobody takes it.
        unreal = traded.limit("vd-1", 1, Decimal(-100), legs=legs)
        await stage.broker.place(unreal)
        await until(lambda: events(stage, "vd-1"))
    async with staged(traded) as stage:
        (shown,) = (await stage.broker.snapshot(ACCOUNT)).orders
        assert shown.intent is not None
        assert shown.intent.legs == legs
        traded.begin("no_definition", count=9)
    async with staged(traded) as stage:
        with pytest.raises(VenueUnavailable, match="a snapshot"):
            await stage.broker.snapshot(ACCOUNT)


async def test_too_late(traded: Traded) -> None:
    """What does not come in time is no snapshot."""
    async with staged(traded, request_secs=0.2, stall_secs=60.0) as stage:
        traded.begin("silent_stall")
        with pytest.raises(VenueUnavailable, match=r"a snapshot|did not answer"):
            await stage.broker.snapshot(ACCOUNT)


async def test_fills_while_it_is_taken(traded: Traded) -> None:
    """It is taken again, so that fills and positions are of one instant."""
    async with staged(traded) as stage:
        await stage.broker.place(traded.intent("vd-1"))
        await until(lambda: filled(stage, "vd-1") == 1)
        sent = stage.broker._line.link.ib.client.conn
        for replays, questions in ((0, 4), (1, 8)):
            before = sent.numMsgSent
            taking = asyncio.create_task(stage.broker.snapshot(ACCOUNT), name="snapshot")
            while sent.numMsgSent < before + 4:  # noqa: ASYNC110  # to the turn, not a pause
                await asyncio.sleep(0)  # so that TWS has not read them yet
            for _ in range(replays):
                traded.begin("replayed_executions")
            shown = await taking
            assert sent.numMsgSent == before + questions
            assert len(shown.fills) == 1
        before = sent.numMsgSent
        taking = asyncio.create_task(stage.broker.snapshot(ACCOUNT), name="snapshot")
        while not taking.done():
            traded.begin("replayed_executions")
            await asyncio.sleep(0)
        assert sent.numMsgSent == before + 3 * 4
