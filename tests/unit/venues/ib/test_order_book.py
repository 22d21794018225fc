"""Which order is meant, by whatever number TWS names it."""

from voldesk.model.lifecycle import Event
from voldesk.venues.ib.order_book import OrderBook

OURS = 2


def test_from_the_order_id_to_the_permanent_one() -> None:
    """The first word of TWS binds both; from then on either finds it, and so does the tag."""
    book = OrderBook()
    sent = book.sent("vd-1", "DU1", OURS, 5, None)
    assert sent.venue_order_id == ""
    assert book.find(OURS, 5, 0) is sent
    assert book.heard("vd-1", "DU1", OURS, 5, 77) is sent
    assert book.find(0, 0, 77) is book.named("vd-1") is book.named("ib-77") is sent
    assert sent.venue_order_id == "77"


def test_an_id_that_is_used_twice() -> None:
    """With another permanent id it is another order."""
    book = OrderBook()
    old = book.heard("vd-1", "DU1", OURS, 5, 77)
    assert book.find(OURS, 5, 99) is None
    new = book.heard("vd-2", "DU1", OURS, 5, 99)
    assert new is not old
    assert book.find(OURS, 5, 77) is old
    assert book.find(OURS, 5, 0) is new


def test_orders_without_an_id() -> None:
    """Those made by hand have none, or one that TWS writes for none."""
    book = OrderBook()
    assert book.find(0, 0, 0) is None
    by_hand = book.heard("", "DU1", 0, 0, 7)
    also = book.heard("", "DU1", 0, 2**31 - 1, 8)
    assert (by_hand.order_id, also.order_id) == (0, 0)
    assert book.find(0, 2**31 - 1, 0) is None
    bound = book.heard("", "DU1", 0, -3, 7)
    assert bound is by_hand
    assert (bound.order_id, book.find(0, -3, 0)) == (-3, by_hand)


def test_names_nobody_has() -> None:
    """Neither a tag that was never sent, nor something like an adopted one."""
    book = OrderBook()
    assert book.named("vd-1") is None
    assert book.named("ib-") is None
    assert book.named("ib-12") is None


def test_what_is_alive() -> None:
    """Each order of the account once, until it has ended."""
    book = OrderBook()
    one = book.heard("vd-1", "DU1", OURS, 5, 77)
    book.heard("vd-2", "DU2", OURS, 6, 78)
    three = book.heard("", "DU1", 0, 0, 79)
    assert book.alive("DU1") == [one, three]
    one.ended = Event.CANCEL
    assert book.alive("DU1") == [three]
    one.told = three.told = (Event.WORK,)
    book.renew()
    assert not any((one.told, three.told))
