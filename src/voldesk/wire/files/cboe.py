"""CBOE's delayed quote table: its CSV in the layouts of 2010 to today, and its JSON body."""

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.instruments import underlying_of_root
from voldesk.model.quotes import NO_TIME, ChainSnapshot, RowProblem
from voldesk.wire.files import cboe_json
from voldesk.wire.files.assemble import Rows, Sheet, check_sheet, choose_underlying, finish
from voldesk.wire.files.cboe_header import QuoteHeader, quote_instant, read_header
from voldesk.wire.files.json_body import looks_like_json
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import Document, Reader, ReadHints
from voldesk.wire.files.table import Table, find_table, has_header

_TITLE = "a CBOE quote table"
_COLUMNS = {
    "last sale": "last", "bid": "bid", "ask": "ask", "volume": "volume", "vol": "volume",
    "iv": "vendor_iv", "delta": "vendor_delta", "gamma": "vendor_gamma",
    "open interest": "open_interest", "open int": "open_interest",
    "cbid": "bid", "cask": "ask", "pbid": "bid", "pask": "ask",
}  # fmt: skip
_OCC_TERMS_SIZE = 15
_OCC_ROOT_MAX = 6
_NAMED = re.compile(  # "18 Dec 2700.00 (SPX1821L2700-E)": year, day, month letter, strike, exchange
    r"[0-9]{1,2} [A-Z][a-z]{2} [0-9.]+ \((?P<root>[A-Z]+[0-9]??)(?P<year>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?P<month>[A-X])(?P<strike>[0-9]+(?:\.[0-9]+)?)(?:-(?P<exchange>[A-Z0-9]+))?\)"
)
_CALL_MONTHS = "ABCDEFGHIJKL"
_PUT_MONTHS = "MNOPQRSTUVWX"


def _is_header(cells: list[str]) -> bool:
    is_two_sided = "Calls" in cells and "Puts" in cells[cells.index("Calls") :]
    return is_two_sided and not {"Bid", "CBid"}.isdisjoint(cells)


def sniff(head: str, name: str) -> bool:
    """Say whether a text begins as a CBOE quote table, CSV or JSON."""
    del name
    return cboe_json.sniff(head) if looks_like_json(head) else has_header(head, _is_header)


def read(document: Document, hints: ReadHints) -> ChainSnapshot:
    """
    Read a quote table.

    JSON is read by `cboe_json`. Of a table ``as_of`` is `quote_instant` of the header's stamp,
    ``spot`` the header's last level. An IV of 0 and a last sale of 0 without volume mean that there
    is none; a bid of 0 is a bid of 0.

    Raises:
        FileFormatError: There is no header with Calls and Puts, or no usable row below it.
    """
    if looks_like_json(document.text):
        return cboe_json.read(document, hints)
    table = find_table(document.text, _is_header)
    if table is None:
        raise FileFormatError(
            f"{document.name} is not {_TITLE}: expected a header line with Calls, Puts, Bid and"
            f" Ask, found {document.text.strip()[:60]!r}"
        )
    sheet = _two_sides(table)
    numerals = Numerals(table.decimal_mark(_number_columns(table.header)))
    header = read_header(table.preamble, numerals)
    rows = check_sheet(sheet, numerals, market=Market.US, problems=table.problems)
    _drop_other_exchanges(rows, sheet)
    rows.forget_zeros("vendor_iv")
    never_traded = (rows.figure("last") == 0.0) & ~(rows.figure("volume") > 0.0)
    rows.forget("last", never_traded)
    if header.stamp_text and header.stamp == NO_TIME:
        reason = f"the date of the quotes cannot be read: {header.stamp_text!r}"
        rows.problems.append(RowProblem(header.stamp_line, reason))
    return finish(
        rows,
        source="cboe",
        name=document.name,
        market=Market.US,
        underlying=_underlying(rows, header, hints, document.name),
        hints=hints,
        as_of=quote_instant(header.stamp) if header.stamp != NO_TIME else NO_TIME,
        spot=header.last if header.last > 0.0 else (header.bid + header.ask) / 2.0,
    )


def _number_columns(header: list[str]) -> list[int]:
    names = {*_COLUMNS, "strike"}
    return [at for at, name in enumerate(header) if name.lower() in names]


