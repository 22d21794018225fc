"""Tests of `wire.files.table`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.wire.files.numerals import DecimalMark
from voldesk.wire.files.table import Table, find_table, has_header, split_line


def is_header(cells: list[str]) -> bool:
    """Accept a line with a strike and a bid."""
    return {"strike", "bid"} <= set(cells)


def table_of(text: str) -> Table:
    """Return the table of a text that has one."""
    table = find_table(text, is_header)
    assert table is not None
    return table


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_gives_columns_and_lines(delimiter: str) -> None:
    """The delimiter is that of the header, and each row knows its line."""
    text = "title\n\nstrike,bid\n100,1.5\n110,0.9\n".replace(",", delimiter)
    table = table_of(text)
    assert table.preamble == ["title", ""]
    assert [list(column) for column in table.columns] == [["100", "110"], ["1.5", "0.9"]]
    assert list(table.lines) == [4, 5]
    assert table.delimiter == delimiter
    assert table.problems == []


def test_blank_lines_shift_the_lines_of_what_follows() -> None:
    """Lines are counted in the file, not among the rows."""
    table = table_of("strike,bid\n100,1\n\n110,2\n")
    assert list(table.lines) == [2, 4]


def test_rows_of_another_width_are_named() -> None:
    """A line cut short is a problem, blank cells behind the last column are not."""
    table = table_of("strike,bid\n100,1\n110\n120,3,,\n130,4,5\n")
    assert list(table.columns[0]) == ["100", "120"]
    assert [(problem.line, problem.reason) for problem in table.problems] == [
        (3, "1 cells where the header has 2"),
        (5, "3 cells where the header has 2"),
    ]


def test_an_open_quote_costs_its_own_line_only() -> None:
    """The lines behind a quote that is never closed are read as they are."""
    table = table_of('strike,bid\n100,1\n110,"2\n120,3\n')
    assert list(table.columns[0]) == ["100", "110", "120"]
    assert list(table.lines) == [2, 3, 4]


def test_quoted_cells_may_hold_the_delimiter() -> None:
    """A thousands comma in quotes is no new column."""
    table = table_of('strike,bid\n"1,234.5",1\n')
    assert list(table.columns[0]) == ["1,234.5"]
    assert table.decimal_mark([0, 1]) is DecimalMark.POINT


def test_a_header_that_comes_again_is_passed_over() -> None:
    """Files put end to end keep one header."""
    table = table_of("strike,bid\n100,1\nstrike,bid\n110,2\n")
    assert list(table.columns[0]) == ["100", "110"]
    assert list(table.lines) == [2, 4]
    assert table.problems == []


def test_a_header_alone_is_a_table_without_rows() -> None:
    """Headers only: as many columns as names, no rows."""
    table = table_of("strike,bid,\n")
    assert table.header == ["strike", "bid"]
    assert [list(column) for column in table.columns] == [[], []]


def test_no_header_is_no_table() -> None:
    """A text without the header is left to other formats."""
    assert find_table("a,b\n1,2\n", is_header) is None
    assert not has_header("a,b\n1,2\n", is_header)
    assert has_header("\n\nstrike,bid\n", is_header)


def test_a_line_beyond_the_csv_limit_is_named() -> None:
    """A cell of a megabyte is one bad line."""
    table = table_of('strike,bid\n100,1\n110,"' + "x" * 200_000 + '"\n')
    assert list(table.columns[0]) == ["100"]
    assert table.problems[0].line == 3
    assert split_line("x" * 200_000, ",") == []


CELL = st.text(st.characters(codec="ascii", exclude_characters='",;\t|\n\r\0'), max_size=5)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=8))
def test_splitting_at_once_agrees_with_splitting_line_by_line(rows: list[list[str]]) -> None:
    """Even and uneven tables give the rows that have a cell for every column, in their lines."""
    body = [",".join(row) for row in rows]
    table = table_of("\n".join(["strike,bid", *body]))
    fitting = [
        (line, [*row, ""][:2])
        for line, row in enumerate(rows, 2)
        if len(row) == 2 or (len(row) > 2 and not any(map(str.strip, row[2:])))
    ]
    assert list(table.lines) == [line for line, _ in fitting]
    assert [list(row) for row in zip(*table.columns, strict=True)] == [row for _, row in fitting]
