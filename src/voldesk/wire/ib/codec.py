"""Messages to payloads and back, by their tables, for the version of each connection."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar

from voldesk.model.errors import WireError
from voldesk.wire.ib.kinds import read_field, write_field
from voldesk.wire.ib.layout import (
    FIRST_VERSION,
    LAST_VERSION,
    Block,
    Field,
    Literal,
    Resolved,
    Split,
    Step,
    Table,
    Versions,
    part_types,
    resolve,
    steps_of,
)

MAX_ROWS: Final = 100_000
"""Rows of one list in one message; a longer one is not an answer but an attack."""

_Message = TypeVar("_Message")


@dataclass(frozen=True, slots=True)
class Layout:
    """
    One message: its number, its type, its table, and the version it appeared in.

    Attributes:
        number: The first field of the payload.
        cls: A dataclass; of messages that share a number the first registered is decoded.
        steps: What follows the number.
        first_version: Before it, nobody sends such a message.
    """

    number: int
    cls: type
    steps: tuple[Step, ...]
    first_version: int
    tables: dict[int, tuple[Resolved, ...]] = field(default_factory=dict, compare=False)

    def table(self, version: int) -> tuple[Resolved, ...]:
        """
        Return the table of a version.

        Raises:
            WireError: The version is not spoken, or knows no such message.
        """
        found = self.tables.get(version)
        if found is None:
            first = max(self.first_version, FIRST_VERSION)
            if not first <= version <= LAST_VERSION:
                raise WireError(
                    f"{self.cls.__name__} at version {version}: {first} to {LAST_VERSION} know it"
                )
            found = self.tables[version] = resolve(self.cls, self.steps, version)
        return found


class Book:
    """The messages of one direction, by number and by type."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.by_number: dict[int, Layout] = {}
        self.by_type: dict[type, Layout] = {}

    def message(
        self, number: int, *steps: Step, version: str = "", until: int = 0, first_version: int = 0
    ) -> Callable[[type[_Message]], type[_Message]]:
        """
        Register a class as a message, and make it a frozen dataclass.

        Args:
            number: Of the message.
            *steps: Its table; none for the fields of the class in order.
            version: The version field of the message, empty for none.
            until: The last version of the API that has that field; 0 for all.
            first_version: Which version of the API brought the message.
        """

        def register(cls: type[_Message]) -> type[_Message]:
            made: type[_Message] = dataclass(frozen=True, slots=True)(cls)
            table = steps or steps_of(made)
            if version:
                table = (_version_field(version, until), *table)
            layout = Layout(number, made, table, first_version)
            self.by_number.setdefault(number, layout)
            self.by_type[made] = layout
            return made

        return register

    def knows(self, kind: type, version: int) -> bool:
        """Say whether a version has such a message."""
        layout = self.by_type.get(kind)
        return layout is not None and version >= layout.first_version

    def encode(self, message: Any, version: int) -> bytes:  # noqa: ANN401  # of many types
        """
        Return the payload of a message.

        Raises:
            WireError: A value cannot be said, or the version knows no such message.
        """
        layout = self.by_type.get(type(message))
        if layout is None:
            raise WireError(f"{type(message).__name__} is no {self.name}")
        out = [str(layout.number)]
        _write(layout.table(version), message, version, out)
        out.append("")
        return "\0".join(out).encode("utf-8", "replace")

    def decode(self, payload: bytes, version: int) -> Any:  # noqa: ANN401  # of many types
        """
        Return the message a payload holds; fields after the last known one are passed over.

        Raises:
            WireError: It holds none: unknown, cut short, or a field means nothing.
        """
        texts = split_fields(payload)
        layout = self.by_number.get(_number(texts[0]))
        if layout is None:
            raise WireError(f"message {texts[0][:20]!r} is no {self.name} known")
        cursor = _Cursor(texts, layout.cls.__name__)
        values: dict[str, Any] = {}
        _read(layout.table(version), values, cursor, version)
        return _build(layout.cls, values)


