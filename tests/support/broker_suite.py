"""
What every filler of the Broker port does, as plain functions on a stage.

A filler's test file makes a `Stage` of it and runs each function of `ORDERS`, and of `LINES` where
there is a line that can break.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol

import pytest

from voldesk.model.errors import VenueUnavailable
from voldesk.model.events import Filled, Happened, Line, LineChanged, Seen, Told
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent
from voldesk.model.ports.broker import Broker

DEADLINE_SECS = 10.0


class Stage(Protocol):
    """
    A broker that is open, and what a test has to know of its venue.

    Attributes:
        account: Whose orders these are.
        told: All that the broker has told, in order; somebody reads it.
        reading: Who reads; it ends when the broker is closed.
    """

    account: str
    told: list[Told]
    reading: asyncio.Task[None]

    @property
    def broker(self) -> Broker:
        """Return the broker under test."""
        ...

    def filling(self, tag: str, quantity: int = 1) -> Intent:
        """Return an order that trades at once, whole."""
        ...

    def resting(self, tag: str, quantity: int = 1) -> Intent:
        """Return a limit order that rests, and that a price a tick higher leaves resting."""
        ...

    def partial(self, tag: str) -> Intent:
        """Return an order that trades in part and leaves the rest working for a while."""
        ...

    def refused(self, tag: str) -> Intent:
        """Return an order that the venue says no to."""
        ...

    async def break_line(self) -> None:
        """Cut the line; the venue lets it come back at once."""
        ...


async def until(is_so: Callable[[], Any]) -> None:
    """Wait for something that has no event."""
    async with asyncio.timeout(DEADLINE_SECS):
        while not is_so():  # noqa: ASYNC110  # whatever the test waits for has no event
            await asyncio.sleep(0.005)


def heard(stage: Stage, tag: str) -> list[Happened]:
    """Return what was told of an order."""
    return [
        told for told in stage.told if isinstance(told, Happened) and told.client_order_id == tag
    ]


def events(stage: Stage, tag: str) -> list[Event]:
    """Return the words alone."""
    return [told.event for told in heard(stage, tag)]


def filled(stage: Stage, tag: str) -> int:
    """Return contracts executed of an order of one leg, each execution once."""
    fills = {
        told.fill.execution_id: told.fill.quantity
        for told in stage.told
        if isinstance(told, Filled) and told.fill.client_order_id == tag
    }
    return sum(fills.values())


async def seen(stage: Stage, tag: str) -> Seen | None:
    """Return an order as a snapshot shows it."""
    snapshot = await stage.broker.snapshot(stage.account)
    found = [one for one in snapshot.orders if one.client_order_id == tag]
    assert len(found) <= 1
    return found[0] if found else None


async def it_says_who_it_is(stage: Stage) -> None:
    """It has a name, and the account is one of those it may trade."""
    assert stage.broker.name
    assert stage.account in stage.broker.accounts
    assert stage.broker.is_paper


async def an_order_is_accepted_and_its_tag_comes_back(stage: Stage) -> None:
    """What is told, and what a snapshot shows, carries our id and the venue's."""
    await stage.broker.place(stage.resting("vd-tag"))
    await until(lambda: Event.WORK in events(stage, "vd-tag"))
    last = heard(stage, "vd-tag")[-1]
    assert last.venue_order_id
    shown = await seen(stage, "vd-tag")
    assert shown is not None
    assert (shown.venue_order_id, shown.event, shown.filled) == (
        last.venue_order_id,
        Event.WORK,
        0,
    )


async def an_order_fills(stage: Stage) -> None:
    """Its executions add up to its quantity, and positions and fills of a snapshot agree."""
    intent = stage.filling("vd-fill", 2)
    await stage.broker.place(intent)
    await until(lambda: filled(stage, "vd-fill") == 2)
    snapshot = await stage.broker.snapshot(stage.account)
    shown = [fill for fill in snapshot.fills if fill.client_order_id == "vd-fill"]
    assert sum(fill.quantity for fill in shown) == 2
    assert {fill.key for fill in shown} == {intent.legs[0].key}
    assert {fill.side for fill in shown} == {intent.side}
    assert all(fill.price > 0 for fill in shown)
    told = {t.fill.execution_id for t in stage.told if isinstance(t, Filled)}
    assert {fill.execution_id for fill in shown} <= told
    held = {one.key: one.quantity for one in snapshot.positions}
    assert held[intent.legs[0].key] == 2 * intent.side.sign
    (order,) = [one for one in snapshot.orders if one.client_order_id == "vd-fill"]
    assert (order.event, order.filled) == (Event.COMPLETE, 2)


async def an_order_fills_in_part_and_the_rest_is_cancelled(stage: Stage) -> None:
    """What was executed counts, the rest does not, and both are told."""
    intent = stage.partial("vd-part")
    await stage.broker.place(intent)
    await until(lambda: filled(stage, "vd-part"))
    assert filled(stage, "vd-part") < intent.terms.quantity
    await stage.broker.cancel("vd-part")
    await until(lambda: Event.CANCEL in events(stage, "vd-part"))
    shown = await seen(stage, "vd-part")
    assert shown is not None
    assert (shown.event, shown.filled) == (Event.CANCEL, filled(stage, "vd-part"))


