"""Where the contracts of a generic table trade, from what its cells say."""

import re
from collections.abc import Mapping, Sequence

from voldesk.model.enums import Market
from voldesk.model.errors import WireError
from voldesk.model.instruments import parse_deribit
from voldesk.wire.files.cells import Coded, coded
from voldesk.wire.files.india import INDEX_SYMBOLS

_COINS = frozenset(("BTC", "ETH"))
_INDIAN_RIGHTS = frozenset(("CE", "PE"))
_MARKS = "^$_. "
_OCC = re.compile(r"\S{1,6} *[0-9]{6}[CP][0-9]{8}")
_SAMPLE = 50


def strip_marks(cells: Sequence[object]) -> Coded:
    """Return roots or underlyings without the marks of indices: ``^SPX``, ``$SPX``, ``_SPX``."""
    return coded(cells).translated(_plain)


def _plain(cell: object) -> str:
    return cell.strip().lstrip(_MARKS).upper() if isinstance(cell, str) else ""


def holds_symbols(cells: Sequence[object]) -> bool:
    """Say whether a column named for roots holds whole OCC symbols (HistoricalOptionData does)."""
    words = coded(cells).words
    first = next((word for word in words if isinstance(word, str) and word.strip()), "")
    return _OCC.fullmatch(first.strip()) is not None


def market_of(columns: Mapping[str, Sequence[object]]) -> Market:
    """
    Return the market of a table from its columns root, underlying, right and symbol.

    Indian are the roots of Indian indices and rights written CE and PE. Deribit's are names like
    ``BTC-27DEC24-100000-C``, roots like ``BTC_USDC``, and ``BTC`` and ``ETH`` where no symbol says
    otherwise (both are tickers of US funds too). Everything else is taken for US.
    """
    words = {name: coded(columns.get(name, ())).words for name in ("root", "underlying", "right")}
    roots = {*words["root"], *words["underlying"]} - {""}
    if roots & INDEX_SYMBOLS or not _INDIAN_RIGHTS.isdisjoint(words["right"]):
        return Market.INDIA
    symbols = columns.get("symbol", ())[:_SAMPLE]
    named = [symbol for symbol in symbols if isinstance(symbol, str) and symbol.strip()]
    if any(map(_is_deribit, named)) or any("_USD" in str(root) for root in roots):
        return Market.DERIBIT
    if not named and roots and roots <= _COINS:
        return Market.DERIBIT
    return Market.US


def _is_deribit(symbol: str) -> bool:
    try:
        parse_deribit(symbol.strip())
    except WireError:
        return False
    return True
