"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)  # a slow machine is no failure
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def vendor_data() -> Path:
    """Return the folder of real vendor recordings, or skip with a sentence where it is absent."""
    folder = Path(os.environ.get("VOLDESK_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        message = f"vendor recordings are not at {folder}: set VOLDESK_DATA to their folder"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
