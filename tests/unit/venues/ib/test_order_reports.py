"""What TWS says of orders is told once, under our id, and as what it means."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from ib_async.contract import Contract
from ib_async.objects import CommissionReport, Execution
from ib_async.order import OrderState
from ib_async.util import UNSET_DOUBLE
from orders import CALL, an_intent

from voldesk.model.clock import ManualClock
from voldesk.model.events import Charged, Filled, Happened, Told
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Intent, Terms
from voldesk.venues.ib.order_reports import OrderReports
from voldesk.venues.ib.order_wrapper import Standing, ToldFill, ToldOrder
from voldesk.venues.ib.orders import order_of

OURS = 2
OPTION = Contract(secType="OPT", symbol="SPX")
NEW = Terms(quantity=4, limit_price=Decimal("1.30"))


class Desk:
    """Reports, what they told, and what they passed on about the line."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.line: list[tuple[int, str]] = []
        self.reports = OrderReports(
            OURS,
            lambda _: CALL,
            ManualClock(9),
            self.told.append,
            lambda code, text: self.line.append((code, text)),
        )

    def sent(self, tag: str = "vd-1", order_id: int = 5) -> None:
        """Let an order of ours be on its way."""
        intent = an_intent(tag)
        self.reports.book.sent(tag, intent.account, OURS, order_id, intent.terms)

    def order(self, status: str = "Submitted", intent: Intent | None = None) -> None:
        """Let TWS tell its terms."""
        order = order_of(intent or an_intent(), 5)
        order.clientId, order.permId = OURS, 77
        self.reports.on_order(ToldOrder(order, OPTION, OrderState(status=status)))

    def standing(self, status: str, filled: float = 0.0, perm_id: int = 77) -> None:
        """Let TWS tell how far it is."""
        self.reports.on_standing(Standing(5, status, filled, perm_id, OURS))

    def fill(self, execution_id: str = "1.01", **facts: Any) -> None:
        """Let TWS tell of an execution."""
        self.reports.on_execution(ToldFill(OPTION, execution(execution_id, **facts)))

    @property
    def events(self) -> list[Event]:
        """Return the events told of orders, in order."""
        return [told.event for told in self.told if isinstance(told, Happened)]

    @property
    def fills(self) -> list[str]:
        """Return the ids of executions told, in order."""
        return [told.fill.execution_id for told in self.told if isinstance(told, Filled)]


def execution(execution_id: str, **facts: Any) -> Execution:
    """Return an execution of one contract, with changes."""
    known: dict[str, Any] = {
        "execId": execution_id,
        "time": datetime(2026, 11, 20, tzinfo=UTC),
        "acctNumber": "DU1",
        "side": "BOT",
        "shares": 1.0,
        "price": 1.25,
        "permId": 77,
        "clientId": OURS,
        "orderId": 5,
        "orderRef": "vd-1",
    }
    return Execution(**known | facts)


@pytest.fixture
def desk() -> Desk:
    """Return reports with one order on its way."""
    made = Desk()
    made.sent()
    return made


def test_from_accepted_to_filled(desk: Desk) -> None:
    """Each status once, with the venue's id and count, however often it is told."""
    for status, filled in (("PendingSubmit", 0), ("PreSubmitted", 0), ("Submitted", 0)):
        desk.order(status)
        desk.standing(status, filled)
        desk.standing(status, filled)
    desk.standing("Submitted", 1)
    desk.standing("Filled", 3)
    assert desk.events == [Event.ACCEPT, Event.WORK, Event.WORK, Event.COMPLETE]
    last = desk.told[-1]
    assert isinstance(last, Happened)
    assert (last.client_order_id, last.venue_order_id, last.filled) == ("vd-1", "77", 3)
    known = desk.reports.book.named("vd-1")
    assert known is not None
    assert (known.ended, known.filled) == (Event.COMPLETE, 3)


def test_a_change_that_was_asked_for(desk: Desk) -> None:
    """It is told when TWS shows the new terms, not when it shows the old ones again."""
    known = desk.reports.book.named("vd-1")
    assert known is not None
    known.asked = NEW
    desk.order()
    assert desk.events == []
    desk.order(intent=an_intent(terms=NEW))
    desk.order(intent=an_intent(terms=NEW))
    (told,) = desk.told
    assert isinstance(told, Happened)
    assert (told.event, told.terms) == (Event.MODIFY, NEW)
    assert [known.asked, known.terms] == [None, NEW]


def test_a_change_by_hand(desk: Desk) -> None:
    """Other terms that nobody here asked for are told as well; of an order that is over none."""
    desk.order()
    desk.order(intent=an_intent(terms=NEW))
    assert desk.events == [Event.MODIFY]
    desk.order("Cancelled", an_intent())
    desk.standing("Cancelled")
    desk.order("Submitted", an_intent())
    assert desk.events == [Event.MODIFY, Event.CANCEL]


def test_terms_that_cannot_be_read(desk: Desk) -> None:
    """An order without its price has no terms to tell."""
    desk.order()
    order = order_of(an_intent(), 5)
    order.clientId, order.permId, order.totalQuantity = OURS, 77, 0.0
    desk.reports.on_order(ToldOrder(order, OPTION, OrderState(status="Submitted")))
    assert desk.told == []


