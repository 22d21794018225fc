"""Tables: names become fields of their kinds, gates open and close."""

import pytest

from voldesk.wire.ib.data_types import Bar
from voldesk.wire.ib.layout import (
    Field,
    Literal,
    Table,
    before,
    hints_of,
    part_types,
    parts,
    resolve,
    rows,
    since,
    steps_of,
)
from voldesk.wire.ib.requests_orders import PlaceOrder
from voldesk.wire.ib.types import ContractDetails, IbContract, IbOrder, OptionParams


def test_gates_open_at_their_versions() -> None:
    """Both ends of a gate are included."""
    steps = (before(124, Literal("6")), since(124, "con_id"), "symbol")
    old = resolve(IbContract, steps, 123)
    assert [type(step) for step in old] == [Literal, Field]
    assert [type(step) for step in resolve(IbContract, steps, 124)] == [Field, Field]


def test_names_reach_into_parts() -> None:
    """A dotted name has the kind that its own type declares."""
    (field,) = resolve(PlaceOrder, parts("order", "quantity"), 178)
    assert isinstance(field, Field)
    assert field.kind.name == "quantity"


def test_a_name_that_is_no_field() -> None:
    """A typing error in a table is found when the table is made."""
    with pytest.raises(KeyError):
        resolve(IbContract, ("nonsense",), 178)


def test_a_field_without_a_kind() -> None:
    """A part cannot be written as one field."""
    with pytest.raises(TypeError, match="which no kind of field says how to write"):
        resolve(ContractDetails, ("contract",), 178)


def test_rows_of_scalars_and_of_parts() -> None:
    """A tuple of values has one field a row, a tuple of objects all of theirs."""
    (strikes,) = resolve(OptionParams, (rows("strikes"),), 178)
    assert isinstance(strikes, Table)
    assert strikes.steps == ()
    assert len(steps_of(Bar)) == 8


def test_parts_are_found_behind_unions() -> None:
    """A part that may be missing is a part."""
    assert set(part_types(PlaceOrder)) == {"contract", "order"}
    assert "delta_neutral" in part_types(IbContract)
    assert hints_of(IbOrder)["order_id"] is not int
