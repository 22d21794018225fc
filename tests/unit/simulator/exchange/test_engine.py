"""Orders of every type live as their type says."""

from decimal import Decimal
from typing import Any

import pytest
from trading_floor import (
    CALL,
    CLOSE,
    COIN,
    EXPIRY,
    FAR_CALL,
    SPREAD,
    START,
    STOCK,
    Floor,
    utc,
)

from voldesk.model.orders import TimeInForce
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.exchange.events import OrderChanged
from voldesk.simulator.exchange.orders import (
    HeldFor,
    Liquidity,
    OrderStatus,
    OrderType,
    Reason,
    TriggerMethod,
)
from voldesk.simulator.exchange.scenario import Delay, Rules, Scenario

SATURDAY = utc("2026-11-21T15:00")
EVENING = utc("2026-11-18T22:00")
NEXT_OPEN = utc("2026-11-19T14:30")
HOURS = Rules(is_always_open=False)


def test_a_limit_order_rests_and_fills_at_its_own_price() -> None:
    """Once it rested, others come to its limit: it adds liquidity and pays no less."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1, limit_price=5.0)
    assert floor.order(number).status is OrderStatus.WORKING
    floor.quote(CALL, 4.8, 4.9)
    (fill,) = floor.fills(number)
    assert fill.price == Decimal("5.0")
    assert fill.liquidity is Liquidity.ADDED


def test_a_marketable_limit_takes_the_touch() -> None:
    """A limit above the ask pays the ask, also with what is left for the next quote."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=1)
    number = floor.buy(2, limit_price=6.0)
    floor.quote(CALL, 5.0, 5.2, size=1)
    assert [fill.price for fill in floor.fills(number)] == [Decimal("5.1"), Decimal("5.2")]
    assert {fill.liquidity for fill in floor.fills(number)} == {Liquidity.REMOVED}


def test_a_stop_waits_for_the_price_it_would_trade_at() -> None:
    """A protective stop of an option triggers by the bid, then sells at the market."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.sell(1, order_type=OrderType.STOP, stop_price=4.5)
    assert floor.order(number).held_for is HeldFor.TRIGGER
    floor.quote(CALL, 4.6, 4.7)
    assert floor.order(number).held_for is HeldFor.TRIGGER
    floor.quote(CALL, 4.5, 4.6)
    assert floor.told(number) == [OrderStatus.HELD, OrderStatus.WORKING, OrderStatus.FILLED]
    assert floor.order(number).average_price == Decimal("4.5")


def test_a_stop_limit_never_sells_below_its_limit() -> None:
    """Triggered below its limit it rests."""
    floor = Floor()
    number = floor.sell(1, order_type=OrderType.STOP_LIMIT, stop_price=4.5, limit_price=4.4)
    floor.quote(CALL, 4.0, 4.1)
    assert floor.order(number).status is OrderStatus.WORKING
    floor.quote(CALL, 4.4, 4.5)
    assert floor.order(number).average_price == Decimal("4.4")


def test_stops_of_stocks_look_at_the_last_price() -> None:
    """The default for a stock is the last trade; the request may name another price."""
    floor = Floor()
    floor.quote(STOCK, 229, 231, last=230)
    by_last = floor.sell(1, key=STOCK, order_type=OrderType.STOP, stop_price=229.5)
    by_mid = floor.sell(
        1,
        key=STOCK,
        order_type=OrderType.STOP,
        stop_price=229.5,
        trigger_method=TriggerMethod.MID,
    )
    floor.quote(STOCK, 228.5, 229.5, last=230)
    assert floor.order(by_last).held_for is HeldFor.TRIGGER
    assert floor.order(by_mid).status is OrderStatus.FILLED
    floor.quote(STOCK, 228.5, 229.5, last=229.5)
    assert floor.order(by_last).status is OrderStatus.FILLED


def test_a_trailing_stop_follows_the_market_one_way() -> None:
    """Its stop rises with the bid, stays when the bid falls, and triggers there."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.sell(1, order_type=OrderType.TRAIL, trail_amount=0.5)
    told = [event.order.stop_price for event in floor.events if isinstance(event, OrderChanged)]
    assert told == [None, Decimal("4.5")]
    floor.quote(CALL, 6.0, 6.1)
    assert floor.order(number).stop_price == Decimal("5.5")
    floor.quote(CALL, 5.6, 5.7)
    assert floor.order(number).stop_price == Decimal("5.5")
    floor.quote(CALL, 5.4, 5.5)
    assert floor.order(number).average_price == Decimal("5.4")


