"""The journal remembers what the gate looked at, for a while."""

from math import inf, isnan
from pathlib import Path

from orders import an_intent

from voldesk.app.noted_journal import NotedJournal
from voldesk.model.events import Counted, Decided
from voldesk.store.journal import Journal


def a_decision(tag: str) -> Decided:
    """Return a decision with a check of each kind."""
    checks = (("order_contracts", None, 10.0), ("same_order_secs", 1.0, 2.0), ("day_loss", 1, None))
    return Decided(intent=an_intent(tag), reason="no", checks=checks, at=1)


def test_checks_are_told_as_they_were_made(tmp_path: Path) -> None:
    """What was not known is NaN, no limit is infinity, and the direction is that of the limit."""
    journal = NotedJournal.open(tmp_path)
    journal.write(a_decision("vd-1"), Counted(base={}, at=1))
    unknown, least, free = journal.checks_of("vd-1")
    assert isnan(unknown.value)
    assert not unknown.has_passed
    assert (least.is_least, least.has_passed) == (True, False)
    assert (free.limit, free.has_passed) == (inf, True)
    assert journal.checks_of("vd-2") == ()
    assert journal.path == tmp_path / "orders.log"
    journal.close()


def test_it_is_a_journal_like_any_other(tmp_path: Path) -> None:
    """What was written is there when it is opened again, its checks no longer at hand."""
    journal = NotedJournal.open(tmp_path)
    journal.write(a_decision("vd-1"))
    journal.close()
    plain = Journal.open(tmp_path)
    assert [type(entry) for entry in plain.entries()] == [Decided]
    plain.close()
    again = NotedJournal.open(tmp_path)
    assert again.checks_of("vd-1") == ()
    again.close()


def test_old_decisions_are_forgotten(tmp_path: Path) -> None:
    """The newest thousand are kept."""
    journal = NotedJournal.open(tmp_path)
    journal.write(*(a_decision(f"vd-{number}") for number in range(1_001)))
    assert journal.checks_of("vd-0") == ()
    assert journal.checks_of("vd-1")
    journal.close()
