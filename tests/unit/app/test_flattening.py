"""Trading out of everything that is held."""

from dataclasses import replace
from pathlib import Path

import pytest
from desk_room import a_room
from gateway_world import until
from hand_desk import CALL, PUT
from orders import an_intent
from venue import MemoryVenue

from voldesk.app import flattening
from voldesk.app.flattening import end, send_out
from voldesk.model.lifecycle import State
from voldesk.model.orders import Leg, OrderType, Side
from voldesk.trading.limits import GateState, Limits


def a_time() -> int:
    return 5


async def test_each_position_has_its_order(tmp_path: Path) -> None:
    """At the market, against what is held, and reductions alone pass meanwhile."""
    async with a_room(tmp_path, MemoryVenue(positions={CALL: 3, PUT: -2})) as room:
        await room.opens()
        done = await send_out(room.inner, a_time)
        state = room.inner.state
    orders = [one.intent for one in done.orders]
    assert [(one.legs[0].key, one.side, one.terms.quantity) for one in orders] == [
        (CALL, Side.SELL, 3),
        (PUT, Side.BUY, 2),
    ]
    assert {one.order_type for one in orders} == {OrderType.MARKET}
    assert all(one.is_reducing and one.underlying == "AMZN" for one in orders)
    assert (state, done.problems) == (GateState.REDUCE_ONLY, [])


async def test_a_large_position_is_traded_in_parts(tmp_path: Path) -> None:
    """None of them larger than one order may be."""
    limits = replace(Limits.none(), order_contracts=2)
    async with a_room(tmp_path, MemoryVenue(positions={CALL: 5}), limits=limits) as room:
        await room.opens()
        done = await send_out(room.inner, a_time)
    assert [one.intent.terms.quantity for one in done.orders] == [2, 2, 1]
    assert len({one.intent.client_order_id for one in done.orders}) == 3


async def test_what_is_denied_is_told(tmp_path: Path) -> None:
    """The rest of that position is not tried, the next one is."""
    limits = replace(Limits.none(), orders_per_min=0)
    async with a_room(tmp_path, MemoryVenue(positions={CALL: 5, PUT: 1}), limits=limits) as room:
        await room.opens()
        done = await send_out(room.inner, a_time)
    assert [one.state for one in done.orders] == [State.DENIED, State.DENIED]
    assert [problem.partition(":")[0] for problem in done.problems] == [CALL, PUT]


async def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    """A journal that fails between two orders ends the second."""
    async with a_room(tmp_path, MemoryVenue(positions={CALL: 1})) as room:
        await room.opens()
        desk = room.inner
        switch = desk.switch

        async def switch_and_break(state: GateState, *, by: str, reason: str) -> None:
            await switch(state, by=by, reason=reason)
            room.desk.parts.journal.close()

        desk.switch = switch_and_break  # type: ignore[method-assign]  # the disk fails in between
        done = await send_out(desk, a_time)
    assert done.orders == []
    assert "takes no more records" in done.problems[0]


async def test_orders_that_do_not_go_away_are_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while it goes on and says so; at the end what is left is cancelled."""
    monkeypatch.setattr(flattening, "CANCELS_SECS", 0.01)
    monkeypatch.setattr(flattening, "FILLS_SECS", 0.01)
    async with a_room(tmp_path, MemoryVenue(positions={CALL: 1})) as room:
        await room.opens()
        intent = an_intent("vd-1", legs=(Leg(CALL),), underlying="AMZN")
        old = (await room.desk.place(intent)).order
        await until(lambda: old.state is State.WORKING)
        done = await send_out(room.inner, a_time)
        assert done.problems == ["orders still work after 0.01 s"]
        await end(room.inner, done.orders)
        assert room.inner.state is GateState.HALTED
        await until(lambda: all(one.state is State.CANCELLED for one in (old, *done.orders)))
