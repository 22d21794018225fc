"""What Alembic runs on the connection that it is handed."""

from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from voldesk.store.trades.database import migrate, open_database


def test_a_migration_that_dies_leaves_nothing(tmp_path: Path) -> None:
    """All of it is one transaction: what is rolled back was never there."""
    engine = open_database(f"sqlite:///{tmp_path}/trades.sqlite")
    connection = engine.connect()
    connection.exec_driver_sql("CREATE TABLE switches (x)")  # so that making it fails half-way
    connection.commit()
    connection.close()
    with pytest.raises(OperationalError, match="already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["switches"]
    engine.dispose()
