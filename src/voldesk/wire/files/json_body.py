"""JSON text -> values: one body, or a body per line."""

import json
from dataclasses import dataclass

import msgspec

from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import RowProblem
from voldesk.wire.files.reader import Document


@dataclass(frozen=True, slots=True)
class Bodies:
    """
    The JSON values of a document, and the line each begins on.

    A document that is one value has one; JSON lines have one per line.
    """

    values: list[object]
    lines: list[int]
    problems: list[RowProblem]


def looks_like_json(head: str) -> bool:
    """Say whether a text begins as a JSON array or object."""
    return head.lstrip()[:1] in {"{", "["}


def decode_bodies(document: Document) -> Bodies:
    """
    Decode a document.

    ``NaN``, ``Infinity`` and numbers too large for a float, which JSON forbids and programs write,
    are read.

    Raises:
        FileFormatError: Neither the whole nor any line is JSON.
    """
    try:
        return Bodies([_decode(document.text)], [1], [])
    except _BROKEN as exc:
        whole = str(exc)
    bodies = Bodies([], [], [])
    for line, text in enumerate(document.text.split("\n"), 1):
        if not text.strip():
            continue
        try:
            value = _decode(text)
        except _BROKEN as exc:
            bodies.problems.append(RowProblem(line, f"no JSON: {exc}"))
            continue
        bodies.values.append(value)
        bodies.lines.append(line)
    if not any(isinstance(value, (dict, list)) for value in bodies.values):
        raise FileFormatError(
            f"{document.name} is no JSON ({whole}), nor is any of its lines:"
            " the file may be cut short"
        )
    return bodies


_BROKEN = (ValueError, RecursionError)  # msgspec.DecodeError and JSONDecodeError are ValueErrors


def _decode(text: str) -> object:
    try:
        value: object = msgspec.json.decode(text)
    except msgspec.DecodeError as strict:
        try:
            value = json.loads(text)
        except ValueError:
            raise strict from None  # says where, and is the standard's word
    return value


def dig(value: object, *path: str) -> object:
    """Return what lies under a path of keys, None where the path breaks off."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
