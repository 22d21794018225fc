"""The desk of a process: opened while it runs, shown, stopped, and never in its way."""

import asyncio
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk_room import Room, a_room
from gateway_world import until
from hand_desk import CALL, PUT
from orders import an_intent
from venue import MemoryVenue

from voldesk.gateways.order_desk import Mode, Risk, Standing
from voldesk.model.errors import (
    ConfigError,
    OrderDenied,
    StorageError,
    VenueUnavailable,
)
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Leg, Terms
from voldesk.store.journal import Journal
from voldesk.trading.ledger import Ledger
from voldesk.trading.limits import GateState, Limits


def buy(tag: str = "vd-1", quantity: int = 3, **changes: Any) -> Intent:
    """Return an order to buy calls of AMZN."""
    return an_intent(tag, quantity, legs=(Leg(CALL),), underlying="AMZN", **changes)


async def test_orders_go_through_it_and_are_told(tmp_path: Path) -> None:
    """Placed, listed, found, changed and cancelled; each change is told on the bus."""
    async with a_room(tmp_path) as room:
        await room.opens()
        assert (room.desk.account, room.desk.mode) == ("DU1", Mode.PAPER)
        placed = await room.desk.place(buy())
        await until(lambda: placed.order.state is State.WORKING)
        await room.desk.place(buy("vd-2"))
        assert [one.intent.client_order_id for one in room.desk.orders()] == ["vd-2", "vd-1"]
        assert room.desk.find("vd-1") is placed.order
        assert room.desk.find("nobody") is None
        changed = await room.desk.modify("vd-1", Terms(quantity=2, limit_price=Decimal(1)))
        assert changed.verdict is None
        await until(lambda: placed.order.intent.terms.quantity == 2)
        assert (await room.desk.cancel("vd-1")).intent.client_order_id == "vd-1"
        await until(lambda: placed.order.is_final)
    assert [topic for topic, _ in room.told].count("orders") >= 6


async def test_what_it_is_asked_of_the_market_the_market_answers(tmp_path: Path) -> None:
    """Names, marks and the time."""
    async with a_room(tmp_path) as room:
        assert room.desk.key_of("AMZN 2026-01-16 C 200") == CALL
        mark = room.desk.mark(CALL)
        assert mark is not None
        assert mark.key == CALL
        assert room.desk.now() == 1_000_000
        assert room.desk.scans() == ()


async def test_until_it_is_open_the_reason_is_told(tmp_path: Path) -> None:
    """A venue that is away is tried again; once it is there orders are taken."""
    venue = MemoryVenue(is_down=True)
    async with a_room(tmp_path, venue) as room:
        await until(lambda: "the line is down" in _refusal(room))
        assert "account DU1 is not traded here" in _refusal(room)
        venue.is_down = False
        await room.opens()
        assert (await room.desk.place(buy())).order.state is not State.DENIED


@pytest.mark.parametrize(
    "error", [ConfigError("another process trades it"), StorageError("it is damaged")]
)
async def test_what_cannot_be_mended_leaves_the_process_alone(
    tmp_path: Path, error: Exception
) -> None:
    """Orders are refused with the reason; a kill is written down all the same."""
    async with a_room(tmp_path, fails=lambda: error) as room:
        await until(lambda: str(error) in _refusal(room))
        done = await room.desk.kill(by="api", reason="enough", is_flattening=False)
        with pytest.raises(VenueUnavailable):
            await room.desk.place(buy())
        assert not any(topic == "risk" for topic, _ in room.told)
    assert (done.state, done.is_durable, done.asked_to_cancel) == (GateState.HALTED, True, 0)
    assert str(error) in done.problems[0]
    assert room.kill_file.reason() == "enough"


async def test_f56_of_two_processes_the_second_only_looks(tmp_path: Path) -> None:
    """The journal is the first one's until it ends."""
    async with a_room(tmp_path) as first:
        await first.opens()
        async with a_room(tmp_path) as second:
            await until(lambda: "another" in _refusal(second))
            with pytest.raises(VenueUnavailable):
                second.desk.orders()
        assert (await first.desk.place(buy())).order.state is not State.DENIED


async def test_a_journal_that_contradicts_itself_is_not_traded_on(tmp_path: Path) -> None:
    """It is closed again, so that somebody can look at it."""
    async with a_room(tmp_path) as room:
        await room.opens()
        await room.desk.place(buy())
    path = tmp_path / "journal" / "orders.log"
    venue = MemoryVenue(is_down=True)
    async with a_room(tmp_path, venue) as room:
        await until(lambda: "the line is down" in _refusal(room))
    journal = Journal.open(tmp_path / "journal")
    entry = next(one for one in journal.entries() if hasattr(one, "intent"))
    journal.write(entry)
    journal.close()
    async with a_room(tmp_path) as room:
        await until(lambda: "was decided before" in _refusal(room))
    assert path.is_file()


def _refusal(room: Room) -> str:
    try:
        room.desk.orders()
    except VenueUnavailable as exc:
        return str(exc)
    return ""