def test_a_trailing_limit_keeps_its_distance_from_the_stop() -> None:
    """A percentage trails too; triggered it becomes a limit at the stop less the offset."""
    floor = Floor()
    floor.quote(CALL, 10.0, 10.1)
    number = floor.sell(1, order_type=OrderType.TRAIL_LIMIT, trail_percent=10, limit_offset=0.2)
    assert floor.order(number).stop_price == 9
    floor.quote(CALL, 8.5, 8.6)
    order = floor.order(number)
    assert order.status is OrderStatus.WORKING
    assert order.limit_price == Decimal("8.8")


@pytest.mark.parametrize(
    ("kind", "limit", "price"),
    [(OrderType.MARKET_IF_TOUCHED, None, "4.6"), (OrderType.LIMIT_IF_TOUCHED, 4.8, "4.6")],
)
def test_if_touched_orders_wait_for_a_better_price(
    kind: OrderType, limit: float | None, price: str
) -> None:
    """A buyer's triggers when the ask falls to it."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1, order_type=kind, stop_price=4.7, limit_price=limit)
    assert floor.order(number).held_for is HeldFor.TRIGGER
    floor.quote(CALL, 4.5, 4.6)
    assert floor.order(number).average_price == Decimal(price)


def test_market_to_limit_rests_at_the_price_it_paid() -> None:
    """What is not filled at once waits at the price of the first fill."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=1)
    number = floor.buy(2, order_type=OrderType.MARKET_TO_LIMIT)
    assert floor.order(number).limit_price == Decimal("5.1")
    floor.quote(CALL, 5.1, 5.2)
    assert floor.order(number).filled == 1
    floor.quote(CALL, 5.0, 5.1)
    assert floor.order(number).status is OrderStatus.FILLED


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        (OrderType.RELATIVE, "5.05"),
        (OrderType.PEGGED_TO_MID, "5.1"),
        (OrderType.PEGGED_TO_MARKET, "5.2"),
    ],
)
def test_pegged_orders_get_their_limit_at_arrival(kind: OrderType, limit: str) -> None:
    """Own touch plus offset, mid, opposite touch."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.2)
    number = floor.buy(1, order_type=kind, offset=Decimal("0.05"))
    assert floor.order(number).limit_price == Decimal(limit)


def test_immediate_orders_do_not_rest() -> None:
    """IOC keeps what filled at once; FOK fills whole or not at all."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=3)
    partly = floor.buy(5, limit_price=5.1, time_in_force=TimeInForce.IOC)
    order = floor.order(partly)
    assert order.status is OrderStatus.CANCELLED
    assert order.filled == 3
    floor.quote(CALL, 5.0, 5.1, size=3)
    nothing = floor.buy(5, limit_price=5.1, time_in_force=TimeInForce.FOK)
    whole = floor.buy(3, limit_price=5.1, time_in_force=TimeInForce.FOK)
    assert floor.order(nothing).filled == 0
    assert floor.order(whole).status is OrderStatus.FILLED


def test_all_or_none_waits_for_the_size() -> None:
    """It fills whole when enough is shown, and not before."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=3)
    number = floor.buy(5, limit_price=5.1, all_or_none=True)
    assert floor.order(number).filled == 0
    floor.quote(CALL, 5.0, 5.1, size=5)
    assert floor.order(number).status is OrderStatus.FILLED


def test_a_minimum_counts_for_the_first_fill() -> None:
    """Too little shown fills nothing at first; later fills may be small."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=1)
    number = floor.buy(3, limit_price=5.1, min_quantity=Decimal(2))
    assert floor.order(number).filled == 0
    floor.quote(CALL, 5.0, 5.1, size=2)
    floor.quote(CALL, 5.0, 5.1, size=1)
    assert [fill.quantity for fill in floor.fills(number)] == [2, 1]


