"""Yahoo Finance chains as yfinance writes them to CSV."""

from typing import TYPE_CHECKING

from voldesk.model.enums import Market
from voldesk.model.errors import FileFormatError
from voldesk.model.instruments import underlying_of_root
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.aliases import place_columns
from voldesk.wire.files.assemble import Sheet, check_sheet, choose_underlying, finish
from voldesk.wire.files.numerals import Numerals
from voldesk.wire.files.reader import Document, Reader, ReadHints
from voldesk.wire.files.table import find_table, has_header

if TYPE_CHECKING:
    from collections.abc import Sequence

_TITLE = "a Yahoo Finance option chain"
_NO_IV = 1e-4  # 1.0000000000000003e-05 stands where Yahoo found none
_COLUMNS = (
    "expiry", "right", "strike", "bid", "ask", "last", "volume", "open_interest", "spot",
    "vendor_iv",
)  # fmt: skip
_OCC_TERMS_SIZE = 15


def _is_header(cells: list[str]) -> bool:
    return "contractSymbol" in cells


def sniff(head: str, name: str) -> bool:
    """Say whether a text begins as yfinance's table."""
    del name
    return has_header(head, _is_header)


def read(document: Document, hints: ReadHints) -> ChainSnapshot:
    """
    Read a chain.

    Nothing in the file says when its quotes were live: ``lastTradeDate`` is the time of a trade and
    ``session`` a date, so ``as_of`` is the hint. A bid and ask of 0 (after hours), a last price of
    0 and an IV of 0.00001 mean that there is none. ``spot`` is the column of that name where there
    is one: mind that collectors put the previous close there. IV is a fraction.

    Raises:
        FileFormatError: There is no contractSymbol column, or no usable row.
    """
    table = find_table(document.text, _is_header)
    if table is None:
        raise FileFormatError(
            f"{document.name} is not {_TITLE}: expected a column contractSymbol,"
            f" found {document.text.strip()[:60]!r}"
        )
    places = place_columns(table.header).shared
    cells = table.columns
    columns: dict[str, Sequence[object]] = {
        name: cells[places[name]] for name in _COLUMNS if name in places
    }
    symbols = cells[table.header.index("contractSymbol")]
    columns["symbol"] = symbols
    columns["root"] = [symbol.strip()[:-_OCC_TERMS_SIZE] for symbol in symbols]
    numerals = Numerals(
        table.decimal_mark([places[name] for name in _COLUMNS[2:] if name in places])
    )
    rows = check_sheet(
        Sheet(columns, table.lines), numerals, market=Market.US, problems=table.problems
    )
    rows.forget("bid", (rows.figure("bid") == 0.0) & ~(rows.figure("ask") > 0.0))
    rows.forget_zeros("last", "spot")
    rows.forget("vendor_iv", rows.figure("vendor_iv") <= _NO_IV)
    known = {root: underlying_of_root(root) for root in set(rows.root)}
    underlyings = [known[root] for root in rows.root]
    underlying = choose_underlying(rows, underlyings, hints=hints, name=document.name)
    spot = rows.latest_spot()
    rows.figures.pop("spot", None)  # not the level the row's quote was made at
    return finish(
        rows,
        source="yahoo",
        name=document.name,
        market=Market.US,
        underlying=underlying,
        hints=hints,
        spot=spot,
    )


READER = Reader("yahoo", _TITLE, sniff, read)
