"""The tables say of orders what the desk's own ledger says, and keep what it cannot follow."""

import tempfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from journals import ANY_JOURNAL, BEGUN, a_day, possible, rows, write_journal
from orders import CALL, PUT, a_fill, an_intent

from voldesk.model.errors import StorageError
from voldesk.model.events import Adopted, Charged, Decided, Entry, Filled, Happened
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Leg, Side, Terms
from voldesk.store.trades.projector import catch_up

_NOT_HEARD = "the venue has not answered; cancel it, or wait"
Make = Callable[[], str]
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def project(new_database: Make, tmp_path: Path) -> Callable[..., str]:
    """Return a projector of entries into a new database, whose URL it returns."""

    folders = count()

    def run(*entries: Entry) -> str:
        url = new_database()
        folder = tmp_path / str(next(folders))
        catch_up(write_journal(folder, [BEGUN, *entries]), "DU1", url)
        return url

    return run


def decided(tag: str = "vd-1", quantity: int = 3, **changes: object) -> Decided:
    return Decided(intent=an_intent(tag, quantity, **changes), reason="", checks=(), at=2)


def test_a_day_fills_every_table(new_database: Make, tmp_path: Path) -> None:
    """Runs, intents, decisions with each check, orders, events, fills, costs, switches."""
    url = new_database()
    assert catch_up(write_journal(tmp_path, a_day()), "DU1", url) == len(a_day())
    assert [row["version"] for row in rows(url, "runs")] == ["0.1"]
    assert [(row["state"], row["by"]) for row in rows(url, "switches")] == [("halted", "cli")]
    assert {row["client_order_id"]: row["is_allowed"] for row in rows(url, "decisions")} == {
        "vd-1": True,
        "vd-2": False,
        "vd-3": True,
    }
    assert [(row["name"], row["value"], row["bound"]) for row in rows(url, "checks")] == [
        ("day_loss", 1.5, 5000.0),
        ("margin_share", None, 0.5),
        ("state", 2.0, 0.0),
    ]
    assert {row["client_order_id"]: row["state"] for row in rows(url, "orders")} == {
        "vd-1": "filled",
        "vd-2": "denied",
        "vd-3": "filled",
    }
    events = sorted(rows(url, "order_events"), key=lambda row: row["entry"])
    assert [(row["entry"], row["event"], row["state"]) for row in events] == [
        (1, "journal", "journalled"),
        (2, "work", "working"),
        (3, "fill", "partially_filled"),
        (4, "complete", "filled"),
        (7, "deny", "denied"),
        (8, "journal", "journalled"),
        (9, "complete", "filled"),
    ]
    costs = {row["execution_id"]: row["commission"] for row in rows(url, "fills")}
    assert costs == {"e1": Decimal("0.65"), "e2": Decimal("1.30"), "e3": Decimal("3.25")}


@MANY
@given(ANY_JOURNAL)
def test_orders_are_those_of_the_ledger(empty_database: Path, entries: Sequence[Entry]) -> None:
    """State, fills, money, terms and positions agree with the desk's fold of the same entries."""
    kept, ledger = possible([BEGUN, *entries])
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "trades.sqlite"
        database.write_bytes(empty_database.read_bytes())
        url = f"sqlite:///{database}"
        catch_up(write_journal(Path(folder), kept), "DU1", url)
        found = {row["client_order_id"]: row for row in rows(url, "orders")}
        held = {row["key"]: row["quantity"] for row in rows(url, "positions")}
        strays = [row for row in rows(url, "fills") if row["client_order_id"] is None]
    assert found.keys() == ledger.orders.keys()
    for tag, order in ledger.orders.items():
        row = found[tag]
        assert row["state"] == order.state.value
        assert (row["filled"], row["paid"]) == (order.filled, order.paid)
        assert row["venue_order_id"] == order.venue_order_id
        assert row["changed_at"] == order.changed_at
        assert row["quantity"] == order.intent.terms.quantity
        assert row["limit_price"] == order.intent.terms.limit_price
        assert (row["asked"] is None) == (order.asked is None)
    assert {key: count for key, count in held.items() if count} == ledger.positions
    assert len(strays) == len(ledger.strays)


