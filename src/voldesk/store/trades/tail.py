"""The journal's log as somebody reads it who does not write it: from a place, as it grows."""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from voldesk.model.errors import StorageError
from voldesk.store.journal_log import _HEADER, _UNFINISHED, MAGIC, MOST_BYTES, _record_end

_CHUNK_BYTES = 4 * (MOST_BYTES + _HEADER.size)  # so that one record always fits


@dataclass(frozen=True, slots=True)
class Place:
    """
    How far a log was read.

    Attributes:
        entries: Records read, so also the number of the next one.
        last_start: Byte where the last one begins; of no meaning while there is none.
        last_crc: CRC-32 of its payload, likewise.
    """

    entries: int = 0
    last_start: int = 0
    last_crc: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its payload, and the place after it."""

    number: int
    payload: bytes
    place: Place


class Tail:
    """
    Reads a log from a place on, beside the process that writes it.

    A record is given out once the disk has it: the reader itself asks the disk, unless the writer
    tells how many are durable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = Place()
        self._file = -1
        self._at = len(MAGIC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the next read opens it again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def resume(self, place: Place) -> None:
        """
        Go on after a place that was stored.

        Raises:
            StorageError: The log does not have that record: it was cut shorter after it was
                read, or is another one.
        """
        self.place, self._at = Place(), len(MAGIC)
        if place.entries == 0:
            return
        self._open()
        data = b"" if self._file < 0 else os.pread(self._file, _CHUNK_BYTES, place.last_start)
        end, fault = _record_end(data, 0, place.entries - 1)
        if fault or zlib.crc32(data[_HEADER.size : end]) != place.last_crc:
            raise StorageError(
                f"the database has {place.entries} entries and {self.path} is not the journal they"
                f" came from, or lost the last of them ({fault or 'it is another entry'}):"
                " restore the journal, or project into an empty database"
            )
        self.place, self._at = place, place.last_start + end

    def has_more(self, durable: int | None = None) -> bool:
        """
        Say whether a read may give more.

        Raises:
            StorageError: What was read of the log is gone.
        """
        if durable is not None:
            return durable > self.place.entries
        return self._is_readable()

    def read(self, most: int, durable: int | None = None) -> list[Record]:
        """
        Return the records that follow, none if there are none yet.

        Args:
            most: How many at most.
            durable: How many of the log the disk has; None: see to it here.

        Raises:
            StorageError: The log is damaged, or shorter than it was.
        """
        if durable is not None:
            most = min(most, durable - self.place.entries)
        if most <= 0 or not self._is_readable():
            return []
        data = os.pread(self._file, _CHUNK_BYTES, self._at)
        found: list[Record] = []
        at, fault = 0, ""
        while len(found) < most and at < len(data) and not fault:
            number = self.place.entries
            end, fault = _record_end(data, at, number)
            if not fault:
                payload = data[at + _HEADER.size : end]
                self.place = Place(number + 1, self._at + at, zlib.crc32(payload))
                found.append(Record(number, payload, self.place))
                at = end
        self._at += at
        if fault not in {"", _UNFINISHED} and not found:
            raise StorageError(
                f"record {self.place.entries} of {self.path} is damaged ({fault}): restore a copy"
            )
        if found and durable is None:
            os.fdatasync(self._file)
        return found

    def _is_readable(self) -> bool:
        """
        Say whether there is a log, and open it.

        Raises:
            StorageError: What was read of it is gone.
        """
        self._open()
        size = 0 if self._file < 0 else os.fstat(self._file).st_size
        if size < self._at and self.place.entries:
            raise StorageError(
                f"{self.path} has {size} bytes, {self._at} were read before: it was cut"
            )
        return size > self._at

    def _open(self) -> None:
        if self._file < 0 and self.path.exists():
            self._file = os.open(self.path, os.O_RDONLY)