async def test_a_denial_brings_what_was_looked_at(tmp_path: Path) -> None:
    """The checks of the decision itself, not of a later look."""
    limits = replace(Limits.none(), order_contracts=2)
    async with a_room(tmp_path, limits=limits) as room:
        await room.opens()
        placed = await room.desk.place(buy())
    assert placed.order.state is State.DENIED
    assert placed.verdict is not None
    assert placed.verdict.reason == placed.order.reason == "order_contracts is 3, at most 2"


async def test_new_terms_that_the_gate_denies_bring_its_verdict(tmp_path: Path) -> None:
    """What stands in the way otherwise is told as it is."""
    limits = replace(Limits.none(), order_contracts=3)
    async with a_room(tmp_path, limits=limits) as room:
        await room.opens()
        order = (await room.desk.place(buy())).order
        await until(lambda: order.state is State.WORKING)
        changed = await room.desk.modify("vd-1", Terms(quantity=4, limit_price=Decimal("1.25")))
        assert changed.verdict is not None
        assert changed.verdict.reason == "order_contracts is 4, at most 3"
        room.venue.is_mute = True
        await room.desk.cancel("vd-1")
        with pytest.raises(OrderDenied, match="a cancel is on its way"):
            await room.desk.modify("vd-1", Terms(quantity=2, limit_price=Decimal(1)))


async def test_all_are_cancelled_and_the_gate_stays(tmp_path: Path) -> None:
    """What cannot be asked for is a problem that is told."""
    async with a_room(tmp_path) as room:
        await room.opens()
        orders = [(await room.desk.place(buy(tag))).order for tag in ("vd-1", "vd-2")]
        await until(lambda: all(one.state is State.WORKING for one in orders))
        done = await room.desk.cancel_all()
        await until(lambda: all(one.state is State.CANCELLED for one in orders))
        room.venue.is_down = True
        failed = await room.desk.cancel_all()
    assert (done.asked_to_cancel, done.problems, done.state) == (2, (), GateState.ACTIVE)
    assert failed.problems == ("the line is down",)


async def test_f52_a_kill_shuts_the_gate_first_and_lasts(tmp_path: Path) -> None:
    """Nothing leaves after it, everything is cancelled, and a restart stays halted."""
    async with a_room(tmp_path) as room:
        await room.opens()
        order = (await room.desk.place(buy())).order
        await until(lambda: order.state is State.WORKING)
        done = await room.desk.kill(by="api", reason="enough", is_flattening=False)
        late = (await room.desk.place(buy("vd-2"))).order
        await until(lambda: order.state is State.CANCELLED)
    assert (done.state, done.is_durable, done.asked_to_cancel) == (GateState.HALTED, True, 1)
    assert late.state is State.DENIED
    async with a_room(tmp_path, room.venue) as again:
        await again.opens()
        assert again.inner.state is GateState.HALTED
        await again.desk.unlock(by="api")
        await again.desk.unlock(by="api")
        assert (await again.desk.place(buy("vd-3"))).order.state is not State.DENIED


async def test_f52_a_kill_works_without_a_line_and_without_a_disk(tmp_path: Path) -> None:
    """The gate is shut whatever fails; what the journal refuses the kill file keeps."""
    async with a_room(tmp_path) as room:
        await room.opens()
        await room.desk.place(buy())
        room.venue.is_down = True
        no_line = await room.desk.kill(by="api", reason="a", is_flattening=False)
        room.venue.is_down = False
        await room.desk.unlock(by="api")
        room.desk.parts.journal.close()
        no_disk = await room.desk.kill(by="api", reason="b", is_flattening=False)
        assert room.inner.state is GateState.HALTED
    assert no_line.problems == ("not cancelled: the line is down",)
    assert no_line.is_durable
    assert no_disk.is_durable
    assert no_disk.problems[0].startswith("not in the journal")
    assert room.kill_file.reason() == "b"


async def test_a_kill_that_cannot_be_kept_at_all_says_so(tmp_path: Path) -> None:
    """Neither journal nor kill file: it holds for this process alone."""
    async with a_room(tmp_path) as room:
        await room.opens()
        room.desk.parts.journal.close()
        room.kill_file.path = tmp_path / "journal" / "orders.log" / "kill"
        done = await room.desk.kill(by="api", reason="b", is_flattening=False)
        assert room.inner.state is GateState.HALTED
    assert not done.is_durable
    assert "cannot write" in done.problems[1]


async def test_the_kill_file_halts_at_once_and_before_anything(tmp_path: Path) -> None:
    """One that appears stops a desk that runs; one that is there stops the next from the start."""
    async with a_room(tmp_path) as room:
        await room.opens()
        await asyncio.to_thread(room.kill_file.write, "by hand")
        await until(lambda: room.inner.state is GateState.HALTED)
    async with a_room(tmp_path, room.venue) as again:
        await again.opens()
        assert again.inner.state is GateState.HALTED
        await again.desk.unlock(by="api")
        assert again.kill_file.reason() is None
        assert str(again.inner.state) == "active"


