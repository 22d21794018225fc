"""The table of columns is complete in itself."""

import numpy as np
import pytest

from voldesk.chain.schema import ROW_COLUMNS, SERIES_COLUMNS, UNKNOWN, Column, Kind

ALL_COLUMNS = (*ROW_COLUMNS, *SERIES_COLUMNS)


@pytest.mark.parametrize("columns", [ROW_COLUMNS, SERIES_COLUMNS], ids=["rows", "series"])
def test_a_name_stands_for_one_column(columns: tuple[Column, ...]) -> None:
    """No name is used twice in one table."""
    names = [column.name for column in columns]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("column", ALL_COLUMNS, ids=lambda column: column.name)
def test_every_figure_has_a_unit_and_a_reason_to_be_unknown(column: Column) -> None:
    """A float column says in what it is counted and what NaN means there."""
    assert column.meaning
    if column.kind is Kind.FLOAT:
        assert column.unit
        assert column.when_unknown


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name)
def test_unknown_fits_its_column(kind: Kind) -> None:
    """The value for unknown survives a trip through an array of the kind's dtype."""
    kept = np.full(1, UNKNOWN[kind], dtype=kind.value)
    np.testing.assert_array_equal(kept, np.array([UNKNOWN[kind]], dtype=kind.value))
