"""One writer per folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from voldesk.model.errors import ConfigError
from voldesk.store.lock import LOCK_NAME, FolderLock

WHAT = "the journal of account DU1"


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """While one holds the folder another cannot, and is told what is held and by whom."""
    lock = FolderLock(tmp_path, WHAT)
    with pytest.raises(ConfigError, match=f"{WHAT} is held by process {os.getpid()}:"):
        FolderLock(tmp_path, WHAT)
    lock.release()


def test_a_holder_that_left_no_number(tmp_path: Path) -> None:
    """One of an older version, say, is held all the same."""
    lock = FolderLock(tmp_path, WHAT)
    (tmp_path / LOCK_NAME).write_text("")
    with pytest.raises(ConfigError, match="is held by another process"):
        FolderLock(tmp_path, WHAT)
    lock.release()


def test_a_released_folder_is_free(tmp_path: Path) -> None:
    """After release the folder can be taken again, and releasing twice does no harm."""
    lock = FolderLock(tmp_path, WHAT)
    lock.release()
    lock.release()
    FolderLock(tmp_path, WHAT).release()


def test_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    """A process that ended without releasing leaves the folder free."""
    code = (
        "import sys, os; from pathlib import Path; from voldesk.store.lock import FolderLock;"
        "held = FolderLock(Path(sys.argv[1]), 'it'); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == 9
    FolderLock(tmp_path, WHAT).release()


def test_another_process_is_refused(tmp_path: Path) -> None:
    """The lock holds between processes."""
    code = (
        "import sys; from pathlib import Path; from voldesk.store.lock import FolderLock;"
        "FolderLock(Path(sys.argv[1]), 'it')"
    )
    lock = FolderLock(tmp_path, WHAT)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True, text=True
    )
    lock.release()
    assert done.returncode == 1
    assert "ConfigError" in done.stderr
