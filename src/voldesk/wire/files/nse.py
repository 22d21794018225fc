"""The option chain of nseindia.com: its CSV download and its JSON body."""

import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files import nse_json
from voldesk.wire.files.assemble import Sheet, check_sheet, finish
from voldesk.wire.files.dates import parse_date
from voldesk.wire.files.india import INDEX_SYMBOLS, underlying_of_name
from voldesk.wire.files.json_body import looks_like_json
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import Document, Reader, ReadHints
from voldesk.wire.files.table import Table, find_table, has_header

if TYPE_CHECKING:
    from collections.abc import Sequence

_TITLE = "an NSE option chain"
_COLUMNS = {
    "OI": "open_interest", "VOLUME": "volume", "IV": "vendor_iv", "LTP": "last",
    "BID QTY": "bid_size", "BID": "bid", "BID PRICE": "bid",
    "ASK": "ask", "ASK PRICE": "ask", "ASK QTY": "ask_size",
}  # fmt: skip
_STRIKES = ("STRIKE", "STRIKE PRICE")
_SIDE_PREFIX = re.compile(r"^(?:CALLS?|PUTS?|CE|PE) ")
_NAMED = re.compile(
    r"option[-_ ]chain[-_ ](?:(?:ED|CD|COM)[-_ ])?(?P<symbol>[A-Z0-9&-]+?)"
    r"[-_ ](?P<expiry>[0-9]{1,2}-[A-Z]{3}-[0-9]{4})",
    re.IGNORECASE,
)
_DATED = re.compile(r"[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4}")


def _plain_name(cell: str) -> str:
    text = " ".join(re.split(r"[\s_\-]+", cell.strip().upper()))
    return _SIDE_PREFIX.sub("", text)


def _is_header(cells: list[str]) -> bool:
    names = [_plain_name(cell) for cell in cells]
    return (
        sum(name in _STRIKES for name in names) == 1
        and min(names.count("LTP"), names.count("OI")) == 2
    )


def sniff(head: str, name: str) -> bool:
    """Say whether a text begins as an NSE option chain, CSV or JSON."""
    del name
    if looks_like_json(head):
        return nse_json.sniff(head)
    return has_header(head, _is_header)


def read(document: Document, hints: ReadHints) -> ChainSnapshot:
    """
    Read an option chain as the site gives it.

    The CSV says neither underlying nor expiry nor time: the first two come from the name the site
    gives it (``option-chain-ED-NIFTY-27-Feb-2025.csv``) or the hints, the time from the hints. IV
    is in percent; an IV, a price of 0 and ``-`` mean that there is none.

    Raises:
        FileFormatError: It is no such file, no expiry is known, or no row can be used.
    """
    if looks_like_json(document.text):
        return nse_json.read(document, hints)
    table = find_table(document.text, _is_header)
    if table is None:
        raise FileFormatError(
            f"{document.name} is not {_TITLE}: expected a header line with OI and LTP on both sides"
            f" of STRIKE, found {document.text.strip()[:60]!r}"
        )
    symbol, expiry = described_by(document.name)
    expiry = expiry or hints.expiry
    if expiry is None:
        raise FileFormatError(
            f"{document.name} says no expiry, inside or in its name: pass --expiry YYYY-MM-DD"
            " (the site calls such a file option-chain-ED-NIFTY-27-Feb-2025.csv)"
        )
    sheet, indexes = _two_sides(table)
    numerals = Numerals(table.decimal_mark(indexes))
    rows = check_sheet(sheet, numerals, market=Market.INDIA, expiry=expiry, problems=table.problems)
    rows.forget_zeros("vendor_iv", "bid", "ask", "last")
    rows.scale("vendor_iv", 0.01)
    return finish(
        rows,
        source="nse",
        name=document.name,
        market=Market.INDIA,
        underlying=symbol or hints.underlying or "",
        hints=hints,
        spot=np.nan,
    )


def described_by(name: str) -> tuple[str, date | None]:
    """Return the underlying and the expiry a file's name tells, "" and None where it does not."""
    beginning = max(name.lower().rfind("option-chain"), 0)
    found = _NAMED.search(name, beginning)
    if found is not None:
        return underlying_of_name(found["symbol"]), parse_date(found["expiry"])
    dated = _DATED.search(name)
    words = set(re.split(r"[^A-Z0-9]+", name.upper()))
    symbols = sorted(words & INDEX_SYMBOLS)
    return symbols[0] if len(symbols) == 1 else "", parse_date(dated[0]) if dated else None


def _two_sides(table: Table) -> tuple[Sheet, list[int]]:
    """Put the calls' half (left of the strike) above the puts' half."""
    names = [_plain_name(cell) for cell in table.header]
    at_strike = next(at for at, name in enumerate(names) if name in _STRIKES)
    cells = table.columns
    calls = {_COLUMNS[name]: at for at, name in enumerate(names[:at_strike]) if name in _COLUMNS}
    puts = {
        _COLUMNS[name]: at for at, name in enumerate(names) if at > at_strike and name in _COLUMNS
    }
    count = len(table.lines)
    columns: dict[str, Sequence[object]] = {
        name: [*cells[calls[name]], *cells[puts[name]]] for name in calls if name in puts
    }
    columns["strike"] = [*cells[at_strike], *cells[at_strike]]
    columns["right"] = ["CE"] * count + ["PE"] * count
    indexes = [at_strike, *calls.values(), *puts.values()]
    return Sheet(columns, [*table.lines, *table.lines]), indexes


READER = Reader("nse", _TITLE, sniff, read)