def test_a_change_is_asked_for_and_confirmed(project: Callable[..., str]) -> None:
    """The order has its new terms when the venue says so, and its old ones if it refuses."""
    new = Terms(quantity=2, limit_price=Decimal("1.30"))
    ask = Happened(client_order_id="vd-1", event=Event.ASK_MODIFY, terms=new, at=4)
    work = Happened(client_order_id="vd-1", event=Event.WORK, at=3)

    def after(*entries: Entry) -> tuple[object, ...]:
        (row,) = rows(project(decided(), work, ask, *entries), "orders")
        return row["quantity"], row["limit_price"], row["asked"]

    _, _, asked = after()
    assert asked is not None
    confirm = Happened(client_order_id="vd-1", event=Event.MODIFY, at=5)
    assert after(confirm) == (2, Decimal("1.30"), None)
    told = Happened(client_order_id="vd-1", event=Event.MODIFY, terms=Terms(quantity=9), at=5)
    assert after(told) == (9, None, None)
    for event in (Event.REFUSE_MODIFY, Event.CANCEL):
        refuse = Happened(client_order_id="vd-1", event=event, at=5)
        assert after(refuse) == (3, Decimal("1.25"), None)


def test_a_change_by_hand_needs_no_request(project: Callable[..., str]) -> None:
    """A venue that confirms what nobody asked for, and names no terms, changes none."""
    work = Happened(client_order_id="vd-1", event=Event.WORK, at=3)
    (row,) = rows(
        project(decided(), work, Happened(client_order_id="vd-1", event=Event.MODIFY, at=4)),
        "orders",
    )
    assert (row["quantity"], row["limit_price"]) == (3, Decimal("1.25"))


@pytest.mark.parametrize(
    ("entry", "alarm"),
    [
        (Happened(client_order_id="vd-9", event=Event.WORK, at=3), "no such order is known"),
        (Happened(client_order_id="vd-1", event=Event.SEND, at=3), ""),
        (
            Happened(client_order_id="vd-1", event=Event.ASK_MODIFY, at=3),
            f"an order that is journalled cannot ask_modify: {_NOT_HEARD}",
        ),
        (decided(), "the id was used before"),
        (Filled(fill=a_fill("e1", "vd-1", 4), at=3), "4 filled, 3 asked"),
        (Filled(fill=a_fill("e1", "vd-9"), at=3), "no such order is known"),
    ],
)
def test_what_cannot_be_is_kept_with_an_alarm(
    project: Callable[..., str], entry: Entry, alarm: str
) -> None:
    """An entry that cannot follow is a row that says so, and the next one is read all the same."""
    url = project(decided(), entry, decided("vd-2"))
    events = {row["entry"]: row for row in rows(url, "order_events")}
    assert events[2]["alarm"] == alarm
    assert events[3]["client_order_id"] == "vd-2"


def test_an_execution_that_no_order_can_have_counts(project: Callable[..., str]) -> None:
    """A fill of a denied order is money that moved: a fill, a position and an alarm."""
    denied = Decided(intent=an_intent(), reason="no", checks=(), at=2)
    url = project(denied, Filled(fill=a_fill("e1"), at=3))
    assert [row["quantity"] for row in rows(url, "positions")] == [1]
    assert [row["state"] for row in rows(url, "orders")] == ["denied"]
    alarms = {row["entry"]: row["alarm"] for row in rows(url, "order_events")}
    assert alarms[2].startswith("an order that is denied cannot fill")


def test_an_execution_told_twice_counts_once(project: Callable[..., str]) -> None:
    """The same execution id again changes nothing but the list of events."""
    fill = Filled(fill=a_fill("e1"), at=3)
    url = project(decided(), fill, fill)
    assert [row["quantity"] for row in rows(url, "positions")] == [1]
    assert [row["filled"] for row in rows(url, "orders")] == [1]
    alarms = {row["entry"]: row["alarm"] for row in rows(url, "order_events")}
    assert alarms[3] == "e1 was told before"


def test_a_late_word_of_a_finished_order_changes_nothing(project: Callable[..., str]) -> None:
    """An execution that the venue had counted already leaves the order filled, with no alarm."""
    done = Happened(client_order_id="vd-1", event=Event.COMPLETE, filled=3, at=3)
    url = project(decided(), done, Filled(fill=a_fill("e1", quantity=3), at=4))
    assert [(row["state"], row["filled"]) for row in rows(url, "orders")] == [("filled", 3)]
    assert {row["alarm"] for row in rows(url, "order_events")} == {""}