async def an_order_is_cancelled(stage: Stage) -> None:
    """It is told of, and not shown as working any more."""
    await stage.broker.place(stage.resting("vd-cancel"))
    await until(lambda: Event.WORK in events(stage, "vd-cancel"))
    await stage.broker.cancel("vd-cancel")
    await until(lambda: Event.CANCEL in events(stage, "vd-cancel"))
    shown = await seen(stage, "vd-cancel")
    assert shown is None or shown.event is Event.CANCEL


async def a_cancel_of_what_is_over_changes_nothing(stage: Stage) -> None:
    """It is refused or passed over: the order stays filled."""
    await stage.broker.place(stage.filling("vd-late"))
    await until(lambda: filled(stage, "vd-late") == 1)
    await stage.broker.cancel("vd-late")
    await stage.broker.place(stage.resting("vd-after"))
    await until(lambda: Event.WORK in events(stage, "vd-after"))
    assert Event.CANCEL not in events(stage, "vd-late")
    shown = await seen(stage, "vd-late")
    assert shown is not None
    assert (shown.event, shown.filled) == (Event.COMPLETE, 1)


async def an_order_is_modified(stage: Stage) -> None:
    """The new terms are confirmed, and it is still one order."""
    intent = stage.resting("vd-change")
    await stage.broker.place(intent)
    await until(lambda: Event.WORK in events(stage, "vd-change"))
    number = heard(stage, "vd-change")[-1].venue_order_id
    assert intent.terms.limit_price is not None
    changed = replace(intent, terms=replace(intent.terms, quantity=3))
    await stage.broker.modify(changed)
    await until(lambda: Event.MODIFY in events(stage, "vd-change"))
    (told,) = [one for one in heard(stage, "vd-change") if one.event is Event.MODIFY]
    assert told.terms in {None, changed.terms}
    shown = await seen(stage, "vd-change")
    assert shown is not None
    assert shown.venue_order_id == number
    assert shown.intent is None or shown.intent.terms == changed.terms


async def everything_is_cancelled(stage: Stage) -> None:
    """One call ends all working orders of the account."""
    tags = ["vd-all-1", "vd-all-2", "vd-all-3"]
    for tag in tags:
        await stage.broker.place(stage.resting(tag))
    await until(lambda: all(Event.WORK in events(stage, tag) for tag in tags))
    await stage.broker.cancel_all(stage.account)
    await until(lambda: all(Event.CANCEL in events(stage, tag) for tag in tags))
    snapshot = await stage.broker.snapshot(stage.account)
    alive = {Event.ACCEPT, Event.WORK, Event.FILL}
    assert not [one for one in snapshot.orders if one.event in alive]


async def an_order_is_rejected_with_words(stage: Stage) -> None:
    """The venue's no comes with a reason, and nothing was traded."""
    await stage.broker.place(stage.refused("vd-no"))
    await until(lambda: Event.REJECT in events(stage, "vd-no"))
    assert any(one.reason for one in heard(stage, "vd-no"))
    assert filled(stage, "vd-no") == 0


async def a_margin_question_places_nothing(stage: Stage) -> None:
    """The answer is figures, or that there are none; there is no order afterwards."""
    margin = await stage.broker.what_if(stage.filling("vd-if"))
    if margin is not None:
        assert margin.equity_after > Decimal(0)
    assert await seen(stage, "vd-if") is None
    assert events(stage, "vd-if") == []


async def closing_ends_what_is_told(stage: Stage) -> None:
    """Nobody waits for ever for a broker that is closed, and it takes no order."""
    await stage.broker.close()
    async with asyncio.timeout(DEADLINE_SECS):
        await stage.reading
    with pytest.raises(VenueUnavailable):
        await stage.broker.place(stage.resting("vd-closed"))


async def a_broken_line_is_told_and_comes_back(stage: Stage) -> None:
    """DOWN, then RESET; the order that worked before is shown, and can be cancelled."""
    await stage.broker.place(stage.resting("vd-line"))
    await until(lambda: Event.WORK in events(stage, "vd-line"))
    await stage.break_line()

    def is_back() -> bool:
        lines = [told.line for told in stage.told if isinstance(told, LineChanged)]
        return Line.DOWN in lines and lines[-1] is Line.RESET

    await until(is_back)
    shown = await seen(stage, "vd-line")
    assert shown is not None
    assert shown.event is Event.WORK
    await stage.broker.cancel("vd-line")
    await until(lambda: Event.CANCEL in events(stage, "vd-line"))


Rule = Callable[[Stage], Awaitable[None]]

ORDERS: tuple[Rule, ...] = (
    it_says_who_it_is,
    an_order_is_accepted_and_its_tag_comes_back,
    an_order_fills,
    an_order_fills_in_part_and_the_rest_is_cancelled,
    an_order_is_cancelled,
    a_cancel_of_what_is_over_changes_nothing,
    an_order_is_modified,
    everything_is_cancelled,
    an_order_is_rejected_with_words,
    a_margin_question_places_nothing,
    closing_ends_what_is_told,
)
LINES: tuple[Rule, ...] = (a_broken_line_is_told_and_comes_back,)
