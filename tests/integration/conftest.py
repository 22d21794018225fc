"""Processes of our own and programs of others, for tests of the whole."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from processes import Up

MODULES = Path(__file__).resolve().parents[2] / "web" / "node_modules"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Start a ``voldesk``; what is still running at the end of the test is ended."""
    begun: list[Up] = []

    def begin(*arguments: str) -> Up:
        begun.append(Up(tmp_path / "home", *arguments))
        return begun[-1]

    yield begin
    for up in begun:
        if up.process.poll() is None:
            up.process.kill()
            up.process.communicate()


@pytest.fixture
def node_folder(tmp_path: Path) -> Path:
    """Return a folder where Node finds the page's packages, or fail saying what to do."""
    if shutil.which("node") is None or not (MODULES / "socket.io-client").is_dir():
        pytest.fail("Node 20 or the page's packages are missing: install Node, then 'make web'")
    folder = tmp_path / "node"
    folder.mkdir()
    (folder / "node_modules").symlink_to(MODULES, target_is_directory=True)
    return folder
