"""What tests of the trades share: a database with empty tables, copied rather than migrated."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from voldesk.store.trades.database import migrate, open_database


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file with the tables and no rows."""
    path = tmp_path_factory.mktemp("empty") / "trades.sqlite"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def new_database(empty_database: Path, tmp_path: Path) -> Callable[[], str]:
    """Return a maker of databases; each call gives the URL of a new one."""
    made: list[Path] = []

    def make() -> str:
        path = tmp_path / f"trades{len(made)}.sqlite"
        shutil.copy(empty_database, path)
        made.append(path)
        return f"sqlite:///{path}"

    return make
