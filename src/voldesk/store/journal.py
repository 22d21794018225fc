"""
The journal of an account: every decision, order and fill, durable before it has effects.

One line of JSON per entry in a `JournalLog`: ``{"kind": "filled", "data": {...}}``. A kind
that is not known is an error: a journal is read by the version that wrote it or a later one.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

import msgspec

from voldesk.model.errors import StorageError
from voldesk.model.events import (
    Adopted,
    Begun,
    Charged,
    Counted,
    Decided,
    Entry,
    Filled,
    Happened,
    Switched,
)
from voldesk.store.journal_log import JournalLog

LOG_NAME = "orders.log"
KINDS: Final[Mapping[str, type[Entry]]] = MappingProxyType(
    {
        "begun": Begun,
        "decided": Decided,
        "adopted": Adopted,
        "happened": Happened,
        "filled": Filled,
        "charged": Charged,
        "switched": Switched,
        "counted": Counted,
    }
)
_NAMES: Final = MappingProxyType({kind: name for name, kind in KINDS.items()})


class _Line(msgspec.Struct):
    kind: str
    data: msgspec.Raw


class Journal:
    """
    Entries of one account, in the order they were made.

    `write` returns when the disk has them, so it blocks for as long as a disk takes; call it from
    a thread where that matters.
    """

    def __init__(self, log: JournalLog) -> None:
        self._log = log

    @classmethod
    def open(cls, folder: Path) -> Self:
        """
        Open the journal in a folder, or begin one.

        Raises:
            StorageError: It cannot be opened, or is none.
            ConfigError: Another process trades the account.
        """
        path = folder / LOG_NAME
        return cls(JournalLog.open(path, f"the journal {path}"))

    @property
    def reason(self) -> str:
        """Say why it takes no more entries, "" while it does; then nothing may be sent."""
        return self._log.reason

    @property
    def healed(self) -> int:
        """Return how many bytes of an unfinished entry were cut off when it was opened."""
        return self._log.healed

    def __len__(self) -> int:
        return len(self._log)

    def write(self, *entries: Entry) -> int:
        """
        Make entries durable, all or none, and return the number of the last.

        Raises:
            StorageError: They are not.
        """
        return self._log.append([encoded(entry) for entry in entries])

    def entries(self) -> Iterator[Entry]:
        """
        Yield every entry, the oldest first.

        Raises:
            StorageError: An entry is whole and means nothing to this version.
        """
        for number, line in self._log.records():
            try:
                yield decoded(line)
            except (msgspec.DecodeError, KeyError, ValueError) as exc:
                raise StorageError(
                    f"entry {number} of {self._log.path} cannot be read by this version: {exc}"
                ) from exc

    def close(self) -> None:
        """Let another process have it."""
        self._log.close()


def encoded(entry: Entry) -> bytes:
    """Return an entry as one line."""
    line: dict[str, Any] = {"kind": _NAMES[type(entry)], "data": entry}
    return msgspec.json.encode(line) + b"\n"


def decoded(line: bytes) -> Entry:
    """
    Return the entry a line stands for.

    Raises:
        msgspec.DecodeError: It is no entry.
        KeyError: It is of a kind this version does not know.
        ValueError: Its order could not have been made.
    """
    parts = msgspec.json.decode(line, type=_Line)
    return msgspec.json.decode(parts.data, type=KINDS[parts.kind])
