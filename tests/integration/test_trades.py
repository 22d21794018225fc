"""The journal in SQL with a real PostgreSQL: the same rows, whatever is stopped or killed."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import given, settings
from journals import ANY_JOURNAL, BEGUN, a_day, possible, tables, tables_of, write_journal
from orders import a_fill, an_intent
from postgres import Postgres
from sqlalchemy import text
from waiting import DEADLINE_SECS, until

from voldesk.model.clock import ManualClock
from voldesk.model.errors import StorageError
from voldesk.model.events import Decided, Entry, Filled, Happened
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Side
from voldesk.store.journal import LOG_NAME, Journal
from voldesk.store.trades.database import migrate, open_database
from voldesk.store.trades.export import export_trades
from voldesk.store.trades.projection import Projection, ProjectionState
from voldesk.store.trades.projector import Projector, catch_up
from voldesk.store.trades.retention import prune
from voldesk.store.trades.schema import METADATA
from voldesk.store.trades.settings import TradesSettings
from voldesk.store.trades.tail import Tail

KILLS = 15
ORDERS = 150
QUICK = {"poll_secs": 0.01, "retry_secs": 0.01, "retry_most_secs": 0.1, "batch_entries": 7}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """Return a server of these tests' own."""
    server = Postgres()
    yield server
    server.remove()


def an_order(place: int) -> list[Entry]:
    """Return the life of one order, every second one closing the position of the one before."""
    tag, side = f"vd-{place}", Side.SELL if place % 2 else Side.BUY
    return [
        Decided(
            intent=an_intent(tag, side=side), reason="", checks=(("day_loss", 1.5, 9.0),), at=place
        ),
        Happened(client_order_id=tag, event=Event.WORK, venue_order_id=f"v{place}", at=place),
        Filled(fill=a_fill(f"e{place}", tag, 3, side=side, ts_event=place), at=place),
    ]


