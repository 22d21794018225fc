"""News that nobody wrote: providers, headlines and articles made from numbers, neutral in tone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from voldesk.simulator.ib.catalogue import Catalogue
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.noise import chance, stream
from voldesk.simulator.ib.periods import end_of
from voldesk.simulator.ib.refusal import Refused, invalid
from voldesk.wire.ib.types import NewsArticle, NewsHeadline, NewsProvider

PROVIDERS: Final = (
    NewsProvider("BRFG", "Briefing.com General Market Columns"),
    NewsProvider("BRFUPDN", "Briefing.com Analyst Actions"),
    NewsProvider("DJ-N", "Dow Jones Global Equity Trader"),
    NewsProvider("DJNL", "Dow Jones Newsletters"),
    NewsProvider("SIM", "Simulated notes"),
)
"""Codes that clients know; the texts are the simulator's own."""

MOST_HEADLINES: Final = 300
"""How many one request is answered with at most."""

_PER_DAY: Final = 3
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_SECONDS: Final = 86_400
_ID: Final = re.compile(r"([A-Z-]+)\$([0-9a-f]{8})-([0-9]+)-([0-9])\Z")
_TOLD: Final = (
    "{name}: trading volume close to its average",
    "{name}: session passes without notable events",
    "{name}: options activity spread over many strikes",
    "{name}: order book balanced at midday",
    "{name}: price range of the day within that of the week",
    "{name}: no company announcements scheduled",
    "{name}: quotes narrow into the close",
)
_BODY: Final = (
    "<p>{headline}.</p><p>This text was made by a simulator. It describes no real company and no"
    " real event, and nothing follows from it.</p>"
)
_LOOK_BACK_DAYS: Final = 30
_BULLETINS: Final = (
    "Exchange {exchange} is open as scheduled.",
    "Exchange {exchange} reports normal operation.",
)


def headlines(
    instrument: Instrument | None, providers: str, start: str, end: str, count: int, now: int
) -> tuple[list[NewsHeadline], bool]:
    """
    Return headlines of a contract, the newest first, and whether there are more.

    Args:
        instrument: Whose; None where the number asked for is nobody's.
        providers: Codes joined by ``+``.
        start: The newest is not after it; empty: now. TWS calls the later end the start.
        end: The oldest is not before it; empty: a month earlier.
        count: How many at most.
        now: UTC seconds.

    Raises:
        Refused: The contract or all providers are unknown (321), or a time is none (10314).
    """
    if instrument is None:
        raise invalid("Invalid contract id")
    known = [row.code for row in PROVIDERS]
    wanted = [code for code in re.split(r"[+,:]", providers) if code in known]
    if not wanted:
        raise invalid(f"Unknown news provider {providers}")
    first, last = sorted((_moment(start, now), _moment(end, now - _LOOK_BACK_DAYS * _DAY_SECONDS)))
    last = min(last, now)
    limit = min(max(count, 0), MOST_HEADLINES)
    found: list[NewsHeadline] = []
    for day in range(last // _DAY_SECONDS, first // _DAY_SECONDS - 1, -1):
        for number in range(_PER_DAY - 1, -1, -1):
            second, code = _placed(instrument.con_id, day, number, wanted)
            if first <= second <= last:
                if len(found) == limit:
                    return found, True
                found.append(_headline(instrument, day, number, code, second))
    return found, False


def article(catalogue: Catalogue, provider: str, article_id: str) -> NewsArticle:
    """
    Return the body of an article.

    Args:
        catalogue: Where the contract is found.
        provider: Its code.
        article_id: As the headline gave it.

    Raises:
        Refused: There is no such article (10172).
    """
    found = _ID.match(article_id)
    instrument = None if found is None else catalogue.numbered(int(found.group(2), 16))
    if found is None or found.group(1) != provider or instrument is None:
        raise Refused(10_172, "Failed to request news article:No such article")
    text = _sentence(instrument, int(found.group(3)), int(found.group(4)))
    return NewsArticle(0, _BODY.format(headline=text))


def bulletin(number: int, exchange: str) -> str:
    """Return the text of a bulletin."""
    return _BULLETINS[number % len(_BULLETINS)].format(exchange=exchange)


def _moment(text: str, otherwise: int) -> int:
    """Return the UTC seconds of ``2026-06-01 00:00:00``, its fraction left out."""
    if not text.strip() or text.strip().lower() == "null":
        return otherwise
    plain = text.strip().split(".", maxsplit=1)[0].replace("-", "", 2)
    return end_of(plain, otherwise, "UTC")


def _placed(con_id: int, day: int, number: int, codes: list[str]) -> tuple[int, str]:
    """Return when a headline of a day came, UTC seconds, and from whom."""
    name = stream("news", con_id)
    place = day * _PER_DAY + number
    part = _DAY_SECONDS // _PER_DAY
    second = day * _DAY_SECONDS + number * part + int(chance(name, 2 * place) * part)
    return second, codes[int(chance(name, 2 * place + 1) * len(codes))]


def _headline(
    instrument: Instrument, day: int, number: int, code: str, second: int
) -> NewsHeadline:
    moment = _EPOCH + timedelta(seconds=second)
    return NewsHeadline(
        time=f"{moment:%Y-%m-%d %H:%M:%S}.0",
        provider=code,
        article_id=f"{code}${instrument.con_id:08x}-{day}-{number}",
        headline=_sentence(instrument, day, number),
    )


def _sentence(instrument: Instrument, day: int, number: int) -> str:
    name = stream("headline", instrument.con_id)
    which = int(chance(name, day * _PER_DAY + number) * len(_TOLD))
    return _TOLD[which].format(name=instrument.product.name.title())
