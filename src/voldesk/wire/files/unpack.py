"""Bytes of a file as found on disk -> text: gzip, zip, character sets, line ends."""

import io
import re
import zipfile
import zlib
from pathlib import PurePath

from voldesk.model.errors import FileFormatError
from voldesk.wire.files.reader import Document

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
_MAX_LAYERS = 3
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_BINARY = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (save it as CSV)",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG picture",
    b"BZh": "a bzip2 archive (unpack it first)",
    b"\xfd7zXZ": "an xz archive (unpack it first)",
    b"\x28\xb5\x2f\xfd": "a zstandard archive (unpack it first)",
    b"ARROW1": "an Arrow file (save it as Parquet or CSV)",
    b"SQLite format 3": "an SQLite database",
}
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|\?xml)", re.IGNORECASE)
_SAMPLE = 4096
_MAX_CONTROL_SHARE = 0.01


def open_document(data: bytes, name: str) -> Document:
    """
    Unpack and decode a file's bytes.

    Gzip and one-member zip are recognised by their first bytes, whatever the name says.

    Raises:
        FileFormatError: The file is empty, cut short, too large when unpacked, or no text.
    """
    short = PurePath(name).name or name
    for _ in range(_MAX_LAYERS):
        if data.startswith(_GZIP):
            data = _gunzip(data, short)
        elif data.startswith(_ZIP):
            data = _unzip(data, short)
        else:
            break
    if not data or data.isspace():
        raise FileFormatError(f"{short} is empty: expected an option chain, found 0 rows of text")
    if data.startswith(_PARQUET):
        return Document(short, data, "")
    for magic, what in _BINARY.items():
        if data.startswith(magic):
            raise FileFormatError(f"{short} is {what}, not an option chain in text or Parquet")
    text = _decode(data, short)
    if not text or text.isspace():
        raise FileFormatError(f"{short} is empty: expected an option chain, found only blanks")
    if _WEB_PAGE.match(text):
        raise FileFormatError(
            f"{short} is a web page, not data: the site most likely refused the download,"
            " fetch the file again"
        )
    return Document(short, data, text)


def _gunzip(data: bytes, name: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while data.startswith(_GZIP):  # a gzip file may hold several members, one after another
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(data, MAX_UNPACKED_BYTES - size + 1)
        except zlib.error as exc:
            raise FileFormatError(f"{name} is a damaged gzip file ({exc}): fetch it again") from exc
        size += len(part)
        if size > MAX_UNPACKED_BYTES:
            raise FileFormatError(_too_large(name))
        parts.append(part)
        if not member.eof:
            raise FileFormatError(
                f"{name} is a gzip file cut short: only {size} bytes could be unpacked,"
                " fetch it again"
            )
        data = member.unused_data
    return b"".join(parts)


def _unzip(data: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if any(info.filename == "[Content_Types].xml" for info in members):
                raise FileFormatError(f"{name} is an Excel workbook: save the sheet as CSV")
            if len(members) != 1:
                raise FileFormatError(
                    f"{name} is a zip of {len(members)} files, expected exactly one: unpack it"
                    " and name the file"
                )
            with archive.open(members[0]) as member:
                unpacked = member.read(MAX_UNPACKED_BYTES + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,  # an encrypted member
        NotImplementedError,  # a compression method zipfile does not know
    ) as exc:
        raise FileFormatError(
            f"{name} is a damaged or locked zip file ({exc}): unpack it first"
        ) from exc
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise FileFormatError(_too_large(name))
    return unpacked


def _too_large(name: str) -> str:
    return f"{name} unpacks to more than {MAX_UNPACKED_BYTES} bytes, the most that is read"


def _decode(data: bytes, name: str) -> str:
    text = _text_of(data)
    sample = text[:_SAMPLE]
    controls = sum(1 for letter in sample if letter < " " and letter not in "\t\r\n\f")
    if "\0" in text or controls > _MAX_CONTROL_SHARE * len(sample):
        raise FileFormatError(
            f"{name} is not text ({len(data)} bytes beginning {data[:8].hex(' ')}): expected a CSV,"
            " JSON or Parquet option chain"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _text_of(data: bytes) -> str:
    head = data[:_SAMPLE]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if len(head) > 1 and head[1::2].count(0) > len(head) // 3:
        return data.decode("utf-16-le", errors="replace")
    if len(head) > 1 and head[0::2].count(0) > len(head) // 3:
        return data.decode("utf-16-be", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