def _underlying(rows: Rows, header: QuoteHeader, hints: ReadHints, name: str) -> str:
    known = {root: underlying_of_root(root) for root in set(rows.root) if root}
    underlyings = [known.get(root, header.symbol) for root in rows.root]
    return choose_underlying(rows, underlyings, hints=hints, name=name)


def _two_sides(table: Table) -> Sheet:
    """Put the calls' half of the table above the puts' half."""
    at_puts = table.header.index("Puts")
    at_calls = table.header.index("Calls")
    cells = table.columns
    shared = {
        name: cells[table.header.index(column)]
        for name, column in (("expiry", "Expiration Date"), ("strike", "Strike"))
        if column in table.header
    }
    calls = _side(table.header, cells, at_calls, at_puts)
    puts = _side(table.header, cells, at_puts, len(table.header))
    columns: dict[str, Sequence[object]] = {
        name: [*calls[name], *puts[name]] for name in calls if name in puts
    }
    columns.update({name: [*column, *column] for name, column in shared.items()})
    count = len(table.lines)
    columns["right"] = ["C"] * count + ["P"] * count
    sheet = Sheet(columns, [*table.lines, *table.lines])
    if "strike" not in shared:
        _read_names(columns)
    else:
        columns["root"] = [_occ_root(symbol) for symbol in chain(calls["symbol"], puts["symbol"])]
    return _without_blanks(sheet)


def _side(
    header: list[str], cells: Sequence[Sequence[str]], start: int, stop: int
) -> dict[str, Sequence[str]]:
    side: dict[str, Sequence[str]] = {"symbol": cells[start]}
    for at in range(start + 1, stop):
        name = _COLUMNS.get(header[at].lower())
        if name is not None:
            side.setdefault(name, cells[at])
    return side


def _occ_root(symbol: str) -> str:
    root = symbol.strip()[:-_OCC_TERMS_SIZE].rstrip()
    return root if root.isalnum() and len(root) <= _OCC_ROOT_MAX else ""


def _read_names(columns: dict[str, Sequence[object]]) -> None:
    """Take expiry, strike and root from names like ``13 Dec 245.00 (AAPL1321L245-4)``."""
    roots, expiries, strikes = [], [], []
    for symbol in columns["symbol"]:
        found = _NAMED.fullmatch(str(symbol).strip())
        if found is None:
            roots.append("")
            expiries.append(str(symbol))
            strikes.append("")
            continue
        letter = found["month"]
        month = (_CALL_MONTHS if letter in _CALL_MONTHS else _PUT_MONTHS).index(letter) + 1
        roots.append(found["root"])
        expiries.append(f"20{found['year']}-{month:02d}-{found['day']}")
        strikes.append(found["strike"])
    columns["root"], columns["expiry"], columns["strike"] = roots, expiries, strikes


def _without_blanks(sheet: Sheet) -> Sheet:
    """Leave out the side of a line that has no contract."""
    symbols = sheet.columns["symbol"]
    kept = [row for row, symbol in enumerate(symbols) if str(symbol).strip()]
    if len(kept) == len(symbols):
        return sheet
    columns = {name: [cells[row] for row in kept] for name, cells in sheet.columns.items()}
    return Sheet(columns, [sheet.lines[row] for row in kept])


def _drop_other_exchanges(rows: Rows, sheet: Sheet) -> None:
    """
    Keep the national best quote of a contract where its exchanges are quoted beside it.

    Until 2018 the table had a line per exchange, ``-4`` to ``-Z`` behind the name; the line without
    a suffix is the best of all. A contract that has exchange lines only keeps them.
    """
    if "strike" not in sheet.columns or not any(symbol.endswith(")") for symbol in rows.symbol[:1]):
        return
    composite: set[str] = set()
    for symbol in rows.symbol:
        if "-" not in symbol:
            composite.add(symbol)
    has_composite = np.fromiter(
        ("-" in symbol and symbol.partition("-")[0] + ")" in composite for symbol in rows.symbol),
        np.bool_,
        len(rows.symbol),
    )
    rows.keep &= ~has_composite


READER = Reader("cboe", _TITLE, sniff, read)
