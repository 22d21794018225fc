"""A chain table holds what the schema says and publishes it with its units."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from voldesk.chain.reprice import value_chain
from voldesk.chain.schema import ROW_COLUMNS, SERIES_COLUMNS, Column, Kind
from voldesk.chain.table import ChainTable, CodeArray, IndexArray, RowColumns, SeriesColumns
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Status
from voldesk.model.quotes import BoolArray, DateArray, FloatArray, IntArray, TextArray
from voldesk.model.ticks import DataType

TYPES = {
    Kind.TEXT: TextArray,
    Kind.DATE: DateArray,
    Kind.FLAG: BoolArray,
    Kind.FLOAT: FloatArray,
    Kind.TIME: IntArray,
    Kind.COUNT: IndexArray,
    Kind.CODE: CodeArray,
}

STRUCTS = [(RowColumns, ROW_COLUMNS), (SeriesColumns, SERIES_COLUMNS)]


@pytest.fixture
def table(quotes: Callable[..., dict[str, Any]], snapshot: Callable[..., Any]) -> ChainTable:
    """Return two series, one row of which has no bid."""
    first = quotes()
    first["bid"][3] = 0.0
    return value_chain(
        snapshot(first, quotes(root="SPX", expiry=np.datetime64("2026-11-20").astype(object))),
        PROFILES["default"],
    )


@pytest.mark.parametrize(("struct", "columns"), STRUCTS, ids=["rows", "series"])
def test_fields_are_the_columns_of_the_schema(
    struct: type[RowColumns | SeriesColumns], columns: tuple[Column, ...]
) -> None:
    """Each struct has exactly the schema's columns, in its order, of its kinds."""
    declared = [(spec.name, spec.type) for spec in fields(struct)]
    assert declared == [(column.name, TYPES[column.kind]) for column in columns]


@pytest.mark.parametrize(("struct", "columns"), STRUCTS, ids=["rows", "series"])
def test_unknown_columns_know_nothing(
    struct: type[RowColumns | SeriesColumns], columns: tuple[Column, ...]
) -> None:
    """A fresh struct has the asked length and the schema's dtypes and unknown values."""
    made = struct.unknown(3)
    assert len(made) == 3
    for column in columns:
        values = getattr(made, column.name)
        assert values.dtype == np.dtype(column.kind.value)
        np.testing.assert_array_equal(values, np.full(3, column.unknown, dtype=values.dtype))


def test_slice_finds_the_rows_of_a_series(table: ChainTable) -> None:
    """The rows of a series are contiguous and a slice of them is a view."""
    for index in range(len(table.series)):
        where = table.slice(index)
        assert (table.rows.series[where] == index).all()
        assert np.shares_memory(table.rows.iv[where], table.rows.iv)
    assert table.slice(len(table.series) - 1).stop == len(table.rows)


def test_columns_are_shared_in_schema_order(table: ChainTable) -> None:
    """``to_columns`` copies nothing and keeps the order of the schema."""
    columns = table.to_columns()
    assert list(columns) == [column.name for column in ROW_COLUMNS]
    assert columns["iv"] is table.rows.iv


def test_arrow_says_units_and_leaves_unknown_null(table: ChainTable) -> None:
    """An Arrow table carries unit and meaning per field, words for codes, null for unknown."""
    arrow = table.to_arrow()
    names = ["right" if column.name == "is_call" else column.name for column in ROW_COLUMNS]
    assert arrow.column_names == names
    for name, column in zip(names, ROW_COLUMNS, strict=True):
        assert arrow.schema.field(name).metadata[b"unit"].decode() == column.unit
    lame = int(np.flatnonzero(table.rows.status == Status.NO_BID)[0])
    assert arrow["status"].to_pylist()[lame] == "NO_BID"
    assert set(arrow["data_type"].to_pylist()) == {"LIVE"}
    assert arrow["iv"].to_pylist()[lame] is None
    assert arrow["iv"].null_count == int(np.isnan(table.rows.iv).sum())
    assert arrow["right"].to_pylist()[:2] == ["C", "P"]
    assert arrow["ts_event"].null_count == len(table.rows)


def test_parquet_keeps_the_facts_of_the_chain(table: ChainTable, tmp_path: Path) -> None:
    """Profile, time and series survive a Parquet file."""
    pq.write_table(table.to_arrow(), tmp_path / "chain.parquet")
    read = pq.read_table(tmp_path / "chain.parquet")
    facts = read.schema.metadata
    assert json.loads(facts[b"profile"])["name"] == "default"
    assert int(facts[b"as_of"]) == table.as_of
    series = json.loads(facts[b"series"])
    assert [one["root"] for one in series] == ["SPXW", "SPX"]
    assert series[0]["forward"] == table.series.forward[0]
    assert series[0]["spot"] is None
    np.testing.assert_array_equal(read["iv"].to_numpy(), table.rows.iv)


def test_a_chain_is_as_live_as_the_worst_of_it(table: ChainTable) -> None:
    """Its spot counts like a row."""
    told = [table.data_type]
    table.rows.data_type[2] = DataType.FROZEN
    told.append(table.data_type)
    table.spot_type = DataType.DELAYED
    assert [*told, table.data_type] == [DataType.LIVE, DataType.FROZEN, DataType.DELAYED]


def test_a_spot_that_lapsed_is_known_and_not_live(table: ChainTable) -> None:
    """Who shows the spot still has it, who makes a forward of it does not."""
    table.spot = 100.0
    live = [table.live_spot]
    table.spot_lack = "the spot is more than 120 s old"
    assert (live, table.spot) == ([100.0], 100.0)
    assert np.isnan(table.live_spot)


def test_an_empty_chain_publishes_empty_columns(snapshot: Callable[..., Any]) -> None:
    """A chain without rows is a table without rows, of the same columns."""
    table = value_chain(snapshot({"strike": np.array([])}), PROFILES["default"])
    arrow = table.to_arrow()
    assert arrow.num_rows == 0
    assert pa.types.is_float64(arrow.schema.field("iv").type)
