import inspect
import pkgutil

import pytest

import voldesk.pricing
from voldesk.pricing import kernels, kernels_bits
from voldesk.pricing.selfcheck import _empty, _inputs
from voldesk.pricing.twin_calls import Calls


def test_revision_covers_every_source_of_the_kernels() -> None:
    """A module the compiled code is made of cannot be forgotten in the cache's key."""
    entry = {"kernels", "kernels_serial", "kernels_signatures", "kernels_threads"}
    names = {
        module.name
        for module in pkgutil.iter_modules(voldesk.pricing.__path__)
        if module.name.startswith("kernels")
    }
    covered = {module.__name__.rpartition(".")[2] for module in kernels.SOURCES}
    assert names - entry <= covered
    assert {"coefficients", "constants", "fit_rules", "flags", "layout"} <= covered


def test_revision_changes_with_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another source is another revision, the same source the same."""
    before = kernels.source_revision()
    assert kernels.source_revision() == before
    fewer = tuple(module for module in kernels.SOURCES if module is not kernels_bits)
    monkeypatch.setattr(kernels, "SOURCES", fewer)
    assert kernels.source_revision() != before


def test_the_calls_return_the_revision_they_were_made_from(compiled: Calls) -> None:
    """What the cache gave back was made from these sources."""
    revision = kernels.source_revision()
    inputs = _inputs()
    for name in Calls._fields:
        assert getattr(compiled, name)(*inputs[name], *_empty(name)) == revision


def test_no_loop_promises_that_there_are_no_nans() -> None:
    """fastmath is limited to what keeps NaN and the order of operations."""
    assert set(kernels_bits.FASTMATH) == {"contract", "nsz"}
    assert "fastmath=True" not in "".join(map(inspect.getsource, kernels.SOURCES))
