"""One writer per folder, held by the operating system so that a dead one holds nothing."""

import os
import sys
from pathlib import Path
from typing import IO, Final

from voldesk.model.errors import ConfigError

LOCK_NAME = "lock"
_LONGEST_PID: Final = 20

if sys.platform == "win32":
    import msvcrt

    def _hold(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _hold(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """
    The right to write in a folder, from construction until `release` or the process's death.

    Args:
        folder: That exists.
        what: Is kept in it, for the message: ``the recording in /data``.
    """

    def __init__(self, folder: Path, what: str) -> None:
        """
        Take the lock.

        Raises:
            ConfigError: Another writer holds it; the message says which process.
            OSError: The folder cannot be written to.
        """
        self._file = (folder / LOCK_NAME).open("a+b")
        try:
            _hold(self._file)
        except OSError as exc:
            holder = _holder(self._file)
            self._file.close()
            raise ConfigError(f"{what} is held by {holder}: stop that one, or use another") from exc
        self._file.truncate(0)
        self._file.write(str(os.getpid()).encode())
        self._file.flush()

    def release(self) -> None:
        """Give the right up; a second time does nothing."""
        self._file.close()


def _holder(file: IO[bytes]) -> str:
    """Return who holds a lock, as the file says."""
    try:
        file.seek(0)
        number = file.read(_LONGEST_PID).decode("ascii", "replace")
    except OSError:  # Windows lets nobody read what is locked
        number = ""
    return f"process {number}" if number.isdigit() else "another process"
