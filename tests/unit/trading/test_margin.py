"""Margin: asked of the venue for what adds risk, in time or not at all."""

import asyncio
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hand_desk import CALL, PUT, HandMarks, a_mark
from orders import an_intent
from venue import MemoryVenue
from waiting import until

from voldesk.model.clock import ManualClock
from voldesk.model.enums import Market
from voldesk.model.errors import OrderDenied, VenueUnavailable
from voldesk.model.events import Margin
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Leg, Side, Terms
from voldesk.store.journal import Journal
from voldesk.trading.day import DayMoney
from voldesk.trading.desk import Desk
from voldesk.trading.limits import GateState, Limits
from voldesk.trading.margin import margin_after
from voldesk.trading.portfolio import PortfolioSettings
from voldesk.trading.settings import DeskSettings
from voldesk.trading.surroundings import MarketSurroundings

SETTINGS = DeskSettings(
    account="DU1", answer_secs=5.0, settle_secs=0.05, snapshot_secs=1.0, retry_secs=0.01
)


class Asked(MemoryVenue):
    """A venue with a what-if, that says how much it was asked of whom."""

    answer: Margin | Exception | None = None
    is_slow = False

    async def what_if(self, intent: Intent) -> Margin | None:
        asked.append(intent.client_order_id)
        await asyncio.sleep(0)  # an answer comes on a later turn of the loop
        if self.is_slow:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


asked: list[str] = []


def a_margin(initial: float) -> Margin:
    """Return what an order would bind."""
    one = Decimal(str(initial))
    return Margin(initial_after=one, maintenance_after=one, equity_after=Decimal(1000))


def an_order(tag: str, key: str = CALL, **changes: Any) -> Intent:
    """Return an order for a contract of the hand-made market."""
    facts = {"legs": (Leg(key),), "underlying": "AMZN"} | changes
    return an_intent(tag, **facts)


async def a_desk(folder: Path, venue: MemoryVenue, share: float = 0.5) -> Desk:
    """Return an open desk whose account is worth 1000, that may bind half of it."""
    asked.clear()
    clock = ManualClock(1)
    around = MarketSurroundings(
        HandMarks(a_mark(CALL)),
        PortfolioSettings(),
        DayMoney(lambda: 1000.0, clock, Market.US),
        clock,
    )
    limits = replace(Limits.none(), margin_share=share)
    desk = Desk(
        venue, Journal.open(folder), around, limits, clock, replace(SETTINGS, what_if_secs=0.05)
    )
    await desk.open()
    await until(lambda: desk.is_reconciled)
    return desk


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (a_margin(500), ""),
        (None, ""),
        (a_margin(501), "margin_share is 0.501, at most 0.5"),
        (a_margin(math.nan), "margin_share is not known, at most 0.5"),
        (VenueUnavailable("no"), "margin_share is not known, at most 0.5"),
    ],
)
async def test_what_adds_risk_is_held_to_the_margin(
    tmp_path: Path, answer: Margin | Exception | None, reason: str
) -> None:
    """Within its share an order is sent, beyond it or unanswered it is denied."""
    venue = Asked()
    venue.answer = answer
    desk = await a_desk(tmp_path, venue)
    order = await desk.submit(an_order("vd-1"))
    assert order.reason == reason
    assert venue.placed == ([] if reason else ["vd-1"])
    await desk.close()


async def test_a_what_if_without_an_answer_ends(tmp_path: Path) -> None:
    """After its deadline nothing is known, and meanwhile a reduction is not kept waiting."""
    venue = Asked(positions={CALL: 5})
    desk = await a_desk(tmp_path, venue)
    venue.is_slow = True
    adding = asyncio.create_task(desk.submit(an_order("vd-1")))
    await until(lambda: asked == ["vd-1"])
    sale = await desk.submit(an_order("vd-2", side=Side.SELL))
    assert sale.state in {State.SENT, State.WORKING}
    assert not adding.done()
    assert (await adding).reason == "margin_share is not known, at most 0.5"
    assert asked == ["vd-1"]
    await desk.close()


async def test_nobody_is_asked_where_margin_is_not_limited(tmp_path: Path) -> None:
    """Without a limit, and of what the gate refuses anyway, the venue hears nothing."""
    venue = Asked()
    venue.answer = a_margin(1e9)
    desk = await a_desk(tmp_path, venue, share=math.inf)
    assert (await desk.submit(an_order("vd-1"))).reason == ""
    desk.limits = replace(desk.limits, margin_share=0.5, order_contracts=1)
    denied = await desk.submit(an_order("vd-2"))
    assert denied.reason.startswith("order_contracts is 3, at most 1")
    assert asked == []
    await desk.close()


async def test_changes_are_asked_about_as_well(tmp_path: Path) -> None:
    """A larger order needs its margin, and is left as it was where there is none."""
    venue = Asked()
    venue.answer = a_margin(100)
    desk = await a_desk(tmp_path, venue)
    order = await desk.submit(an_order("vd-1"))
    await until(lambda: order.state is State.WORKING)
    venue.answer = a_margin(900)
    with pytest.raises(OrderDenied, match=r"margin_share is 0\.9"):
        await desk.modify("vd-1", Terms(quantity=9, limit_price=Decimal("1.25")))
    assert order.intent.terms.quantity == 3
    await desk.close()


async def test_a_contract_that_nobody_shows_is_denied_in_words(tmp_path: Path) -> None:
    """An order for what no chain has is an order denied, in the journal like any other."""
    desk = await a_desk(tmp_path, Asked())
    order = await desk.submit(an_order("vd-1", PUT))
    assert (order.state, order.reason) == (
        State.DENIED,
        f"no chain shows {PUT}: its quote and Greeks are not known",
    )
    await desk.close()


async def test_all_can_be_cancelled_without_a_halt(tmp_path: Path) -> None:
    """Everything that works is cancelled, and trading may go on."""
    venue = Asked()
    desk = await a_desk(tmp_path, venue)
    orders = [
        await desk.submit(an_order(f"vd-{n}", terms=Terms(quantity=n + 1, limit_price=Decimal(1))))
        for n in range(3)
    ]
    await desk.cancel_all()
    await until(lambda: all(order.state is State.CANCELLED for order in orders))
    assert desk.state is GateState.ACTIVE
    assert desk.account == "DU1"
    await desk.close()


async def test_the_initial_margin_counts() -> None:
    """It is the number the venue names, as a float."""
    venue = Asked()
    venue.answer = a_margin(12.5)
    assert await margin_after(venue, an_intent(), 1.0) == 12.5


async def test_two_clicks_at_once_are_one_order(tmp_path: Path) -> None:
    """The second waits for the first one's margin and finds its order."""
    venue = Asked()
    venue.answer = a_margin(100)
    desk = await a_desk(tmp_path, venue)
    first, second = await asyncio.gather(
        desk.submit(an_order("vd-1")), desk.submit(an_order("vd-1"))
    )
    assert first is second
    assert venue.placed == ["vd-1"]
    await desk.close()


async def test_an_answer_faster_than_the_asking_ends_the_order(tmp_path: Path) -> None:
    """A cancel that is confirmed before its asking is written down needs no asking."""

    class Quick(Asked):
        async def cancel(self, client_order_id: str) -> None:
            await super().cancel(client_order_id)
            await until(lambda: desk.ledger.orders[client_order_id].is_final)

    desk = await a_desk(tmp_path, Quick())
    await desk.submit(an_order("vd-1"))
    assert (await desk.cancel("vd-1")).state is State.CANCELLED
    await desk.close()
