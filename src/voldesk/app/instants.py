"""Instants and dates as people write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONES = {
    Market.US: ZoneInfo("America/New_York"),
    Market.INDIA: ZoneInfo("Asia/Kolkata"),
    Market.CME: ZoneInfo("America/New_York"),
}  # of those that do not think in UTC
_EXAMPLE = "2025-10-17T16:00:00-04:00"


def parse_instant(text: str) -> int:
    """
    Return an ISO 8601 date and time with its offset as UTC nanoseconds.

    Raises:
        ConfigError: It is not ISO 8601, or has no offset: an hour's doubt is a wrong vol.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text!r} is not an ISO 8601 time such as {_EXAMPLE}") from None
    if instant.tzinfo is None:
        raise ConfigError(f"{text!r} has no UTC offset: write it as {_EXAMPLE}, or end it with Z")
    elapsed = instant - _EPOCH
    return ((elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds) * 1000


def parse_date(text: str) -> date:
    """
    Return an ISO 8601 date.

    Raises:
        ConfigError: It is not one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text!r} is not a date such as 2025-10-17") from None


def iso_instant(ts: int) -> str:
    """Write UTC nanoseconds as ISO 8601 with Z, microseconds only where they are not zero."""
    seconds, nanos = divmod(ts, 1_000_000_000)
    instant = datetime.fromtimestamp(seconds, UTC).replace(microsecond=nanos // 1000)
    return instant.isoformat().replace("+00:00", "Z")


def market_time(ts: int, market: Market) -> str:
    """Write UTC nanoseconds as the market's own clock shows them, and in UTC."""
    utc = datetime.fromtimestamp(ts // 1_000_000_000, UTC)
    zone = _ZONES.get(market)
    if zone is None:
        return f"{utc:%a %Y-%m-%d %H:%M:%S} UTC"
    local = utc.astimezone(zone)
    return f"{local:%a %Y-%m-%d %H:%M:%S} {local.tzname()} ({utc:%H:%M:%S}Z)"
