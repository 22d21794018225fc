"""Tests of `wire.files.numerals`."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.wire.files.numerals import MAX_FIGURE, DecimalMark, Numerals, decimal_mark

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("6711.20", 6711.2),
        ("6,711.20", 6711.2),
        ("1,23,456.75", 123456.75),
        ("11,76,610", 1176610.0),
        ("1 234.5", 1234.5),
        ("1\u202f234.5", 1234.5),
        ("1'234.5", 1234.5),
        (" 7 ", 7.0),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("-2.5e-3", -0.0025),
        ("\u22123", -3.0),
        ("12.5%", 0.125),
        ("$3.50", 3.5),
        ("\u20b91,234", 1234.0),
    ],
)
def test_numbers_of_a_point_file_are_read(cell: str, number: float) -> None:
    """Grouping by commas, spaces and apostrophes, signs, percent and currency are understood."""
    assert Numerals().value(cell) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("6711,20", 6711.2), ("1.234,5", 1234.5), ("5.800", 5800.0), (",5", 0.5), ("7", 7.0)],
)
def test_numbers_of_a_comma_file_are_read(cell: str, number: float) -> None:
    """In a file with decimal commas a point groups thousands."""
    assert Numerals(COMMA).value(cell) == number


@pytest.mark.parametrize("cell", ["", " ", "-", "--", "N/A", "nan", "NaN", "None", "null", "#N/A"])
def test_blanks_are_unknown(cell: str) -> None:
    """What vendors print for nothing is NaN, not an error."""
    number = Numerals().value(cell)
    assert number is not None
    assert math.isnan(number)


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "1,2",
        "0,050",
        "1.2.3",
        "1_000",
        "inf",
        "-Infinity",
        "1e308",
        "1e13",
        "1 2",
        "12a",
        "%",
    ],
)
def test_what_is_no_number_is_named(cell: str) -> None:
    """Words, wrong grouping, infinity and absurd magnitudes are no numbers."""
    assert Numerals().value(cell) is None
    values, bad = Numerals().column(["1.5", cell, "2"])
    assert bad == [1]
    assert np.isnan(values[1])
    assert values[[0, 2]].tolist() == [1.5, 2.0]


def test_a_point_that_groups_nothing_is_wrong_in_a_comma_file() -> None:
    """One file has one locale: 0.25 is not quietly read as 25 or as a quarter."""
    assert Numerals(COMMA).value("0.25") is None


@pytest.mark.parametrize(
    ("cells", "delimiter", "mark"),
    [
        (["6711.20", "5"], ",", POINT),
        (["6711,20", "5"], ";", COMMA),
        (["0,050", "1,234"], ",", COMMA),
        (["1.234,5"], ",", COMMA),
        (["1,23,456", "12.5"], ",", POINT),
        (["5,800"], ",", POINT),
        (["5,800"], ";", COMMA),
        (["5.800", "6.100"], ";", POINT),
        (["6,711.20", "6711,2"], ",", POINT),
        (["6711,2", "6711,3", "0.5"], ",", COMMA),
        ([], ";", POINT),
    ],
)
def test_the_decimal_mark_is_found_from_all_cells(
    cells: list[str], delimiter: str, mark: DecimalMark
) -> None:
    """The more frequent evidence decides for the whole file, the delimiter where there is none."""
    assert decimal_mark(cells, delimiter) is mark


def test_json_cells_keep_their_numbers() -> None:
    """Numbers and null need no parsing; what JSON has besides is no number."""
    values, bad = Numerals().column([1, 2.5, None, "3.5", True, [1], 10**400, float("inf"), 1e15])
    assert np.array_equal(values[:4], [1.0, 2.5, np.nan, 3.5], equal_nan=True)
    assert np.isnan(values[4:]).all()
    assert bad == [4, 5, 6, 7, 8]


def test_an_empty_column_is_empty() -> None:
    """A table of headers only has columns of no rows."""
    values, bad = Numerals().column([])
    assert values.shape == (0,)
    assert bad == []


@given(st.lists(st.floats(min_value=-MAX_FIGURE, max_value=MAX_FIGURE)))
def test_printed_floats_come_back_bit_for_bit(numbers: list[float]) -> None:
    """The fast path reads what Python's float() reads."""
    values, bad = Numerals().column([repr(number) for number in numbers])
    assert bad == []
    assert values.tolist() == numbers


@given(st.lists(st.text(max_size=12)))
def test_a_column_agrees_with_its_cells(cells: list[str]) -> None:
    """Reading a column at once gives what reading its cells one by one gives."""
    numerals = Numerals()
    values, bad = numerals.column(cells)
    alone = [numerals.value(cell) for cell in cells]
    assert bad == [row for row, number in enumerate(alone) if number is None]
    expected = [np.nan if number is None else number for number in alone]
    assert np.array_equal(values, expected, equal_nan=True)
