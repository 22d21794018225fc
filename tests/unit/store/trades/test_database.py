"""URLs, tables that are there or are not, and databases of another version."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from voldesk.model.errors import ConfigError, StorageError
from voldesk.store.trades.database import (
    checked_url,
    database_url,
    migrate,
    newest,
    open_database,
    reading,
    told,
    version_of,
)
from voldesk.store.trades.schema import METADATA


def test_the_file_beside_the_journal_is_the_default(tmp_path: Path) -> None:
    """Without a URL the database is an SQLite file in the journal's folder."""
    assert database_url(None, tmp_path) == f"sqlite:///{tmp_path}/trades.sqlite"
    assert database_url("postgresql://a@b/c", tmp_path) == "postgresql://a@b/c"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_by_psycopg_3(scheme: str) -> None:
    """Whichever way the scheme is written."""
    assert checked_url(f"{scheme}://desk@host/voldesk").drivername == "postgresql+psycopg"


def test_a_password_does_not_belong_into_a_url() -> None:
    """It is refused, and not repeated."""
    with pytest.raises(ConfigError, match="leave it to PGPASSWORD") as caught:
        checked_url("postgresql://desk:hunter2@host/voldesk")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://desk@host/x", "sqlite://", "sqlite+aiosqlite:///x"])
def test_other_databases_are_refused(url: str) -> None:
    """SQLite has to be a file."""
    with pytest.raises(ConfigError, match="is neither postgresql://"):
        checked_url(url)


def test_what_is_no_url_is_refused() -> None:
    """The text may hold a secret, so it is not repeated."""
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        checked_url("desk hunter2")
    assert "hunter2" not in str(caught.value)


def test_a_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL is an extra: the message says which."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r"pip install 'voldesk\[postgres\]'"):
        open_database("postgresql://desk@host/voldesk")


def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    """The tables are made where they are not, and left alone where they are."""
    engine = open_database(f"sqlite:///{tmp_path}/trades.sqlite")
    with engine.connect() as connection:
        assert version_of(connection) == ""
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert version_of(connection) == newest()
    engine.dispose()


def test_migrations_lead_to_the_schema(empty_database: Path) -> None:
    """Nothing is left to change between the migrated tables and those of `schema`."""
    engine = open_database(f"sqlite:///{empty_database}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(new_database: Callable[[], str]) -> None:
    """Neither written nor read."""
    url = new_database()
    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="made by a newer voldesk"):
        migrate(engine)
    engine.dispose()
    with pytest.raises(StorageError, match="of version 9999, expected"), reading(url):
        pass


def test_reading_needs_the_tables(tmp_path: Path) -> None:
    """No file, or one without tables, is an error that says what to do; none is made."""
    url = f"sqlite:///{tmp_path}/trades.sqlite"
    with pytest.raises(StorageError, match="voldesk journal migrate"), reading(url):
        pass
    assert not (tmp_path / "trades.sqlite").exists()
    (tmp_path / "trades.sqlite").touch()
    with pytest.raises(StorageError, match="of version none, expected"), reading(url):
        pass


def test_a_database_that_is_none_is_an_error(tmp_path: Path) -> None:
    """What the driver says is told in one line."""
    (tmp_path / "trades.sqlite").write_text("this is a letter, not a database, and so on and on")
    url = f"sqlite:///{tmp_path}/trades.sqlite"
    with pytest.raises(StorageError, match="cannot be read: file is not a database"), reading(url):
        pass


def test_a_reader_does_not_hold_up_the_writer(new_database: Callable[[], str]) -> None:
    """SQLite takes a row while somebody reads."""
    url = new_database()
    engine = open_database(url)
    with reading(url) as connection:
        connection.execute(text("SELECT * FROM runs")).all()
        with engine.begin() as writer:
            writer.execute(text("INSERT INTO runs VALUES ('DU1', 1, '', '', 1, 1)"))
        # and sees what was there when it began
        assert connection.execute(text("SELECT count(*) FROM runs")).scalar_one() == 0
    engine.dispose()


def test_an_error_is_told_without_its_values() -> None:
    """Of a failed statement neither the SQL nor the account in it is repeated."""
    error = OperationalError("SELECT 1", {"account": "DU1"}, Exception("disk\n  full"))
    assert told(error) == "disk full"
