"""One field at a time."""

import math
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.errors import WireError
from voldesk.wire.ib.kinds import (
    UNSET_DOUBLE,
    Count,
    Double,
    Flag,
    Int,
    Kind,
    Offset,
    OptionalDouble,
    OptionalInt,
    OptionalQuantity,
    Percentage,
    Quantity,
    Text,
    UnsetDouble,
    UnsetInt,
    read_field,
    write_field,
)


def kind_of(alias: Any) -> Kind:
    kind = get_args(alias)[1]
    assert isinstance(kind, Kind)
    return kind


def write(alias: Any, value: Any, version: int = 178) -> str:
    return write_field(kind_of(alias), value, version, "x")


def read(alias: Any, text: str, version: int = 178) -> Any:
    return read_field(kind_of(alias), text, version, "x")


@pytest.mark.parametrize(
    ("alias", "value", "text"),
    [
        (Int, 7, "7"),
        (Int, 110.0, "110"),
        (Double, 230, "230.0"),
        (Double, 0.05, "0.05"),
        (Quantity, 110.0, "110"),
        (Quantity, 0.5, "0.5"),
        (Percentage, 4.25, "4.25"),
        (Percentage, 4.0, "4"),
        (Count, 7.0, "7"),
        (Flag, True, "1"),
        (Flag, False, "0"),
        (Text, "Zürich", "Z\\u00fcrich"),
        (Text, "\U0001f600", "\\ud83d\\ude00"),
        (Text, "a\\b", "a\\b"),
        (Text, "\\u0041", "\\u005cu0041"),
        (OptionalInt, None, ""),
        (UnsetInt, None, "2147483647"),
        (OptionalDouble, None, ""),
        (UnsetDouble, None, UNSET_DOUBLE),
        (OptionalQuantity, None, UNSET_DOUBLE),
        (Offset, None, ""),
        (Offset, math.inf, "Infinity"),
    ],
)
def test_written_and_read_back(alias: Any, value: Any, text: str) -> None:
    """Each kind has one spelling, and it is read back as the same value."""
    assert write(alias, value) == text
    assert read(alias, text) == value


@pytest.mark.parametrize(
    ("alias", "text", "value"),
    [
        (Int, "", 0),
        (Int, "230.0", 230),
        (Double, "", 0.0),
        (Quantity, "", 0.0),
        (Flag, "", False),
        (Flag, "true", True),
        (OptionalInt, "2147483647", None),
        (OptionalDouble, "1.7976931348623157E308", None),
        (OptionalDouble, "1.7976931348623157e+308", None),
        (Offset, "Infinite", math.inf),
        (Offset, "1.7976931348623157E308", None),
    ],
)
def test_other_spellings_of_other_writers(alias: Any, text: str, value: Any) -> None:
    """Empty fields and the largest numbers mean what their writers mean by them."""
    assert read(alias, text) == value


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        (Int, "x"),
        (Int, "1.5"),
        (Int, "1_000"),
        (Int, "٣"),
        (Int, "1e30"),
        (Int, "nan"),
        (Double, "nan"),
        (Double, "inf"),
        (Double, "1_0"),
        (Double, "1,5"),
        (Flag, "yes"),
    ],
)
def test_texts_that_mean_nothing(alias: Any, text: str) -> None:
    """They are refused with the field's name and the text."""
    with pytest.raises(WireError, match="x is"):
        read(alias, text)


@pytest.mark.parametrize(
    ("alias", "value"),
    [
        (Int, 1.5),
        (Int, None),
        (Int, "x"),
        (Double, math.nan),
        (Double, None),
        (Quantity, math.inf),
        (Text, "a\0b"),
    ],
)
def test_values_that_cannot_be_said(alias: Any, value: Any) -> None:
    """They are refused before a byte is sent."""
    with pytest.raises(WireError, match="expected a"):
        write(alias, value)


def test_old_clients_get_whole_quantities() -> None:
    """Below 163 clients read sizes with int(), which a fraction kills."""
    assert write(Quantity, 0.5, version=162) == "0"
    assert write(Quantity, 110.0, version=157) == "110"


def test_old_clients_get_their_own_letters() -> None:
    """Before 153 text was UTF-8, not escaped."""
    assert write(Text, "Zürich", version=152) == "Zürich"
    assert read(Text, "\\u0041", version=152) == "\\u0041"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_survives(text: str) -> None:
    """Text is ASCII on the wire and comes back as it was."""
    said = write(Text, text)
    assert said.isascii()
    assert read(Text, said) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_double_survives(value: float) -> None:
    """Every bit of a double arrives."""
    assert read(Double, write(Double, value)) == value
