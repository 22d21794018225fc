"""Written numbers -> float64 columns, one decimal mark per file."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec
import numpy as np

from voldesk.model.quotes import FloatArray
from voldesk.wire.files.cells import GridColumn

MAX_FIGURE = 1e12
"""No price, size or count of a chain is larger; what is, is damage."""

_BLANK = frozenset(
    ("", "-", "--", "---", "\u2013", "\u2014", ".", "\\n", "n/a", "na", "n.a.", "nan", "nat",
     "null", "none", "nil", "<na>", "#n/a", "#value!")
)  # fmt: skip
_CURRENCY = "$\u20ac\u00a3\u20b9"
_SPACES = " \u00a0\u202f\u2009'\u2019"  # what groups digits in French, Swiss and SI writing


class DecimalMark(StrEnum):
    """What stands between the units and the tenths in a file."""

    POINT = "."
    COMMA = ","


def _form(mark: DecimalMark) -> re.Pattern[str]:
    """Return the numbers of a locale: 1,234.5 and 1,23,456.75, or 1.234,5; spaces group in both."""
    separator = DecimalMark.COMMA if mark is DecimalMark.POINT else DecimalMark.POINT
    grouped = (
        rf"[1-9][0-9]{{0,2}}(?P<group>[{separator}{_SPACES}])(?:[0-9]{{2,3}}(?P=group))*[0-9]{{3}}"
    )
    whole = rf"(?:{grouped}|[0-9]+)"
    part = re.escape(mark)
    return re.compile(
        rf"[+-]?(?:{whole}(?:{part}[0-9]*)?|{part}[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?",
    )


_FORMS = {mark: _form(mark) for mark in DecimalMark}
_STRIP = {
    DecimalMark.POINT: str.maketrans("", "", "," + _SPACES),
    DecimalMark.COMMA: str.maketrans(",", ".", "." + _SPACES),
}

_COMMA_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{2,3})*,[0-9]{3}")
_COMMA_DECIMAL = re.compile(r"[+-]?[0-9.\u00a0\u202f ]*,[0-9]*")


def decimal_mark(cells: Iterable[str], delimiter: str) -> DecimalMark:
    """
    Return the decimal mark of a file from all its number cells.

    ``6711,20``, ``0,050`` and ``1.234,5`` speak for the comma; ``6,711.20``, ``1,23,456`` and, in a
    file with commas in its cells, ``0.05`` for the point. The more frequent evidence wins. A tie
    (``5,800`` and nothing else) goes to the point, but to the comma where ``;`` parts the columns.
    """
    comma = point = 0
    has_comma = False
    for cell in cells:
        text = cell.strip()
        if "," in text:
            has_comma = True
            has_groups = _COMMA_GROUPS.fullmatch(text.partition(".")[0]) is not None
            if "." in text or text.count(",") > 1:
                comma += not has_groups and _COMMA_DECIMAL.fullmatch(text) is not None
                point += has_groups
            elif not has_groups and _COMMA_DECIMAL.fullmatch(text):
                comma += 1
        elif "." in text and text.count(".") == 1 and len(text.partition(".")[2]) != 3:
            point += 1  # three digits behind a point may be a group: 5.800
    if comma == point:
        return DecimalMark.COMMA if delimiter == ";" and has_comma else DecimalMark.POINT
    return DecimalMark.COMMA if comma > point else DecimalMark.POINT


class Numerals:
    """
    Reads the number cells of one file.

    A cell may be text (CSV), a number or None (JSON, Parquet). ``-``, ``--``, ``N/A``, ``nan`` and
    nothing at all are unknown. A percent sign divides by 100, a currency sign is passed over.
    """

    __slots__ = ("_form", "_known", "_strip", "mark")

    def __init__(self, mark: DecimalMark = DecimalMark.POINT) -> None:
        self.mark = mark
        self._form = _FORMS[mark]
        self._strip = _STRIP[mark]
        self._known: dict[str, float | None] = {}

    def value(self, cell: object) -> float | None:
        """Return a cell's number, NaN where it is unknown, None where it is no number at all."""
        if isinstance(cell, str):
            try:
                return self._known[cell]
            except KeyError:
                number = self._known[cell] = self._parse(cell)
                return number
        if cell is None:
            return np.nan
        if isinstance(cell, bool) or not isinstance(cell, (int, float)):
            return None
        try:
            number = float(cell)
        except OverflowError:
            return None
        return None if abs(number) > MAX_FIGURE else number

    def _parse(self, cell: str) -> float | None:
        text = cell.strip()
        if text.lower() in _BLANK:
            return np.nan
        if self.mark is DecimalMark.POINT and text.isascii() and "_" not in text:
            try:
                number = float(text)
            except ValueError:
                pass
            else:
                return number if abs(number) <= MAX_FIGURE else None
        text = text.replace("\u2212", "-").lstrip(_CURRENCY).strip()
        scale = 1.0
        if text.endswith("%"):
            text, scale = text[:-1].rstrip(), 0.01
        if not self._form.fullmatch(text):
            return None
        number = float(text.translate(self._strip)) * scale
        return number if abs(number) <= MAX_FIGURE else None

    def column(self, cells: Sequence[object]) -> tuple[FloatArray, list[int]]:
        """
        Return a column's numbers, and the rows whose cell is no number (NaN there).

        Infinite and absurdly large numbers (above ``MAX_FIGURE``) are no numbers.
        """
        values = self._plain_column(cells)
        if values is None or (np.abs(values) > MAX_FIGURE).any():
            parsed = [self.value(cell) for cell in cells]
            bad = [row for row, number in enumerate(parsed) if number is None]
            return np.array(parsed, dtype=np.float64), bad
        return values, []

    def _plain_column(self, cells: Sequence[object]) -> FloatArray | None:
        """
        Convert a column of plain numbers and blanks in one sweep, None where it holds more.

        Numbers in JSON's writing are what most files hold, and msgspec reads a list of them four
        times as fast as float() one by one. One number per cell is certain: a cell that is none
        makes the list no JSON, and one that is two makes it too long.
        """
        if self.mark is not DecimalMark.POINT:
            return None
        if isinstance(cells, GridColumn):
            numbers = cells.numbers()
            if numbers is not None:
                return numbers
        try:
            values: Sequence[float | None] = _PLAIN.decode(f"[{','.join(cells)}]")  # type: ignore[arg-type]  # caught
        except TypeError:  # numbers and None, from JSON or Parquet
            return _numbers(cells)
        except msgspec.DecodeError:
            try:
                joined = ",".join([cell or "null" for cell in cells])  # type: ignore[misc]  # they are text
                values = _PLAIN_OR_BLANK.decode(f"[{joined}]")
            except msgspec.DecodeError:
                return None
        return np.array(values, dtype=np.float64) if len(values) == len(cells) else None


_PLAIN = msgspec.json.Decoder(list[float])
_PLAIN_OR_BLANK = msgspec.json.Decoder(list[float | None])


def _numbers(cells: Sequence[object]) -> FloatArray | None:
    """Convert a column of numbers and None, None where a cell is anything else."""
    if not all(cell is None or type(cell) is float or type(cell) is int for cell in cells):
        return None
    try:
        return np.array(cells, dtype=np.float64)
    except OverflowError:
        return None
