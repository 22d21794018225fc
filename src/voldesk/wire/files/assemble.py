"""Raw cells of whatever format -> checked columns, with every refused cell and row named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError, WireError
from voldesk.model.instruments import Contract, parse_symbol
from voldesk.model.quotes import (
    NO_TIME,
    BoolArray,
    ChainSnapshot,
    DateArray,
    FloatArray,
    IntArray,
    QuoteColumns,
    RowProblem,
    TextArray,
)
from voldesk.wire.files.cells import coded
from voldesk.wire.files.dates import date_column
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import ReadHints

PRICES = ("bid", "ask", "last", "mark")
COUNTS = ("bid_size", "ask_size", "volume", "open_interest")
VENDOR = tuple(f"vendor_{name}" for name in ("iv", "delta", "gamma", "theta", "vega", "rho"))
FIGURES = ("strike", *PRICES, *COUNTS, "forward", "spot", *VENDOR)
"""Every column that holds numbers."""

_NEVER_NEGATIVE = frozenset((*PRICES, *COUNTS, "vendor_iv"))
_CALL, _PUT, _NO_RIGHT = 1, 0, -1
_RIGHTS = {
    "c": _CALL, "call": _CALL, "calls": _CALL, "ce": _CALL, "ca": _CALL,
    "p": _PUT, "put": _PUT, "puts": _PUT, "pe": _PUT, "pa": _PUT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    Rows as a format gives them: raw cells under our column names, one line number per row.

    A cell is text, a number or None. Columns may be missing; those present have one length.
    """

    columns: Mapping[str, Sequence[object]]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(slots=True)
class Rows:
    """
    Checked columns of all rows of a sheet, the unusable ones among them marked by ``keep``.

    A format goes over ``figures`` (what its zeros mean, what its units are), then asks for the
    snapshot.
    """

    symbol: TextArray
    root: TextArray
    expiry: DateArray
    is_call: BoolArray
    keep: BoolArray
    lines: Sequence[int]
    figures: dict[str, FloatArray]
    ts_event: IntArray
    problems: list[RowProblem] = field(default_factory=list)

    def forget(self, name: str, where: BoolArray) -> None:
        """Make a figure unknown where the format's value only looks like one."""
        if name in self.figures:
            self.figures[name][where] = np.nan

    def forget_zeros(self, *names: str) -> None:
        """Make figures unknown that the format prints as 0 when there are none."""
        for name in names:
            if name in self.figures:
                self.forget(name, self.figures[name] == 0.0)

    def scale(self, name: str, factor: float) -> None:
        """Bring a figure to our unit."""
        if name in self.figures:
            self.figures[name] *= factor

    def figure(self, name: str) -> FloatArray:
        """Return a figure's column, NaN throughout where the format has none."""
        column = self.figures.get(name)
        return np.full(len(self.symbol), np.nan) if column is None else column

    def latest_instant(self) -> int:
        """Return the latest quote time of the rows that are kept, ``NO_TIME`` without any."""
        return int(self.ts_event.max(where=self.keep, initial=NO_TIME))

    def latest_spot(self) -> float:
        """Return the spot of the latest row that is kept and has one, NaN without any."""
        spots = self.figure("spot")
        known = np.flatnonzero(self.keep & ~np.isnan(spots))
        return float(spots[known[np.argmax(self.ts_event[known])]]) if known.size else np.nan

    def stand_at(self, instants: Sequence[int]) -> int:
        """
        Take the instants of the documents the rows came in, one per row; return the latest.

        Where all are one it is the whole snapshot's, else each row stands at its document's.
        """
        if len(set(instants)) > 1:
            self.ts_event = np.array(instants, dtype=np.int64)
        return max(instants, default=NO_TIME)

    def refuse(self, row: int, reason: str) -> None:
        """Leave a row out and say why."""
        if self.keep[row]:
            self.keep[row] = False
            self.problems.append(RowProblem(self.lines[row], reason))


