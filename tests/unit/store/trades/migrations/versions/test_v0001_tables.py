"""The first migration makes the tables of the schema, and takes them away."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect

from voldesk.store.trades.database import open_database
from voldesk.store.trades.migrations.versions import v0001_tables
from voldesk.store.trades.schema import METADATA


def test_it_leads_to_the_schema_and_back(tmp_path: Path) -> None:
    """Nothing is left to change up there, and nothing is left at all down here."""
    engine = open_database(f"sqlite:///{tmp_path}/trades.sqlite")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        with Operations.context(context):
            v0001_tables.upgrade()
            assert compare_metadata(context, METADATA) == []
            v0001_tables.downgrade()
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def test_it_is_the_first() -> None:
    """It follows nothing."""
    assert (v0001_tables.revision, v0001_tables.down_revision) == ("0001", None)
