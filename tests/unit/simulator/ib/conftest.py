"""The books of the simulated TWS, shared by tests that only read them."""

import pytest
from ib_reference import Reference, make_reference


@pytest.fixture(scope="session")
def reference() -> Reference:
    """Return books that stand at their start: nobody may move them."""
    return make_reference()