def check_sheet(
    sheet: Sheet,
    numerals: Numerals,
    *,
    market: Market,
    expiry: date | None = None,
    problems: Sequence[RowProblem] = (),
) -> Rows:
    """
    Check every cell of a sheet.

    What the columns leave open (root, expiry, right, strike) is taken from the contract's symbol,
    and a missing expiry from ``expiry``. A row without any of the four identities is refused; any
    other cell that cannot be read is unknown in its row. Both are named in the problems.
    """
    size = len(sheet)
    symbol = _texts(sheet, "symbol", size)
    rows = Rows(
        symbol=symbol,
        root=_texts(sheet, "root", size),
        expiry=np.full(size, np.datetime64("NaT", "D")),
        is_call=np.zeros(size, dtype=np.bool_),
        keep=np.ones(size, dtype=np.bool_),
        lines=sheet.lines,
        figures={},
        ts_event=np.full(size, NO_TIME, dtype=np.int64),
        problems=list(problems),
    )
    for name in FIGURES:
        if name in sheet.columns:
            complaints: list[RowProblem] = []
            rows.figures[name] = _figures(sheet, name, numerals, complaints)
            if name != "strike":  # without one the whole row is refused, and that is said once
                rows.problems += complaints
    rows.figures.setdefault("strike", np.full(size, np.nan))
    rows.forget_zeros("ask")  # nobody sells for nothing: an ask of 0 is none, in every format
    rights = _rights(sheet, size)
    _read_expiries(sheet, rows, expiry)
    _ask_symbols(rows, rights, market)
    _refuse_unnamed(sheet, rows, rights)
    np.equal(rights, _CALL, out=rows.is_call)
    return rows


def _texts(sheet: Sheet, name: str, size: int) -> TextArray:
    cells = sheet.columns.get(name)
    if cells is None:
        return np.full(size, "", dtype=np.object_)
    column = coded(cells)
    return column.spread([_text(word) for word in column.words])


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.strip()
    text = "" if cell is None else str(cell)
    return "" if text == "nan" else text  # a blank of a Parquet column of floats


def _figures(sheet: Sheet, name: str, numerals: Numerals, problems: list[RowProblem]) -> FloatArray:
    cells = sheet.columns[name]
    column, bad = numerals.column(cells)
    complaints = [(row, "no number") for row in bad]
    if name in _NEVER_NEGATIVE:
        below = np.flatnonzero(column < 0.0)
        complaints += [(row, "below zero") for row in below.tolist()]
        column[below] = np.nan
    problems += [
        RowProblem(sheet.lines[row], f"{_label(name)} {_quoted(cells[row])} is {complaint}")
        for row, complaint in complaints
    ]
    return column


def _label(name: str) -> str:
    return name.removeprefix("vendor_").replace("_", " ")


def _quoted(cell: object) -> str:
    text = repr(cell)
    return text if len(text) <= 40 else text[:37] + "..."


def _rights(sheet: Sheet, size: int) -> NDArray[np.int8]:
    cells = sheet.columns.get("right")
    if cells is None:
        return np.full(size, _NO_RIGHT, dtype=np.int8)
    column = coded(cells)
    codes = [_RIGHTS.get(str(word).strip().lower(), _NO_RIGHT) for word in column.words]
    return column.spread(codes, np.int8)


def _read_expiries(sheet: Sheet, rows: Rows, expiry: date | None) -> None:
    cells = sheet.columns.get("expiry")
    if cells is not None:
        rows.expiry, _ = date_column(cells)
    elif expiry is not None:
        rows.expiry[:] = np.datetime64(expiry, "D")


def _ask_symbols(rows: Rows, rights: NDArray[np.int8], market: Market) -> None:
    """Fill what the columns leave open from the symbols."""
    strike = rows.figures["strike"]
    is_open = np.isnat(rows.expiry) | np.isnan(strike) | (rights == _NO_RIGHT)
    read = cache(_contract)
    for row in np.flatnonzero(is_open).tolist():
        contract = read(rows.symbol[row], market)
        if contract is None:
            continue
        if rights[row] == _NO_RIGHT:
            rights[row] = contract.is_call
        if np.isnat(rows.expiry[row]):
            rows.expiry[row] = np.datetime64(contract.expiry, "D")
        if np.isnan(strike[row]):
            strike[row] = contract.strike
        rows.root[row] = rows.root[row] or contract.root


def _contract(symbol: str, market: Market) -> Contract | None:
    try:
        return parse_symbol(symbol, market) if symbol else None
    except WireError:
        return None


