"""The paper venue: what fills, at what price, and what does not."""

from decimal import Decimal

import pytest
from orders import CALL, PUT
from paper_world import (
    CLOSE,
    NIFTY_CALL,
    START,
    STOCK,
    UNKNOWN,
    PaperFloor,
    a_mark,
    an_order,
    buy,
    sell,
)

from voldesk.model.lifecycle import Event
from voldesk.model.orders import Leg, OrderType, Side, Terms, TimeInForce
from voldesk.model.sessions import NS_PER_SECOND


def _money(*prices: str) -> list[Decimal]:
    return [Decimal(price) for price in prices]


def test_a_market_order_takes_the_opposite_quote() -> None:
    """A buyer pays the ask, a seller gets the bid, and both pay their commission."""
    floor = PaperFloor()
    floor.place(buy("b", 2), sell("s", 1))
    assert floor.traded("b") == [(2, Decimal("1.25"))]
    assert floor.traded("s") == [(1, Decimal("1.2"))]
    assert floor.told("b") == [Event.WORK]
    assert floor.event("b") is Event.COMPLETE
    assert floor.held() == 1
    cash = 1_000_000 - Decimal(250) + 120 - Decimal("1.30") - Decimal("1.00")
    assert floor.book.cash["USD"] == cash


def test_a_limit_order_waits_for_its_price_and_then_trades_at_it() -> None:
    """Who stood in the market is met at his own limit, however far the quote fell."""
    floor = PaperFloor()
    floor.place(buy("b", 1, limit_price="1.10"))
    assert not floor.fills("b")
    floor.quote(bid=0.95, ask=1.00)
    assert floor.traded("b") == [(1, Decimal("1.10"))]


def test_a_size_that_was_shown_is_taken_once() -> None:
    """What is left of an order waits for more than the same quote again."""
    floor = PaperFloor()
    floor.place(buy("b", 13))
    assert floor.traded("b") == [(10, Decimal("1.25"))]
    floor.quote()
    floor.wait(1)
    assert floor.book.live["b"].remaining == 3
    floor.quote(ask_size=12.0)
    assert [count for count, _ in floor.traded("b")] == [10, 2]
    floor.quote(ask=1.30, ask_size=10.0)
    assert [count for count, _ in floor.traded("b")] == [10, 2, 1]
    assert floor.event("b") is Event.COMPLETE


@pytest.mark.parametrize(
    "bad",
    [
        {"quote_age_secs": 5.01},
        {"quote_age_secs": UNKNOWN},
        {"ask": UNKNOWN},
        {"ask": 0.0},
        {"ask": float("inf")},
        {"bid": 1.30},
        {"ask_size": UNKNOWN},
        {"ask_size": 0.0},
        {"ask_size": float("inf")},
        {"is_session_open": False},
    ],
    ids=str,
)
def test_nothing_fills_on_a_bad_quote(bad: dict[str, float]) -> None:
    """Stale, missing, crossed, without size or after hours: the order waits for a good one."""
    floor = PaperFloor()
    floor.shown.change(CALL, **bad)
    floor.place(buy("b", 1, limit_price="1.50", time_in_force=TimeInForce.GTC))
    assert not floor.fills("b")
    floor.shown.show(a_mark())
    floor.wait(1)
    assert floor.traded("b") == [(1, Decimal("1.25"))]


def test_an_ask_without_a_bid_can_be_bought() -> None:
    """Nobody bids for a far option on its last day: that crosses nothing."""
    floor = PaperFloor(a_mark(bid=UNKNOWN, ask=0.05))
    floor.place(buy("b"))
    assert floor.traded("b") == [(1, Decimal("0.05"))]


def test_a_combination_fills_all_legs_at_its_net_price() -> None:
    """A vertical bought at 0.55: as many as its thinnest leg has, both legs at their quotes."""
    other = "us SPXW 20251017 000006710000000 C"
    floor = PaperFloor(a_mark(), a_mark(other, 0.70, 0.75, bid_size=3.0))
    legs = (Leg(CALL), Leg(other, -1))
    floor.place(an_order("c", Side.BUY, 5, legs, limit_price="0.50"))
    assert not floor.fills("c")
    floor.venue.modify(an_order("c", Side.BUY, 5, legs, limit_price="0.55"), floor.now)
    assert floor.traded("c") == [(3, Decimal("1.25")), (3, Decimal("0.7"))]
    assert (floor.held(), floor.held(other)) == (3, -3)
    floor.quote(other, bid_size=0.0)
    floor.quote(other, bid_size=9.0)
    assert (floor.held(), floor.held(other)) == (5, -5)
    assert floor.event("c") is Event.COMPLETE


