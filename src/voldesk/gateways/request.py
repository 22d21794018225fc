"""One topic as a client wants it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class StreamFormat(StrEnum):
    """How the figures of a chain are written."""

    JSON = "json"
    BINARY = "binary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What a client chose; equal requests share one channel.

    Attributes:
        fields: Of a chain, in the stream's order.
        rate: Frames per second at most; None as they come.
        expiry: Of per-contract messages, None for all.
        is_named: The put-call ratio message says which underlying it belongs to.
    """

    topic: str
    fields: tuple[str, ...] = ()
    format: StreamFormat = StreamFormat.JSON
    rate: float | None = None
    expiry: date | None = None
    is_named: bool = False