async def test_a_kill_may_trade_out_of_everything(tmp_path: Path) -> None:
    """An order against each position, reductions alone meanwhile, and halted at the end."""
    venue = MemoryVenue(positions={CALL: 3, PUT: -2})
    async with a_room(tmp_path, venue) as room:
        await room.opens()
        done = await room.desk.kill(by="api", reason="out", is_flattening=True)
        assert room.inner.state is GateState.REDUCE_ONLY
        sizes = {
            one.intent.legs[0].key: (one.intent.side, one.intent.terms.quantity)
            for one in done.flattening
        }
        assert sizes == {CALL: ("sell", 3), PUT: ("buy", 2)}
        for one in done.flattening:
            await until(lambda one=one: one.state is State.WORKING)  # type: ignore[misc]  # bound
            room.venue.fill(one.intent.client_order_id, one.intent.terms.quantity)
        await until(lambda: room.inner.state is GateState.HALTED)
        assert room.inner.ledger.positions == {}


async def test_a_kill_that_cannot_trade_out_says_so(tmp_path: Path) -> None:
    """The gate stays shut."""
    venue = MemoryVenue(positions={CALL: 3})
    async with a_room(tmp_path, venue) as room:
        await room.opens()
        room.desk.parts.journal.close()
        done = await room.desk.kill(by="api", reason="out", is_flattening=True)
    assert done.flattening == ()
    assert done.problems[-1].startswith("not traded out")


async def test_positions_and_risk_are_told_every_while(tmp_path: Path) -> None:
    """What is held, and every limit with its use."""
    limits = replace(Limits.none(), open_orders=20)
    async with a_room(tmp_path, MemoryVenue(positions={CALL: 2}), limits=limits) as room:
        await room.opens()
        await room.desk.place(buy())
        await until(lambda: {"positions", "risk"} <= {topic for topic, _ in room.told})
        risk, standing = room.desk.risk(), room.desk.standing()
        grid = await room.desk.scenarios((0.0,), (0.0,), (0.0,))
        told = dict(room.told)
    assert isinstance(told["risk"], Risk)
    assert isinstance(told["positions"], Standing)
    assert [row.quantity for row in standing.holdings.rows] == [2]
    assert grid.unknown == (CALL,)
    assert (risk.account, risk.broker, risk.unlock_phrase) == ("DU1", "memory", "unlock DU1")
    assert (risk.state, risk.is_reconciled, risk.line_reason) == (GateState.ACTIVE, True, "")
    assert (risk.open_orders, risk.journal_reason, risk.healed) == (1, "", 0)
    uses = {one.name: one.used for one in risk.uses}
    assert (uses["open_orders"], uses["orders_per_min"], uses["trades_per_day"]) == (1, 1, 1)
    assert (uses["day_loss"], uses["drawdown"]) == (5.0, 10.0)


async def test_what_runs_beside_it_ends_with_it(tmp_path: Path) -> None:
    """A chore begins when it is open and is cancelled at the end."""
    seen: list[str] = []

    async def chore() -> None:
        seen.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("ended")

    async with a_room(tmp_path, chores={"chore": chore}) as room:
        await room.opens()
        await until(lambda: seen == ["begun"])
    assert seen == ["begun", "ended"]
    assert math.isfinite(room.desk.now())


async def test_what_fails_beside_it_is_an_alarm(tmp_path: Path) -> None:
    """Trading goes on without its database."""

    async def chore() -> None:
        raise ConfigError("no such database")

    async with a_room(tmp_path, chores={"trades in SQL": chore}) as room:
        await room.opens()
        await until(lambda: bool(room.inner.ledger.alarms))
        assert "trades in SQL no more" in room.desk.risk().alarms[0]
        assert (await room.desk.place(buy())).order.state is not State.DENIED


async def test_what_may_not_be_traded_on_is_closed_again(tmp_path: Path) -> None:
    """With the reason, whatever else is well."""
    async with a_room(tmp_path, refusal=lambda: "nobody has armed it") as room:
        await until(lambda: "nobody has armed it" in _refusal(room))
        with pytest.raises(VenueUnavailable):
            await room.desk.place(buy())


async def test_what_scans_found_is_kept_the_newest_first(tmp_path: Path) -> None:
    """Twenty rounds of it."""
    async with a_room(tmp_path) as room:
        for number in range(22):
            room.bus.publish("scans", {"round": number})
        found = room.desk.scans()
    assert ([one["round"] for one in found[:2]], len(found)) == ([21, 20], 20)


async def test_what_it_did_is_in_the_journal(tmp_path: Path) -> None:
    """Another process reads the same orders from it."""
    async with a_room(tmp_path) as room:
        await room.opens()
        await room.desk.place(buy())
    journal = Journal.open(tmp_path / "journal")
    assert list(Ledger.of(journal.entries()).orders) == ["vd-1"]
    journal.close()
