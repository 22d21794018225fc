"""The broker of Interactive Brokers, beside what every broker does (tests/contract)."""

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from broker_suite import events, filled, heard, until
from ib_trading import ACCOUNT, CENT, SYMBOL, IbStage, Traded, staged, traded_tws

from voldesk.model.errors import ConfigError, InvariantError, VenueUnavailable
from voldesk.model.events import Line, LineChanged
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms, TimeInForce
from voldesk.model.sessions import NS_PER_SECOND

OTHER = "DU7654321"
DEAR = Decimal("50.00")


@pytest.fixture
async def traded(tmp_path: Path) -> AsyncIterator[Traded]:
    """Return a simulated TWS with one account."""
    async with traded_tws(tmp_path) as found:
        yield found


@pytest.fixture
async def stage(traded: Traded) -> AsyncIterator[IbStage]:
    """Return a broker that is open and read."""
    async with staged(traded) as found:
        yield found


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Traded]:
    """Return a simulated TWS with two accounts."""
    async with traded_tws(tmp_path, accounts=(ACCOUNT, OTHER)) as found:
        yield found


def sell(stage: IbStage, tag: str, kind: OrderType, **prices: Any) -> Intent:
    """Return an order to sell what is held, of a type with its prices."""
    terms = Terms(quantity=1, **prices)
    return stage.traded.intent(tag, side=Side.SELL, order_type=kind, terms=terms)