def test_a_combination_may_be_sold_for_less_than_nothing() -> None:
    """A straddle of ratio two and its net price, as a seller."""
    floor = PaperFloor(a_mark(), a_mark(PUT, 2.0, 2.1))
    legs = (Leg(CALL, -2), Leg(PUT))
    floor.place(an_order("c", Side.SELL, 1, legs, limit_price="-0.50"))
    assert floor.traded("c") == [(2, Decimal("1.25")), (1, Decimal(2))]
    assert (floor.held(), floor.held(PUT)) == (2, -1)


def _later(secs: float) -> int:
    return START + round(secs * NS_PER_SECOND)


def test_a_stop_waits_here_and_says_so() -> None:
    """It is accepted, not working, until the price it would trade at reaches it."""
    floor = PaperFloor()
    floor.place(buy("b"), sell("s", 1, stop_price="1.00", order_type=OrderType.STOP))
    assert floor.event("s") is Event.ACCEPT
    assert "inactive while it does not run" in floor.reason("s")
    floor.quote(bid=1.05, ask=1.10)
    assert floor.event("s") is Event.ACCEPT
    floor.quote(bid=0.95, ask=1.00)
    assert floor.told("s") == [Event.ACCEPT, Event.WORK]
    assert floor.traded("s") == [(1, Decimal("0.95"))]


def test_a_stop_does_not_look_at_a_bad_quote() -> None:
    """A stale price sets nothing off."""
    floor = PaperFloor()
    floor.place(buy("b"), sell("s", 1, stop_price="1.00", order_type=OrderType.STOP))
    floor.quote(bid=0.50, ask=0.60, quote_age_secs=60.0)
    assert floor.event("s") is Event.ACCEPT


def test_a_stop_limit_becomes_a_limit() -> None:
    """Once set off it works at its limit, and stays set off."""
    floor = PaperFloor()
    terms = {"stop_price": "1.00", "limit_price": "0.95", "order_type": OrderType.STOP_LIMIT}
    floor.place(buy("b"), sell("s", 1, **terms))
    floor.quote(bid=0.80, ask=0.85)
    assert floor.event("s") is Event.WORK
    assert not floor.fills("s")
    floor.restart()
    floor.quote(bid=1.10, ask=1.15)
    assert floor.traded("s") == [(1, Decimal("0.95"))]


def test_a_trailing_stop_follows_and_survives_a_restart() -> None:
    """It moves with better prices only, is kept, and sells when the price falls back to it."""
    floor = PaperFloor()
    floor.place(buy("b"), sell("s", 1, trail_amount="0.20", order_type=OrderType.TRAIL))
    floor.quote(bid=1.60, ask=1.65)
    floor.quote(bid=1.50, ask=1.55)
    floor.restart()
    assert floor.book.live["s"].stop_price == Decimal("1.40")
    floor.quote(bid=1.40, ask=1.45)
    assert floor.traded("s") == [(1, Decimal("1.4"))]


def test_at_once_or_not_at_all() -> None:
    """IOC takes what there is and cancels the rest; FOK takes all or nothing."""
    floor = PaperFloor()
    floor.place(
        buy("f", 11, time_in_force=TimeInForce.FOK),
        buy("i", 12, time_in_force=TimeInForce.IOC),
        buy("n", 1, limit_price="1.20", time_in_force=TimeInForce.IOC),
    )
    assert (floor.event("f"), floor.fills("f")) == (Event.CANCEL, [])
    assert floor.reason("f") == "not to be had at once: 10 were shown"
    assert (floor.event("i"), floor.book.ended["i"].filled) == (Event.CANCEL, 10)
    assert floor.reason("n") == "not to be had at once: the market is 1.25"
    floor.quote(quote_age_secs=9.0)
    floor.place(buy("o", 1, time_in_force=TimeInForce.IOC))
    assert "9.0 s old" in floor.reason("o")


def test_orders_end_with_their_time() -> None:
    """DAY with the session, GTD at its instant, GTC with its contract."""
    floor = PaperFloor()
    floor.place(
        buy("d", 1, limit_price="1"),
        buy("g", 1, limit_price="1", good_till=_later(60)),
        buy("c", 1, limit_price="1", time_in_force=TimeInForce.GTC),
    )
    floor.wait(59)
    assert floor.event("g") is Event.WORK
    floor.wait(1)
    assert (floor.event("g"), floor.reason("g")) == (Event.EXPIRE, "its time is over")
    floor.now = CLOSE
    floor.quote(is_session_open=False)
    assert (floor.event("d"), floor.reason("d")) == (Event.EXPIRE, "the session is over")
    assert floor.event("c") is Event.WORK
    floor.wait(24 * 3600)
    assert floor.event("c") is Event.EXPIRE
    assert "has settled" in floor.reason("c")


