"""The generic table: a row per option, or a call and a put per row, under known column names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.instruments import underlying_of_root
from voldesk.model.quotes import ChainSnapshot, FloatArray, RowProblem
from voldesk.wire.files.aliases import Placement, place_columns
from voldesk.wire.files.assemble import FIGURES, Rows, Sheet, check_sheet, choose_underlying, finish
from voldesk.wire.files.cells import coded
from voldesk.wire.files.generic_market import holds_symbols, market_of, strip_marks
from voldesk.wire.files.generic_times import quote_instants
from voldesk.wire.files.numerals import DecimalMark, Numerals
from voldesk.wire.files.parquet import is_parquet, parquet_columns
from voldesk.wire.files.reader import Document, Reader, ReadHints
from voldesk.wire.files.table import delimiter_of, find_table, has_header, split_line

_TITLE = "a table of options"
_NUMBERS = frozenset((*FIGURES, "underlying_bid", "underlying_ask", "iv_percent"))
_VALUES = frozenset(("bid", "ask", "last", "mark", "vendor_iv", "iv_percent", "open_interest"))


@dataclass(frozen=True, slots=True)
class _Cells:
    """A table as found: names, columns, lines, and what was wrong with it."""

    header: list[str]
    columns: Sequence[Sequence[object]]
    lines: Sequence[int]
    mark: DecimalMark = DecimalMark.POINT
    problems: list[RowProblem] = field(default_factory=list)


def _is_header(cells: list[str]) -> bool:
    places = place_columns(cells)
    sides = {*places.shared, *places.calls, *places.puts}
    is_named = "symbol" in sides or (
        "strike" in places.shared and ("right" in places.shared or places.is_two_sided)
    )
    return is_named and bool(sides & _VALUES)


def sniff(head: str, name: str) -> bool:
    """Say whether a text begins as a table whose columns we can place."""
    del name
    return has_header(head, _is_header)


def read(document: Document, hints: ReadHints) -> ChainSnapshot:
    """
    Read a CSV or Parquet table; ``docs/formats.md`` lists the columns and their aliases.

    Rows that carry a time are valued at it; ``as_of`` is the latest. A last price of 0 without
    volume, and a spot, forward, ask or IV of 0 mean that there is none; a bid of 0 is a bid of 0.
    Where the right, strike or expiry has no column it is read out of the symbol.

    Raises:
        FileFormatError: A needed column is missing, several underlyings are in it and none is
            chosen, or no row can be used.
    """
    cells = _read_cells(document)
    places = place_columns(cells.header)
    sheet = _sheet(cells, places)
    market = market_of(sheet.columns)
    if hints.expiry is None and {"expiry", "symbol"}.isdisjoint(sheet.columns):
        raise FileFormatError(
            f"{document.name} has no column for the expiry: pass --expiry YYYY-MM-DD"
            f" (found: {', '.join(cells.header[:20])})"
        )
    numerals = Numerals(cells.mark)
    rows = check_sheet(sheet, numerals, market=market, expiry=hints.expiry, problems=cells.problems)
    rows.problems.extend(_doubles(cells, places))
    _derive(rows, sheet, numerals)
    rows.forget("last", (rows.figure("last") == 0.0) & ~(rows.figure("volume") > 0.0))
    rows.forget_zeros("spot", "forward", "vendor_iv")
    is_before_close = "1545" in _header_of("bid", cells, places)
    rows.ts_event, bad = quote_instants(
        sheet.columns, len(sheet), market=market, is_before_close=is_before_close
    )
    rows.problems.extend(
        RowProblem(sheet.lines[row], "the time of the quote cannot be read") for row in bad
    )
    underlying = _underlying(rows, sheet, market, hints, document.name)
    return finish(
        rows,
        source="csv",
        name=document.name,
        market=market,
        underlying=underlying,
        hints=hints,
        as_of=rows.latest_instant(),
        spot=rows.latest_spot(),
    )


def _read_cells(document: Document) -> _Cells:
    if is_parquet(document):
        header, columns = parquet_columns(document)
        if not _is_header(header):
            raise FileFormatError(_unplaced(document.name, header))
        size = len(columns[0]) if columns else 0
        return _Cells(header, columns, range(1, size + 1))
    table = find_table(document.text, _is_header)
    if table is None:
        line = next(line for line in document.text.split("\n") if line.strip())
        raise FileFormatError(_unplaced(document.name, split_line(line, delimiter_of(line))))
    places = place_columns(table.header)
    indexes = [
        at
        for side in (places.shared, places.calls, places.puts)
        for column, at in side.items()
        if column in _NUMBERS
    ]
    mark = table.decimal_mark(indexes)
    return _Cells(table.header, table.columns, table.lines, mark, table.problems)


def _unplaced(name: str, header: Sequence[str]) -> str:
    places = place_columns(header)
    have = {*places.shared, *places.calls, *places.puts}
    missing = [
        wanted for wanted in ("expiry", "right", "strike", "bid", "ask") if wanted not in have
    ]
    found = ", ".join(cell.strip()[:30] for cell in header[:20]) or "none"
    return (
        f"{name} is not {_TITLE} that can be read: no column for {', '.join(missing) or 'a price'}"
        f" (found: {found}); docs/formats.md lists the names, --format chooses another format"
    )


def _sheet(cells: _Cells, places: Placement) -> Sheet:
    count = len(cells.lines)
    columns: dict[str, Sequence[object]]
    if places.is_two_sided:
        columns = {
            name: [*cells.columns[at], *cells.columns[at]] for name, at in places.shared.items()
        }
        blank = [None] * count
        for name in dict.fromkeys((*places.calls, *places.puts)):
            halves = (
                cells.columns[side[name]] if name in side else blank
                for side in (places.calls, places.puts)
            )
            columns[name] = [cell for half in halves for cell in half]
        columns["right"] = ["C"] * count + ["P"] * count
        lines: Sequence[int] = [*cells.lines, *cells.lines]
    else:
        columns = {name: cells.columns[at] for name, at in places.shared.items()}
        lines = cells.lines
    if "root" in columns and holds_symbols(columns["root"]):
        columns.setdefault("symbol", columns["root"])
        del columns["root"]
    for name in ("root", "underlying"):
        if name in columns:
            columns[name] = strip_marks(columns[name])
    return Sheet(columns, lines)


def _doubles(cells: _Cells, places: Placement) -> list[RowProblem]:
    line = max(cells.lines[0] - 1, 1) if cells.lines else 1
    return [
        RowProblem(line, f"column {name!r} comes twice, the first is read")
        for name in places.doubles
    ]


def _header_of(column: str, cells: _Cells, places: Placement) -> str:
    at = places.shared.get(column)
    return "" if at is None else cells.header[at]


def _derive(rows: Rows, sheet: Sheet, numerals: Numerals) -> None:
    """Work out what the table gives in another form: IV in percent, sizes, the spot's two sides."""
    percent = sheet.columns.get("iv_percent")
    if percent is not None and "vendor_iv" not in rows.figures:
        rows.figures["vendor_iv"] = numerals.column(percent)[0] / 100.0
    sizes = sheet.columns.get("sizes")
    if sizes is not None and "bid_size" not in rows.figures:
        halves = [str(cell or "").lower().partition("x") for cell in sizes]
        rows.figures["bid_size"] = numerals.column([half[0] for half in halves])[0]
        rows.figures["ask_size"] = numerals.column([half[2] for half in halves])[0]
    bid, ask = sheet.columns.get("underlying_bid"), sheet.columns.get("underlying_ask")
    if bid is not None and ask is not None:
        middle = (_above_zero(bid, numerals) + _above_zero(ask, numerals)) / 2.0
        spot = rows.figures.setdefault("spot", middle)
        np.copyto(spot, middle, where=~(spot > 0.0))


def _above_zero(cells: Sequence[object], numerals: Numerals) -> FloatArray:
    column, _ = numerals.column(cells)
    column[~(column > 0.0)] = np.nan
    return column


def _underlying(rows: Rows, sheet: Sheet, market: Market, hints: ReadHints, name: str) -> str:
    given = coded(sheet.columns.get("underlying", ()))
    underlyings = given.spread(given.words) if len(given) else np.full(len(sheet), "", object)
    is_open = underlyings == ""
    if is_open.any():
        roots = coded(rows.root)
        known = [underlying_of_root(root, market) if root else "" for root in roots.words]
        underlyings[is_open] = roots.spread(known)[is_open]
    if len(given) and "root" not in sheet.columns:
        rows.root = np.where(rows.root == "", underlyings, rows.root)
    return choose_underlying(rows, underlyings, hints=hints, name=name)


READER = Reader("csv", _TITLE, sniff, read)
