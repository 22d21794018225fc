"""Delimited text -> rows of cells, each knowing its line."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from voldesk.model.quotes import RowProblem
from voldesk.wire.files.cells import split_grid
from voldesk.wire.files.numerals import DecimalMark, decimal_mark

DELIMITERS = ",;\t|"
_HEADER_WITHIN = 60
_SNIFFED_LINES = 12


@dataclass(frozen=True, slots=True)
class Table:
    """
    A delimited table: its header, and the rows below it that have a cell for every column.

    Attributes:
        preamble: The lines above the header, as they stand.
        header: Column names, stripped; blank columns at the end are cut off.
        columns: Cells by column, as they stand.
        lines: The 1-based line of each row.
        problems: Rows that have too few or too many cells.
        delimiter: What parts the cells.
        has_commas: Whether a cell can hold a comma at all.
    """

    preamble: list[str]
    header: list[str]
    columns: list[Sequence[str]]
    lines: Sequence[int]
    delimiter: str
    has_commas: bool
    problems: list[RowProblem] = field(default_factory=list)

    def decimal_mark(self, indexes: Sequence[int]) -> DecimalMark:
        """Return the decimal mark of the file, judged by the cells of its number columns."""
        if not self.has_commas:
            return DecimalMark.POINT
        return decimal_mark(chain.from_iterable(self.columns[at] for at in indexes), self.delimiter)


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line, stripped; a quote that is never closed ends with its line."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # a cell above the csv module's limit
        return []


def delimiter_of(line: str) -> str:
    """Return what parts most cells of a line."""
    return max(DELIMITERS, key=line.count)


def has_header(head: str, is_header: Callable[[list[str]], bool]) -> bool:
    """Say whether one of the first lines of a text is a header line that ``is_header`` accepts."""
    lines = head.split("\n", _SNIFFED_LINES)[:_SNIFFED_LINES]
    return any(line and is_header(split_line(line, delimiter_of(line))) for line in lines)


def find_table(text: str, is_header: Callable[[list[str]], bool]) -> Table | None:
    """
    Return the table below the first header line that ``is_header`` accepts, None without one.

    The header is looked for in the first 60 lines. A header line that comes again further down
    (files put end to end) is passed over.
    """
    end = len(text)
    while end and text[end - 1] == "\n":
        end -= 1
    head: list[str] = []
    start = 0
    while start < end and len(head) < _HEADER_WITHIN:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = text[start:stop]
        head.append(line)
        start = stop + 1
        delimiter = delimiter_of(line)
        header = split_line(line, delimiter)
        while header and not header[-1]:
            header.pop()
        if header and is_header(header):
            return _read_below(head, text[start:end], header, delimiter)
    return None


def _read_below(head: list[str], body: str, header: list[str], delimiter: str) -> Table:
    """Read the rows of a body whose header is the last line of the head."""
    has_quotes = '"' in body
    has_commas = has_quotes or delimiter != ","
    header_line, first_line, width = head[-1], len(head) + 1, len(header)
    if not has_quotes and header_line not in body:
        grid = split_grid(body, width, delimiter)
        if grid is not None:
            lines = range(first_line, first_line + len(grid[0]))
            return Table(head[:-1], header, grid, lines, delimiter, has_commas)
    rows, row_lines, problems = _fit_rows(
        body.split("\n"), header_line, first_line, width, delimiter
    )
    columns: list[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [() for _ in header]
    return Table(head[:-1], header, columns, row_lines, delimiter, has_commas, problems)


def _fit_rows(
    body: list[str], header_line: str, first_line: int, width: int, delimiter: str
) -> tuple[list[list[str]], list[int], list[RowProblem]]:
    """Split lines into rows of that many cells, and name those that have not so many."""
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[RowProblem] = []
    for line, (text, row) in enumerate(
        zip(body, _split_lines(body, delimiter), strict=True), first_line
    ):
        if len(row) > width and not any(map(str.strip, row[width:])):
            del row[width:]
        if len(row) == width and text != header_line:
            rows.append(row)
            lines.append(line)
        elif any(map(str.strip, row)) and text != header_line:
            problems.append(RowProblem(line, f"{len(row)} cells where the header has {width}"))
        elif not row and text.strip():
            problems.append(RowProblem(line, f"{len(text)} characters cannot be split into cells"))
    return rows, lines, problems


def _split_lines(body: list[str], delimiter: str) -> list[list[str]]:
    """Split every line on its own: one row per line, whatever the quotes say."""
    try:
        rows = list(csv.reader(body, delimiter=delimiter))
    except csv.Error:
        rows = []
    if len(rows) != len(body):  # a quote left open swallowed the lines behind it
        rows = [split_line(line, delimiter) for line in body]
    return rows
