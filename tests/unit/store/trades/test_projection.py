"""The task beside the desk: it follows, waits for its database, says how it stands, and ends."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from journals import a_day, rows, tables, write_journal
from waiting import DEADLINE_SECS, until

from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError
from voldesk.model.events import Begun, Switched
from voldesk.store.journal import LOG_NAME, Journal
from voldesk.store.trades import projection as module
from voldesk.store.trades.projection import Projection, ProjectionState
from voldesk.store.trades.projector import catch_up
from voldesk.store.trades.retention import NS_PER_DAY
from voldesk.store.trades.settings import TradesSettings

QUICK = {"poll_secs": 0.01, "retry_secs": 0.01, "retry_most_secs": 0.02}
NEVER = 3600.0


def a_projection(
    folder: Path, count: Callable[[], int], clock: ManualClock | None = None, **changes: object
) -> Projection:
    settings = TradesSettings(**QUICK | changes)  # type: ignore[arg-type]  # by name
    return Projection(folder / LOG_NAME, "DU1", count, settings, clock or ManualClock(1))


@asynccontextmanager
async def running(projection: Projection) -> AsyncIterator[None]:
    """Run it as its owner does."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(projection.run(), name="projection")
        yield
        task.cancel()


async def test_it_follows_a_journal_that_grows(tmp_path: Path) -> None:
    """What is durable becomes rows, in a file beside the journal, and the lag goes to none."""
    journal = Journal.open(tmp_path)
    projection = a_projection(tmp_path, lambda: len(journal))
    assert projection.report == module.ProjectionReport(ProjectionState.STOPPED, None, None, "")
    day = a_day()
    journal.write(*day[:4])
    async with running(projection):
        await until(lambda: projection.report.entries == 4)
        assert projection.report == module.ProjectionReport(ProjectionState.FOLLOWING, 4, 0, "")
        journal.write(*day[4:])
        await until(lambda: projection.report.entries == len(day))
    assert projection.report.state is ProjectionState.STOPPED
    journal.close()
    catch_up(tmp_path / LOG_NAME, "DU1", f"sqlite:///{tmp_path}/other.sqlite")
    assert tables(f"sqlite:///{tmp_path}/trades.sqlite") == tables(
        f"sqlite:///{tmp_path}/other.sqlite"
    )


async def test_it_can_be_woken(tmp_path: Path) -> None:
    """With a callback nobody waits for the next look."""
    journal = Journal.open(tmp_path)
    projection = a_projection(tmp_path, lambda: len(journal), poll_secs=NEVER)
    async with running(projection):
        await until(lambda: projection.report.entries == 0)
        journal.write(*a_day())
        projection.wake()
        await until(lambda: projection.report.lag == 0 and projection.report.entries != 0)
    journal.close()


async def test_a_database_that_is_down_is_waited_for(tmp_path: Path) -> None:
    """It says so, the journal goes on, and everything follows when the database is back."""
    journal = Journal.open(tmp_path / "journal")
    url = f"sqlite:///{tmp_path}/data/trades.sqlite"
    projection = a_projection(tmp_path / "journal", lambda: len(journal), url=url)
    async with running(projection):
        await until(lambda: projection.report.state is ProjectionState.WAITING)
        assert projection.report.reason == "unable to open database file"
        journal.write(*a_day())
        assert projection.report.lag is None  # nobody knows what the database has
        (tmp_path / "data").mkdir()
        await until(lambda: projection.report.entries == len(a_day()))
        assert projection.report.state is ProjectionState.FOLLOWING
    journal.close()


async def test_a_log_that_cannot_be_read_is_waited_for(tmp_path: Path) -> None:
    """What the system says of the file is the reason."""
    (tmp_path / LOG_NAME).mkdir()
    projection = a_projection(tmp_path, lambda: 1)
    async with running(projection):
        await until(lambda: projection.report.state is ProjectionState.WAITING)
        assert "Is a directory" in projection.report.reason


async def test_what_a_person_has_to_mend_ends_it(tmp_path: Path) -> None:
    """Of a journal that lost entries the reason is told, and the owner goes on."""
    log = write_journal(tmp_path, a_day())
    catch_up(log, "DU1", f"sqlite:///{tmp_path}/trades.sqlite")
    log.write_bytes(log.read_bytes()[:-3])
    projection = a_projection(tmp_path, lambda: len(a_day()) - 1)
    await projection.run()
    assert projection.report.state is ProjectionState.FAILED
    assert "lost the last of them" in projection.report.reason


async def test_a_defect_of_ours_ends_it_alone(tmp_path: Path) -> None:
    """An error nobody thought of does not reach the desk."""

    def count() -> int:
        raise RuntimeError("a defect")

    projection = a_projection(tmp_path, count)
    await projection.run()
    assert projection._state is ProjectionState.FAILED
    assert projection._reason == "RuntimeError('a defect')"


def test_a_wrong_url_is_told_at_once(tmp_path: Path) -> None:
    """The operator hears of it when the process is built."""
    with pytest.raises(ConfigError):
        a_projection(tmp_path, lambda: 0, url="mysql://x/y")


async def test_a_database_that_hangs_counts_as_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while without an answer it says so, and its end does not wait for ever."""
    monkeypatch.setattr(module, "CLOSE_SECS", 0.05)
    hangs, goes_on, clock = threading.Event(), threading.Event(), ManualClock(10)
    write_journal(tmp_path, a_day())

    def count() -> int:
        if threading.current_thread().name == "projection" and hangs.is_set():
            goes_on.wait(DEADLINE_SECS)
        return len(a_day())

    projection = a_projection(tmp_path, count, clock)
    projection._busy_since, projection._state = clock.now(), ProjectionState.FOLLOWING
    assert projection.report.reason == ""
    clock.advance(module.ANSWER_NS + 10**9)
    assert projection.report == module.ProjectionReport(
        ProjectionState.WAITING, None, None, "the database has not answered for 11 s"
    )
    hangs.set()
    async with running(projection):
        await until(lambda: any(one.name == "projection" for one in threading.enumerate()))
    goes_on.set()
    await until(lambda: all(one.name != "projection" for one in threading.enumerate()))


async def test_old_rows_leave_by_themselves(tmp_path: Path) -> None:
    """With a retention what was over for longer is dropped, once a day."""
    day = 100 * NS_PER_DAY
    old = Switched(state="halted", by="cli", reason="", at=1)
    new = Switched(state="active", by="cli", reason="", at=day)
    begun = Begun(account="DU1", version="0.1", config="abc", pid=1, at=1)
    log = write_journal(tmp_path, [begun, old, new])
    counted = [3]
    clock = ManualClock(day)
    projection = a_projection(tmp_path, lambda: counted[0], clock, retention_days=30)
    url = f"sqlite:///{tmp_path}/trades.sqlite"
    async with running(projection):
        await until(lambda: projection._pruned_at == day)
        assert [row["state"] for row in rows(url, "switches")] == ["active"]
        write_journal(tmp_path, [old, new])
        counted[0] = 5
        await until(lambda: projection.report.entries == 5)
        clock.advance(NS_PER_DAY)
        await until(lambda: projection._pruned_at == day + NS_PER_DAY)
    assert [row["entry"] for row in rows(url, "switches")] == [2, 4]
    assert log.stat().st_size > 0
