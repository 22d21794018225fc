"""The database behind a URL: opened for writing or for reading, its tables brought up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from voldesk.model.errors import ConfigError, StorageError

FILE_NAME: Final = "trades.sqlite"
MIGRATIONS: Final = Path(__file__).parent / "migrations"

_POSTGRES = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_CONNECT_SECS = 5
_BUSY_MS = 5_000
_MIGRATION_LOCK = 7_605_021_144  # of PostgreSQL's advisory locks, ours by choice


def database_url(url: str | None, folder: Path) -> str:
    """Return the URL given, or that of the SQLite file beside the journal."""
    return url or f"sqlite:///{folder / FILE_NAME}"


def checked_url(text_of_url: str) -> URL:
    """
    Return a URL as SQLAlchemy takes it.

    Raises:
        ConfigError: It is none, of another database, or has a password in it.
    """
    try:
        url = make_url(text_of_url)
    except ArgumentError:
        raise ConfigError(
            "the database URL cannot be read, expected postgresql://user@host/name or"
            " sqlite:///path"
        ) from None
    if url.password is not None:
        raise ConfigError(
            f"{url.render_as_string(hide_password=True)} has a password in it: a URL is shown and"
            " logged, so leave it to PGPASSWORD or ~/.pgpass"
        )
    if url.drivername in _POSTGRES:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database:
        return url
    raise ConfigError(f"{url} is neither postgresql://user@host/name nor sqlite:///path")


def open_database(url: str, *, is_reader: bool = False) -> Engine:
    """
    Return an engine; nothing is connected yet.

    Args:
        url: As `checked_url` takes it.
        is_reader: Whether it only reads, and so must not keep SQLite's writer waiting.

    Raises:
        ConfigError: As `checked_url`, or PostgreSQL's driver is not installed.
    """
    checked = checked_url(url)
    if checked.drivername != "sqlite":
        return _open_postgres(checked)
    engine = create_engine(checked, pool_size=1, max_overflow=0)
    begin = "BEGIN" if is_reader else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:  # noqa: ANN401  # the driver's own
        # Python's driver begins transactions by itself, too late for our locks: it is told not to.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        # What a power cut takes back it takes back whole, and it is projected again.
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _open_postgres(url: URL) -> Engine:
    arguments = {"connect_timeout": _CONNECT_SECS}
    try:
        return create_engine(url, pool_size=1, max_overflow=0, connect_args=arguments)
    except ImportError as exc:
        raise ConfigError(
            f"{url} needs the driver of PostgreSQL: pip install 'voldesk[postgres]'"
        ) from exc


@contextmanager
def writing(url: str) -> Iterator[Engine]:
    """
    Lend an engine to write with.

    Raises:
        ConfigError: As `open_database`.
        StorageError: The database does not do what it is asked.
    """
    engine = open_database(url)
    try:
        yield engine
    except SQLAlchemyError as exc:
        raise StorageError(f"the database {engine.url} cannot be written: {told(exc)}") from exc
    finally:
        engine.dispose()


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """
    Lend a connection of a database whose tables are there.

    Raises:
        ConfigError: As `checked_url`.
        StorageError: It does not answer, or has not the tables of this version.
    """
    engine = open_database(url, is_reader=True)
    path = engine.url.database
    if engine.dialect.name == "sqlite" and not Path(path or "").is_file():
        raise StorageError(f"there is no database at {path}: 'voldesk journal migrate' makes it")
    try:
        with engine.connect() as connection:
            found = version_of(connection)
            if found != newest():
                raise StorageError(
                    f"the tables of {engine.url} are of version {found or 'none'}, expected"
                    f" {newest()}: run 'voldesk journal migrate'"
                )
            yield connection
    except SQLAlchemyError as exc:
        raise StorageError(f"the database {engine.url} cannot be read: {told(exc)}") from exc
    finally:
        engine.dispose()


def migrate(engine: Engine) -> None:
    """
    Bring the tables to this version, in one transaction; two processes may ask at once.

    Raises:
        StorageError: They are of a version this one does not know.
        SQLAlchemyError: The database does not answer.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _MIGRATION_LOCK})
        try:
            command.upgrade(alembic_config(connection), "head")
        except CommandError as exc:
            raise StorageError(
                f"the tables of {engine.url} were made by a newer voldesk: {exc}"
            ) from exc


def version_of(connection: Connection) -> str:
    """Return the version of the tables, "" where there are none."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def newest() -> str:
    """Return the version that this code reads and writes."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def told(error: SQLAlchemyError) -> str:
    """Return what a database says, in one line, without the statement and its values."""
    said = str(getattr(error, "orig", None) or error)
    return " ".join(said.split())


def alembic_config(connection: Connection | None = None) -> Config:
    """Return what Alembic's commands need: our migrations, and the connection to run them on."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