def test_orders_of_others(desk: Desk) -> None:
    """One that nobody has heard of is told by the venue's id alone; without one, not at all."""
    desk.reports.on_standing(Standing(0, "Submitted", 0.0, 99, 7))
    desk.reports.on_standing(Standing(3, "Submitted", 0.0, 0, 7))
    (told,) = desk.told
    assert isinstance(told, Happened)
    assert (told.client_order_id, told.venue_order_id) == ("", "99")


@pytest.mark.parametrize(
    ("code", "is_taken", "is_asked", "event"),
    [
        (201, False, False, Event.REJECT),
        (110, False, False, Event.REJECT),
        (201, True, False, Event.REJECT),
        (110, True, False, None),
        (110, True, True, Event.REFUSE_MODIFY),
        (201, True, True, Event.REFUSE_MODIFY),
        (202, True, True, Event.CANCEL),
        (161, True, False, Event.REFUSE_CANCEL),
        (10147, False, False, Event.REFUSE_CANCEL),
        (10148, True, False, Event.REFUSE_CANCEL),
        (399, False, False, None),
        (2109, False, False, None),
    ],
)
def test_an_error_of_an_order(
    desk: Desk, code: int, is_taken: bool, is_asked: bool, event: Event | None
) -> None:
    """What it refuses depends on what was asked for last; a warning refuses nothing."""
    known = desk.reports.book.named("vd-1")
    assert known is not None
    known.is_taken = is_taken
    known.asked = NEW if is_asked else None
    desk.reports.on_error(5, code, "not\nthis  way")
    assert desk.events == ([] if event is None else [event])
    assert desk.line == []
    if event is not None:
        (told,) = desk.told
        assert isinstance(told, Happened)
        assert (told.code, told.reason) == (code, "not this way")
    if event is Event.REFUSE_MODIFY:
        assert known.asked is None


def test_refused_before_it_is_confirmed(desk: Desk) -> None:
    """An order that is only on its way from TWS is refused by any error."""
    desk.order("PendingSubmit")
    desk.standing("PendingSubmit")
    desk.reports.on_error(5, 110, "no such step")
    assert desk.events == [Event.REJECT]


def test_errors_that_are_not_of_an_order(desk: Desk) -> None:
    """They are the line's, or a question's that nobody awaits any more."""
    desk.reports.on_error(-1, 1100, "lost")
    desk.reports.on_error(6, 200, "no such thing")
    assert desk.line == [(1100, "lost"), (200, "no such thing")]
    assert desk.told == []


def test_an_execution_without_our_tag_is_our_order_s(desk: Desk) -> None:
    """The permanent id says whose it is; of an order nobody knows the tag stays open."""
    desk.order()
    desk.fill(orderRef="")
    desk.fill("2.01", orderRef="", permId=5, orderId=9)
    assert [t.fill.client_order_id for t in desk.told if isinstance(t, Filled)] == ["vd-1", ""]
    assert desk.reports.fill_count == 2


def test_a_correction_undoes_what_it_corrects(desk: Desk) -> None:
    """The old one is taken back and the new one told, under ids that never change."""
    desk.fill("1.01")
    desk.fill("1.02", price=1.30)
    assert desk.fills == ["1.01", "1.01~undone", "1.02"]
    desk.told.clear()
    desk.fill("1.03", shares=0.0)
    assert desk.fills == ["1.01~undone", "1.02~undone"]
    every = [ToldFill(OPTION, execution(name)) for name in ("1.01", "1.02")]
    listed = [fill.execution_id for fill in desk.reports.fills_of(every)]
    assert set(listed) == {"1.01", "1.01~undone", "1.02", "1.02~undone"}
    undone = desk.told[0]
    assert isinstance(undone, Filled)
    assert undone.fill.side is an_intent().side.other


def test_commissions(desk: Desk) -> None:
    """Told once, kept for snapshots; not of a combination as a whole, nor before it is known."""
    report = CommissionReport("1.01", 1.3, "USD", UNSET_DOUBLE)
    desk.reports.on_charge(report)
    desk.reports.on_charge(report)
    bag = ToldFill(Contract(secType="BAG"), execution("9.01"))
    assert desk.reports.fills_of([bag]) == []
    desk.reports.on_charge(CommissionReport("9.01", 0.0, "USD"))
    desk.reports.on_charge(CommissionReport("8.01", UNSET_DOUBLE))
    (told,) = desk.told
    assert isinstance(told, Charged)
    assert (told.execution_id, told.commission) == ("1.01", Decimal("1.3"))
    desk.fill("1.01")
    desk.fill("1.02", shares=0.0)
    _, filled, undone = desk.told
    assert isinstance(filled, Filled)
    assert isinstance(undone, Filled)
    assert (filled.fill.commission, undone.fill.commission) == (Decimal("1.3"), Decimal(0))


def test_a_refusal_of_ours(desk: Desk) -> None:
    """What cannot be asked of TWS is told as refused."""
    known = desk.reports.book.named("vd-1")
    assert known is not None
    desk.reports.refuse(known, Event.REFUSE_CANCEL, "of another program")
    (told,) = desk.told
    assert isinstance(told, Happened)
    assert (told.event, told.reason) == (Event.REFUSE_CANCEL, "of another program")
