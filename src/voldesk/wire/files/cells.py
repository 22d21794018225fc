"""Columns of cells: split in the bytes at once, and told once per distinct cell."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from voldesk.model.quotes import FloatArray, IntArray, TextArray

_LINE_END = ord("\n")
_LONGEST_CODED = 64
"""Cells up to this many bytes are compared in the bytes; a column of longer ones is a list."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")  # JSON's writing
_NUMBERS = msgspec.json.Decoder(list[float])


@dataclass(frozen=True, slots=True, eq=False)
class Coded(Sequence[Any]):
    """
    A column with few distinct cells: what they are, and which of them each row holds.

    Whatever is asked of a cell (a date, a right, a root) is asked once per word, not per row.
    """

    words: list[Any]  # distinct, in order of their first row
    codes: IntArray  # index into words, (n,)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: Any) -> Any:  # noqa: ANN401  # an index or a slice
        if isinstance(row, slice):
            return [self.words[code] for code in self.codes[row].tolist()]
        return self.words[self.codes[row]]

    def translated(self, translate: Callable[[Any], Any]) -> "Coded":
        """Return the column with every word replaced; what becomes the same is one word."""
        words = coded([translate(word) for word in self.words])
        return Coded(words.words, words.codes[self.codes])

    def spread(self, values: Sequence[Any], dtype: Any = np.object_) -> NDArray[Any]:  # noqa: ANN401  # any column
        """Return an array that holds each row's own of the values, which are one per word."""
        column = np.empty(len(values), dtype=dtype)
        column[:] = values
        return column[self.codes]


def coded(cells: Sequence[Any] | TextArray) -> Coded:
    """Return a column as its distinct cells; what cannot be compared counts as its text."""
    if isinstance(cells, Coded):
        return cells
    if isinstance(cells, GridColumn):
        return cells.coded()
    try:
        words = list(dict.fromkeys(cells))
    except TypeError:  # a JSON list or object where a text belongs
        cells = [cell if isinstance(cell, str) else str(cell) for cell in cells]
        words = list(dict.fromkeys(cells))
    if len(words) <= 1:
        return Coded(words, np.zeros(len(cells), dtype=np.int64))
    place = {word: code for code, word in enumerate(words)}
    return Coded(words, np.fromiter(map(place.__getitem__, cells), np.int64, len(cells)))


