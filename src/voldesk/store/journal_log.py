"""
A log that does not forget: what was appended is on the disk before the call returns.

A file is a magic line and records, one after another:

    sequence u64 | length u32 | CRC-32 of payload u32 | CRC-32 of those 16 bytes u32 | payload

little-endian; the payload is one line of text that ends with a newline, so a NUL at the end of
the file means bytes that were never written. A crash can cut the last append short, no more:
that is mended by cutting it off. Anything else that does not check out was damaged after it was
durable; the log is then read up to there and takes nothing more.
"""

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from voldesk.model.errors import ConfigError, StorageError
from voldesk.store.atomic import sync_folder
from voldesk.store.lock import FolderLock

MAGIC = b"voldesk journal 1\n"
MOST_BYTES = 1 << 20
"""One payload is at most so long."""

_HEADER = struct.Struct("<QIII")
_CHECKED = struct.Struct("<QII")


class JournalLog:
    """
    The log of one account, alone in its folder, opened by one process at a time.

    Attributes:
        path: Where it lies.
        reason: Why it takes no more records, "" while it does.
        healed: Bytes of an unfinished append that were cut off when it was opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reason = ""
        self.healed = 0
        self._file = -1
        self._lock: FolderLock | None = None
        self._size = 0
        self._next = 0

    @classmethod
    def open(cls, path: Path, what: str = "") -> Self:
        """
        Open the log, or begin it, and check all of it.

        Args:
            path: Where it lies.
            what: It is, for messages: ``the journal of account DU1``; by its path if "".

        Raises:
            StorageError: It cannot be opened, or is no journal.
            ConfigError: Another process has it: one instance per account.
        """
        log = cls(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            log._lock = FolderLock(path.parent, what or f"the log {path}")
            log._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            log._begin()
            log._check()
        except OSError as exc:
            log.close()
            raise StorageError(f"the journal {path} cannot be opened: {exc.strerror}") from exc
        except (StorageError, ConfigError):
            log.close()
            raise
        return log

    @property
    def size(self) -> int:
        """Return how many bytes of it are durable."""
        return self._size

    def __len__(self) -> int:
        return self._next

    def append(self, payloads: Sequence[bytes]) -> int:
        """
        Write records and wait until the disk has them.

        Args:
            payloads: Lines of text, each ending with a newline.

        Returns:
            The sequence number of the last one.

        Raises:
            StorageError: They are not on the disk; none of them will be read back. When the disk
                is full a later call may succeed.
            ValueError: A payload is no line, or longer than `MOST_BYTES`.
        """
        if self.reason:
            raise StorageError(f"the journal {self.path} takes no more records: {self.reason}")
        block = b"".join(
            self._framed(self._next + at, payload) for at, payload in enumerate(payloads)
        )
        self._write(block)
        self._size += len(block)
        self._next += len(payloads)
        return self._next - 1

    def records(self) -> Iterator[tuple[int, bytes]]:
        """Yield sequence number and payload of every durable record, the oldest first."""
        with self.path.open("rb") as file:
            file.seek(len(MAGIC))
            while file.tell() < self._size:
                sequence, length, _, _ = _HEADER.unpack(file.read(_HEADER.size))
                yield sequence, file.read(length)

    def close(self) -> None:
        """Let another process have it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if self._lock is not None:
            self._lock.release()
        self.reason = self.reason or "it is closed"

    def _framed(self, sequence: int, payload: bytes) -> bytes:
        if not payload.endswith(b"\n") or len(payload) > MOST_BYTES:
            raise ValueError(
                f"a payload of {len(payload)} bytes ending with {payload[-1:]!r}, expected a line"
                f" of at most {MOST_BYTES}"
            )
        checked = _CHECKED.pack(sequence, len(payload), zlib.crc32(payload))
        return checked + zlib.crc32(checked).to_bytes(4, "little") + payload

    def _write(self, block: bytes) -> None:
        try:
            written = 0
            while written < len(block):
                written += os.write(self._file, block[written:])
        except OSError as exc:
            # What did get written must not be taken for a record, now or by the next reader.
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise StorageError(
                f"the journal {self.path} cannot be written: {exc.strerror}; make room,"
                " nothing was recorded and nothing may be sent"
            ) from exc
        try:
            os.fdatasync(self._file)
        except OSError as exc:
            # After a failed sync nobody knows what the disk has, and asking again would lie.
            self.reason = f"the disk did not confirm a record: {exc.strerror}"
            raise StorageError(f"the journal {self.path}: {self.reason}") from exc

    def _begin(self) -> None:
        """Write the magic line into a new file, or into one whose beginning was cut short."""
        head = os.pread(self._file, len(MAGIC), 0)
        if head == MAGIC:
            return
        if not MAGIC.startswith(head.rstrip(b"\0")):
            raise StorageError(f"{self.path} is no journal: it begins with {head!r}")
        os.ftruncate(self._file, 0)
        os.write(self._file, MAGIC)
        os.fdatasync(self._file)
        sync_folder(self.path.parent)

    def _check(self) -> None:
        """Read everything once: find the end of what is good, mend it or refuse to go on."""
        data = self.path.read_bytes()
        end, count, fault = len(MAGIC), 0, ""
        while end < len(data) and not fault:
            after, fault = _record_end(data, end, count)
            if not fault:
                end, count = after, count + 1
        self._size, self._next = end, count
        if not fault:
            return
        if fault != _UNFINISHED:
            self.reason = f"record {count} at byte {end} is damaged ({fault}); restore a copy"
            return
        self.healed = len(data) - end
        os.ftruncate(self._file, end)
        os.fdatasync(self._file)


_UNFINISHED = "unfinished"


def _record_end(data: bytes, start: int, sequence: int) -> tuple[int, str]:
    """Return where a record ends, and what is wrong with it, "" if nothing is."""
    is_never_written = data.endswith(b"\0")
    body = start + _HEADER.size
    if len(data) < body:
        return start, _UNFINISHED
    found, length, payload_crc, header_crc = _HEADER.unpack_from(data, start)
    if zlib.crc32(data[start : body - 4]) != header_crc:
        return start, _UNFINISHED if is_never_written else "its header"
    if found != sequence or length > MOST_BYTES:
        return start, f"it is number {found} of {length} bytes"
    if len(data) < body + length:
        return start, _UNFINISHED
    if zlib.crc32(data[body : body + length]) != payload_crc:
        is_last = not data[body + length :].strip(b"\0")
        return start, _UNFINISHED if is_last and is_never_written else "its content"
    return body + length, ""
