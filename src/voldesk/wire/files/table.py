"""Delimited text -> rows of cells, each knowing its line."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import RowProblem
from voldesk.wire.files.numerals import DecimalMark, decimal_mark

DELIMITERS = ",;\t|"
_HEADER_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Table:
    """
    A delimited table: its header, and the rows below it that have a cell for every column.

    Attributes:
        preamble: The lines above the header, as they stand.
        header: Column names, stripped; blank columns at the end are cut off.
        rows: Cells by row.
        lines: The 1-based line of each row.
        problems: Rows that have too few or too many cells.
        delimiter: What parts the cells.
        has_commas: Whether a cell can hold a comma at all.
    """

    preamble: list[str]
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    has_commas: bool
    problems: list[RowProblem] = field(default_factory=list)

    def columns(self) -> list[Sequence[str]]:
        """Return the cells by column."""
        if not self.rows:
            return [() for _ in self.header]
        return list(zip(*self.rows, strict=True))

    def decimal_mark(self, indexes: Sequence[int]) -> DecimalMark:
        """Return the decimal mark of the file, judged by the cells of its number columns."""
        if not self.has_commas:
            return DecimalMark.POINT
        return decimal_mark((row[at] for row in self.rows for at in indexes), self.delimiter)


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line; a quote that is never closed ends with its line."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a cell above the csv module's limit
        return []


def delimiter_of(line: str) -> str:
    """Return what parts most cells of a line."""
    return max(DELIMITERS, key=line.count)


def find_table(text: str, is_header: Callable[[list[str]], bool]) -> Table | None:
    """
    Return the table below the first header line that ``is_header`` accepts, None without one.

    The header is looked for in the first 60 lines. A header line that comes again further down
    (files put end to end) is passed over.
    """
    lines = text.split("\n")
    for index, line in enumerate(lines[:_HEADER_WITHIN]):
        delimiter = delimiter_of(line)
        header = [cell.strip() for cell in split_line(line, delimiter)]
        while header and not header[-1]:
            header.pop()
        if header and is_header(header):
            return _read_below(lines, index, header, delimiter)
    return None


def _read_below(lines: list[str], index: int, header: list[str], delimiter: str) -> Table:
    body = lines[index + 1 :]
    rows = _split_lines(body, delimiter)
    first_line = index + 2
    width = len(header)
    has_commas = delimiter != "," or any('"' in line for line in body)
    table = Table(lines[:index], header, [], [], delimiter, has_commas)
    if set(map(len, rows)) <= {width, 0}:
        table.lines.extend(line for line, row in enumerate(rows, first_line) if row)
        table.rows.extend(filter(None, rows))
    else:
        _fit_rows(table, rows, body, first_line)
    header_again = lines[index]
    if body.count(header_again):
        kept = [at for at, line in enumerate(table.lines) if body[line - first_line] != header_again]
        table.rows[:] = [table.rows[at] for at in kept]
        table.lines[:] = [table.lines[at] for at in kept]
    return table


def _split_lines(body: list[str], delimiter: str) -> list[list[str]]:
    """Split every line on its own: one row per line, whatever the quotes say."""
    try:
        rows = list(csv.reader(body, delimiter=delimiter))
    except csv.Error:
        rows = []
    if len(rows) != len(body):  # a quote left open swallowed the lines behind it
        rows = [split_line(line, delimiter) for line in body]
    return rows


def _fit_rows(table: Table, rows: list[list[str]], body: list[str], first_line: int) -> None:
    width = len(table.header)
    for line, row in enumerate(rows, first_line):
        cells = row
        if len(row) > width and not any(cell.strip() for cell in row[width:]):
            cells = row[:width]
        if len(cells) == width:
            table.rows.append(cells)
            table.lines.append(line)
        elif any(cell.strip() for cell in cells):
            table.problems.append(
                RowProblem(line, f"{len(cells)} cells where the header has {width}")
            )
        elif body[line - first_line].strip(table.delimiter + ' "\t'):
            table.problems.append(RowProblem(line, "the line cannot be split into cells"))


def missing_column(name: str, title: str, wanted: str, header: Sequence[str]) -> FileFormatError:
    """Return the error for a table without a column it cannot do without."""
    found = ", ".join(header[:30]) or "no names"
    return FileFormatError(
        f"{name} has no column for {wanted}, which {title} needs: found {found};"
        " docs/formats.md lists the names that are understood"
    )