class _Grid:
    """Unquoted lines of one width: where their cells stand in the bytes."""

    __slots__ = ("_cells", "_coded", "_numbers", "body", "delimiter", "raw", "stops", "widths")

    def __init__(self, body: str, delimiter: str, raw: NDArray[np.uint8], stops: IntArray) -> None:
        self.body = body
        self.delimiter = delimiter
        self.raw = raw
        self.stops = stops  # of the cell in each row and column, (n, width)
        self.widths = stops.copy()  # of the cell and the delimiter behind it
        self.widths.ravel()[1:] -= stops.ravel()[:-1]
        self.widths[0, 0] += 1
        self._coded: dict[int, Coded] = {}
        self._numbers: dict[int, FloatArray] | None = None
        self._cells: list[str] | None = None

    def cell(self, row: int, at: int) -> str:
        stop = int(self.stops[row, at])
        return self.raw[stop - int(self.widths[row, at]) + 1 : stop].tobytes().decode()

    def column(self, at: int) -> list[str]:
        """Return the cells of a column; one split of all costs half of what one per line does."""
        if self._cells is None:
            self._cells = self.body.replace("\n", self.delimiter).split(self.delimiter)
        return self._cells[at :: self.stops.shape[1]]

    def coded(self, at: int) -> Coded:
        if at not in self._coded:
            self._coded[at] = self._find_runs(at)
        return self._coded[at]

    def _find_runs(self, at: int) -> Coded:
        """
        Find the distinct cells of a column.

        Rows that hold what the row before them does are found without making a text of any: in a
        file that is sorted at all those are nearly all. A fifth of the time of a dictionary.
        """
        stops, lengths = self.stops[:, at], self.widths[:, at] - 1
        longest = max(int(lengths.max()), 1)
        if longest > _LONGEST_CODED:
            return coded(self.column(at))
        every = np.ndarray((self.raw.size - longest + 1,), f"S{longest}", self.raw, strides=(1,))
        cells = every[stops - lengths]
        if lengths.min() < longest:  # what stands behind a shorter cell is not its own
            letters = cells.view(np.uint8).reshape(lengths.size, longest)
            letters[np.arange(longest) >= lengths[:, None]] = 0
        is_new = np.ones(lengths.size, dtype=np.bool_)
        is_new[1:] = cells[1:] != cells[:-1]
        firsts = np.flatnonzero(is_new)
        runs = coded([cell.decode() for cell in cells[firsts].tolist()])
        return Coded(runs.words, np.repeat(runs.codes, np.diff(firsts, append=lengths.size)))

    def numbers(self, at: int) -> FloatArray | None:
        """Return a column of plain numbers and blanks (NaN), None where it holds more."""
        if self._numbers is None:
            self._numbers = self._decoded([*filter(self._begins_as_number, self._all())]) or {}
        if at not in self._numbers:
            self._numbers.update(self._decoded([at]) or {})
        column = self._numbers.get(at)
        return None if column is None else column.copy()

    def _all(self) -> range:
        return range(self.stops.shape[1])

    def _begins_as_number(self, at: int) -> bool:
        first = int(np.argmax(self.widths[:, at] > 1))
        return _NUMBER.fullmatch(self.cell(first, at)) is not None

    def _decoded(self, columns: list[int]) -> dict[int, FloatArray] | None:
        """
        Decode columns together as one JSON list, None where a cell is no number or more than one.

        No cell becomes a Python text: half the time of a list of texts per column. Every cell that
        is kept brings its own comma, so there are as many numbers as cells or it is no JSON.
        """
        if self.delimiter != "," and "," in self.body:
            return None
        is_kept = self.widths > 1
        is_kept[:, [at for at in self._all() if at not in columns]] = False
        text = self.raw[: self.stops[-1, -1] + 1][np.repeat(is_kept.ravel(), self.widths.ravel())]
        for end in {"\n", self.delimiter} - {","}:
            text[text == ord(end)] = ord(",")
        try:
            values = _NUMBERS.decode(b"[" + text[:-1].tobytes() + b"]")
        except msgspec.DecodeError:
            return None
        is_known = is_kept[:, columns]
        table = np.full(is_known.shape, np.nan)
        table[is_known] = np.fromiter(values, np.float64, len(values))
        return dict(zip(columns, np.ascontiguousarray(table.T), strict=True))


class GridColumn(Sequence[str]):
    """One column of a grid; its texts, distinct cells or numbers are made when asked for."""

    __slots__ = ("_at", "_grid")

    def __init__(self, grid: _Grid, at: int) -> None:
        self._grid = grid
        self._at = at

    def __len__(self) -> int:
        return len(self._grid.stops)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        if isinstance(row, slice):
            return [self[index] for index in range(*row.indices(len(self)))]
        return self._grid.cell(row, self._at)

    def __iter__(self) -> Any:  # noqa: ANN401  # an iterator of texts
        return iter(self._grid.column(self._at))

    def coded(self) -> Coded:
        """Return the distinct cells."""
        return self._grid.coded(self._at)

    def numbers(self) -> FloatArray | None:
        """Return the numbers, NaN where a cell is empty; None where one is neither."""
        return self._grid.numbers(self._at)


def split_grid(body: str, width: int, delimiter: str) -> list[Sequence[str]] | None:
    """
    Split unquoted lines into columns, None where a line has not ``width`` cells.

    Args:
        body: Lines without the last line's end, and without a NUL.
        width: Cells per line.
        delimiter: What parts them, one byte.
    """
    if not body:
        return None
    raw = np.frombuffer(f"{body}\n".encode() + bytes(_LONGEST_CODED), dtype=np.uint8)
    ends = np.flatnonzero((raw == ord(delimiter)) | (raw == _LINE_END))
    if ends.size != width * (body.count("\n") + 1):
        return None
    stops = ends.reshape(-1, width)
    if (raw[stops[:, -1]] != _LINE_END).any():
        return None
    grid = _Grid(body, delimiter, raw, stops)
    return [GridColumn(grid, at) for at in range(width)]
