"""A file stops trading by being there."""

import asyncio
from pathlib import Path

import pytest

from voldesk.app.kill_file import KillFile
from voldesk.model.errors import StorageError


def test_it_says_why_until_it_is_removed(tmp_path: Path) -> None:
    """Its folder is made; removing it once more does no harm."""
    file = KillFile(tmp_path / "new" / "kill")
    assert file.reason() is None
    file.write("enough")
    assert file.reason() == "enough"
    file.remove()
    file.remove()
    assert file.reason() is None


def test_an_empty_one_made_by_hand_does_as_well(tmp_path: Path) -> None:
    """That it is there is what counts, whatever it holds."""
    path = tmp_path / "kill"
    path.touch()
    assert KillFile(path).reason() == f"{path} is there"
    path.write_bytes(b"\xff" * 5_000)
    assert KillFile(path).reason() == "\ufffd" * 1_000


def test_one_that_cannot_be_read_is_no_leave_to_trade(tmp_path: Path) -> None:
    """A folder in its place stops trading too, and can be neither written nor removed."""
    path = tmp_path / "kill"
    (path / "inside").mkdir(parents=True)
    file = KillFile(path)
    assert str(path) in str(file.reason())
    with pytest.raises(StorageError, match="cannot write"):
        file.write("enough")
    with pytest.raises(StorageError, match="cannot remove"):
        file.remove()


async def test_it_is_waited_for(tmp_path: Path) -> None:
    """Whoever waits learns why when it appears."""
    file = KillFile(tmp_path / "kill")
    waiting = asyncio.create_task(file.appears(0.001))
    await asyncio.sleep(0)
    await asyncio.to_thread(file.write, "enough")
    async with asyncio.timeout(10):
        assert await waiting == "enough"
