"""Which fields a stream carries, and what they hold."""

import numpy as np
import pytest
from gateway_world import World
from hypothesis import given
from hypothesis import strategies as st

from voldesk.chain.schema import ROW_COLUMNS, Kind
from voldesk.gateways.fields import (
    AGE,
    DEFAULT_FIELDS,
    STREAM_FIELDS,
    choose_fields,
    gather,
    gather_into,
)
from voldesk.gateways.problems import ClientError
from voldesk.model.quotes import NO_TIME, IntArray
from voldesk.model.ticks import DataType
from voldesk.pricing.layout import NEVER


def test_every_figure_of_a_chain_can_be_streamed() -> None:
    """All float columns, the status, how live the data are, and the age are fields."""
    floats = {column.name for column in ROW_COLUMNS if column.kind is Kind.FLOAT}
    assert set(STREAM_FIELDS) == floats | {"status", "data_type", AGE}
    assert set(DEFAULT_FIELDS) <= set(STREAM_FIELDS)


@given(st.lists(st.sampled_from(STREAM_FIELDS), min_size=1))
def test_the_order_is_the_streams(names: list[str]) -> None:
    """However fields are asked for, each comes once and in the stream's order."""
    chosen = choose_fields(names)
    assert set(chosen) == set(names)
    assert list(chosen) == [name for name in STREAM_FIELDS if name in set(names)]


def test_nothing_asked_is_the_default() -> None:
    """None means the default fields."""
    assert choose_fields(None) == DEFAULT_FIELDS


@pytest.mark.parametrize(("names", "told"), [(["detla"], "delta"), ([], "at least one")])
def test_what_is_no_field_is_named(names: list[str], told: str) -> None:
    """A wrong name is answered with the nearest right one."""
    with pytest.raises(ClientError, match=told):
        choose_fields(names)


def test_gather_reads_the_table() -> None:
    """A field of some rows is the column at those rows."""
    world = World()
    table = world.add("NIFTY")
    update = world.chains["NIFTY"]
    rows = np.array([3, 5])
    assert np.array_equal(gather(update, "bid", rows), table.rows.bid[rows], equal_nan=True)
    assert gather(update, "status", None).tolist() == table.rows.status.tolist()
    table.rows.data_type[3] = DataType.DELAYED
    assert gather(update, "data_type", rows).tolist() == [2.0, 0.0]


@pytest.mark.parametrize("rows", [None, np.array([0, 3, 5]), np.array([], dtype=np.int64)])
def test_all_fields_at_once_are_each_of_them(rows: IntArray | None) -> None:
    """What is gathered into a frame is what each field is by itself; too much is infinity."""
    world = World()
    table = world.add("NIFTY")
    update = world.chains["NIFTY"]
    table.rows.bid[:] = np.arange(len(table.rows)) / 7.0
    table.rows.last[3] = 1e300
    names = (*DEFAULT_FIELDS, AGE)
    count = len(table.rows) if rows is None else len(rows)
    out = np.zeros((len(names), count), dtype=np.float32)
    gather_into(out, update, names, rows)
    with np.errstate(over="ignore"):
        expected = [gather(update, name, rows).astype(np.float32) for name in names]
    np.testing.assert_array_equal(out, expected)


def test_age_counts_from_the_rows_time_to_the_flush() -> None:
    """A row stamped a second before the flush is one second old, one without a time unknown."""
    world = World()
    table = world.add("NIFTY")
    update = world.chains["NIFTY"]
    table.rows.ts_event[0] = update.ts_flush - 1_000_000_000
    table.rows.ts_event[1] = NO_TIME
    age = gather(update, AGE, np.array([0, 1]))
    assert age[0] == 1.0
    assert np.isnan(age[1])


def test_a_row_without_a_stamp_is_as_old_as_the_receipt_of_its_quote() -> None:
    """Venues that stamp nothing have an age too; a row that was never quoted has none."""
    world = World()
    world.add("NIFTY")
    update = world.chains["NIFTY"]
    rows = update.table.rows
    rows.ts_event[:3] = (NO_TIME, NO_TIME, update.ts_flush - 2_000_000_000)
    update.table.quoted_at = np.full(len(rows), update.ts_flush - 1_500_000_000)
    update.table.quoted_at[1] = NEVER
    age = gather(update, AGE, np.array([0, 1, 2]))
    assert (age[0], age[2]) == (1.5, 2.0)
    assert np.isnan(age[1])
    assert gather(update, AGE, None)[0] == 1.5
