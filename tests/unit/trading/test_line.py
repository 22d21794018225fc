"""The line to the venue: silence is no answer, and a break makes nothing up."""

import asyncio
from dataclasses import replace
from pathlib import Path

from orders import a_fill, an_intent
from venue import MemoryVenue
from waiting import until

from voldesk.model.clock import ManualClock
from voldesk.model.events import Decided, Filled, Happened
from voldesk.model.lifecycle import Event, State
from voldesk.store.journal import Journal
from voldesk.trading.line import NOT_COMPARED, VenueLine
from voldesk.trading.record import Record
from voldesk.trading.settings import DeskSettings

SETTINGS = DeskSettings(
    account="DU1", answer_secs=0.01, settle_secs=0.0, snapshot_secs=1.0, retry_secs=0.01
)


async def test_silence_makes_an_order_unknown_until_it_is_found(tmp_path: Path) -> None:
    """An answer that is overdue is asked for by tag, and nothing is compared before it is asked."""
    venue, record = MemoryVenue(is_mute=True), Record(Journal.open(tmp_path), ManualClock(1))
    line = VenueLine(venue, record, SETTINGS)
    record.apply(Decided(intent=an_intent(), reason="", checks=(), at=1))
    record.apply(record.event("vd-1", Event.SEND))
    await venue.place(an_intent())
    line.expect_answer("vd-1")
    order = record.ledger.orders["vd-1"]
    await until(lambda: order.state is State.UNKNOWN)
    assert (line.open_tags(), venue.snapshots) == (["vd-1"], 0)
    comparing = asyncio.create_task(line.keep_reconciled())
    await until(lambda: line.is_reconciled)
    assert order.state is State.WORKING
    comparing.cancel()
    await asyncio.gather(comparing, return_exceptions=True)
    record.close()


async def test_what_a_process_left_open_is_not_believed(tmp_path: Path) -> None:
    """At the beginning every open order is UNKNOWN, in memory alone."""
    journal = Journal.open(tmp_path)
    journal.write(Decided(intent=an_intent(), reason="", checks=(), at=1))
    record = Record(journal, ManualClock(1))
    assert len(list(record.read())) == 1
    line = VenueLine(MemoryVenue(), record, SETTINGS)
    line.begin()
    assert record.ledger.orders["vd-1"].state is State.UNKNOWN
    assert (line.is_reconciled, len(journal)) == (False, 1)
    record.close()


async def test_a_lost_order_is_found_the_same_in_memory_and_by_the_next_process(
    tmp_path: Path,
) -> None:
    """A cancel that was lost and an order that works on: both know that it may be changed."""
    venue, record = MemoryVenue(), Record(Journal.open(tmp_path), ManualClock(1))
    line = VenueLine(venue, record, SETTINGS)
    await record.write(Decided(intent=an_intent(), reason="", checks=(), at=1))
    for event in (Event.WORK, Event.ASK_CANCEL):
        await record.write(record.event("vd-1", event))
    line.lose(["vd-1"], "reset")
    await record.write(record.event("vd-1", Event.WORK))
    await record.write(record.event("vd-1", Event.ASK_MODIFY, terms=an_intent().terms))
    record.close()
    again = Record(Journal.open(tmp_path), ManualClock(1))
    happened = [one.event for one in again.read() if isinstance(one, Happened)]
    assert happened[2:] == [Event.LOSE, Event.WORK, Event.ASK_MODIFY]
    assert again.ledger.orders["vd-1"].state is State.MODIFY_PENDING
    again.close()


async def test_fills_of_another_account_are_not_ours(tmp_path: Path) -> None:
    """One login may tell of several accounts; only ours is counted."""
    venue, record = MemoryVenue(), Record(Journal.open(tmp_path), ManualClock(1))
    line = VenueLine(venue, record, SETTINGS)
    listening = asyncio.create_task(line.listen())
    for name, account in (("x1", "DU2"), ("x2", "DU1")):
        fill = a_fill(name, "", account=account)
        venue.tell(Filled(fill=fill, at=1))
    await until(lambda: bool(record.ledger.strays))
    assert [fill.execution_id for fill in record.ledger.strays] == ["x2"]
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    record.close()


async def test_the_venue_is_asked_now_and_then_unless_the_line_is_down(tmp_path: Path) -> None:
    """A venue need not tell of orders made elsewhere, and a broken line cannot."""
    venue, record = MemoryVenue(), Record(Journal.open(tmp_path), ManualClock(1))
    line = VenueLine(venue, record, replace(SETTINGS, compare_secs=0.01))
    tasks = [asyncio.create_task(one()) for one in (line.listen, line.keep_reconciled)]
    await until(lambda: venue.snapshots > 2)
    venue.cut()
    await until(lambda: not line.is_reconciled)
    asked = venue.snapshots
    venue.mend()
    await until(lambda: line.is_reconciled)
    assert venue.snapshots > asked
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    record.close()


async def test_it_says_why_it_is_down(tmp_path: Path) -> None:
    """Until the venue has been compared with and agrees."""
    venue, record = MemoryVenue(), Record(Journal.open(tmp_path), ManualClock(1))
    line = VenueLine(venue, record, SETTINGS)
    assert line.reason == NOT_COMPARED
    tasks = [asyncio.create_task(line.listen()), asyncio.create_task(line.keep_reconciled())]
    line.compare()
    await until(lambda: line.is_reconciled)
    assert line.reason == ""
    venue.cut()
    await until(lambda: not line.is_reconciled)
    assert line.reason == "reset"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    record.close()