def expected(log: Path, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the tables that a journal makes in one go."""
    url = f"sqlite:///{folder}/expected.sqlite"
    catch_up(log, "DU1", url)
    return tables(url)


@asynccontextmanager
async def following(projection: Projection) -> AsyncIterator[None]:
    """Run a projection beside what is done meanwhile."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(projection.run(), name="projection")
        yield
        task.cancel()


def test_one_journal_makes_the_same_rows_in_both(postgres: Postgres, tmp_path: Path) -> None:
    """Row by row, of every table, money to the last digit."""
    url = postgres.new_database()
    log = write_journal(tmp_path, a_day())
    catch_up(log, "DU1", url)
    assert tables(url) == expected(log, tmp_path)
    export_trades(url, tmp_path / "postgres.csv")
    export_trades(f"sqlite:///{tmp_path}/expected.sqlite", tmp_path / "sqlite.csv")
    assert (tmp_path / "postgres.csv").read_text() == (tmp_path / "sqlite.csv").read_text()


@settings(max_examples=25)
@given(ANY_JOURNAL)
def test_any_journal_makes_the_same_rows_in_both(
    postgres: Postgres, entries: Sequence[Entry]
) -> None:
    """Whatever happened, and however it was cut."""
    kept, _ = possible([BEGUN, *entries])
    engine = open_database(postgres.url())
    migrate(engine)
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(table.delete())
    with tempfile.TemporaryDirectory() as name:
        log = write_journal(Path(name), kept)
        with Tail(log) as tail:
            projector = Projector(engine, tail, "DU1")
            while projector.step(5):
                pass
        assert tables_of(engine) == expected(log, Path(name))
    engine.dispose()


def test_postgresql_has_the_schema(postgres: Postgres) -> None:
    """Migrated tables are those of the schema, and a second migration changes nothing."""
    engine = open_database(postgres.new_database())
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_same_rows_leave_both(postgres: Postgres, tmp_path: Path) -> None:
    """Retention drops the same of both databases."""
    log = write_journal(tmp_path, a_day())
    left = []
    for url in (postgres.new_database(), f"sqlite:///{tmp_path}/trades.sqlite"):
        catch_up(log, "DU1", url)
        engine = open_database(url)
        prune(engine, log, "DU1", 1_000)
        left.append(tables_of(engine))
        engine.dispose()
    assert left[0] == left[1]


async def test_postgresql_stopped_mid_flow_loses_nothing(
    postgres: Postgres, tmp_path: Path
) -> None:
    """The journal is written on; all rows are there when the server is back, none twice."""
    url = postgres.new_database()
    journal = Journal.open(tmp_path)
    journal.write(BEGUN)
    projection = Projection(
        tmp_path / LOG_NAME,
        "DU1",
        lambda: len(journal),
        TradesSettings(url=url, **QUICK),  # type: ignore[arg-type]  # by name
        ManualClock(1),
    )
    async with following(projection):
        for place in range(ORDERS):
            for entry in an_order(place):
                journal.write(entry)
                projection.wake()
            if place == ORDERS // 3:
                await until(lambda: (projection.report.entries or 0) > ORDERS // 2)
                postgres.stop()
            if place == 2 * ORDERS // 3:
                await until(lambda: projection.report.state is ProjectionState.WAITING)
                lag = projection.report.lag
                assert lag is not None
                assert lag >= ORDERS // 3
                assert projection.report.reason
                postgres.start()
        await until(lambda: projection.report.lag == 0)
        assert projection.report.state is ProjectionState.FOLLOWING
        assert projection.report.entries == len(journal) == 1 + 3 * ORDERS
    journal.close()
    assert tables(url) == expected(tmp_path / LOG_NAME, tmp_path)


async def test_postgresql_that_hangs_holds_up_nobody(postgres: Postgres, tmp_path: Path) -> None:
    """A frozen server delays rows: the journal is written on, and it says what it lags."""
    url = postgres.new_database()
    journal = Journal.open(tmp_path)
    journal.write(*a_day())
    clock = ManualClock(1)
    projection = Projection(
        tmp_path / LOG_NAME,
        "DU1",
        lambda: len(journal),
        TradesSettings(url=url, **QUICK),  # type: ignore[arg-type]  # by name
        clock,
    )
    async with following(projection):
        await until(lambda: projection.report.lag == 0)
        postgres.freeze()
        try:
            for place in range(20):
                journal.write(*an_order(place))
            await until(lambda: projection._busy_since is not None)
            clock.advance(60 * 10**9)
            assert projection.report.state is ProjectionState.WAITING
            assert projection.report.lag == 60
        finally:
            postgres.thaw()
        await until(lambda: projection.report.lag == 0)
    journal.close()
    assert tables(url) == expected(tmp_path / LOG_NAME, tmp_path)


PROJECT = """
import sys
from pathlib import Path
from voldesk.store.trades.database import open_database
from voldesk.store.trades.projector import Projector
from voldesk.store.trades.tail import Tail

log, url = sys.argv[1:]
engine = open_database(url)
tail = Tail(Path(log))
projector = Projector(engine, tail, "DU1")
while True:
    projector.step(3)
    print(projector.entries, flush=True)
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_projector_neither_loses_nor_repeats(
    postgres: Postgres, tmp_path: Path, kind: str
) -> None:
    """Killed again and again in the middle of it, the rows are those of one quiet run."""
    is_file = kind == "sqlite"
    url = f"sqlite:///{tmp_path}/trades.sqlite" if is_file else postgres.new_database()
    journal = Journal.open(tmp_path)
    journal.write(BEGUN)
    written = 0
    for kill in range(KILLS):
        for place in range(written, written + 6):
            journal.write(*an_order(place))
        written += 6
        process = subprocess.Popen(
            [sys.executable, "-c", PROJECT, str(tmp_path / LOG_NAME), url],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        for _ in range(1 + kill % 4):  # so that it is at it, and killed anywhere in the next one
            process.stdout.readline()
        process.kill()
        process.wait(DEADLINE_SECS)
        process.stdout.close()
    journal.close()
    assert catch_up(tmp_path / LOG_NAME, "DU1", url) == 1 + 3 * written
    assert tables(url) == expected(tmp_path / LOG_NAME, tmp_path)


def test_a_server_that_is_down_is_an_error_to_a_command(postgres: Postgres, tmp_path: Path) -> None:
    """One line, without a traceback."""
    url = postgres.new_database()
    log = write_journal(tmp_path, a_day())
    postgres.stop()
    try:
        with pytest.raises(StorageError, match="cannot be written: connection"):
            catch_up(log, "DU1", url)
        with pytest.raises(StorageError, match="cannot be read: connection"):
            export_trades(url, tmp_path / "trades.csv")
    finally:
        postgres.start()
    engine = open_database(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()