def _refuse_unnamed(sheet: Sheet, rows: Rows, rights: NDArray[np.int8]) -> None:
    """Refuse rows that name no contract."""
    strike = rows.figures["strike"]
    has_no_strike = ~(strike > 0.0)
    for row in np.flatnonzero(has_no_strike).tolist():
        rows.refuse(row, f"strike {_cell(sheet, 'strike', row)} is no number above zero")
    for row in np.flatnonzero(np.isnat(rows.expiry)).tolist():
        rows.refuse(row, f"expiry {_cell(sheet, 'expiry', row)} is no date")
    for row in np.flatnonzero(rights == _NO_RIGHT).tolist():
        rows.refuse(row, f"right {_cell(sheet, 'right', row)} is neither call nor put")


def _cell(sheet: Sheet, name: str, row: int) -> str:
    cells = sheet.columns.get(name)
    return "(no column)" if cells is None else _quoted(cells[row])


def finish(
    rows: Rows,
    *,
    source: str,
    name: str,
    market: Market,
    underlying: str,
    hints: ReadHints,
    as_of: int = NO_TIME,
    spot: float = np.nan,
) -> ChainSnapshot:
    """
    Make the snapshot of the rows that are kept.

    Rows of one contract at different instants are all kept (a stream, a history); of those at one
    instant, or at none, the last counts and the others are named. ``hints`` fill what the file
    leaves open.

    Raises:
        FileFormatError: No row is left.
    """
    roots = coded(rows.root)
    _refuse_doubles(rows, roots.codes)
    problems = tuple(sorted(rows.problems, key=lambda problem: problem.line))
    if not rows.keep.any():
        first = f"; line {problems[0].line}: {problems[0].reason}" if problems else ""
        raise FileFormatError(
            f"{name} has no usable option row among {len(rows.symbol)} (read as {source}){first}"
        )
    quotes = QuoteColumns.build(
        symbol=rows.symbol,
        root=roots.spread([root or underlying for root in roots.words]),
        expiry=rows.expiry,
        is_call=rows.is_call,
        ts_event=rows.ts_event,
        **rows.figures,
    )
    if not rows.keep.all():
        quotes = quotes.take(rows.keep)
    return ChainSnapshot(
        underlying=underlying,
        source=source,
        market=market,
        quotes=quotes,
        as_of=as_of if as_of != NO_TIME else hints.as_of,
        spot=spot if spot > 0.0 else hints.spot,
        problems=problems,
    )


def _refuse_doubles(rows: Rows, roots: IntArray) -> None:
    """Of the rows that quote one contract at one instant keep the last."""
    kept = np.flatnonzero(rows.keep)
    columns = (
        rows.figures["strike"].view(np.int64)[kept],
        rows.expiry.view(np.int64)[kept],
        roots[kept],
        rows.is_call.astype(np.int64)[kept],
        rows.ts_event[kept],
    )
    marks = np.zeros(kept.size, dtype=np.int64)  # equal rows have equal marks, others hardly ever
    for column in columns:
        marks = marks * 1_000_003 + column  # wraps around
    ordered = np.sort(marks)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not twice.size:
        return
    last: dict[tuple[int, ...], int] = {}
    is_twice = np.isin(marks, twice)
    keys = zip(*(column[is_twice].tolist() for column in columns), strict=True)
    for row, key in zip(kept[is_twice].tolist(), keys, strict=True):
        earlier = last.get(key)
        if earlier is not None:
            reason = "the same contract at the same time comes again on line"
            rows.refuse(earlier, f"{reason} {rows.lines[row]}, which counts")
        last[key] = row


def choose_underlying(
    rows: Rows, underlyings: Sequence[str] | TextArray, *, hints: ReadHints, name: str
) -> str:
    """
    Return the one underlying of the rows that are kept; with several, keep those of the hint.

    Raises:
        FileFormatError: There are several and no hint, or none that the hint names.
    """
    column = coded(underlyings)
    present = np.flatnonzero(np.bincount(column.codes[rows.keep])).tolist()
    found = sorted(column.words[code] for code in present)
    if len(found) <= 1 and (hints.underlying is None or not any(found)):
        return (found[0] if found else "") or hints.underlying or ""
    wanted = (hints.underlying or "").upper().lstrip("^$")
    listed = ", ".join(found[:12]) + (", ..." if len(found) > 12 else "")
    if not wanted:
        raise FileFormatError(
            f"{name} holds {len(found)} underlyings ({listed}): choose one with --underlying"
        )
    matches = {text for text in found if text.upper() == wanted}
    if not matches:
        raise FileFormatError(f"{name} holds {listed or 'no underlying'}, not {wanted}")
    chosen: str = matches.pop()
    rows.keep &= column.spread([word == chosen for word in column.words], np.bool_)
    return chosen
