"""The file formats by name, and the one door that reads any of them."""

from collections.abc import Mapping
from types import MappingProxyType

from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files import cboe, deribit, generic, nse, upstox, yahoo
from voldesk.wire.files.json_body import looks_like_json
from voldesk.wire.files.parquet import is_parquet
from voldesk.wire.files.reader import NO_HINTS, Document, Reader, ReadHints
from voldesk.wire.files.unpack import open_document

FORMATS: Mapping[str, Reader] = MappingProxyType(
    {
        reader.name: reader
        for reader in (
            cboe.READER,
            upstox.READER,
            nse.READER,
            deribit.READER,
            yahoo.READER,
            generic.READER,
        )
    }
)
"""Readers by the name ``--format`` takes. The order is that of detection: ``csv`` comes last."""

_HEAD = 65_536


def detect(data: bytes, name: str) -> str:
    """
    Return the format of a file's bytes.

    Raises:
        FileFormatError: The bytes cannot be unpacked, or look like no format we know.
    """
    return _detect(open_document(data, name))


def read_chain(
    data: bytes,
    name: str,
    *,
    format: str | None = None,  # noqa: A002  # the option's own name
    hints: ReadHints = NO_HINTS,
) -> ChainSnapshot:
    """
    Read a chain file's bytes.

    Args:
        data: The file as it lies on disk; gzip and zip are unpacked.
        name: The file's name, which says the expiry in some formats.
        format: A name of ``FORMATS``; None detects it.
        hints: What the operator adds.

    Raises:
        FileFormatError: The file cannot be read as that format; says in a sentence what was
            expected, what was found and what to do. Rows that cannot be used are no error: they
            are in ``problems``.
    """
    document = open_document(data, name)
    if format is None:
        return FORMATS[_detect(document)].read(document, hints)
    reader = FORMATS.get(format)
    if reader is None:
        raise FileFormatError(f"no file format {format!r}: there are {', '.join(FORMATS)}")
    other = _guess(document)
    if is_parquet(document) and format != "csv":
        raise FileFormatError(
            f"{document.name} is a Parquet file, not {reader.title}: use --format csv"
        )
    try:
        return reader.read(document, hints)
    except FileFormatError as exc:
        if other is None or other == format:
            raise
        raise FileFormatError(
            f"{exc}; it looks like {FORMATS[other].title}: use --format {other}"
        ) from exc


def _detect(document: Document) -> str:
    found = _guess(document)
    if found is None:
        kind = "JSON" if looks_like_json(document.text) else "text"
        line = next((line for line in document.text.split("\n") if line.strip()), "")
        raise FileFormatError(
            f"{document.name} looks like no option chain we know ({kind} beginning"
            f" {line.strip()[:60]!r}): say which it is with --format {'|'.join(FORMATS)}"
        )
    return found


def _guess(document: Document) -> str | None:
    if is_parquet(document):
        return "csv"
    head = document.text[:_HEAD]
    for reader in sorted(FORMATS.values(), key=lambda reader: reader.name == "csv"):
        if reader.sniff(head, document.name):
            return reader.name
    return None
