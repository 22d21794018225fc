"""Messages of the TWS API made up by hypothesis, from the tables of the messages themselves."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from voldesk.wire.ib.codec import Layout
from voldesk.wire.ib.kinds import FRACTIONS_FROM, Kind
from voldesk.wire.ib.layout import (
    Block,
    Field,
    Literal,
    Resolved,
    Split,
    Table,
    hints_of,
    part_types,
)

_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
) | st.sampled_from(["US/Eastern", "\\u0041", "a\\b", "Zürich", "\U0001f600"])
_DOUBLE = st.floats(-1e12, 1e12, allow_nan=False).map(lambda x: x + 0.0)
_INT = st.integers(-(2**31) + 1, 2**31 - 2)

_DISCRIMINATORS: dict[tuple[str, str], Any] = {
    ("OrderCondition", "kind"): st.sampled_from([1, 3, 4, 5, 6, 7]),
    ("OrderCondition", "value"): st.sampled_from(["1", "30"]),
    ("TickByTick", "kind"): st.sampled_from([1, 2, 3, 4]),
    ("IbContract", "sec_type"): st.sampled_from(["", "STK", "OPT", "BAG"]),
    ("IbContract", "exchange"): st.sampled_from(["", "SMART", "IBKRATS"]),
    ("IbContract", "last_trade_date"): st.sampled_from(["", "202510", "20251017"]),
    ("IbOrder", "order_type"): st.sampled_from(["LMT", "PEG BENCH", "PEG BEST", "PEG MID"]),
    ("IbOrder", "compete_against_best_offset"): st.sampled_from([None, 0.5, float("inf")]),
    ("ContractDetails", "maturity"): st.sampled_from(["", "20301115"]),
    ("ContractDetails", "last_trade_time"): st.sampled_from(["", "16:00:00"]),
    ("ContractDetails", "time_zone"): st.sampled_from(["US/Eastern", "MET"]),
}
"""Fields that decide which others are sent, and those with a form of their own."""


def value_of(kind: Kind, version: int) -> st.SearchStrategy[Any]:
    """Return values of a kind that a version can say."""
    name, _, optional = kind.name.partition(" or ")
    quantity = _DOUBLE if version >= FRACTIONS_FROM else _INT.map(float)
    strategy: st.SearchStrategy[Any] = {
        "whole number": _INT,
        "number": _DOUBLE,
        "quantity": quantity,
        "percentage": _DOUBLE,
        "count": _INT.map(float),
        "flag": st.booleans(),
        "text": _TEXT,
        "offset": st.none() | _DOUBLE,
    }[name]
    return st.none() | strategy if optional else strategy


@st.composite
def message_of(draw: st.DrawFn, cls: type, version: int) -> Any:
    """Draw an object of a type, all fields filled."""
    made: dict[str, Any] = {}
    for field in fields(cls):
        hint = hints_of(cls)[field.name]
        strategy = _DISCRIMINATORS.get((cls.__name__, field.name))
        if strategy is None:
            strategy = _strategy(cls, field.name, hint, version)
        made[field.name] = draw(strategy)
    return cls(**made)


def _strategy(cls: type, name: str, hint: Any, version: int) -> st.SearchStrategy[Any]:
    kinds = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Kind)]
    if kinds:
        return value_of(kinds[0], version)
    part = part_types(cls).get(name)
    if part is not None:
        whole = message_of(part, version)
        return st.none() | whole if name == "delta_neutral" else whole
    item = hint.__args__[0]
    item_kinds = [mark for mark in getattr(item, "__metadata__", ()) if isinstance(mark, Kind)]
    items = value_of(item_kinds[0], version) if item_kinds else message_of(item, version)
    return st.lists(items, max_size=2).map(tuple)


def sent_values(layout: Layout, message: Any, version: int) -> dict[str, Any]:
    """Return the fields of a message that a version sends, by path; rows as lists of such."""
    return _sent(layout.table(version), message)


def _sent(table: Sequence[Resolved], message: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in table:
        if isinstance(step, Field):
            found[step.path] = _at(message, step.path)
        elif isinstance(step, Block):
            if step.test(lambda path: _at(message, path)):
                found.update(_sent(step.steps, message))
        elif isinstance(step, Table):
            items = _at(message, step.path)
            found[step.path] = [
                _sent(step.steps, item) if isinstance(step.item, type) else item for item in items
            ]
        elif isinstance(step, Split) and len(step.paths) > 1:
            found[step.paths[0]] = _at(message, step.paths[0])
        else:
            assert isinstance(step, Literal | Split)
    return found


def _at(message: Any, path: str) -> Any:
    for name in path.split("."):
        message = getattr(message, name)
    return message