def test_an_iceberg_shows_its_tip() -> None:
    """While it rests one quote fills no more than what it displays."""
    floor = Floor()
    number = floor.buy(5, limit_price=5.0, display_size=Decimal(2), is_hidden=True)
    for _ in range(3):
        floor.quote(CALL, 4.9, 5.0, size=10)
    assert [fill.quantity for fill in floor.fills(number)] == [2, 2, 1]


def test_an_algo_takes_its_time() -> None:
    """It is held, then works as what it is."""
    wait = Delay(least_ns=2 * NS_PER_SECOND, most_ns=2 * NS_PER_SECOND)
    floor = Floor(Scenario(algo_delay=wait, stale_after_secs=None))
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(1, algo="Adaptive")
    assert floor.order(number).held_for is HeldFor.ALGO
    floor.wait(2)
    assert floor.order(number).status is OrderStatus.FILLED


def test_good_after_and_good_till() -> None:
    """Before the one it is held, at the other it expires."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.buy(
        1,
        limit_price=4,
        time_in_force=TimeInForce.GTD,
        good_after=START + NS_PER_SECOND,
        good_till=START + 5 * NS_PER_SECOND,
    )
    assert floor.order(number).held_for is HeldFor.GOOD_AFTER
    floor.wait(1)
    assert floor.order(number).status is OrderStatus.WORKING
    floor.wait(4)
    assert floor.order(number).status is OrderStatus.EXPIRED


def test_day_orders_end_with_the_session_and_others_do_not() -> None:
    """At the close a day order expires; one good till cancelled goes on."""
    floor = Floor()
    day = floor.buy(1, limit_price=4)
    gtc = floor.buy(1, limit_price=4, time_in_force=TimeInForce.GTC)
    floor.exchange.advance(CLOSE - 1)
    assert floor.order(day).status is OrderStatus.WORKING
    floor.exchange.advance(CLOSE)
    assert floor.order(day).status is OrderStatus.EXPIRED
    assert floor.order(gtc).status is OrderStatus.WORKING


def test_a_closed_market_holds_orders_until_it_opens() -> None:
    """What comes in the evening waits, unless it asked to work outside hours."""
    floor = Floor(rules=HOURS, start=EVENING)
    floor.quote(CALL, 5.0, 5.1)
    assert not floor.exchange.is_open(CALL)
    waits = floor.buy(1)
    works = floor.buy(1, outside_hours=True)
    assert floor.order(waits).held_for is HeldFor.SESSION
    assert floor.order(works).status is OrderStatus.FILLED
    floor.exchange.advance(NEXT_OPEN)
    assert floor.exchange.is_open(CALL)
    assert floor.order(waits).status is OrderStatus.FILLED


def test_a_closed_market_may_refuse_orders() -> None:
    """Where nothing is held over night, orders are rejected as out of session."""
    rules = Rules(is_always_open=False, holds_when_closed=False)
    floor = Floor(rules=rules, start=SATURDAY)
    rejection = floor.order(floor.buy(1, key=STOCK, limit_price=4)).rejection
    assert rejection is not None
    assert rejection.reason is Reason.SESSION_CLOSED


def test_a_resting_order_is_held_when_the_session_ends() -> None:
    """It works again the next day."""
    floor = Floor(rules=HOURS)
    number = floor.buy(1, limit_price=4, time_in_force=TimeInForce.GTC)
    floor.exchange.advance(CLOSE)
    assert floor.order(number).held_for is HeldFor.SESSION
    floor.exchange.advance(NEXT_OPEN)
    assert floor.order(number).status is OrderStatus.WORKING


@pytest.mark.parametrize("rules", [HOURS, Rules()])
def test_orders_on_close_trade_at_the_close(rules: Rules) -> None:
    """Market and limit on close fill whole at the last quote of the day, or expire."""
    floor = Floor(rules=rules)
    floor.quote(CALL, 5.0, 5.1, size=1)
    market = floor.buy(4, order_type=OrderType.MARKET_ON_CLOSE)
    limit = floor.buy(4, order_type=OrderType.LIMIT_ON_CLOSE, limit_price=5)
    assert floor.order(market).held_for is HeldFor.CLOSING
    floor.exchange.advance(CLOSE)
    assert floor.order(market).status is OrderStatus.FILLED
    assert floor.order(market).average_price == Decimal("5.1")
    assert floor.order(limit).status is OrderStatus.EXPIRED


def test_an_order_on_close_can_become_another() -> None:
    """Modified to a limit order it works at once, and rests when the size shown is used up."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1, size=1)
    number = floor.buy(4, order_type=OrderType.MARKET_ON_CLOSE)
    floor.change(number, order_type=OrderType.LIMIT, limit_price=Decimal("5.1"))
    assert floor.order(number).filled == 1
    opening = floor.buy(4, limit_price=5.1, time_in_force=TimeInForce.OPG)
    floor.quote(CALL, 5.0, 5.1, size=9)
    floor.change(opening, time_in_force=TimeInForce.DAY)
    assert floor.order(opening).status is OrderStatus.FILLED


