"""Small files in each vendor's layout, written by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "data" / "chain_files"


@pytest.fixture(scope="session")
def sample() -> Callable[[str], bytes]:
    """Return a function that gives the bytes of a sample file by name."""

    def load(name: str) -> bytes:
        return (FOLDER / name).read_bytes()

    return load
