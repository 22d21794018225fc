"""Names of Deribit's subscription channels, made and read."""

from enum import StrEnum
from typing import Final, NamedTuple

from voldesk.model.errors import WireError


class ChannelKind(StrEnum):
    """What a channel tells, by the words its name begins with."""

    TICKER = "ticker"  # everything of one instrument
    QUOTE = "quote"  # best bid and ask of one instrument
    MARK = "markprice.options"  # mark price and vol of every option of an index
    INDEX = "deribit_price_index"  # the index itself


RAW: Final = "raw"
"""The interval of every single change, which only a login may have."""

INTERVALS: Final = ("100ms", "agg2", RAW)
"""How often a ticker may be told: "agg2" is about once a second."""


class Channel(NamedTuple):
    """A channel in its parts; ``subject`` is an instrument or an index, ``interval`` a ticker's."""

    kind: ChannelKind
    subject: str
    interval: str = ""


def channel_name(channel: Channel) -> str:
    """Return the name: ``ticker.BTC-27NOV26-90000-C.100ms``."""
    name = f"{channel.kind}.{channel.subject}"
    return f"{name}.{channel.interval}" if channel.interval else name


def parse_channel(name: str) -> Channel:
    """
    Read a name, the inverse of `channel_name`.

    Raises:
        WireError: It is none of the channels there are here.
    """
    for kind in ChannelKind:
        subject = name.removeprefix(f"{kind}.")
        if subject == name:
            continue
        interval = ""
        if kind is ChannelKind.TICKER:
            subject, _, interval = subject.rpartition(".")
            if interval not in INTERVALS:
                break
        if subject and "." not in subject:
            return Channel(kind, subject, interval)
        break
    raise WireError(f"channel {name[:80]!r} cannot be read")
