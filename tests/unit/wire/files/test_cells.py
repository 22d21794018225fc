"""Tests of `wire.files.cells`."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.wire.files.cells import Coded, GridColumn, coded, split_grid

BODY = "SPX,6700,1.5\nSPX,,-2e-3\nSPXW,6710.25,0"


def column(body: str, at: int, width: int, delimiter: str = ",") -> GridColumn:
    """Return one column of a body that is even."""
    columns = split_grid(body, width, delimiter)
    assert columns is not None
    found = columns[at]
    assert isinstance(found, GridColumn)
    return found


def test_a_grid_gives_texts() -> None:
    """Whole columns, single cells and slices."""
    roots = column(BODY, 0, 3)
    assert list(roots) == ["SPX", "SPX", "SPXW"]
    assert (len(roots), roots[2], roots[-3], roots[:2]) == (3, "SPXW", "SPX", ["SPX", "SPX"])
    assert list(column(BODY, 1, 3)) == ["6700", "", "6710.25"]


def test_a_grid_gives_numbers() -> None:
    """An empty cell is unknown; a column with anything else is left to slower readers."""
    strikes = column(BODY, 1, 3).numbers()
    assert strikes is not None
    assert np.array_equal(strikes, [6700.0, np.nan, 6710.25], equal_nan=True)
    assert column(BODY, 0, 3).numbers() is None


@pytest.mark.parametrize("odd", ["-", "nan", "1 2", "5]", "+1", "007", "1e999", '"1"', " "])
def test_one_odd_cell_costs_its_own_column_only(odd: str) -> None:
    """The other columns keep their numbers."""
    body = f"1,2,3\n4,{odd},6"
    columns = split_grid(body, 3, ",")
    assert columns is not None
    numbers = [one.numbers() for one in columns if isinstance(one, GridColumn)]
    assert numbers[1] is None
    assert numbers[0] is not None
    assert numbers[2] is not None
    assert (numbers[0].tolist(), numbers[2].tolist()) == ([1.0, 4.0], [3.0, 6.0])


def test_numbers_are_the_callers_own() -> None:
    """Who scales a column does not scale it for the next one who asks."""
    strikes = column(BODY, 1, 3)
    first = strikes.numbers()
    assert first is not None
    first *= 2.0
    second = strikes.numbers()
    assert second is not None
    assert second[0] == 6700.0


def test_commas_inside_cells_are_no_second_number() -> None:
    """Where another sign parts the cells, 6711,20 is one cell and no plain number."""
    assert column("6711,20;1\n6711;2", 0, 2, ";").numbers() is None
    plain = column("6711;1\n6712;2", 0, 2, ";").numbers()
    assert plain is not None
    assert plain.tolist() == [6711.0, 6712.0]


@pytest.mark.parametrize(
    ("body", "width"), [("", 1), ("1,2\n3", 2), ("1,2,3\n4", 2), ("1,2\n\n3,4", 2), ("1,2", 3)]
)
def test_uneven_lines_are_no_grid(body: str, width: int) -> None:
    """Also where too many cells in one line make up for too few in another."""
    assert split_grid(body, width, ",") is None


def test_distinct_cells_in_order_of_appearance() -> None:
    """Every row knows its word; words that come again later are the same words."""
    found = column("C,é\nC,\nP,é\nC,ab", 0, 2).coded()
    assert (found.words, found.codes.tolist()) == (["C", "P"], [0, 0, 1, 0])
    assert column("C,é\nC,\nP,é\nC,ab", 1, 2).coded().words == ["é", "", "ab"]
    long = column("x" * 100 + ",1\n" + "x" * 99 + "y,2", 0, 2).coded()
    assert [len(word) for word in long.words] == [100, 100]


def test_translating_asks_once_per_word() -> None:
    """Rows take the answer of their word, in whatever dtype is wanted."""
    found = coded(["C", "P", "C"])
    lower = found.translated(str.lower)
    assert isinstance(lower, Coded)
    assert list(lower) == ["c", "p", "c"]
    assert (lower[0], lower[1:]) == ("c", ["p", "c"])
    marked = coded(["^SPX", "SPX", "NDX"]).translated(lambda word: word.lstrip("^"))
    assert (marked.words, marked.codes.tolist()) == (["SPX", "NDX"], [0, 0, 1])
    assert found.spread([1, 0], np.int8).tolist() == [1, 0, 1]
    assert found.spread(["a", "b"]).tolist() == ["a", "b", "a"]
    assert coded(found) is found


@pytest.mark.parametrize("cells", [[], [None, 5, "5"], [["C"], "C", ["C"]]])
def test_anything_can_be_coded(cells: Sequence[object]) -> None:
    """What JSON puts where a text belongs counts as its text, if it cannot be compared."""
    found = coded(cells)
    assert [str(cell) for cell in found] == [str(cell) for cell in cells]


CELL = st.text(st.characters(exclude_characters=",\n\r\0", codec="utf-8"), max_size=70)
NUMBER = st.one_of(st.just(""), st.floats(allow_nan=False, allow_infinity=False).map(repr))


@given(st.lists(st.tuples(CELL, NUMBER), min_size=1, max_size=8))
def test_a_grid_agrees_with_splitting_by_hand(rows: list[tuple[str, str]]) -> None:
    """Texts, distinct cells and numbers are those of the lines."""
    body = "\n".join(",".join(row) for row in rows)
    texts, numbers = column(body, 0, 2), column(body, 1, 2)
    assert list(texts) == [text for text, _ in rows]
    assert [texts[row] for row in range(len(rows))] == list(texts)
    assert list(texts.coded()) == list(texts)
    read = numbers.numbers()
    assert read is not None
    expected = [float(cell) if cell else np.nan for _, cell in rows]
    assert np.array_equal(read, expected, equal_nan=True)
