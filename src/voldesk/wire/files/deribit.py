"""Deribit option rows: tickers, order books and book summaries, as JSON in any wrapping or CSV."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError, WireError
from voldesk.model.instruments import Contract, parse_deribit
from voldesk.model.quotes import ChainSnapshot, RowProblem
from voldesk.wire.files.assemble import PRICES, Rows, Sheet, check_sheet, choose_underlying, finish
from voldesk.wire.files.dates import instant_column
from voldesk.wire.files.json_body import decode_bodies, looks_like_json
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import Document, Reader, ReadHints
from voldesk.wire.files.table import find_table, has_header

_TITLE = "a file of Deribit option rows"
_FIELDS = {  # in order of preference: tickers and books, then summaries and CSV dumps
    "symbol": ("instrumentname", "symbol", "instrument", "instrumentid"),
    "bid": ("bestbidprice", "bidprice", "bid"),
    "ask": ("bestaskprice", "askprice", "ask"),
    "bid_size": ("bestbidamount", "bidamount", "bidsize"),
    "ask_size": ("bestaskamount", "askamount", "asksize"),
    "last": ("lastprice", "last"),
    "mark": ("markprice", "mark"),
    "volume": ("statsvolume", "volume"),
    "open_interest": ("openinterest",),
    "forward": ("underlyingprice", "forward"),
    "spot": ("indexprice", "spot"),
    "timestamp": ("timestamp", "creationtimestamp", "time", "localtimestamp"),
    "vendor_iv": ("markiv",),
    "vendor_delta": ("greeksdelta", "delta"),
    "vendor_gamma": ("greeksgamma", "gamma"),
    "vendor_theta": ("greekstheta", "theta"),
    "vendor_vega": ("greeksvega", "vega"),
    "vendor_rho": ("greeksrho", "rho"),
}
_LETTERS = re.compile(r"[^a-z0-9]")
_OPTION = re.compile(r"-[CP]$")
_MAX_DEPTH = 6
_TICKERS = ("ticker.",)


def _plain_name(name: object) -> str:
    return _LETTERS.sub("", str(name).lower())


def _is_header(cells: list[str]) -> bool:
    names = {_plain_name(cell) for cell in cells}
    if "instrumentname" in names:
        return True
    return {"symbol", "markiv"} <= names and bool({"underlyingprice", "markprice"} & names)


def sniff(head: str, name: str) -> bool:
    """Say whether a text begins as Deribit rows."""
    del name
    if looks_like_json(head):
        return '"instrument_name"' in head or '"subscription"' in head
    return has_header(head, _is_header)


def read(document: Document, hints: ReadHints) -> ChainSnapshot:
    """
    Read option rows; each is valued at its own ``timestamp``.

    Of WebSocket messages only option tickers count; futures, combos, books, trades and answers are
    passed over. A price of 0 means that there is none. Premiums are handed on in coin, as the
    ``deribit`` profile expects them: those of linear contracts (``BTC_USDC-...``), which are in
    USDC, are divided by the row's forward. ``forward`` is ``underlying_price``, ``spot`` the index.
    IV is in percent.

    Raises:
        FileFormatError: There is no option row, or several underlyings are in it and none is
            chosen.
    """
    sheet, problems = (
        _json_sheet(document) if looks_like_json(document.text) else _csv_sheet(document)
    )
    contracts = {name: _contract(name) for name in set(sheet.columns["symbol"])}
    kept: list[int] = []
    for row, name in enumerate(sheet.columns["symbol"]):
        if contracts[name] is not None:
            kept.append(row)
        elif _OPTION.search(str(name)):
            problems.append(RowProblem(sheet.lines[row], f"{name!r} is no Deribit option name"))
    if not kept:
        raise FileFormatError(_no_option(document, sheet))
    sheet = _taken(sheet, kept, contracts)
    numerals = Numerals()
    rows = check_sheet(sheet, numerals, market=Market.DERIBIT, problems=problems)
    rows.forget_zeros("bid", "ask", "last", "vendor_iv", "forward", "spot")
    rows.scale("vendor_iv", 0.01)
    _linear_to_coin(rows)
    _read_instants(sheet, rows)
    underlyings = [
        contract.underlying for name in sheet.columns["symbol"] if (contract := contracts[name])
    ]
    underlying = choose_underlying(rows, underlyings, hints=hints, name=document.name)
    return finish(
        rows,
        source="deribit",
        name=document.name,
        market=Market.DERIBIT,
        underlying=underlying,
        hints=hints,
        as_of=rows.latest_instant(),
        spot=rows.latest_spot(),
    )


def _contract(name: object) -> Contract | None:
    try:
        return parse_deribit(name.strip()) if isinstance(name, str) else None
    except WireError:
        return None


def _json_sheet(document: Document) -> tuple[Sheet, list[RowProblem]]:
    bodies = decode_bodies(document)
    columns: dict[str, list[object]] = {name: [] for name in _FIELDS}
    lines: list[int] = []
    for value, line in zip(bodies.values, bodies.lines, strict=True):
        for record in _records(value, _MAX_DEPTH):
            fields = dict(_flat(record))
            for name, keys in _FIELDS.items():
                columns[name].append(next((fields[key] for key in keys if key in fields), None))
            lines.append(line)
    columns["symbol"] = [cell if isinstance(cell, str) else "" for cell in columns["symbol"]]
    return Sheet(dict(columns), lines), bodies.problems


def _records(value: object, depth: int) -> Iterator[Mapping[str, object]]:
    """Find the rows of a body: bare, in a list, under result, or in a ticker notification."""
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _records(item, depth - 1)
    elif isinstance(value, dict):
        if "instrument_name" in value:
            yield value
        elif "params" in value:
            params = value["params"]
            if isinstance(params, dict) and str(params.get("channel", "")).startswith(_TICKERS):
                yield from _records(params.get("data"), depth - 1)
        else:
            for key, item in value.items():
                if key in {"result", "data"} or _OPTION.search(key):
                    yield from _records(item, depth - 1)


def _flat(record: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if isinstance(value, dict) and key in {"greeks", "stats"}:
            for inner, cell in value.items():
                yield _plain_name(key + inner), cell
        else:
            yield _plain_name(key), value


def _csv_sheet(document: Document) -> tuple[Sheet, list[RowProblem]]:
    table = find_table(document.text, _is_header)
    if table is None:
        raise FileFormatError(
            f"{document.name} is not {_TITLE}: expected JSON, or a CSV with instrument_name,"
            f" found {document.text.strip()[:60]!r}"
        )
    places = {_plain_name(cell): at for at, cell in reversed(list(enumerate(table.header)))}
    cells = table.columns
    columns: dict[str, Sequence[object]] = {}
    for name, keys in _FIELDS.items():
        at = next((places[key] for key in keys if key in places), None)
        if at is not None:
            columns[name] = cells[at]
    return Sheet(columns, table.lines), table.problems


def _taken(sheet: Sheet, kept: list[int], contracts: Mapping[object, Contract | None]) -> Sheet:
    columns = dict(sheet.columns)
    if len(kept) < len(sheet):
        lists = {name: list(cells) for name, cells in columns.items()}
        columns = {name: [cells[row] for row in kept] for name, cells in lists.items()}
    named = [contract for name in columns["symbol"] if (contract := contracts[name])]
    columns["root"] = [contract.root for contract in named]
    columns["expiry"] = [contract.expiry for contract in named]
    columns["right"] = [str(contract.right) for contract in named]
    columns["strike"] = [contract.strike for contract in named]
    return Sheet(columns, [sheet.lines[row] for row in kept])


def _linear_to_coin(rows: Rows) -> None:
    """Bring premiums in USDC to coin, so that premium times forward is the price in currency."""
    is_linear = np.fromiter(("_" in root for root in rows.root), np.bool_, len(rows.root))
    if not is_linear.any():
        return
    forward = rows.figure("forward")
    for name in PRICES:
        if name in rows.figures:
            premium = rows.figures[name]
            premium[is_linear] = premium[is_linear] / forward[is_linear]


def _read_instants(sheet: Sheet, rows: Rows) -> None:
    cells = sheet.columns.get("timestamp")
    if cells is None:
        return
    rows.ts_event, bad = instant_column(cells, UTC)
    for row in bad:
        rows.problems.append(RowProblem(sheet.lines[row], f"timestamp {cells[row]!r} is no time"))


def _no_option(document: Document, sheet: Sheet) -> str:
    names = sorted({str(name) for name in sheet.columns["symbol"] if name})
    found = f"only {', '.join(names[:5])}" if names else "none that names an instrument"
    return (
        f"{document.name} holds no Deribit option row: expected rows or ticker messages with an"
        f" instrument_name like BTC-27DEC24-100000-C, found {found}"
    )


READER = Reader("deribit", _TITLE, sniff, read)
