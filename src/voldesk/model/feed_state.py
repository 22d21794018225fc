"""What a feed says of its line to the venue: connected or not, what data come, what is left."""

from dataclasses import dataclass
from typing import Literal

DataType = Literal["live", "frozen", "delayed", "delayed-frozen", "recorded", "simulated"]
"""Of which time and origin the quotes are; frozen ones are the last before the market closed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """
    Something the venue said, in its own words.

    Attributes:
        code: The venue's number for it.
        text: One sentence; what to do, where there is something to do.
        at: When it was said, UTC ns.
    """

    code: int
    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """
    The state of a feed's line, as of now.

    A line is what a venue counts against an account's allowance: one instrument that streams.

    Attributes:
        is_connected: Ticks can come.
        data_type: See `DataType`.
        lines_used: Lines taken now; None where the venue does not count.
        lines_limit: Lines there may be; None for no limit.
        notices: What the venue said lately, oldest first; bounded by the feed.
    """

    is_connected: bool
    data_type: DataType
    lines_used: int | None = None
    lines_limit: int | None = None
    notices: tuple[Notice, ...] = ()