def test_orders_for_the_opening_have_a_minute() -> None:
    """They are held until the next opening, and expire a minute later."""
    floor = Floor(rules=HOURS)
    floor.quote(CALL, 5.0, 5.1)
    filled = floor.buy(1, time_in_force=TimeInForce.OPG)
    never = floor.buy(1, limit_price=4, time_in_force=TimeInForce.OPG)
    assert floor.order(filled).held_for is HeldFor.OPENING
    floor.exchange.advance(NEXT_OPEN)
    assert floor.order(filled).status is OrderStatus.FILLED
    floor.wait(60)
    assert floor.order(never).status is OrderStatus.EXPIRED


def test_a_combo_is_taken_at_its_net_price() -> None:
    """It fills when the legs' touches sum to its limit or better, at that sum."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.2)
    floor.quote(FAR_CALL, 2.0, 2.1, size=4)
    number = floor.buy(6, key=SPREAD, limit_price=3.1)
    assert floor.order(number).filled == 0
    floor.quote(CALL, 4.9, 5.0)
    order = floor.order(number)
    assert order.filled == 4
    assert order.average_price == Decimal("3.0")
    credit = floor.sell(1, key=SPREAD, limit_price=-1)
    assert floor.order(credit).average_price == Decimal("2.8")


@pytest.mark.parametrize(
    ("change", "stop", "is_triggered"),
    [
        ({"quantity": Decimal(2)}, "4.5", False),
        ({"trail_amount": Decimal(1)}, "4.5", False),
        ({"stop_price": Decimal(6)}, "6", True),
    ],
)
def test_a_modified_trailing_stop_keeps_its_trail_unless_the_stop_changes(
    change: dict[str, Any], stop: str, *, is_triggered: bool
) -> None:
    """A new quantity does not reset the stop; a new stop price does."""
    floor = Floor()
    floor.quote(CALL, 5.0, 5.1)
    number = floor.sell(1, order_type=OrderType.TRAIL, trail_amount=0.5)
    floor.change(number, **change)
    order = floor.order(number)
    assert order.stop_price == Decimal(stop)
    assert (order.status is OrderStatus.FILLED) is is_triggered


def test_an_order_on_its_way_ends_with_its_contract() -> None:
    """What was sent in time and would come too late expires at the settlement."""
    minute = Delay(least_ns=60 * NS_PER_SECOND, most_ns=60 * NS_PER_SECOND)
    floor = Floor(Scenario(order_delay=minute, stale_after_secs=None), start=EXPIRY - 1)
    number = floor.buy(1, limit_price=4)
    floor.wait(60)
    assert floor.told(number) == [OrderStatus.EXPIRED]


def test_sessions_of_one_market_leave_another_alone() -> None:
    """A coin trades while New York is closed."""
    floor = Floor(rules=HOURS)
    floor.quote(COIN, 95_000, 95_001)
    stock = floor.buy(1, key=STOCK, limit_price=4, time_in_force=TimeInForce.GTC)
    coin = floor.buy(1, key=COIN, limit_price=90_000, time_in_force=TimeInForce.GTC)
    floor.exchange.advance(CLOSE)
    assert floor.order(stock).held_for is HeldFor.SESSION
    assert floor.order(coin).status is OrderStatus.WORKING
