"""News: who publishes, headlines of the past, and articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from voldesk.model.errors import VenueUnavailable
from voldesk.venues.ib.link import Link

_NS_PER_SECOND: Final = 1_000_000_000
_MOST: Final = 300  # headlines TWS gives at once


@dataclass(frozen=True, slots=True)
class Headline:
    """
    One piece of news.

    Attributes:
        ts: When it was published, UTC ns.
        provider: Code of who did.
        article: Names the text, see `article`.
    """

    ts: int
    provider: str
    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """A text; ``is_text`` is False of one that is not plain, such as a PDF in base64."""

    is_text: bool
    text: str


async def providers(link: Link) -> dict[str, str]:
    """
    Return who publishes news that the account may read: code to name.

    Raises:
        VenueUnavailable: There is no line, or no answer in time.
    """
    found = await link.ask("the news providers", lambda ib: ib.reqNewsProvidersAsync())
    return {one.code: one.name for one in found}


async def headlines(
    link: Link,
    con_id: int,
    provider_codes: Sequence[str],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    count: int = 50,
) -> tuple[Headline, ...]:
    """
    Return headlines about a contract, newest first as TWS gives them.

    Args:
        link: To TWS.
        con_id: Of a qualified contract.
        provider_codes: See `providers`.
        start: Older ones are left out; None for no limit.
        end: Newer ones are left out; None for now.
        count: At most so many, up to 300.

    Raises:
        ValueError: The count is not between 1 and 300, or no provider is named.
        VenueUnavailable: There is no line, or no answer in time.
        VenueRejected: TWS said no.
    """
    if not 1 <= count <= _MOST:
        raise ValueError(f"{count} headlines, from 1 to {_MOST} can be asked for")
    if not provider_codes:
        raise ValueError("no provider of news is named")
    what = f"the news of contract {con_id}"
    codes = "+".join(provider_codes)
    found: Any = await link.ask(  # a list, whatever ib_async's annotation says
        what,
        lambda ib: ib.reqHistoricalNewsAsync(con_id, codes, _time(start), _time(end), count),
    )
    if found is None:  # ib_async's own deadline, which is shorter
        raise VenueUnavailable(f"{what}: TWS did not answer")
    return tuple(
        Headline(_instant(row.time), row.providerCode, row.articleId, row.headline) for row in found
    )


async def article(link: Link, provider: str, name: str) -> Article:
    """
    Return the text of a headline.

    Raises:
        VenueUnavailable: There is no line, or no answer in time.
        VenueRejected: There is no such article, or it may not be read.
    """
    found = await link.ask(f"the article {name}", lambda ib: ib.reqNewsArticleAsync(provider, name))
    return Article(found.articleType == 0, found.articleText)


def _time(at: datetime | None) -> str:
    """Return an instant as TWS wants it, in UTC."""
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.0")


def _instant(at: datetime) -> int:
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return int(at.timestamp()) * _NS_PER_SECOND
