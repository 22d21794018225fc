"""The lines above a CBOE quote table: what is quoted, when, and at what level."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.quotes import NO_TIME
from voldesk.model.sessions import (
    NS_PER_MINUTE,
    is_trading_day,
    local_date,
    previous_trading_day,
    session_close,
    session_open,
)
from voldesk.wire.files.dates import NEW_YORK, parse_date, parse_instant
from voldesk.wire.files.numerals import Numerals

QUOTE_DELAY_NS = 15 * NS_PER_MINUTE
_AFTER_CLOSE_NS = 15 * NS_PER_MINUTE
_LEVEL = re.compile(
    r"\b(last|bid|ask)\b\s*[:,;]\s*(?P<level>[^,;\s\"]+(?:,[0-9.]+)*)", re.IGNORECASE
)
_STAMP = re.compile(
    r"(?:Date|Datum|Data|Fecha)\s*:\s*(?P<stamp>.+?)\s*\"?\s*(?:[,;\t]+\s*Bid\b|$)", re.IGNORECASE
)
_OLD_STAMP = re.compile(
    r"^\"?(?P<stamp>[A-Z][a-z]{2} [0-9]{1,2} [0-9]{4} @ [0-9]{1,2}:[0-9]{2}\s*(?:ET|E[SD]T)?)"
)
_OLD_TITLE = re.compile(
    r"^\"?\^?(?P<symbol>[A-Z][A-Z0-9./]{0,9}) \((?P<title>.*)\)\"?[,;\t](?P<level>[^,;\t]+)"
)


@dataclass(frozen=True, slots=True)
class QuoteHeader:
    """
    What stands above a quote table; what is missing is "", ``NO_TIME`` or NaN.

    Attributes:
        symbol: The underlying's symbol; the layout of 2021 and later prints its name only.
        stamp: When the table was made, UTC ns.
        stamp_text: The same as printed, for a complaint about it.
        stamp_line: The line it stands on.
        last: Level of the underlying.
        bid: Its bid (index: CBOE's indication).
        ask: Its ask.
    """

    symbol: str = ""
    stamp: int = NO_TIME
    stamp_text: str = ""
    stamp_line: int = 0
    last: float = np.nan
    bid: float = np.nan
    ask: float = np.nan


def read_header(preamble: Sequence[str], numerals: Numerals) -> QuoteHeader:
    """Read the lines above a quote table, in any of the layouts since 2010."""
    symbol, stamp_text, stamp_line = "", "", 0
    levels: dict[str, float] = {}
    for line, text in enumerate(preamble, 1):
        title = _OLD_TITLE.match(text)
        if title is not None:
            symbol = title["symbol"]
            levels["last"] = _level(title["level"], numerals)
        for found in _LEVEL.finditer(text):
            levels.setdefault(found[1].lower(), _level(found["level"], numerals))
        stamp = _STAMP.search(text) or _OLD_STAMP.match(text)
        if stamp is not None and not stamp_text:
            stamp_text, stamp_line = stamp["stamp"].strip('" '), line
    instant = _stamp_instant(stamp_text) if stamp_text else NO_TIME
    return QuoteHeader(
        symbol=symbol, stamp=instant, stamp_text=stamp_text, stamp_line=stamp_line, **levels
    )


def _level(text: str, numerals: Numerals) -> float:
    number = numerals.value(text)
    return number if number is not None and number > 0.0 else np.nan


def _stamp_instant(text: str) -> int:
    """Return UTC ns; a date without a time stands for the last quotes of that day."""
    instant = parse_instant(text, NEW_YORK)
    if instant:
        return instant
    day = parse_date(text)
    if day is None:
        return NO_TIME
    midnight = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK) + timedelta(days=1)
    return (
        int((midnight.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() - 60)
        * 10**9
    )


def quote_instant(stamp: int) -> int:
    """
    Return when the quotes of a table were live, given when the table was made (both UTC ns).

    The stamp is the time of the download: files of one evening carry 18:01, 18:02, ... 19:01 and
    the same quotes. CBOE delays quotes by 15 minutes, and they stop 15 minutes after the stock
    market closes (16:15 New York, 13:15 on an early close). So a stamp in the session stands for
    quotes a quarter of an hour older; one in the evening, at night or at a weekend for the last
    quotes of the trading day before it. Quotes of the night session of SPX and VIX cannot be told
    from those and are dated like them.
    """
    live = stamp - QUOTE_DELAY_NS
    day = local_date(live, Market.US)
    if not is_trading_day(day, Market.US) or live < session_open(day, Market.US):
        day = previous_trading_day(day, Market.US)
    return min(live, _last_quotes(day))


def _last_quotes(day: date) -> int:
    return session_close(day, Market.US) + _AFTER_CLOSE_NS
