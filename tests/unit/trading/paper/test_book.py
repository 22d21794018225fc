"""The account as the fold of its records."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from orders import CALL
from paper_strategies import Step, a_floor, steps, take
from paper_world import PaperFloor, buy, sell

from voldesk.model.lifecycle import Event
from voldesk.model.orders import OrderType
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.records import Executed


@given(steps)
@settings(max_examples=100)
def test_money_and_positions_are_the_sum_of_what_was_traded(found: list[Step]) -> None:
    """Nothing comes from nowhere: every contract and every cent is in a fill."""
    floor = a_floor()
    for number, step in enumerate(found):
        take(floor, number, step)
    cash, held = Decimal(1_000_000), defaultdict[str, int](int)
    for record in floor.records:
        for line in record.lines if isinstance(record, Executed) else ():
            fill = line.fill
            signed = fill.side.sign * fill.quantity
            held[fill.key] += signed
            cash -= signed * fill.price * line.contract.multiplier + (fill.commission or 0)
    book = floor.book
    assert book.cash["USD"] == cash
    assert {key: one.quantity for key, one in book.holdings.items()} == {
        key: count for key, count in held.items() if count
    }
    cost = sum(one.paid * one.contract.multiplier + one.fees for one in book.holdings.values())
    assert abs(cash + cost - 1_000_000 - book.realised.get("USD", 0)) < Decimal("1e-12")


@given(steps)
@settings(max_examples=100)
def test_a_restart_changes_nothing(found: list[Step]) -> None:
    """The book read back is the book that was, order by order."""
    floor = a_floor()
    for number, step in enumerate(found):
        take(floor, number, step)
    before, shown = floor.book, floor.venue.snapshot(floor.now)
    stops = {tag: (one.stop_price, one.is_triggered) for tag, one in before.live.items()}
    floor.restart()
    after = floor.book
    assert floor.venue.snapshot(floor.now) == shown
    assert {tag: (one.stop_price, one.is_triggered) for tag, one in after.live.items()} == stops
    assert (after.cash, after.realised, after.count) == (
        before.cash,
        before.realised,
        before.count,
    )
    assert after.next_execution_ids(1) == before.next_execution_ids(1)
    assert after.next_order_id() == before.next_order_id()


def test_only_the_latest_orders_and_fills_are_kept() -> None:
    """A snapshot does not grow for ever."""
    floor = PaperFloor(kept=2)
    floor.place(buy("a"), buy("b"), buy("c"))
    assert list(floor.book.ended) == ["b", "c"]
    assert len(floor.book.fills) == 2
    assert floor.held() == 3


def test_what_is_read_back_has_rested() -> None:
    """An order that stood through a restart trades at its own limit, which is never better."""
    floor = PaperFloor()
    floor.shown.change(CALL, quote_age_secs=60.0)
    floor.place(buy("b", 1, limit_price="1.30"))
    floor.restart()
    floor.quote(quote_age_secs=0.0)
    assert floor.traded("b") == [(1, Decimal("1.30"))]


def test_new_terms_leave_a_stop_where_it_has_come() -> None:
    """A trail keeps its way unless it is told another; what was set off stays set off."""
    floor = PaperFloor()
    trail = {"order_type": OrderType.TRAIL, "trail_amount": "0.20"}
    floor.place(sell("t", 3, **trail))
    assert floor.book.live["t"].stop_price == Decimal("1.00")
    floor.venue.modify(sell("t", 2, **trail), floor.now)
    assert floor.book.live["t"].stop_price == Decimal("1.00")
    floor.venue.modify(sell("t", 2, **trail | {"trail_amount": "0.30"}), floor.now)
    assert floor.book.live["t"].stop_price == Decimal("0.90")
    stop = {"order_type": OrderType.STOP_LIMIT, "limit_price": "1.50"}
    floor.place(sell("s", 1, stop_price="1.20", **stop))
    assert floor.book.live["s"].is_triggered
    floor.venue.modify(sell("s", 1, stop_price="0.50", **stop), floor.now)
    assert floor.book.live["s"].is_triggered
    assert floor.book.live["s"].stop_price == Decimal("1.20")


def test_a_book_of_nothing_is_nobodys() -> None:
    """No record, no account."""
    book = Book.of([], 10)
    assert (book.account, book.count, book.find("x")) == ("", 0, None)
    assert book.quantity(CALL) == 0


def test_a_refusal_about_an_order_that_is_over_leaves_it_as_it_was() -> None:
    """What is said too late changes nothing."""
    floor = PaperFloor()
    floor.place(buy("b"))
    floor.venue.cancel("b", floor.now)
    assert floor.event("b") is Event.COMPLETE
