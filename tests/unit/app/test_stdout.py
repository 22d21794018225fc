import io
from typing import Any

import pytest

from voldesk.app.stdout import write_data, write_text


class Sip(io.RawIOBase):
    """A stream that takes three bytes at a time."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        taken = bytes(data)[:3]
        self.taken += taken
        return len(taken)


def test_everything_arrives_in_small_sips(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unbuffered stream that takes a part is offered the rest."""
    sip = Sip()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(sip, encoding="utf-8"))  # type: ignore[type-var]  # a raw stream, as under python -u
    write_data(b"0123456789")
    assert sip.taken == b"0123456789"


def test_text_takes_the_streams_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an old terminal cannot show is a question mark."""
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    write_text("1 │ 2\n")
    assert raw.getvalue() == b"1 ? 2\n"
