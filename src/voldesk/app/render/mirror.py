"""One series as a mirror: calls on the left, the strike in the middle, puts on the right."""

from dataclasses import dataclass

import numpy as np
from rich.text import Text

from voldesk.analytics.ladder import ABSENT, Ladder
from voldesk.app.render.layout import Column, fit
from voldesk.app.render.numbers import (
    UNKNOWN,
    count,
    fixed,
    percent,
    price_decimals,
    scale_decimals,
)
from voldesk.chain.table import ChainTable
from voldesk.model.enums import Status
from voldesk.model.quotes import FloatArray, IntArray

STATUS_CODES = {
    Status.OK: "",
    Status.NO_BID: "nb",
    Status.ONE_SIDED: "1s",
    Status.CROSSED: "cr",
    Status.STALE: "st",
    Status.BELOW_INTRINSIC: "bi",
    Status.ABOVE_MAX: "am",
    Status.NO_FORWARD: "nf",
    Status.EXPIRED: "ex",
    Status.NOT_CONVERGED: "nc",
    Status.NO_PRICE: "np",
}
"""What the narrow column beside iv says; the page's foot spells it out."""

_BAR = " │ "
_MARK = "▸"  # beside the strike nearest to the forward

# Outside to inside on the call side: name, title, priority. Bid and ask follow on both sides.
_COUNTS = (("open_interest", "OI", 4), ("volume", "vol", 5))
_SCALED = (
    ("charm", "charm", 12),
    ("volga", "volga", 11),
    ("vanna", "vanna", 10),
    ("rho", "rho", 9),
    ("vega", "vega", 8),
    ("theta", "theta", 6),
    ("gamma", "gamma", 7),
)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a ladder that is shown: rows of calls and puts per strike."""

    strike: FloatArray
    call_row: IntArray
    put_row: IntArray
    atm: int | None  # place of the strike nearest to the forward
    forward: float

    @property
    def rows(self) -> IntArray:
        """The calls' rows, then the puts'."""
        return np.concatenate([self.call_row, self.put_row])


def window_of(table: ChainTable, series: int, each_side: int) -> Window:
    """
    Return the strikes around the forward of a series, or around spot where it has none.

    ``each_side`` strikes are shown on each side of the nearest one, 0 means all of them; near an
    end of the ladder the other side gives more.
    """
    part = table.slice(series)
    ladder = Ladder.of(table.rows.strike[part], table.rows.is_call[part])
    size = len(ladder.strike)
    forward = float(table.series.forward[series])
    centre = forward if np.isfinite(forward) else float(table.spot)
    atm = int(np.argmin(np.abs(ladder.strike - centre))) if size and np.isfinite(centre) else None
    low, high = 0, size
    if each_side:
        middle = size // 2 if atm is None else atm
        low = max(0, min(middle - each_side, size - 2 * each_side - 1))
        high = min(size, low + 2 * each_side + 1)
    rows = [
        np.where(side == ABSENT, ABSENT, side + part.start)[low:high]
        for side in (ladder.call_row, ladder.put_row)
    ]
    shown_atm = None if atm is None else atm - low
    return Window(ladder.strike[low:high], rows[0], rows[1], shown_atm, forward)


def mirror(table: ChainTable, window: Window, width: int) -> list[Text]:
    """Return the mirror's lines, none wider than ``width`` unless not even bid and ask fit."""
    strike = _strike_column(window)
    columns = _side_columns(table, window)
    room = (width - strike.width - 2 * len(_BAR)) // 2
    chosen, gap = fit(columns, room)
    pair = [column for column in chosen if column.header in {"bid", "ask"}]
    outer = [column for column in chosen if column not in pair]
    calls, puts = [*outer, *pair], [*pair, *reversed(outer)]
    blank = " " * gap
    lines = _titles(calls, puts, strike, blank)
    size = len(window.strike)
    break_at = _break(window)
    for place in range(size):
        if place == break_at:
            lines.append(_forward_line(window, lines[-1].cell_len))
        is_atm = place == window.atm
        is_low = break_at is not None and place < break_at  # calls in the money, puts out of it
        is_high = break_at is not None and place >= break_at
        line = Text(style="bold" if is_atm else "")
        _append(line, calls, place, blank, "dim" if is_low and not is_atm else "")
        line.append(_BAR, style="dim")
        line.append(strike.padded(strike.cells[place]), style="bold")
        line.append(_BAR, style="dim")
        _append(line, puts, size + place, blank, "dim" if is_high and not is_atm else "")
        lines.append(line)
    return lines


def _append(line: Text, columns: list[Column], row: int, blank: str, style: str) -> None:
    """Add one side's cells to a line."""
    for index, column in enumerate(columns):
        line.append(blank if index else "")
        line.append(column.padded(column.cells[row]), style=column.style or style)


def _break(window: Window) -> int | None:
    """Return the place of the first strike above the forward."""
    if not np.isfinite(window.forward):
        return None
    return int(np.searchsorted(window.strike, window.forward))


def _strike_column(window: Window) -> Column:
    decimals = price_decimals(window.strike.tolist())
    texts = [fixed(value, decimals) for value in window.strike.tolist()]
    if window.atm is not None:
        texts[window.atm] = f"{_MARK}{texts[window.atm]}"
    return Column("strike", texts, 0)


def _side_columns(table: ChainTable, window: Window) -> list[Column]:
    """Return every column a side can show, outside to inside, calls' cells before puts'."""

    def known(name: str) -> list[float]:
        column = getattr(table.rows, name)
        values: list[float] = np.where(window.rows == ABSENT, np.nan, column[window.rows]).tolist()
        return values

    columns = [
        Column(title, [count(value) for value in known(name)], priority)
        for name, title, priority in _COUNTS
    ]
    for name, title, priority in _SCALED:
        values = known(name)
        decimals = scale_decimals(values)
        columns.append(Column(title, [fixed(value, decimals) for value in values], priority))
    columns.append(Column("delta", [fixed(value, 3) for value in known("delta")], 3))
    codes = _status_cells(table, window)
    if any(codes):
        columns.append(Column("", codes, 2, is_left=True, style="yellow"))
    columns.append(Column("iv%", [percent(value) for value in known("iv")], 2))
    bid, ask = known("bid"), known("ask")
    decimals = price_decimals([*bid, *ask], most=6)
    columns.append(Column("bid", [fixed(value, decimals) for value in bid], 1))
    columns.append(Column("ask", [fixed(value, decimals) for value in ask], 1))
    return columns


def _status_cells(table: ChainTable, window: Window) -> list[str]:
    status = table.rows.status
    return [
        "" if row == ABSENT else STATUS_CODES[Status(int(status[row]))]
        for row in window.rows.tolist()
    ]


def _titles(calls: list[Column], puts: list[Column], strike: Column, blank: str) -> list[Text]:
    left = blank.join(column.padded(column.header) for column in calls)
    right = blank.join(column.padded(column.header) for column in puts)
    middle = strike.padded(strike.header)
    captions = Text(style="bold")
    captions.append("CALLS".center(len(left)))
    captions.append(" " * (len(middle) + 2 * len(_BAR)))
    captions.append("PUTS".center(len(right)))
    titles = Text(f"{left}{_BAR}{middle}{_BAR}{right}", style="dim underline")
    return [captions, titles]


def _forward_line(window: Window, width: int) -> Text:
    text = f" forward {window.forward:,.2f} "
    return Text(text.center(width, "─"), style="cyan")


__all__ = ["STATUS_CODES", "UNKNOWN", "Window", "mirror", "window_of"]
