"""No fill is better than the quote allows, or larger than what it shows."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from orders import CALL
from paper_strategies import Step, a_floor, steps, take
from paper_world import PaperFloor, a_mark, an_order

from voldesk.model.orders import Leg, Side
from voldesk.trading.marks import Mark
from voldesk.trading.paper.matching import Displays, opposite, quote_fault
from voldesk.trading.paper.records import Executed, Line


def _exactly(price: float) -> Decimal:
    return Decimal(repr(round(price, 9)))


def _lines(floor: PaperFloor, since: int) -> list[Line]:
    found = [one for one in floor.records[since:] if isinstance(one, Executed)]
    return [line for one in found if one.client_order_id for line in one.lines]


@given(steps)
@settings(max_examples=100)
def test_fills_keep_to_the_quotes(found: list[Step]) -> None:
    """At or through the opposite quote, fresh and uncrossed, and of one display once."""
    floor = a_floor()
    taken: dict[tuple[str, Side], int] = defaultdict(int)
    sizes: dict[tuple[str, Side], tuple[float, float]] = {}
    for number, step in enumerate(found):
        since = len(floor.records)
        take(floor, number, step)
        if step[0] == "restart":
            taken.clear()
        for line in _lines(floor, since):
            fill, mark = line.fill, floor.shown.marks[line.fill.key]
            price, size = opposite(mark, fill.side)
            at = (fill.key, fill.side)
            if sizes.get(at) != (price, size):
                taken[at], sizes[at] = 0, (price, size)
            taken[at] += fill.quantity
            worse = (fill.price - _exactly(price)) * fill.side.sign
            assert worse >= 0, (fill, mark)
            assert taken[at] <= size, (fill, mark)
            assert mark.quote_age_secs <= 5
            assert not mark.bid > mark.ask
            assert fill.price % _exactly(mark.tick_size) == 0


@given(steps)
@settings(max_examples=100)
def test_no_limit_is_broken_and_no_leg_left_behind(found: list[Step]) -> None:
    """Net prices keep to the limit, legs to their ratio, and orders to what they asked for."""
    floor = a_floor()
    for number, step in enumerate(found):
        since = len(floor.records)
        take(floor, number, step)
        for record in floor.records[since:]:
            if isinstance(record, Executed) and record.client_order_id:
                _keeps_to_its_order(floor, record)


def _keeps_to_its_order(floor: PaperFloor, record: Executed) -> None:
    ticket = floor.book.find(record.client_order_id)
    assert ticket is not None
    assert ticket.filled <= ticket.intent.terms.quantity
    net = Decimal(0)
    for leg, line in zip(ticket.intent.legs, record.lines, strict=True):
        assert line.fill.quantity == record.units * abs(leg.ratio)
        net += leg.ratio * line.fill.price
    if ticket.limit_price is not None:
        assert (net - ticket.limit_price) * ticket.side.sign <= 0


def test_a_size_that_shrinks_takes_what_is_left_with_it() -> None:
    """Of ten shown four were taken: of three shown now, three are left at most."""
    displays = Displays()
    displays.take(a_mark(), Side.BUY, 4)
    assert displays.left(a_mark(), Side.BUY) == 6
    assert displays.left(a_mark(ask_size=3.0), Side.BUY) == 3
    assert displays.left(a_mark(ask_size=5.0), Side.BUY) == 5
    assert displays.left(a_mark(ask=1.3), Side.BUY) == 10
    assert displays.left(a_mark(), Side.BUY) == 10
    assert displays.left(a_mark(), Side.SELL) == 10


def test_a_quote_that_cannot_be_traded_says_why() -> None:
    """In words, with the figures."""

    def fault(mark: Mark, side: Side = Side.BUY) -> str:
        return quote_fault(mark, side, 5.0)

    assert fault(a_mark()) == ""
    assert fault(a_mark(ask=float("nan"))).endswith("has no ask")
    assert fault(a_mark(bid=0.0), Side.SELL).endswith("has no bid")
    assert fault(a_mark(bid=1.30)).endswith("is crossed: 1.3 over 1.25")
    assert "7.0 s old, at most 5 s pass" in fault(a_mark(quote_age_secs=7.0))
    assert "of unknown age" in fault(a_mark(quote_age_secs=float("nan")))


def test_a_ratio_uses_as_many_of_its_leg() -> None:
    """Ten shown are three units of three."""
    floor = PaperFloor(a_mark(), a_mark("us SPXW 20251017 000006710000000 C", 0.70, 0.75))
    legs = (Leg(CALL, 3), Leg("us SPXW 20251017 000006710000000 C", -1))
    floor.place(an_order("c", Side.BUY, 9, legs))
    assert [count for count, _ in floor.traded("c")] == [9, 3]