def test_an_order_of_yesterday_ends_where_no_session_is_seen_to() -> None:
    """A process that was down over the close finds its DAY orders over."""
    floor = PaperFloor()
    floor.place(buy("d", 1, limit_price="1"))
    floor.restart()
    floor.wait(17 * 3600)
    assert floor.event("d") is Event.EXPIRE


def test_orders_on_close_trade_in_the_last_seconds() -> None:
    """Ten seconds before the calendar's close, at the quote; what is not met then ends."""
    floor = PaperFloor()
    floor.place(
        buy("m", 1, order_type=OrderType.MARKET_ON_CLOSE),
        buy("l", 1, limit_price="1", order_type=OrderType.LIMIT_ON_CLOSE),
    )
    assert floor.event("m") is Event.ACCEPT
    floor.at(CLOSE - 11 * NS_PER_SECOND)
    assert not floor.fills("m")
    floor.at(CLOSE - 10 * NS_PER_SECOND)
    assert floor.traded("m") == [(1, Decimal("1.25"))]
    floor.at(CLOSE)
    assert floor.event("l") is Event.EXPIRE


def test_a_bracket_protects_what_its_parent_opened() -> None:
    """Children wait for the parent; the target's part fill leaves a stop for the rest."""
    floor = PaperFloor()
    floor.place(
        buy("p", 3, limit_price="1.20"),
        sell("t", 3, limit_price="1.50", parent_id="p"),
        sell("s", 3, stop_price="0.90", order_type=OrderType.STOP, parent_id="p"),
    )
    assert (floor.event("t"), floor.event("s")) == (Event.ACCEPT, Event.ACCEPT)
    floor.quote(bid=1.15, ask=1.20)
    assert floor.event("p") is Event.COMPLETE
    assert (floor.event("t"), floor.event("s")) == (Event.WORK, Event.ACCEPT)
    floor.quote(bid=1.50, ask=1.55, bid_size=2.0)
    assert floor.traded("t") == [(2, Decimal("1.50"))]
    assert floor.book.live["s"].intent.terms.quantity == 1
    floor.quote(bid=0.85, ask=0.90)
    assert floor.traded("s") == [(1, Decimal("0.85"))]
    assert floor.event("t") is Event.CANCEL
    assert floor.held() == 0


def test_children_end_with_an_unfilled_parent_and_shrink_with_a_partly_filled_one() -> None:
    """Nothing protects a position that never was."""
    floor = PaperFloor()
    floor.place(
        buy("p", 2, limit_price="1.00"),
        sell("s", 2, stop_price="0.50", order_type=OrderType.STOP, parent_id="p"),
        buy("q", 12, limit_price="1.25"),
        sell("u", 12, limit_price="2.00", parent_id="q"),
    )
    floor.venue.cancel("p", floor.now)
    assert floor.event("s") is Event.CANCEL
    floor.venue.cancel("q", floor.now)
    assert floor.event("u") is Event.WORK
    assert floor.book.live["u"].intent.terms.quantity == 10
    floor.place(sell("v", 2, limit_price="2.00", parent_id="p"))
    assert "ended unfilled" in floor.reason("v")


def test_the_first_of_a_group_cancels_the_others() -> None:
    """Even by a part of itself; who comes later is refused."""
    floor = PaperFloor()
    floor.place(
        buy("a", 12, limit_price="1.20", oca_group="g"),
        buy("b", 1, key=PUT, limit_price="1.00", oca_group="g"),
    )
    floor.quote(bid=1.15, ask=1.20)
    assert (floor.event("a"), floor.event("b")) == (Event.FILL, Event.CANCEL)
    floor.place(buy("c", 1, oca_group="g"))
    assert "has filled already" in floor.reason("c")


def test_a_family_that_is_also_a_group_ends_once() -> None:
    """The child of an order of the group goes with its parent, and is not cancelled again."""
    floor = PaperFloor()
    floor.place(
        buy("p", 1, limit_price="1.00", oca_group="g"),
        sell("c", 1, limit_price="2.00", parent_id="p", oca_group="g"),
        buy("o", 1, key=PUT, oca_group="g"),
    )
    assert floor.told("c") == [Event.ACCEPT, Event.CANCEL]
    assert floor.told("p") == [Event.WORK, Event.CANCEL]


