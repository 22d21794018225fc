"""Where the contracts of a generic table trade, from what its cells say."""

import re
from collections.abc import Iterable, Sequence

from voldesk.model.enums import Market
from voldesk.model.errors import WireError
from voldesk.model.instruments import parse_deribit
from voldesk.wire.files.india import INDEX_SYMBOLS

_COINS = frozenset(("BTC", "ETH"))
_INDIAN_RIGHTS = frozenset(("CE", "PE"))
_MARKS = "^$_. "
_OCC = re.compile(r"\S{1,6} *[0-9]{6}[CP][0-9]{8}")
_SAMPLE = 50


def strip_marks(cells: Sequence[object]) -> list[str]:
    """Return roots or underlyings without the marks of indices: ``^SPX``, ``$SPX``, ``_SPX``."""
    known = {cell: _plain(cell) for cell in set(map(_text, cells))}
    return [known[_text(cell)] for cell in cells]


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _plain(cell: str) -> str:
    return cell.strip().lstrip(_MARKS).upper()


def holds_symbols(cells: Sequence[object]) -> bool:
    """Say whether a column named for roots holds whole OCC symbols (HistoricalOptionData does)."""
    first = next((cell for cell in cells if isinstance(cell, str) and cell.strip()), "")
    return _OCC.fullmatch(first.strip()) is not None


def market_of(roots: Iterable[str], rights: Iterable[object], symbols: Sequence[object]) -> Market:
    """
    Return the market of a table.

    Indian are the roots of Indian indices and rights written CE and PE; Deribit's are names like
    ``BTC-27DEC24-100000-C``, and ``BTC`` and ``ETH`` where no symbol says otherwise (both are tickers of
    US funds too). Everything else is taken for US.
    """
    known = set(roots)
    if known & INDEX_SYMBOLS or _INDIAN_RIGHTS & {right for right in rights if isinstance(right, str)}:
        return Market.INDIA
    named = [symbol for symbol in symbols[:_SAMPLE] if isinstance(symbol, str) and symbol.strip()]
    if any(map(_is_deribit, named)) or any("_USD" in root for root in known):
        return Market.DERIBIT
    if not named and known and known <= _COINS:
        return Market.DERIBIT
    return Market.US


def _is_deribit(symbol: str) -> bool:
    try:
        parse_deribit(symbol.strip())
    except WireError:
        return False
    return True
