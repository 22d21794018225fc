"""Tests of `wire.files.unpack`."""

import gzip
import io
import zipfile

import pytest

from voldesk.model.errors import FileFormatError
from voldesk.wire.files import unpack
from voldesk.wire.files.unpack import open_document

TEXT = "strike,bid\n100,1.5\n110,0.9\n"


def zipped(**members: bytes) -> bytes:
    """Return a zip archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        gzip.compress(TEXT.encode(), mtime=0),
        gzip.compress(TEXT[:12].encode(), mtime=0) + gzip.compress(TEXT[12:].encode(), mtime=0),
        zipped(chain=TEXT.encode()),
        zipped(chain=gzip.compress(TEXT.encode(), mtime=0)),
    ],
    ids=["utf8", "bom", "utf16", "utf16le", "utf16be", "crlf", "cr", "gz", "gz2", "zip", "zip-gz"],
)
def test_every_packing_gives_the_same_text(data: bytes) -> None:
    """Packing, character set and line ends leave no trace in the text."""
    document = open_document(data, "/some/where/chain.csv")
    assert document.text == TEXT
    assert document.name == "chain.csv"


def test_bytes_that_are_no_utf8_are_read_as_latin1() -> None:
    """A file from an old Windows program keeps its letters."""
    assert open_document("Fälligkeit,1\n".encode("latin-1"), "a").text == "Fälligkeit,1\n"


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_gzip_file_cut_short_says_how_much_could_be_read(cut: int) -> None:
    """The error names the bytes that were readable and tells to fetch the file again."""
    data = gzip.compress(TEXT.encode() * 50, mtime=0)[:-cut]
    with pytest.raises(FileFormatError, match=r"cut short: only \d+ bytes .* fetch it again"):
        open_document(data, "chain.csv.gz")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"\x1f\x8b\x08\x00garbage that is no deflate stream", "damaged gzip"),
        (b"PK\x03\x04 and nothing like a zip", "damaged or locked zip"),
        (zipped(a=b"1", b=b"2"), "zip of 2 files"),
        (zipped(**{"[Content_Types].xml": b"<x/>", "xl": b"1"}), "Excel workbook"),
        (b"\xd0\xcf\x11\xe0 old workbook", "old Excel workbook"),
        (b"%PDF-1.7 ...", "PDF"),
        (bytes(range(256)) * 20, "is not text"),
        (b"<!DOCTYPE html><html>Access denied", "web page"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # archives hold the time of day
)
def test_what_is_no_chain_is_refused_in_one_sentence(data: bytes, complaint: str) -> None:
    """Empty, damaged, binary and foreign files each get the error that names their case."""
    with pytest.raises(FileFormatError, match=complaint):
        open_document(data, "chain.csv")


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacking stops at the limit, in gzip and in zip."""
    monkeypatch.setattr(unpack, "MAX_UNPACKED_BYTES", 1000)
    for data in (gzip.compress(b"1,2\n" * 1000, mtime=0), zipped(chain=b"1,2\n" * 1000)):
        with pytest.raises(FileFormatError, match="more than 1000 bytes"):
            open_document(data, "bomb")


def test_parquet_bytes_are_left_alone() -> None:
    """A Parquet file has no text."""
    document = open_document(b"PAR1\x00\x01\x02PAR1", "chain.parquet")
    assert document.text == ""
    assert document.data.startswith(b"PAR1")
