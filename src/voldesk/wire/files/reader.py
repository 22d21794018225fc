"""What a file format is: how to recognise a document, and how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from voldesk.model.quotes import NO_TIME, ChainSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHints:
    """
    What the operator knows and the file may not say.

    ``underlying`` chooses where a file holds several; the others fill a gap and never overrule
    the file. ``as_of`` is int64 UTC nanoseconds.
    """

    underlying: str | None = None
    expiry: date | None = None
    spot: float = np.nan
    as_of: int = NO_TIME


NO_HINTS = ReadHints()


@dataclass(frozen=True, slots=True)
class Document:
    """
    A file's content, unpacked and decoded.

    Attributes:
        name: The file's name as given, without its folders.
        data: The bytes after unpacking.
        text: The same as text, lines ended by LF; "" where the bytes are no text (Parquet).
    """

    name: str
    data: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Reader:
    """
    One file format.

    Attributes:
        name: What ``--format`` calls it.
        title: What a sentence calls it.
        sniff: Whether the beginning of a text (and the file's name) look like this format.
        read: Reads a document; raises FileFormatError where nothing in it can be used.
    """

    name: str
    title: str
    sniff: Callable[[str, str], bool]
    read: Callable[[Document, ReadHints], ChainSnapshot]
