"""Columns of text chosen to fit a width: the arithmetic of every table."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.text import Text


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column ready to print.

    Attributes:
        header: Its title.
        cells: One text per row.
        priority: Columns of one priority are shown together or not at all, the lowest first.
        is_left: Words stand left, numbers right.
        style: Rich style of its cells, "" where the row decides.
    """

    header: str
    cells: Sequence[str]
    priority: int
    is_left: bool = False
    style: str = ""

    @property
    def width(self) -> int:
        """The characters of the widest cell or of the title."""
        return max(len(self.header), max(map(len, self.cells), default=0))

    def padded(self, text: str) -> str:
        """Return the text at the column's width."""
        return text.ljust(self.width) if self.is_left else text.rjust(self.width)


def fit(columns: Sequence[Column], room: int) -> tuple[list[Column], int]:
    """
    Choose the columns that fit side by side, in their order, and the gap between them.

    Priorities are taken in ascending order until one does not fit; the first is always taken.
    The gap is two blanks if they fit, else one.
    """
    chosen: set[int] = set()
    order = sorted(range(len(columns)), key=lambda index: columns[index].priority)
    for _, group in groupby(order, key=lambda index: columns[index].priority):
        wider = chosen.union(group)
        if chosen and _total([columns[index] for index in wider], gap=1) > room:
            break
        chosen = wider
    kept = [column for index, column in enumerate(columns) if index in chosen]
    return kept, 2 if _total(kept, gap=2) <= room else 1


def _total(columns: Sequence[Column], gap: int) -> int:
    return sum(column.width for column in columns) + gap * (len(columns) - 1)


def flow(parts: Sequence[str], width: int, separator: str = "   ", indent: str = "") -> list[str]:
    """Set phrases one after the other, breaking lines between phrases only."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(separator) + len(part) <= width:
            lines[-1] += separator + part
        else:
            lines.append((indent if lines else "") + part)
    return lines


def clipped(line: Text, width: int) -> Text:
    """Return the line cut to the width, with an ellipsis where something is lost."""
    if line.cell_len > width:
        line.truncate(width, overflow="ellipsis")
    return line
