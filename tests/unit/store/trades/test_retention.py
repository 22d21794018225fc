"""What is over leaves at its age, nothing else does, and all of it can be made again."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from journals import BEGUN, a_day, rows, tables, write_journal
from orders import CALL, PUT, a_fill, an_intent
from sqlalchemy import Engine

from voldesk.model.errors import StorageError
from voldesk.model.events import Adopted, Charged, Decided, Entry, Filled, Happened
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Leg, Side
from voldesk.store.journal import LOG_NAME
from voldesk.store.trades.database import open_database
from voldesk.store.trades.projector import catch_up
from voldesk.store.trades.retention import prune

LATER = 1_000


@pytest.fixture
def url(new_database: Callable[[], str], tmp_path: Path) -> str:
    """Return a database with a day in it: a trade that is over and one that is not."""
    url = new_database()
    catch_up(write_journal(tmp_path, a_day()), "DU1", url)
    return url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Return an engine on it."""
    engine = open_database(url)
    yield engine
    engine.dispose()


def test_what_is_open_stays_at_any_age(url: str, engine: Engine, tmp_path: Path) -> None:
    """The closed trade and its order go; the open one keeps its execution and its order."""
    before = rows(url, "positions")
    gone = prune(engine, tmp_path / LOG_NAME, "DU1", LATER)
    assert gone == {
        "trades": 1,
        "trade_fills": 3,
        "fills": 2,
        "charges": 2,
        "orders": 2,
        "legs": 2,
        "venue_ids": 1,
        "intents": 2,
        "decisions": 2,
        "checks": 3,
        "order_events": 5,
    }
    assert [row["client_order_id"] for row in rows(url, "orders")] == ["vd-3"]
    assert [row["execution_id"] for row in rows(url, "fills")] == ["e3"]
    assert [row["execution_id"] for row in rows(url, "charges")] == ["e3"]
    assert sorted(row["key"] for row in rows(url, "trades")) == ["us SPX", CALL]
    assert rows(url, "positions") == before
    assert len(rows(url, "runs")) == len(rows(url, "switches")) == 1


def test_what_is_young_stays(url: str, engine: Engine, tmp_path: Path) -> None:
    """Nothing that ended after the instant is touched."""
    before = tables(url)
    assert prune(engine, tmp_path / LOG_NAME, "DU1", 2) == {}
    assert prune(engine, tmp_path / LOG_NAME, "DU9", LATER) == {}
    assert tables(url) == before


def test_a_younger_run_and_switch_replace_older_ones(
    url: str, engine: Engine, tmp_path: Path
) -> None:
    """Of runs the newest stays, whatever its age."""
    log = write_journal(tmp_path, [BEGUN])
    catch_up(log, "DU1", url)
    assert prune(engine, log, "DU1", LATER)["runs"] == 1
    assert [row["entry"] for row in rows(url, "runs")] == [len(a_day())]


def test_an_order_that_may_still_fill_stays(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    """Unknown, working and other people's orders are not over; stray events go by their age."""
    url = new_database()
    log = write_journal(
        tmp_path,
        [
            BEGUN,
            Decided(intent=an_intent("vd-1"), reason="", checks=(), at=2),
            Happened(client_order_id="vd-1", event=Event.LOSE, at=3),
            Adopted(intent=an_intent("ext-1"), venue_order_id="7", at=4),
            Happened(client_order_id="vd-9", event=Event.WORK, at=5),
        ],
    )
    catch_up(log, "DU1", url)
    engine = open_database(url)
    assert prune(engine, log, "DU1", LATER) == {"order_events": 1}
    engine.dispose()


def test_a_log_that_cannot_give_the_rows_again_keeps_them(
    url: str, engine: Engine, tmp_path: Path
) -> None:
    """Damaged, shorter, missing or another: nothing is dropped."""
    log = tmp_path / LOG_NAME
    before, data = tables(url), log.read_bytes()
    other = write_journal(tmp_path / "other", [BEGUN] * len(a_day()))
    damaged = bytearray(data)
    damaged[40] ^= 1
    for content, why in (
        (data[:-1], "cannot give the rows again"),
        (bytes(damaged), "is damaged"),
        (other.read_bytes(), "or they differ"),
    ):
        log.write_bytes(content)
        with pytest.raises(StorageError, match=why):
            prune(engine, log, "DU1", LATER)
    log.unlink()
    with pytest.raises(StorageError, match="0 entries, the database has"):
        prune(engine, log, "DU1", LATER)
    assert tables(url) == before


def test_rows_that_left_can_be_made_again(
    url: str, engine: Engine, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    """An empty database gets all of them from the journal."""
    before, log = tables(url), tmp_path / LOG_NAME
    prune(engine, log, "DU1", LATER)
    again = new_database()
    catch_up(log, "DU1", again)
    assert tables(again) == before


def test_a_late_word_of_what_left_is_kept_with_an_alarm(
    url: str, engine: Engine, tmp_path: Path
) -> None:
    """The projection goes on: no order is made up, costs of no execution stay by themselves."""
    log = tmp_path / LOG_NAME
    prune(engine, log, "DU1", LATER)
    late: list[Entry] = [
        Happened(client_order_id="vd-1", event=Event.CANCEL, at=LATER),
        Charged(execution_id="e1", commission=Decimal(2), currency="USD", at=LATER),
        Filled(fill=a_fill("e9", "vd-1", side=Side.SELL, ts_event=LATER), at=LATER),
    ]
    catch_up(write_journal(tmp_path, late), "DU1", url)
    events = [row for row in rows(url, "order_events") if row["at"] == LATER]
    assert [row["alarm"] for row in events] == ["no such order is known"] * 2
    assert {row["execution_id"] for row in rows(url, "fills")} == {"e3", "e9"}


def test_a_spread_leaves_when_both_legs_are_over(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    """An order stays while one of its executions belongs to an open trade."""
    url = new_database()
    legs = (Leg(CALL), Leg(PUT))
    opening: list[Entry] = [
        BEGUN,
        Decided(intent=an_intent("vd-1", 1, legs=legs), reason="", checks=(), at=2),
        Filled(fill=a_fill("c1", "vd-1"), at=3),
        Filled(fill=a_fill("p1", "vd-1", key=PUT), at=3),
        Filled(fill=a_fill("c2", "", side=Side.SELL, ts_event=4), at=4),
    ]
    log = write_journal(tmp_path, opening)
    catch_up(log, "DU1", url)
    engine = open_database(url)
    prune(engine, log, "DU1", LATER)
    assert [row["client_order_id"] for row in rows(url, "orders")] == ["vd-1"]
    closing = Filled(fill=a_fill("p2", "", key=PUT, side=Side.SELL, ts_event=5), at=5)
    catch_up(write_journal(tmp_path, [closing]), "DU1", url)
    prune(engine, log, "DU1", LATER)
    engine.dispose()
    left = {name: len(found) for name, found in tables(url).items() if found}
    assert left == {"positions": 2, "progress": 1, "runs": 1}