def test_a_combination_counts_whole_units(project: Callable[..., str]) -> None:
    """One unit is filled when every leg has its contracts."""
    legs = (Leg(CALL), Leg(PUT, -2))
    url = project(
        decided("vd-1", 2, legs=legs),
        Filled(fill=a_fill("e1", quantity=2), at=3),
        Filled(fill=a_fill("e2", quantity=2, key=PUT, side=Side.SELL), at=4),
    )
    assert [(row["state"], row["filled"]) for row in rows(url, "orders")] == [
        ("partially_filled", 1)
    ]
    assert [(row["key"], row["filled"]) for row in rows(url, "legs")] == [(CALL, 2), (PUT, 2)]


def test_a_busted_trade_is_undone(project: Callable[..., str]) -> None:
    """An execution against its order takes back contracts and money; both rows stay."""
    url = project(
        decided("vd-1", 3),
        Filled(fill=a_fill("e1", quantity=2), at=3),
        Filled(fill=a_fill("e1.bust", quantity=2, side=Side.SELL), at=4),
    )
    assert [row["paid"] for row in rows(url, "orders")] == [Decimal(0)]
    assert [row["filled"] for row in rows(url, "legs")] == [0]
    assert [row["quantity"] for row in rows(url, "positions")] == [0]
    assert len(rows(url, "fills")) == 2


def test_a_foreign_order_takes_in_its_executions(project: Callable[..., str]) -> None:
    """Fills told before it was adopted belong to it afterwards, and so does their trade."""
    url = project(
        Filled(fill=a_fill("e1", "", venue_order_id="77"), at=3),
        Filled(fill=a_fill("e2", "", venue_order_id="77"), at=3),
        Filled(fill=a_fill("e3", "", venue_order_id="78"), at=3),
        Adopted(intent=an_intent("ext-1", strategy="manual"), venue_order_id="77", at=4),
    )
    owners = {row["execution_id"]: row["client_order_id"] for row in rows(url, "fills")}
    assert owners == {"e1": "ext-1", "e2": "ext-1", "e3": None}
    assert [(row["state"], row["filled"]) for row in rows(url, "orders")] == [("external", 2)]
    assert [row["client_order_id"] for row in rows(url, "trades")] == ["ext-1"]
    assert [row["is_external"] for row in rows(url, "intents")] == [True]


def test_more_executions_than_a_foreign_order_asked_for_raise_an_alarm(
    project: Callable[..., str],
) -> None:
    """The adoption says how many were filled and asked."""
    url = project(
        Filled(fill=a_fill("e1", "", quantity=5, venue_order_id="77"), at=3),
        Adopted(intent=an_intent("ext-1"), venue_order_id="77", at=4),
    )
    alarms = {row["entry"]: row["alarm"] for row in rows(url, "order_events")}
    assert alarms[2] == "5 filled, 3 asked"


def test_costs_may_come_before_their_execution(project: Callable[..., str]) -> None:
    """What was charged for an execution is its cost whichever is told first; the newest counts."""
    first = Charged(execution_id="e1", commission=Decimal(1), currency="EUR", at=2)
    fill = Filled(fill=a_fill("e1"), at=3)
    last = Charged(
        execution_id="e1", commission=Decimal(2), currency="USD", at=4, realised=Decimal(7)
    )
    for entries, cost in (
        ((first, fill), (Decimal(1), "EUR", None)),
        ((fill, first, last), (Decimal(2), "USD", Decimal(7))),
        ((first,), None),
    ):
        found = [
            (row["commission"], row["currency"], row["venue_realised"])
            for row in rows(project(*entries), "fills")
        ]
        assert found == ([] if cost is None else [cost])


def test_nul_becomes_a_character_that_both_databases_take(project: Callable[..., str]) -> None:
    """PostgreSQL takes no NUL in a text: both get U+FFFD, and a backslash stays what it is."""
    reject = Happened(client_order_id="vd-1", event=Event.REJECT, reason="a\0b\\u0000", at=3)
    (row,) = rows(project(decided(), reject), "orders")
    assert row["reason"] == "a\ufffdb\\u0000"


def test_the_journal_of_another_account_is_refused(tmp_path: Path, new_database: Make) -> None:
    """Rows of one account never come from the journal of another."""
    with pytest.raises(StorageError, match="entry 0 of the journal is of another account"):
        catch_up(write_journal(tmp_path, [BEGUN]), "DU2", new_database())
