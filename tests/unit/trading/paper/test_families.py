"""What a fill or an end means for the other orders of a family."""

from typing import Any

from paper_world import PaperFloor, buy, sell

from voldesk.model.orders import OrderType
from voldesk.trading.paper import families


def _bracket(**changes: Any) -> PaperFloor:
    floor = PaperFloor()
    floor.place(
        buy("p", 3, limit_price="1.20"),
        sell("t", 3, limit_price="1.50", parent_id="p", **changes),
        sell("s", 3, stop_price="0.90", order_type=OrderType.STOP, parent_id="p"),
        buy("add", 1, limit_price="1.00", parent_id="p"),
    )
    return floor


def test_children_wait_while_their_parent_lives() -> None:
    """Filled in part is not filled."""
    floor = _bracket()
    book = floor.book
    assert families.is_waiting(book, book.live["t"])
    assert not families.is_waiting(book, book.live["p"])
    floor.quote(bid=1.15, ask=1.20, ask_size=2.0)
    assert families.is_waiting(book, book.live["t"])
    floor.quote(ask_size=3.0)
    assert not families.is_waiting(book, book.live["t"])
    assert [child.tag for child in families.children(book, "p")] == ["t", "s", "add"]


def test_what_one_child_closes_the_others_need_not() -> None:
    """Those that trade the same way; one that adds to the position is left alone."""
    book = _bracket().book
    effects = families.after_fill(book, book.live["t"], 2)
    assert [(one.ticket.tag, one.quantity) for one in effects] == [("s", 1)]
    (all_of_it,) = families.after_fill(book, book.live["t"], 3)
    assert all_of_it.quantity is None
    assert families.after_fill(book, book.live["add"], 1) == []
    assert families.after_fill(book, book.live["p"], 3) == []


def test_a_child_with_a_group_of_its_own_shares_with_that() -> None:
    """A named group is the stronger tie."""
    book = _bracket(oca_group="g").book
    assert families.after_fill(book, book.live["t"], 2) == []
    assert families.after_fill(book, book.live["s"], 2) == []


def test_an_end_with_nothing_to_shrink_shrinks_nothing() -> None:
    """Children as large as what was filled stay as they are."""
    floor = PaperFloor()
    floor.place(buy("p", 12, limit_price="1.25"), sell("t", 4, limit_price="2", parent_id="p"))
    parent = floor.book.live["p"]
    assert families.after_end(floor.book, parent) == []
    floor.venue.cancel("p", floor.now)
    assert floor.book.live["t"].intent.terms.quantity == 4


def test_who_cannot_join_is_told_why() -> None:
    """No such parent, one that came to nothing, or a group that is done."""
    floor = PaperFloor()
    floor.place(buy("p", 1, limit_price="1.00"), buy("g", 1, oca_group="g"))
    floor.venue.cancel("p", floor.now)

    def refusal(**terms: str) -> str:
        return families.refusal(floor.book, buy("x", 1, **terms))

    assert refusal() == ""
    assert refusal(parent_id="q") == "there is no parent order 'q'"
    assert refusal(parent_id="p") == "the parent order 'p' has ended unfilled (cancel)"
    assert refusal(parent_id="g") == ""
    assert refusal(oca_group="g") == "an order of group 'g' has filled already"
    assert refusal(oca_group="h") == ""


def test_a_group_shares_what_one_of_it_fills() -> None:
    """A part takes its share off the others, rounded up; a whole one cancels them."""
    floor = PaperFloor()
    floor.place(
        buy("a", 4, limit_price="1.00", oca_group="g"),
        buy("b", 10, limit_price="1.00", oca_group="g"),
        buy("c", 1, limit_price="1.00", oca_group="g"),
        buy("d", 9, limit_price="1.00", oca_group="h"),
    )
    book = floor.book
    filled = families.after_fill(book, book.live["b"], 0)
    assert [(one.ticket.tag, one.quantity) for one in filled] == [("a", 4), ("c", 1)]
    floor.quote(bid=0.95, ask=1.00, ask_size=1.0)
    assert book.live["a"].filled == 1
    assert [(tag, one.intent.terms.quantity) for tag, one in book.live.items() if tag in "bc"] == [
        ("b", 7)
    ]
    floor.quote(ask_size=4.0)
    assert "b" not in book.live