async def test_every_type_of_order_is_taken(stage: IbStage) -> None:
    """Each works or waits at TWS, and its terms are shown as they were sent."""
    await stage.broker.place(stage.traded.intent("vd-0", 20))
    await until(lambda: filled(stage, "vd-0") == 20)
    intents = [
        sell(stage, "limit", OrderType.LIMIT, limit_price=DEAR),
        sell(stage, "stop", OrderType.STOP, stop_price=CENT),
        sell(stage, "stop-limit", OrderType.STOP_LIMIT, stop_price=CENT, limit_price=CENT),
        sell(stage, "trail", OrderType.TRAIL, trail_amount=Decimal(5)),
        sell(stage, "trail-pct", OrderType.TRAIL, trail_pct=Decimal(90)),
        sell(stage, "trail-limit", OrderType.TRAIL_LIMIT, trail_amount=Decimal(5)),
        sell(stage, "moc", OrderType.MARKET_ON_CLOSE),
        sell(stage, "loc", OrderType.LIMIT_ON_CLOSE, limit_price=DEAR),
        replace(
            sell(stage, "adaptive", OrderType.LIMIT, limit_price=DEAR),
            is_adaptive=True,
            outside_hours=True,
        ),
    ]
    now = stage.traded.tws.world.now()
    till = (now // NS_PER_SECOND + 86_400) * NS_PER_SECOND
    terms = Terms(quantity=1, limit_price=DEAR, good_till=till)
    limit = sell(stage, "gtd", OrderType.LIMIT, limit_price=DEAR)
    intents.append(replace(limit, time_in_force=TimeInForce.GTD, terms=terms))
    for intent in intents:
        await stage.broker.place(intent)
    for intent in intents:
        tag = intent.client_order_id
        await until(partial(events, stage, tag))
        assert events(stage, tag)[0] in {Event.ACCEPT, Event.WORK}, heard(stage, tag)
    shown = {
        one.client_order_id: one.intent for one in (await stage.broker.snapshot(ACCOUNT)).orders
    }
    for intent in intents:
        told = shown[intent.client_order_id]
        assert told is not None
        assert (told.order_type, told.time_in_force) == (intent.order_type, intent.time_in_force)
        assert replace(told.terms, stop_price=intent.terms.stop_price) == intent.terms
        assert (told.is_adaptive, told.outside_hours) == (intent.is_adaptive, intent.outside_hours)


async def test_a_bracket_is_sent_as_one(stage: IbStage) -> None:
    """Nothing begins before all of it is there; the exits wait for the entry, and end together."""
    entry = stage.traded.intent("entry")
    exits: dict[str, Any] = {"parent_id": "entry", "oca_group": "exits"}
    target = replace(sell(stage, "target", OrderType.LIMIT, limit_price=DEAR), **exits)
    stop = replace(sell(stage, "stop", OrderType.STOP, stop_price=CENT), **exits)
    await stage.broker.place_all([entry, target, stop])
    await until(lambda: filled(stage, "entry") == 1)
    await until(lambda: Event.WORK in events(stage, "target"))
    await stage.broker.modify(replace(target, terms=Terms(quantity=1, limit_price=CENT)))
    await until(lambda: filled(stage, "target") == 1)
    await until(lambda: Event.CANCEL in events(stage, "stop"))


async def test_a_child_of_what_has_filled_begins_at_once(stage: IbStage) -> None:
    """And one of what works waits for it."""
    await stage.broker.place(stage.traded.intent("entry"))
    await until(lambda: Event.COMPLETE in events(stage, "entry"))
    child = sell(stage, "late", OrderType.LIMIT, limit_price=DEAR)
    await stage.broker.place(replace(child, parent_id="entry"))
    await until(lambda: Event.WORK in events(stage, "late"))
    await stage.broker.place(stage.resting("slow"))
    waiting = replace(child, client_order_id="early", parent_id="slow")
    await stage.broker.place(waiting)
    await until(lambda: events(stage, "early"))
    assert events(stage, "early") == [Event.ACCEPT]


async def test_a_child_of_what_never_fills_is_rejected(stage: IbStage) -> None:
    """Its parent is over, or nobody has heard of it."""
    await stage.broker.place(stage.resting("entry"))
    await stage.broker.cancel("entry")
    await until(lambda: Event.CANCEL in events(stage, "entry"))
    for parent, words in (("entry", "was not filled"), ("nobody", "no order of this program")):
        child = sell(stage, f"of-{parent}", OrderType.LIMIT, limit_price=DEAR)
        await stage.broker.place(replace(child, parent_id=parent))
        await until(partial(events, stage, child.client_order_id))
        (told,) = heard(stage, child.client_order_id)
        assert told.event is Event.REJECT
        assert words in told.reason


async def test_a_contract_that_tws_does_not_have(stage: IbStage) -> None:
    """Its order is rejected with words, its change refused; its margin cannot be had."""
    unknown = stage.traded.intent("vd-1", legs=(Leg("us AMZN 20301220 000000230000000 C"),))
    await stage.broker.place(unknown)
    await until(lambda: events(stage, "vd-1"))
    (told,) = heard(stage, "vd-1")
    assert told.event is Event.REJECT
    assert "200" in told.reason
    with pytest.raises(VenueUnavailable, match="200"):
        await stage.broker.what_if(unknown)
    await stage.broker.place(stage.resting("vd-2"))
    await until(lambda: events(stage, "vd-2"))
    await stage.broker.modify(replace(unknown, client_order_id="vd-2"))
    await until(lambda: Event.REFUSE_MODIFY in events(stage, "vd-2"))


async def test_a_change_is_refused(stage: IbStage) -> None:
    """The order goes on with its old terms; TWS says why."""
    await stage.broker.place(stage.resting("vd-1"))
    await until(lambda: Event.WORK in events(stage, "vd-1"))
    await stage.broker.modify(stage.traded.limit("vd-1", 1, Decimal("0.013")))
    await until(lambda: Event.REFUSE_MODIFY in events(stage, "vd-1"))
    assert heard(stage, "vd-1")[-1].code == 110
    (shown,) = (await stage.broker.snapshot(ACCOUNT)).orders
    assert shown.intent is not None
    assert shown.intent.terms.limit_price == CENT


async def test_a_margin_that_is_too_high(stage: IbStage) -> None:
    """What the account cannot pay for is warned of or refused, never silently allowed."""
    margin = await stage.broker.what_if(stage.traded.intent("vd-1", 100_000))
    assert margin is not None
    assert margin.warnings


async def test_the_same_id_is_never_sent_twice(stage: IbStage) -> None:
    """Somebody who tries has a defect."""
    await stage.broker.place(stage.resting("vd-1"))
    with pytest.raises(InvariantError, match="sent before"):
        await stage.broker.place(stage.resting("vd-1"))


async def test_orders_nobody_knows_cannot_be_touched(stage: IbStage) -> None:
    """That is told, not raised: the port raises only where the line is down."""
    await stage.broker.cancel("vd-1")
    await stage.broker.modify(stage.resting("vd-2"))
    await until(lambda: events(stage, "vd-1") and events(stage, "vd-2"))
    assert events(stage, "vd-1") == [Event.REFUSE_CANCEL]
    assert events(stage, "vd-2") == [Event.REFUSE_MODIFY]


async def test_orders_of_another_program(traded: Traded, stage: IbStage) -> None:
    """They are changed where they were made; cancelling everything means them too."""
    async with staged(traded, trading_client_id=9) as other:
        await other.broker.place(traded.resting("theirs"))
        await until(lambda: events(other, "theirs"))
        (shown,) = (await stage.broker.snapshot(ACCOUNT)).orders
        assert shown.client_order_id == "theirs"
        await stage.broker.cancel(f"ib-{shown.venue_order_id}")
        await until(lambda: heard(stage, f"ib-{shown.venue_order_id}"))
        (told,) = heard(stage, f"ib-{shown.venue_order_id}")
        assert told.event is Event.REFUSE_CANCEL
        assert "client 9" in told.reason
        await stage.broker.cancel_all(ACCOUNT)
        await until(lambda: Event.CANCEL in events(other, "theirs"))


async def test_client_0_takes_over_what_is_made_by_hand(traded: Traded) -> None:
    """It asks to be told of such orders."""
    async with staged(traded, trading_client_id=0) as stage:
        await stage.broker.place(traded.resting("vd-1"))
        await until(lambda: Event.WORK in events(stage, "vd-1"))
        await stage.broker.cancel("vd-1")
        await until(lambda: Event.CANCEL in events(stage, "vd-1"))


async def test_one_account_of_two(two: Traded) -> None:
    """Cancelling all of one leaves the other's, and of other programs' it is told they go on."""
    async with staged(two) as stage, staged(two, trading_client_id=9, account=OTHER) as other:
        assert stage.broker.accounts == (ACCOUNT, OTHER)
        assert other.broker.accounts == (OTHER, ACCOUNT)
        await stage.broker.place(two.resting("mine"))
        await stage.broker.place(two.resting("second", account=OTHER))
        await other.broker.place(two.resting("theirs"))
        for one, tag in ((stage, "mine"), (stage, "second"), (other, "theirs")):
            await until(partial(events, one, tag))
        await stage.broker.snapshot(ACCOUNT)
        await stage.broker.cancel_all(ACCOUNT)
        await until(lambda: Event.CANCEL in events(stage, "mine"))
        await until(lambda: Event.REFUSE_CANCEL in events(stage, "theirs"))
        assert events(stage, "second") == [Event.WORK]
        assert events(other, "theirs") == [Event.WORK]


async def test_an_account_that_is_none_of_the_login(traded: Traded) -> None:
    """Opening says so, without naming any."""
    broker = traded.broker(account="DU1")
    with pytest.raises(ConfigError, match="none of the 1 accounts"):
        await broker.open()


async def test_what_an_account_is_worth(traded: Traded) -> None:
    """As TWS told last; before it is open and after it is closed nothing is known."""
    broker = traded.broker()
    assert math.isnan(broker.figures(ACCOUNT).equity)
    async with staged(traded) as stage:
        await until(lambda: not math.isnan(stage.broker.figures(ACCOUNT).day_pnl))
        figures = stage.broker.figures(ACCOUNT)
        assert figures.equity == figures.cash == 1_000_000.0
        assert (figures.initial_margin, figures.currency) == (0.0, "USD")
        assert math.isnan(stage.broker.figures("DU9").equity)
        assert stage.broker.figures("DU9").currency == ""


async def test_without_the_servers_nothing_is_sent(stage: IbStage) -> None:
    """Neither an order nor a change nor a snapshot; a cancel is handed over all the same."""
    await stage.broker.place(stage.resting("vd-1"))
    await until(lambda: Event.WORK in events(stage, "vd-1"))
    stage.traded.begin("connection_lost")
    await until(lambda: any(isinstance(told, LineChanged) for told in stage.told))
    for asked in (
        stage.broker.place(stage.resting("vd-2")),
        stage.broker.modify(stage.resting("vd-1", 2)),
        stage.broker.snapshot(ACCOUNT),
        stage.broker.what_if(stage.resting("vd-3")),
    ):
        with pytest.raises(VenueUnavailable, match="1100"):
            await asked
    await stage.broker.cancel("vd-1")
    await until(lambda: Event.CANCEL in events(stage, "vd-1"))


async def test_orders_of_a_process_before(traded: Traded) -> None:
    """They are known by their tags as soon as it is open, and can be changed and cancelled."""
    async with staged(traded) as stage:
        await stage.broker.place(traded.resting("vd-1"))
        await stage.broker.place(traded.intent("vd-0"))
        await until(lambda: Event.WORK in events(stage, "vd-1") and filled(stage, "vd-0"))
    async with staged(traded) as stage:
        await stage.broker.modify(traded.resting("vd-1", 2))
        await until(lambda: Event.MODIFY in events(stage, "vd-1"))
        await stage.broker.cancel("vd-1")
        await until(lambda: Event.CANCEL in events(stage, "vd-1"))


async def test_a_line_that_breaks_between_two_requests(stage: IbStage) -> None:
    """What was begun over the line that broke is not sent over the next one."""
    placing = asyncio.create_task(stage.broker.place(stage.traded.intent("vd-1")), name="place")
    await asyncio.sleep(0)
    stage.traded.begin("tcp_reset")
    with pytest.raises(VenueUnavailable):
        await placing
    await until(
        lambda: [t.line for t in stage.told if isinstance(t, LineChanged)][-1:] == [Line.RESET]
    )
    assert (await stage.broker.snapshot(ACCOUNT)).orders == ()


async def test_servers_that_are_lost_for_a_moment(stage: IbStage) -> None:
    """By then the order counts as lost, so it is not sent any more."""
    placing = asyncio.create_task(stage.broker.place(stage.traded.intent("vd-1")), name="place")
    await asyncio.sleep(0)
    stage.traded.begin("connection_lost")
    stage.traded.begin("restored")
    with pytest.raises(VenueUnavailable, match="broke meanwhile"):
        await placing


async def test_what_others_did_before_it_was_opened(traded: Traded) -> None:
    """It is shown, and their ids are none of ours."""
    async with staged(traded, trading_client_id=9) as other:
        await other.broker.place(traded.resting("theirs"))
        await other.broker.place(traded.intent("traded"))
        await until(lambda: filled(other, "traded") == 1 and events(other, "theirs"))
        async with staged(traded, trading_client_id=0) as stage:
            shown = await stage.broker.snapshot(ACCOUNT)
            assert {one.client_order_id: one.event for one in shown.orders} == {
                "theirs": Event.WORK,
                "traded": Event.COMPLETE,
            }
            assert [fill.client_order_id for fill in shown.fills] == ["traded"]


async def test_a_child_before_its_parent(stage: IbStage) -> None:
    """None of them is sent."""
    parent = stage.resting("entry")
    child = replace(stage.resting("exit"), parent_id="entry")
    await stage.broker.place_all([child, parent])
    await until(lambda: events(stage, "entry"))
    assert events(stage, "entry") == events(stage, "exit") == [Event.REJECT]
    assert (await stage.broker.snapshot(ACCOUNT)).orders == ()


def test_it_is_named(traded: Traded) -> None:
    """As a journal and a page call it; paper until it is known to be otherwise."""
    broker = traded.broker()
    assert (broker.name, broker.is_paper, broker.accounts) == ("ib", True, ())
    assert SYMBOL in traded.key
