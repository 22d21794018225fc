"""What the database knows, of every account in it."""

from collections.abc import Callable
from pathlib import Path

from journals import BEGUN, a_day, write_journal
from orders import CALL

from voldesk.model.events import Begun, Entry, Switched
from voldesk.store.trades.database import reading
from voldesk.store.trades.overview import overview
from voldesk.store.trades.projector import catch_up


def test_the_newest_of_each_kind_is_shown(new_database: Callable[[], str], tmp_path: Path) -> None:
    """How far it is, the newest run and switch per account, what is held, orders and trades."""
    url = new_database()
    more: list[Entry] = [BEGUN, Switched(state="active", by="cli", reason="", at=20)]
    catch_up(write_journal(tmp_path / "one", [*a_day(), *more]), "DU1", url)
    other = Begun(account="DU2", version="0.2", config="abc", pid=1, at=1)
    catch_up(write_journal(tmp_path / "two", [other]), "DU2", url)
    with reading(url) as connection:
        found = overview(connection, 2)
    assert found.entries == {"DU1": len(a_day()) + 2, "DU2": 1}
    assert [(row["account"], row["entry"]) for row in found.runs] == [("DU1", 13), ("DU2", 0)]
    assert [(row["entry"], row["state"]) for row in found.switches] == [(14, "active")]
    assert [(row["key"], row["quantity"]) for row in found.positions] == [
        ("us SPX", -2),
        (CALL, -2),
    ]
    assert [row["client_order_id"] for row in found.orders] == ["vd-3", "vd-2"]
    assert [row["opened_entry"] for row in found.trades] == [12, 9]
    assert (found.counts["fills"], found.counts["charges"]) == (3, 3)
