"""Tests of `wire.files.json_body`."""

import math

import pytest

from voldesk.model.errors import FileFormatError
from voldesk.wire.files.json_body import decode_bodies, dig, looks_like_json
from voldesk.wire.files.reader import Document


def document(text: str) -> Document:
    """Return a document of that text."""
    return Document("chain.json", text.encode(), text)


def test_one_body_is_one_value() -> None:
    """A whole document that is JSON has its body on line 1."""
    bodies = decode_bodies(document('{\n "a": [1, 2]\n}\n'))
    assert bodies.values == [{"a": [1, 2]}]
    assert bodies.lines == [1]


def test_json_lines_know_their_line_and_skip_what_is_broken() -> None:
    """A broken line is a problem with its number, the others are read."""
    bodies = decode_bodies(document('{"a":1}\n\n{"a":\n[2]\n'))
    assert bodies.values == [{"a": 1}, [2]]
    assert bodies.lines == [1, 4]
    assert [problem.line for problem in bodies.problems] == [3]


def test_what_python_writes_beyond_json_is_read() -> None:
    """NaN, Infinity and numbers no float holds do not cost the document."""
    value = decode_bodies(document("[NaN, -Infinity, 1e400, 1.5]")).values[0]
    assert isinstance(value, list)
    assert math.isnan(value[0])
    assert value[1:] == [-math.inf, math.inf, 1.5]


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "strike,bid\n1,2\n", "{}}", "[1,]"])
def test_what_is_no_json_is_refused(text: str) -> None:
    """Cut, nested without end or no JSON at all: one error."""
    with pytest.raises(FileFormatError, match=r"chain\.json is no JSON"):
        decode_bodies(document(text))


def test_digging_stops_where_the_path_breaks_off() -> None:
    """A missing key and a value that is no object give None."""
    assert dig({"a": {"b": 3}}, "a", "b") == 3
    assert dig({"a": {"b": 3}}, "a", "c", "d") is None
    assert dig([1], "a") is None


def test_json_is_told_by_its_first_letter() -> None:
    """Blanks before it do not hide it."""
    assert looks_like_json("\n  [1]")
    assert not looks_like_json("strike,bid")
