"""
Tables of messages: which fields follow one another, from which version to which.

A table is a sequence of steps, and most steps are the plain name of a field, with dots into what a
message holds: ``"order.limit_price"``. Its kind is the one the type of the message declares.
"""

import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Final, TypeAlias, get_args, get_origin, get_type_hints

from voldesk.wire.ib.kinds import Kind

FIRST_VERSION: Final = 100
"""The oldest version a client may negotiate; older messages have other tables."""
LAST_VERSION: Final = 178
"""The newest version spoken; from 201 on the venue's own messages are protobuf."""

Get: TypeAlias = Callable[[str], Any]
"""Looks up the value of a field of the message at hand by its path."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A field that is always the same, and whose text nobody reads: a message's own version."""

    text: str


@dataclass(frozen=True, slots=True)
class Versions:
    """Steps that exist from one version to another, both included."""

    steps: tuple["Step", ...]
    first: int = 0
    last: int = LAST_VERSION


@dataclass(frozen=True, slots=True)
class When:
    """Steps that are there if fields before them say so."""

    test: Callable[[Get], bool]
    steps: tuple["Step", ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A count, then so many rows; ``steps`` are those of one row, empty for all of its fields."""

    path: str
    steps: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """One field that several values share: ``write`` joins them and ``read`` takes them apart."""

    paths: tuple[str, ...]
    write: Callable[..., str]
    read: Callable[[str], tuple[Any, ...]]


Step: TypeAlias = str | Literal | Versions | When | Rows | Split


@dataclass(frozen=True, slots=True)
class Field:
    """A step resolved: one field and its kind."""

    path: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Block:
    """A step resolved: a condition and what it guards."""

    test: Callable[[Get], bool]
    steps: tuple["Resolved", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A step resolved: rows of one type, or of one kind where they have no fields of their own."""

    path: str
    item: type | Kind
    steps: tuple["Resolved", ...]


Resolved: TypeAlias = Field | Literal | Block | Table | Split


@dataclass(frozen=True, slots=True)
class Since:
    """Marks a field that exists from a version on: the second part of an ``Annotated``."""

    version: int


def since(version: int, *steps: Step) -> Versions:
    """Return the steps as they are from a version on."""
    return Versions(steps, first=version)


def before(version: int, *steps: Step) -> Versions:
    """Return the steps as they were before a version."""
    return Versions(steps, last=version - 1)


def when(test: Callable[[Get], bool], *steps: Step) -> When:
    """Return the steps under a condition."""
    return When(test, steps)


def rows(path: str, *steps: Step) -> Rows:
    """Return the rows of a tuple; without steps every field of theirs in order."""
    return Rows(path, steps)


def parts(prefix: str, names: str) -> tuple[str, ...]:
    """Return the paths of fields of one part, named in one string."""
    return tuple(f"{prefix}.{name}" for name in names.split())


@cache
def hints_of(cls: type) -> dict[str, Any]:
    """Return the declared type of each field of a dataclass, with what is annotated to it."""
    return get_type_hints(cls, include_extras=True)


@cache
def part_types(cls: type) -> dict[str, type]:
    """Return those fields of a dataclass that are dataclasses themselves."""
    found = {}
    for name, hint in hints_of(cls).items():
        options = get_args(hint) if get_origin(hint) is types.UnionType else (hint,)
        for option in options:
            if isinstance(option, type) and is_dataclass(option):
                found[name] = option
    return found


def steps_of(cls: type) -> tuple[Step, ...]:
    """Return the table a dataclass declares by itself: its fields in order."""
    found: list[Step] = []
    for field in fields(cls):
        hint = hints_of(cls)[field.name]
        step: Step = rows(field.name) if get_origin(hint) is tuple else field.name
        if get_origin(hint) is Annotated:
            for mark in hint.__metadata__:
                if isinstance(mark, Since):
                    step = since(mark.version, step)
        found.append(step)
    return tuple(found)


def resolve(cls: type, steps: Sequence[Step], version: int) -> tuple[Resolved, ...]:
    """
    Return the table of one version: gates opened or dropped, names replaced by kinds.

    Raises:
        KeyError: A name in the table is no field of the message.
        TypeError: A field has no kind.
    """
    found: list[Resolved] = []
    for step in steps:
        if isinstance(step, Versions):
            if step.first <= version <= step.last:
                found.extend(resolve(cls, step.steps, version))
        elif isinstance(step, When):
            found.append(Block(step.test, resolve(cls, step.steps, version)))
        elif isinstance(step, Rows):
            found.append(_resolve_rows(cls, step, version))
        elif isinstance(step, str):
            found.append(Field(step, _kind(_hint(cls, step), f"{cls.__name__}.{step}")))
        else:
            found.append(step)
    return tuple(found)


def _resolve_rows(cls: type, step: Rows, version: int) -> Table:
    item = get_args(_hint(cls, step.path))[0]
    if isinstance(item, type) and is_dataclass(item):
        steps = step.steps or steps_of(item)
        return Table(step.path, item, resolve(item, steps, version))
    return Table(step.path, _kind(item, step.path), ())


def _hint(cls: type, path: str) -> Any:  # noqa: ANN401  # a type, an alias, a union
    *parents, name = path.split(".")
    for parent in parents:
        cls = part_types(cls)[parent]
    return hints_of(cls)[name]


def _kind(hint: Any, where: str) -> Kind:  # noqa: ANN401  # any field's value
    for mark in getattr(hint, "__metadata__", ()):
        if isinstance(mark, Kind):
            return mark
    raise TypeError(f"{where} is a {hint}, which no kind of field says how to write")
