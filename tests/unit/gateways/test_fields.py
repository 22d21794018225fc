"""Which fields a stream carries, and what they hold."""

import numpy as np
import pytest
from gateway_world import World
from hypothesis import given
from hypothesis import strategies as st

from voldesk.chain.schema import ROW_COLUMNS, Kind
from voldesk.gateways.fields import AGE, DEFAULT_FIELDS, STREAM_FIELDS, choose_fields, gather
from voldesk.gateways.problems import ClientError
from voldesk.model.quotes import NO_TIME


def test_every_figure_of_a_chain_can_be_streamed() -> None:
    """All float columns, the status and the age are fields."""
    floats = {column.name for column in ROW_COLUMNS if column.kind is Kind.FLOAT}
    assert set(STREAM_FIELDS) == floats | {"status", AGE}
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
