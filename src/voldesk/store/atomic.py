"""Files that are there whole or not at all, whenever the process or the machine stops."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

TEMPORARY = ".tmp"
"""Suffix of a file not finished; one that is found was left by a writer that died."""


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """
    Make a file appear under its name once its content is on the disk.

    Args:
        path: Its name; a file that has it is replaced.
        write: Writes the content to the path it is handed.

    Raises:
        OSError: The disk refuses; nothing is left under either name.
    """
    unfinished = path.with_name(path.name + TEMPORARY)
    try:
        write(unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk, where the system lets a folder be opened."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