def test_terms_change_while_an_order_works() -> None:
    """New terms count at once; what cannot be is refused in words, and the old ones stand."""
    floor = PaperFloor()
    floor.place(buy("b", 12, limit_price="1.25"))
    change = floor.venue.modify
    change(buy("b", 10, limit_price="1.25"), floor.now)
    change(buy("b", 13, limit_price="1.26"), floor.now)
    change(buy("b", 13), floor.now)
    change(buy("b", 999_999, limit_price="1.25"), floor.now)
    assert floor.told("b") == [Event.WORK, *[Event.REFUSE_MODIFY] * 4]
    assert floor.book.live["b"].intent.terms == Terms(quantity=12, limit_price=Decimal("1.25"))
    change(buy("b", 11, limit_price="1.30"), floor.now)
    floor.quote(bid=1.25, ask=1.30)
    assert floor.event("b") is Event.COMPLETE
    change(buy("b", 99, limit_price="1.30"), floor.now)
    change(buy("x", 99, limit_price="1.30"), floor.now)
    floor.venue.cancel("b", floor.now)
    assert floor.told("b")[-2:] == [Event.REFUSE_MODIFY, Event.REFUSE_CANCEL]
    assert floor.told("x") == [Event.REFUSE_MODIFY]


def test_everything_is_cancelled() -> None:
    """Children first, so that no parent's end sets one free."""
    floor = PaperFloor()
    floor.place(
        buy("p", 12, limit_price="1.25"),
        sell("c", 12, limit_price="1.30", parent_id="p"),
        buy("b", 1, limit_price="1.00"),
    )
    floor.venue.cancel_all(floor.now)
    assert {floor.event(tag) for tag in "pcb"} == {Event.CANCEL}
    assert Event.WORK not in floor.told("c")


def test_the_same_tag_is_placed_once() -> None:
    """An order that arrives twice is one order."""
    floor = PaperFloor()
    floor.place(buy("b"), buy("b"))
    assert len(floor.fills("b")) == 1


def test_an_indian_order_pays_its_brokerage_once() -> None:
    """One lot is 65; the second fill pays the levies alone."""
    floor = PaperFloor(
        a_mark(NIFTY_CALL, 100.0, 100.05, ask_size=1.0), now=START - 8 * 3600 * 10**9
    )
    floor.place(buy("n", 2, NIFTY_CALL))
    floor.restart()
    floor.quote(NIFTY_CALL, ask=100.10)
    first, second = (fill.commission for fill in floor.fills("n"))
    assert first is not None
    assert second is not None
    assert first > Decimal("23.6")
    assert second < 4


def test_an_order_can_wait_for_the_session() -> None:
    """Good till cancelled and after hours: accepted, and working once the market opens."""
    floor = PaperFloor(a_mark(is_session_open=False))
    floor.place(buy("b", 1, time_in_force=TimeInForce.GTC))
    assert (floor.event("b"), floor.reason("b")) == (Event.ACCEPT, "waits for the session")
    floor.quote(is_session_open=True)
    assert floor.event("b") is Event.COMPLETE


def test_a_contract_that_is_not_shown_does_not_fill() -> None:
    """Its chain is gone: the order stays, or ends if it could not wait."""
    floor = PaperFloor()
    floor.place(buy("b", 1, limit_price="1.00"))
    gone = floor.shown.marks.pop(CALL)
    floor.wait(1)
    assert floor.event("b") is Event.WORK
    floor.shown.show(gone)


def test_what_an_order_would_bind_is_told() -> None:
    """A call sold alone binds Regulation T's share of the index; one bought, nothing."""
    floor = PaperFloor()
    sold = floor.venue.what_if(sell("s", 1, limit_price="1.20"), floor.now)
    assert sold is not None
    assert sold.initial_after == Decimal("134122.50")  # 20 % of 6700 and the mark
    assert sold.equity_after == 1_000_000 + 120 - 1
    bought = floor.venue.what_if(buy("b"), floor.now)
    assert bought is not None
    assert bought.initial_after == 0
    assert bought.commission == 1
    assert floor.venue.what_if(buy("x", 1, STOCK), floor.now) is None


def test_a_snapshot_tells_everything() -> None:
    """Orders that work and that ended, executions with their cost, positions with their price."""
    floor = PaperFloor()
    floor.place(buy("b", 2), buy("w", 1, limit_price="1.00"))
    seen = floor.venue.snapshot(floor.now)
    assert [(one.client_order_id, one.event, one.filled) for one in seen.orders] == [
        ("b", Event.COMPLETE, 2),
        ("w", Event.WORK, 0),
    ]
    assert [(fill.quantity, fill.commission) for fill in seen.fills] == [(2, Decimal("1.30"))]
    assert [(one.key, one.quantity, one.average_price) for one in seen.positions] == [
        (CALL, 2, Decimal("1.25"))
    ]
