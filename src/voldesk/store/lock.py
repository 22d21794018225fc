"""One writer per folder, held by the operating system so that a dead one holds nothing."""

import sys
from pathlib import Path
from typing import IO

from voldesk.model.errors import ConfigError

LOCK_NAME = "lock"

if sys.platform == "win32":
    import msvcrt

    def _hold(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _hold(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """The right to write in a folder, from construction until `release` or the process's death."""

    def __init__(self, folder: Path) -> None:
        """
        Take the lock.

        Raises:
            ConfigError: Another writer holds it.
            OSError: The folder cannot be written to.
        """
        self._file = (folder / LOCK_NAME).open("ab")
        try:
            _hold(self._file)
        except OSError as exc:
            self._file.close()
            raise ConfigError(
                f"{folder} is being written by another recorder: stop it, or record elsewhere"
            ) from exc

    def release(self) -> None:
        """Give the right up; a second time does nothing."""
        self._file.close()
