"""The REST answers, field by field against the table."""

import json
from datetime import date

import numpy as np
from gateway_world import FIRST_EXPIRY, World
from hypothesis import given
from hypothesis import strategies as st

from voldesk.gateways.documents import (
    CHAIN_FIGURES,
    ROWS_AT_ONCE,
    Layout,
    chain_head,
    chain_pieces,
    chosen_rows,
    contract_columns,
    expiries_document,
    snapshot_id,
    summary_document,
    underlyings_document,
)
from voldesk.gateways.encode import encode_json


def _chain(world: World, layout: Layout) -> dict[str, object]:
    update = world.chains["NIFTY"]
    columns = contract_columns(update, chosen_rows(update, None, None))
    head = chain_head(update, "b", is_delta=False)
    answer: dict[str, object] = json.loads(b"".join(chain_pieces(head, columns, layout)))
    return answer


def test_columns_are_the_tables_columns() -> None:
    """Each figure is the table's, NaN as null."""
    world = World()
    rows = world.add("NIFTY").rows
    contracts = _chain(world, Layout.COLUMNS)["contracts"]
    assert isinstance(contracts, dict)
    for name in CHAIN_FIGURES:
        told = np.array(contracts[name], dtype=float)
        assert np.array_equal(told, getattr(rows, name), equal_nan=True), name
    assert contracts["strike"] == rows.strike.tolist()
    assert contracts["right"] == ["C" if one else "P" for one in rows.is_call]


@given(st.integers(1, ROWS_AT_ONCE + 2))
def test_rows_say_what_columns_say(strikes: int) -> None:
    """The two layouts hold the same values, however many pieces they were encoded in."""
    world = World()
    world.add("NIFTY", strikes=strikes)
    columns, rows = (_chain(world, layout)["contracts"] for layout in (Layout.COLUMNS, Layout.ROWS))
    assert isinstance(columns, dict)
    assert isinstance(rows, list)
    assert len(rows) == 2 * strikes
    assert {name: [row[name] for row in rows] for name in columns} == columns


def test_no_rows_are_an_empty_list() -> None:
    """A delta with nothing in it is JSON in both layouts."""
    world = World()
    world.add("NIFTY")
    update = world.chains["NIFTY"]
    columns = contract_columns(update, chosen_rows(update, None, update.seq))
    head = chain_head(update, "b", is_delta=True)
    by_rows, by_columns = (
        json.loads(b"".join(chain_pieces(head, columns, layout)))
        for layout in (Layout.ROWS, Layout.COLUMNS)
    )
    assert by_rows["contracts"] == []
    assert set(map(len, by_columns["contracts"].values())) == {0}


def test_rows_are_chosen_by_expiry_and_by_change() -> None:
    """An expiry keeps its own rows, a since those that changed after it."""
    world = World()
    table = world.add("NIFTY", expiries=2)
    world.change("NIFTY", [0, 15])
    update = world.chains["NIFTY"]
    assert chosen_rows(update, None, 1).tolist() == [0, 15]
    assert chosen_rows(update, FIRST_EXPIRY, 1).tolist() == [0]
    assert chosen_rows(update, date(2030, 1, 1), None).tolist() == []
    assert len(chosen_rows(update, None, None)) == len(table.rows)


def test_a_new_layout_is_another_snapshot() -> None:
    """A seq counts within a run and a layout."""
    world = World()
    world.add("NIFTY")
    first = snapshot_id("boot", world.chains["NIFTY"])
    world.add("NIFTY", strikes=3)
    assert snapshot_id("boot", world.chains["NIFTY"]) != first
    assert snapshot_id("other", world.chains["NIFTY"]) != snapshot_id("boot", world.chains["NIFTY"])


def test_lists_count_what_there_is() -> None:
    """Underlyings and expiries say how many contracts they have."""
    world = World()
    world.add("NIFTY", expiries=3, strikes=4)
    (one,) = underlyings_document(world.chains, world.day)
    assert (one["contracts"], one["expiries"]) == (24, 3)
    assert one["day"]["open"] == one["spot"]
    assert [row["contracts"] for row in expiries_document(world.chains["NIFTY"])] == [8, 8, 8]


def test_a_summary_is_encoded_whole() -> None:
    """The analytics of an update become JSON without a NaN."""
    world = World()
    world.add("NIFTY")
    world.change("NIFTY", has_summary=True)
    told = json.loads(encode_json(summary_document(world.chains["NIFTY"])))
    assert told["underlying"] == "NIFTY"
    assert told["day"] is None  # nobody said
    assert told["data"]["underlying"]["contracts"] == 10