def split_fields(payload: bytes) -> list[str]:
    """
    Return the fields of a payload, each ended by NUL.

    Raises:
        WireError: It is empty, its last field is not ended, or it is no UTF-8.
    """
    if not payload.endswith(b"\0"):
        raise WireError(f"payload of {len(payload)} bytes does not end with NUL")
    try:
        texts = payload.decode("utf-8").split("\0")
    except UnicodeDecodeError as error:
        raise WireError(f"byte {error.start} of the payload is no UTF-8") from error
    texts.pop()
    return texts


def _version_field(version: str, until: int) -> Step:
    return Versions((Literal(version),), last=until or LAST_VERSION)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


class _Cursor:
    """Hands out the fields of a payload one by one."""

    def __init__(self, texts: Sequence[str], name: str) -> None:
        self._texts = texts
        self._next = 1
        self.name = name

    @property
    def left(self) -> int:
        return len(self._texts) - self._next

    def take(self, path: str) -> str:
        if self._next >= len(self._texts):
            raise WireError(f"{self.name} ends after {self._next} fields, before {path}")
        self._next += 1
        return self._texts[self._next - 1]


@cache
def _getter(path: str) -> Callable[[Any], Any]:
    return attrgetter(path)


def _write(table: Sequence[Resolved], message: Any, version: int, out: list[str]) -> None:  # noqa: ANN401  # any field's value
    for step in table:
        if isinstance(step, Field):
            value = _getter(step.path)(message)
            out.append(write_field(step.kind, value, version, step.path))
        elif isinstance(step, Literal):
            out.append(step.text)
        elif isinstance(step, Block):
            if step.test(lambda path: _getter(path)(message)):
                _write(step.steps, message, version, out)
        elif isinstance(step, Table):
            _write_rows(step, _getter(step.path)(message), version, out)
        else:
            out.append(step.write(*(_getter(path)(message) for path in step.paths)))


def _write_rows(step: Table, items: Sequence[Any], version: int, out: list[str]) -> None:
    out.append(str(len(items)))
    for item in items:
        if isinstance(step.item, type):
            _write(step.steps, item, version, out)
        else:
            out.append(write_field(step.item, item, version, step.path))


def _read(table: Sequence[Resolved], values: dict[str, Any], cursor: _Cursor, version: int) -> None:
    for step in table:
        if isinstance(step, Field):
            text = cursor.take(step.path)
            values[step.path] = read_field(step.kind, text, version, step.path)
        elif isinstance(step, Literal):
            cursor.take("a version")
        elif isinstance(step, Block):
            if step.test(values.get):
                _read(step.steps, values, cursor, version)
        elif isinstance(step, Table):
            values[step.path] = _read_rows(step, cursor, version)
        else:
            _read_split(step, values, cursor)


def _read_split(step: Split, values: dict[str, Any], cursor: _Cursor) -> None:
    found = zip(step.paths, step.read(cursor.take(step.paths[0])), strict=True)
    values.update((path, value) for path, value in found if value is not None)


def _read_rows(step: Table, cursor: _Cursor, version: int) -> tuple[Any, ...]:
    text = cursor.take(f"the count of {step.path}")
    count = _number(text) if text else 0
    if not 0 <= count <= min(MAX_ROWS, cursor.left):
        raise WireError(
            f"{cursor.name} has {text[:20]!r} rows of {step.path}, {cursor.left} fields are left"
        )
    found = []
    for _ in range(count):
        if isinstance(step.item, type):
            values: dict[str, Any] = {}
            _read(step.steps, values, cursor, version)
            found.append(_build(step.item, values))
        else:
            text = cursor.take(step.path)
            found.append(read_field(step.item, text, version, step.path))
    return tuple(found)


def _build(cls: type, values: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any field's value
    """Return the object of a flat table of paths; a part nobody sent stays at its default."""
    own: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        head, dot, rest = path.partition(".")
        if dot:
            inner.setdefault(head, {})[rest] = value
        else:
            own[head] = value
    for head, part in inner.items():
        own[head] = _build(part_types(cls)[head], part)
    return cls(**own)
