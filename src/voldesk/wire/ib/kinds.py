"""What one field of a TWS message can be: its text on the wire and its value in Python."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from voldesk.model.errors import WireError

UNSET_DOUBLE: Final = "1.7976931348623157E308"
"""How TWS writes a double that has no value, where an empty field would not do."""

_MAX_DOUBLE: Final = float(UNSET_DOUBLE)
_MAX_INT: Final = 2**31 - 1  # an int that has no value
_INT: Final = re.compile(r"[+-]?[0-9]{1,19}\Z")
_WHOLE: Final = 1e15  # every whole double below prints all its digits
_ASCII_FROM: Final = 153
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_MUST_ESCAPE: Final = re.compile(r"[^\x01-\x7f]|\\(?=u)")


@dataclass(frozen=True, slots=True)
class Kind:
    """
    How values of one kind are written and read.

    Attributes:
        name: As messages of errors say it.
        write: Value and version to the text of the field; ValueError or TypeError if it has none.
        read: Text and version to the value; ValueError if it means none.
        default: What an object holds whose field was not sent in a version.
    """

    name: str
    write: Callable[[Any, int], str]
    read: Callable[[str, int], Any]
    default: Any


def _write_int(value: Any, _version: int) -> str:  # noqa: ANN401  # a field holds what it holds
    number = int(value)
    if number != value:
        raise ValueError("not a whole number")
    return str(number)


def _read_int(text: str, _version: int) -> int:
    if _INT.match(text):
        return int(text)
    if not text:
        return 0
    number = _finite(text)
    if number != math.floor(number) or abs(number) >= _WHOLE:
        raise ValueError("not a whole number")
    return int(number)


def _write_double(value: Any, _version: int) -> str:  # noqa: ANN401  # any field's value
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return repr(number)


def _finite(text: str) -> float:
    if "_" in text or not text.isascii():
        raise ValueError("not a number")
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _read_double(text: str, _version: int) -> float:
    return _finite(text) if text else 0.0


def _write_quantity(value: Any, version: int) -> str:  # noqa: ANN401  # any field's value
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not finite")
    if number == math.floor(number) and abs(number) < _WHOLE:
        return str(int(number))
    if version < FRACTIONS_FROM:
        return str(round(number))
    return repr(number)


def _write_percentage(value: Any, _version: int) -> str:  # noqa: ANN401  # any field's value
    return _write_quantity(value, FRACTIONS_FROM)


def _write_count(value: Any, _version: int) -> str:  # noqa: ANN401  # any field's value
    return str(round(float(value)))


FRACTIONS_FROM: Final = 163
"""Below it clients read sizes and volumes with ``int()``, which a fraction kills."""


def _write_flag(value: Any, _version: int) -> str:  # noqa: ANN401  # any field's value
    return "1" if value else "0"


def _read_flag(text: str, version: int) -> bool:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return _read_int(text, version) != 0


def _write_text(value: Any, version: int) -> str:  # noqa: ANN401  # any field's value
    text = str(value)
    if "\0" in text:
        raise ValueError("holds a NUL")
    if version < _ASCII_FROM or (text.isascii() and "\\u" not in text):
        return text
    return _MUST_ESCAPE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _read_text(text: str, version: int) -> str:
    if version < _ASCII_FROM or "\\u" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _optional(kind: Kind, unset: str, is_unset: Callable[[float], bool]) -> Kind:
    """Return the kind that may have no value: None, written ``unset``."""

    def write(value: Any, version: int) -> str:  # noqa: ANN401  # any field's value
        return unset if value is None else kind.write(value, version)

    def read(text: str, version: int) -> Any:  # noqa: ANN401  # any field's value
        if not text:
            return None
        value = kind.read(text, version)
        return None if is_unset(value) else value

    return Kind(f"{kind.name} or nothing", write, read, None)


def _is_max_double(value: float) -> bool:
    return value >= _MAX_DOUBLE


def _is_max_int(value: float) -> bool:
    return value == _MAX_INT


def _write_offset(value: Any, version: int) -> str:  # noqa: ANN401  # any field's value
    if value is None:
        return ""
    return "Infinity" if value == math.inf else _write_double(value, version)


def _read_offset(text: str, _version: int) -> float | None:
    if text in {"Infinity", "Infinite"}:
        return math.inf
    value = _finite(text) if text else _MAX_DOUBLE
    return None if _is_max_double(value) else value


_INTEGER: Final = Kind("whole number", _write_int, _read_int, 0)
_DOUBLE: Final = Kind("number", _write_double, _read_double, 0.0)
_QUANTITY: Final = Kind("quantity", _write_quantity, _read_double, 0.0)

Int = Annotated[int, _INTEGER]
OptionalInt = Annotated[int | None, _optional(_INTEGER, "", _is_max_int)]
UnsetInt = Annotated[int | None, _optional(_INTEGER, str(_MAX_INT), _is_max_int)]
"""None is written as the largest int: the reader takes no empty field."""
Double = Annotated[float, _DOUBLE]
"""A price, a rate, a strike: written as Java does, ``230.0``."""
OptionalDouble = Annotated[float | None, _optional(_DOUBLE, "", _is_max_double)]
UnsetDouble = Annotated[float | None, _optional(_DOUBLE, UNSET_DOUBLE, _is_max_double)]
"""None is written as the largest double: the reader would take an empty field for 0."""
Offset = Annotated[float | None, Kind("offset", _write_offset, _read_offset, None)]
"""A distance that may be infinite: as far as the midpoint."""
Quantity = Annotated[float, _QUANTITY]
"""A size, a volume, a position: written without ``.0``; rounded for clients that need an int."""
Percentage = Annotated[float, Kind("percentage", _write_percentage, _read_double, 0.0)]
"""Written without ``.0``, and never rounded."""
Count = Annotated[float, Kind("count", _write_count, _read_double, 0.0)]
"""A quantity that every reader takes for an int, whatever the version: rounded."""
OptionalQuantity = Annotated[float | None, _optional(_QUANTITY, UNSET_DOUBLE, _is_max_double)]
Flag = Annotated[bool, Kind("flag", _write_flag, _read_flag, False)]
Text = Annotated[str, Kind("text", _write_text, _read_text, "")]


def write_field(kind: Kind, value: Any, version: int, where: str) -> str:  # noqa: ANN401  # any field's value
    """
    Return the text of a field.

    Raises:
        WireError: The value cannot be said; ``where`` names the field.
    """
    try:
        return kind.write(value, version)
    except (ValueError, TypeError, OverflowError) as error:
        raise WireError(f"{where} is {value!r}, expected a {kind.name}") from error


def read_field(kind: Kind, text: str, version: int, where: str) -> Any:  # noqa: ANN401  # any field's value
    """
    Return the value of a field.

    Raises:
        WireError: The text means none; ``where`` names the field.
    """
    try:
        return kind.read(text, version)
    except (ValueError, OverflowError) as error:
        raise WireError(f"{where} is {text[:60]!r}, expected a {kind.name}") from error
