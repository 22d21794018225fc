"""Surroundings: what is held and works counts once, and what is not known is not made up."""

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hand_desk import CALL, HIGH_CALL, LATER_CALL, OTHER, PUT, STOCK, HandMarks, a_mark
from orders import a_fill, an_intent

from voldesk.model.clock import ManualClock
from voldesk.model.enums import Market
from voldesk.model.errors import OrderDenied
from voldesk.model.events import Adopted, Counted, Decided, Entry, Filled, Happened
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent, Leg, Side, Terms
from voldesk.model.sessions import NS_PER_DAY, NS_PER_SECOND
from voldesk.trading.day import DayMoney
from voldesk.trading.ledger import Ledger
from voldesk.trading.limits import GateState
from voldesk.trading.portfolio import PortfolioSettings
from voldesk.trading.surroundings import MarketSurroundings
from voldesk.trading.throttle import Throttle
from voldesk.trading.views import DeskView

NOW = 1_768_593_600_000_000_000  # 15:00 in New York, an hour before the first contracts settle


class Standing:
    """What of a desk is looked at."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.throttle = ledger, Throttle()
        self.state, self.is_reconciled = GateState.ACTIVE, True


def an_order(tag: str, key: str = CALL, quantity: int = 3, **changes: Any) -> Intent:
    """Return an order for a contract of the hand-made market, made a second ago."""
    facts = {"legs": (Leg(key),), "underlying": "AMZN", "made_at": NOW - NS_PER_SECOND}
    return an_intent(tag, quantity, **facts | changes)


def works(tag: str, key: str = CALL, quantity: int = 3, **changes: Any) -> Decided:
    """Return the entry of an order let through."""
    return Decided(intent=an_order(tag, key, quantity, **changes), reason="", checks=(), at=NOW)


async def view(
    intent: Intent,
    *entries: Entry,
    equity: float = 1000.0,
    marks: HandMarks | None = None,
    now: int = NOW,
) -> DeskView:
    """Return what the gate is shown after entries."""
    clock = ManualClock(now)
    shown = marks or HandMarks(*(a_mark(key) for key in (CALL, PUT, HIGH_CALL, LATER_CALL, OTHER)))
    around = MarketSurroundings(
        shown, PortfolioSettings(), DayMoney(lambda: equity, clock, Market.US), clock
    )
    desk: Any = Standing(Ledger.of(entries))
    return around.view(intent, desk)


async def test_a_quiet_account() -> None:
    """Nothing held, nothing working: the contract as its mark shows it, and zeros."""
    found = await view(an_order("vd-1"))
    one = found.contracts[CALL]
    assert (one.bid, one.ask, one.tick_size, one.quote_age_secs) == (1.2, 1.25, 0.01, 0.4)
    assert (one.position, one.buying, one.selling) == (0, 0, 0)
    assert one.secs_to_settle == 3_600
    assert one.exposure.delta == pytest.approx(100 * 0.45 * 198)
    assert one.exposure.gamma == pytest.approx(100 * 0.02 * 198**2 / 100)
    assert (found.underlying_contracts, found.book.vega, found.trades_today) == (0, 0, 0)
    assert (found.secs_since_same, found.day_pnl, found.equity_peak) == (math.inf, 0, 1000)
    assert found.margin_after is None
    assert found.is_session_open


async def test_held_and_working_contracts_add_up() -> None:
    """Long and short count alike, per underlying and expiry; Greeks are netted."""
    found = await view(
        an_order("vd-9"),
        Counted(base={CALL: 2, PUT: -1, LATER_CALL: 1, OTHER: 7}, at=1),
        works("vd-1", HIGH_CALL, 4),
    )
    assert found.underlying_contracts == 8
    assert sorted(found.expiry_contracts.values()) == [1, 7]
    assert found.underlying.vega == pytest.approx(30 * (2 - 1 + 1 + 4))
    assert found.book.vega == pytest.approx(30 * (6 + 7))
    assert found.open_orders == 1


async def test_what_only_reduces_is_no_relief() -> None:
    """A resting exit takes nothing off the risk, and is counted as selling all the same."""
    exit_order = works("vd-1", side=Side.SELL)
    found = await view(an_order("vd-9"), Counted(base={CALL: 3}, at=1), exit_order)
    assert found.underlying.vega == pytest.approx(90)
    assert found.underlying_contracts == 3
    assert found.contracts[CALL].selling == 3
    assert found.trades_today == 0


async def test_of_a_group_one_counts() -> None:
    """Stop and target of one position sell it once, seen from outside and from within."""
    held = Counted(base={CALL: 3}, at=1)
    stop = works("vd-1", side=Side.SELL, oca_group="g")
    target = an_order("vd-2", side=Side.SELL, oca_group="g")
    inside = await view(target, held, stop)
    assert inside.contracts[CALL].selling == 0
    both = Decided(intent=target, reason="", checks=(), at=1)
    outside = await view(an_order("vd-9", side=Side.SELL), held, stop, both)
    assert outside.contracts[CALL].selling == 3


async def test_a_child_closes_what_its_parent_opens() -> None:
    """Before the parent has filled the child counts as holding it, and adds no risk itself."""
    parent = works("vd-1")
    child = an_order("vd-2", side=Side.SELL, parent_id="vd-1")
    found = await view(child, parent)
    assert (found.contracts[CALL].position, found.contracts[CALL].selling) == (3, 0)
    placed = Decided(intent=child, reason="", checks=(), at=1)
    beside = await view(an_order("vd-9"), parent, placed)
    assert beside.underlying_contracts == 3
    assert beside.trades_today == 1


async def test_an_order_is_not_its_own_neighbour() -> None:
    """Judged anew for a change, it does not count beside itself."""
    found = await view(an_order("vd-1"), works("vd-1"))
    assert (found.open_orders, found.trades_today, found.underlying_contracts) == (0, 0, 0)
    assert (found.contracts[CALL].buying, found.secs_since_same) == (0, math.inf)


async def test_a_second_click_is_seen() -> None:
    """The same legs, side and terms a second ago are the same order, denied ones are not."""
    assert (await view(an_order("vd-2"), works("vd-1"))).secs_since_same == 1.0
    other = an_order("vd-2", terms=Terms(quantity=3, limit_price=Decimal(9)))
    assert (await view(other, works("vd-1"))).secs_since_same == math.inf
    denied = replace(works("vd-1"), reason="no")
    assert (await view(an_order("vd-2"), denied)).secs_since_same == math.inf


async def test_strangers_orders_are_risk() -> None:
    """What others placed at the venue counts, and not among ours."""
    theirs = Adopted(intent=an_order("ext-1"), venue_order_id="9", at=1)
    found = await view(an_order("vd-1"), theirs)
    assert (found.underlying_contracts, found.open_orders) == (3, 0)
    assert found.contracts[CALL].buying == 3


async def test_trades_are_of_the_exchange_s_day() -> None:
    """Openers of today count, of yesterday and closers do not; one that may open does."""
    entries: list[Entry] = []
    for tag, side, at in (
        ("vd-1", Side.BUY, NOW - NS_PER_DAY),
        ("vd-2", Side.BUY, NOW - 3),
        ("vd-3", Side.SELL, NOW - 2),
    ):
        entries.append(works(tag, side=side))
        fill = a_fill(f"x{tag}", tag, 3, key=CALL, side=side, ts_event=at)
        entries.append(Filled(fill=fill, at=at))
    found = await view(an_order("vd-9"), *entries, works("vd-4"))
    assert found.trades_today == 2


async def test_what_is_not_known_is_not_made_up() -> None:
    """A held contract without a mark makes the Greeks unknown; an ordered one is refused."""
    held = Counted(base={"us AMZN 20260116 000000999000000 C": 1}, at=1)
    found = await view(an_order("vd-1"), held, equity=math.nan)
    assert math.isnan(found.underlying.delta)
    assert math.isnan(found.day_pnl)
    with pytest.raises(OrderDenied, match="no chain shows"):
        await view(an_order("vd-1", "us AMZN 20260116 000000999000000 C"))


async def test_when_a_contract_settles() -> None:
    """An underlying never does; an option that does not say is unknown."""
    marks = HandMarks(a_mark(STOCK), a_mark(CALL, settles_at=None))
    stock = await view(an_order("vd-1", STOCK), marks=marks)
    assert stock.contracts[STOCK].secs_to_settle == math.inf
    option = await view(an_order("vd-1"), marks=marks)
    assert math.isnan(option.contracts[CALL].secs_to_settle)


async def test_a_cancelled_order_is_over() -> None:
    """What can no longer fill is not there."""
    cancelled = Happened(client_order_id="vd-1", event=Event.CANCEL, at=2)
    found = await view(an_order("vd-2"), works("vd-1"), cancelled)
    assert (found.open_orders, found.underlying_contracts) == (0, 0)
