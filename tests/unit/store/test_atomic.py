"""Files that are there whole or not at all."""

from pathlib import Path

import pytest

from voldesk.store.atomic import sync_folder, write_whole


def test_the_content_appears_under_the_name(tmp_path: Path) -> None:
    """A file is there afterwards, and nothing beside it."""
    write_whole(tmp_path / "a", lambda path: path.write_bytes(b"new"))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"new"


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    """The name leads to the new content."""
    (tmp_path / "a").write_bytes(b"old")
    write_whole(tmp_path / "a", lambda path: path.write_bytes(b"new"))
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """A writer that fails half-way changes nothing."""

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Syncing tells what the system says."""
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "missing")
